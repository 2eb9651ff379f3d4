//! Tables and weights as a problem of the engine.

use domain::PostRole;
use flow::{Agent, Plan, Post, Problem, Travel};

use crate::tables::{Tables, Volunteer};
use crate::{Ways, Weights};

/// What the engine is asked, and what its indices mean.
#[derive(Debug, Clone)]
pub struct Question {
    pub tables: Tables,
    pub weights: Weights,
    /// Site and role of each post.
    pub posts: Vec<(usize, PostRole)>,
    pub problem: Problem,
}

impl Question {
    pub fn new(tables: Tables, weights: Weights, ways: Ways) -> Self {
        let posts = posts(&tables);
        let held = held(&tables, &posts);
        let pinned: Vec<(usize, usize)> = (0..held.len())
            .filter(|&at| tables.held[at].is_some_and(|held| held.has_arrived))
            .filter_map(|at| Some((at, held[at]?)))
            .collect();
        let mut fixed = vec![0; posts.len()];
        for pin in &pinned {
            fixed[pin.1] += 1;
        }
        let post = |(&(site, role), &fixed): (&(usize, PostRole), &u32)| {
            let headcount = tables.sites[site].needs[role as usize];
            // Too large a weight is refused by name when the problem is looked at.
            let gap_price = weights.missing_m.saturating_mul(tables.sites[site].priority.into());
            let need = headcount.max(fixed);
            Post {
                place: site,
                skill: role as u8,
                need,
                crew: weights.crew(headcount).min(need),
                gap_price,
                crew_price: gap_price.saturating_mul(2),
            }
        };
        let is_replan = !tables.held.is_empty();
        let agent = |(at, person): (usize, &Volunteer)| {
            let home = held.get(at).copied().flatten();
            let is_held = is_replan && tables.held[at].is_some();
            let is_free = person.is_reserve && !is_held;
            Agent {
                group: person.team,
                penalty: weights.tiredness_m(person.nights_in_a_row).saturating_add(if person.is_reserve {
                    weights.reserve_m
                } else {
                    0
                }),
                home,
                away_cost: if is_replan && !is_free { weights.moved_m } else { 0 },
                origin: ways.origin(at),
                ..Agent::new(person.position, person.roles)
            }
        };
        let problem = Problem {
            places: tables.sites.iter().map(|site| site.position).collect(),
            posts: posts.iter().zip(&fixed).map(post).collect(),
            agents: tables.volunteers.iter().enumerate().map(agent).collect(),
            links: tables.links.clone(),
            unlinked_cost: weights.unlinked_m,
            travel: ways.travel(weights.stretch),
            pinned,
            ..Problem::default()
        };
        Self { tables, weights, posts, problem }
    }

    /// The way of a volunteer to a post as the plan counts it; none where the given distances know no way.
    pub fn distance_m(&self, volunteer: usize, post: usize) -> Option<i64> {
        let (agent, place) = (&self.problem.agents[volunteer], self.problem.posts[post].place);
        match &self.problem.travel {
            Travel::GreatCircle { stretch } => Some(agent.position.metres_to(self.problem.places[place], *stretch)),
            Travel::Matrix { cost } => {
                let metres = cost[agent.origin * self.problem.places.len() + place];
                (metres != Ways::NO_WAY).then(|| i64::from(metres))
            }
        }
    }

    pub fn site_code(&self, post: usize) -> &str {
        &self.tables.sites[self.posts[post].0].code
    }

    /// Solves; `tell` hears how far it is and may end it.
    pub fn solve(&self, tell: &mut dyn FnMut(flow::Progress) -> bool) -> Result<Plan, flow::Error> {
        flow::solve_watched(&self.problem, tell)
    }
}

/// Every site and role that somebody is wanted for or has arrived at.
fn posts(tables: &Tables) -> Vec<(usize, PostRole)> {
    let mut posts = Vec::new();
    for (site, what) in tables.sites.iter().enumerate() {
        posts.extend(PostRole::ALL.into_iter().filter(|&role| what.needs[role as usize] > 0).map(|role| (site, role)));
    }
    let arrived = tables.held.iter().flatten().filter(|held| held.has_arrived);
    posts.extend(arrived.map(|held| (held.site, held.role)));
    posts.sort_unstable_by_key(|&(site, role)| (site, role as usize));
    posts.dedup();
    posts
}

/// The post each volunteer holds, where it still is one.
fn held(tables: &Tables, posts: &[(usize, PostRole)]) -> Vec<Option<usize>> {
    let find = |site: usize, role: PostRole| {
        posts.binary_search_by_key(&(site, role as usize), |&(site, role)| (site, role as usize)).ok()
    };
    tables.held.iter().map(|held| held.and_then(|held| find(held.site, held.role))).collect()
}
