//! The referee: proves a plan from the problem and the prices alone, against all pairs.
//!
//! For *any* prices `y` the number
//!
//! ```text
//! L(y) = Σ_posts Σ_slots min(y_p, price of the slot) + Σ_agents min(idle cost, min_p (cost(a, p) − y_p))
//! ```
//!
//! is a lower bound on every plan: each filled slot pays `y_p` from the one side and takes it on the other, each empty
//! one pays at least the minimum (weak duality). Costs are integers, so a plan whose objective is `L(y)` is optimal.
//! Nothing of the engine is used here, only [`Problem`] and [`Position::metres_to`](crate::Position::metres_to)'s
//! arithmetic.
//!
//! The minimum over all places is taken neighbourhood by neighbourhood. A place is no nearer than the middle of its
//! neighbourhood less the radius (triangle inequality), so a neighbourhood whose nearest conceivable place at its highest
//! price is no better than the agent's own post is settled at one look. Few pairs are counted; all are proven.

use std::collections::{HashMap, HashSet};

use crate::error::Error;
use crate::geo::{Direction, EARTH_RADIUS_M};
use crate::neighbourhoods::{Neighbourhood, Neighbourhoods};
use crate::plan::Plan;
use crate::problem::{Agent, Problem, Travel};

/// What the referee found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Cost of the plan, counted anew.
    pub objective: i64,
    /// The bound that the prices prove, counted anew.
    pub lower_bound: i64,
    /// Pairs of agent and place that were proven, by themselves or with their neighbourhood.
    pub pairs: u64,
}

impl Proof {
    /// The plan cannot be bettered.
    pub fn is_optimal(&self) -> bool {
        self.objective == self.lower_bound
    }
}

/// Counts the plan's cost and its bound over all pairs, trusting nothing but the problem.
///
/// Refuses a plan that gives an agent a post without the skill, against a bar or a pin, or a post more than it needs.
pub fn check(problem: &Problem, plan: &Plan) -> Result<Proof, Error> {
    problem.validate()?;
    if plan.post_of.len() != problem.agents.len() || plan.prices.len() != problem.posts.len() {
        return Err(Error::Plan);
    }
    let referee = Referee::new(problem);
    let objective = referee.objective(plan)?;
    let (lower_bound, pairs) = referee.lower_bound(plan);
    Ok(Proof { objective, lower_bound, pairs })
}

struct Referee<'p> {
    problem: &'p Problem,
    agents: Vec<Direction>,
    places: Vec<Direction>,
    pin_of: Vec<Option<usize>>,
    pins_at: Vec<u32>,
    barred: Vec<(usize, usize)>,
    links: HashSet<(usize, usize)>,
    places_of: HashMap<usize, Vec<usize>>,
}

impl<'p> Referee<'p> {
    fn new(problem: &'p Problem) -> Self {
        let mut pin_of = vec![None; problem.agents.len()];
        let mut pins_at = vec![0; problem.posts.len()];
        for &(agent, post) in &problem.pinned {
            pin_of[agent] = Some(post);
            pins_at[post] += 1;
        }
        let mut barred = problem.barred.clone();
        barred.sort_unstable();
        let mut places_of: HashMap<usize, Vec<usize>> = HashMap::new();
        for &(group, place) in &problem.links {
            places_of.entry(group).or_default().push(place);
        }
        Self {
            problem,
            agents: problem.agents.iter().map(|agent| agent.position.into()).collect(),
            places: problem.places.iter().map(|&place| place.into()).collect(),
            pin_of,
            pins_at,
            barred,
            links: problem.links.iter().copied().collect(),
            places_of,
        }
    }

    fn objective(&self, plan: &Plan) -> Result<i64, Error> {
        let mut filled = vec![0_u32; self.problem.posts.len()];
        let mut total = 0;
        for (agent, &post) in plan.post_of.iter().enumerate() {
            let Some(post) = post else {
                total += self.idle(agent)?;
                continue;
            };
            if post >= filled.len() || !self.is_allowed(agent, post) {
                return Err(Error::Plan);
            }
            filled[post] += 1;
            total += self.cost(agent, post);
        }
        for (index, post) in self.problem.posts.iter().enumerate() {
            if filled[index] > post.need.max(self.pins_at[index]) {
                return Err(Error::Plan);
            }
            total += post.shortage_cost(filled[index]);
        }
        Ok(total)
    }

    fn idle(&self, agent: usize) -> Result<i64, Error> {
        if self.pin_of[agent].is_some() { Err(Error::Plan) } else { Ok(self.problem.agents[agent].idle_cost) }
    }

    fn is_allowed(&self, agent: usize, post: usize) -> bool {
        match self.pin_of[agent] {
            Some(pin) => pin == post,
            None => self.is_able(agent, post),
        }
    }

    fn is_able(&self, agent: usize, post: usize) -> bool {
        let skill = self.problem.posts[post].skill;
        self.problem.agents[agent].skills >> skill & 1 == 1 && self.barred.binary_search(&(agent, post)).is_err()
    }

    fn cost(&self, agent: usize, post: usize) -> i64 {
        let who = &self.problem.agents[agent];
        let place = self.problem.posts[post].place;
        self.travel(agent, place) + self.unlinked(who, place) + who.penalty + moving(who, post)
    }

    fn travel(&self, agent: usize, place: usize) -> i64 {
        match &self.problem.travel {
            Travel::GreatCircle { stretch } => {
                self.agents[agent].metres_to(self.places[place], stretch * EARTH_RADIUS_M)
            }
            Travel::Matrix { cost } => i64::from(cost[self.problem.agents[agent].origin * self.places.len() + place]),
        }
    }

    fn unlinked(&self, who: &Agent, place: usize) -> i64 {
        let linked = who.group.is_some_and(|group| self.links.contains(&(group, place)));
        if linked { 0 } else { self.problem.unlinked_cost }
    }

    fn lower_bound(&self, plan: &Plan) -> (i64, u64) {
        let mut by_place = vec![Vec::new(); self.places.len()];
        let mut bound = 0;
        for (index, post) in self.problem.posts.iter().enumerate() {
            let price = plan.prices[index];
            let pins = self.pins_at[index];
            bound += (pins..post.need).map(|slot| price.min(post.slot_price(slot))).sum::<i64>();
            if post.need > pins {
                by_place[post.place].push(index);
            }
        }
        let district = self.district(plan, &by_place);
        let mut pairs = 0;
        for agent in 0..self.agents.len() {
            if let Some(post) = self.pin_of[agent] {
                bound += self.cost(agent, post);
                continue;
            }
            pairs += self.places.len() as u64;
            bound += self.best_deal(agent, plan, &by_place, &district);
        }
        (bound, pairs)
    }

    /// The places by neighbourhood at the plan's prices. A matrix knows no neighbourhoods.
    fn district(&self, plan: &Plan, by_place: &[Vec<usize>]) -> District {
        let around = match &self.problem.travel {
            Travel::GreatCircle { stretch } => Neighbourhoods::of(&self.places, stretch * EARTH_RADIUS_M),
            Travel::Matrix { .. } => Neighbourhoods::of_everything(self.places.len()),
        };
        let highest = |within: &Neighbourhood| {
            let mut highest = [None; 32];
            for &post in around.places[within.part.clone()].iter().flat_map(|&place| &by_place[place]) {
                let highest = &mut highest[usize::from(self.problem.posts[post].skill)];
                *highest = (*highest).max(Some(plan.prices[post]));
            }
            highest
        };
        let highest = around.all.iter().map(highest).collect();
        District { around, highest }
    }

    /// The agent's dual value: the cheapest of idling and every post at its price.
    fn best_deal(&self, agent: usize, plan: &Plan, by_place: &[Vec<usize>], district: &District) -> i64 {
        let who = &self.problem.agents[agent];
        // What the plan gives is mostly the best there is, and whoever has that soon has seen the rest.
        let own = [plan.post_of[agent], who.home].into_iter().flatten();
        let own =
            own.filter(|&post| self.is_able(agent, post) && by_place[self.problem.posts[post].place].contains(&post));
        let mut best = own.map(|post| self.cost(agent, post) - plan.prices[post]).fold(who.idle_cost, i64::min);
        for &place in who.group.and_then(|group| self.places_of.get(&group)).into_iter().flatten() {
            best = best.min(self.best_deal_at(agent, place, plan, &by_place[place], best));
        }
        let mut at = 0;
        while let Some(around) = district.around.all.get(at) {
            // The post held before and linked places, where something is remitted, have been looked at.
            let dues = self.problem.unlinked_cost + who.penalty + who.away_cost;
            let at_least = |price| self.at_least(agent, around) + dues - price;
            if district.highest(at, who.skills).is_none_or(|price| at_least(price) >= best) {
                at = around.after;
                continue;
            }
            if !around.has_smaller() {
                for &place in &district.around.places[around.part.clone()] {
                    best = best.min(self.best_deal_at(agent, place, plan, &by_place[place], best));
                }
            }
            at += 1;
        }
        best
    }

    /// No place of the neighbourhood is nearer.
    fn at_least(&self, agent: usize, around: &Neighbourhood) -> i64 {
        match (&self.problem.travel, around.middle) {
            (Travel::GreatCircle { stretch }, Some(middle)) => {
                self.agents[agent].metres_to(middle, stretch * EARTH_RADIUS_M) - around.radius_m
            }
            _ => 0,
        }
    }

    /// The best of a place's posts, or anything that is no better than `best`.
    fn best_deal_at(&self, agent: usize, place: usize, plan: &Plan, posts: &[usize], best: i64) -> i64 {
        let who = &self.problem.agents[agent];
        let able = posts.iter().filter(|&&post| self.is_able(agent, post));
        let deal = |&post: &usize| moving(who, post) - plan.prices[post];
        let Some(dearest) = able.map(deal).min() else { return best };
        let at_least = dearest + who.penalty;
        if at_least >= best {
            return best;
        }
        let way = self.travel(agent, place);
        if way + at_least >= best { best } else { way + at_least + self.unlinked(who, place) }
    }
}

/// The places by neighbourhood, with the highest price in each.
struct District {
    around: Neighbourhoods,
    /// By neighbourhood and skill; none where nobody asks for it.
    highest: Vec<[Option<i64>; 32]>,
}

impl District {
    /// The highest price that somebody with these skills could meet in a neighbourhood.
    fn highest(&self, around: usize, skills: u32) -> Option<i64> {
        let mut left = skills;
        std::iter::from_fn(|| {
            let skill = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            self.highest[around].get(skill as usize)
        })
        .filter_map(|price| *price)
        .max()
    }
}

fn moving(who: &Agent, post: usize) -> i64 {
    if who.home == Some(post) { 0 } else { who.away_cost }
}
