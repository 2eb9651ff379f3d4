//! The question an order asks of the engine, and its answer in the headquarters' words. Built from plain values, so
//! that the same case gives the same plan wherever it is asked.

use std::collections::{HashMap, HashSet};

use domain::{
    Id, Position, PostRole,
    things::{Site, Team, Volunteer},
};
use flow::{Agent, Problem, Travel};

use super::{
    pick::{Link, Pick, Reason},
    shortfall::{Qualified, Shortfall},
    weights::Weights,
};

/// A place with its weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    pub site: Id<Site>,
    pub position: Position,
    pub priority: u32,
    /// Closed ones keep nobody.
    pub is_open: bool,
}

/// How many of a role a site wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Want {
    /// Index of the spot.
    pub spot: usize,
    pub role: PostRole,
    pub headcount: u32,
    /// What one more person was worth in the plan that stands.
    pub price: i64,
}

/// Why somebody is not asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Absence {
    Resting,
    Away,
    Excluded,
    Declined,
    Elsewhere,
    /// Late or not turned up: no longer counted on.
    Missing,
}

/// The post somebody holds now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// Index of the want.
    pub want: usize,
    /// Has arrived: is not moved.
    pub is_fixed: bool,
}

/// Somebody who could serve.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub volunteer: Id<Volunteer>,
    pub position: Position,
    pub team: Option<Id<Team>>,
    /// Bits of [`PostRole`].
    pub roles: u32,
    pub is_reserve: bool,
    pub nights_in_a_row: u32,
    /// How far past their turn; see [`responders::turn_points`].
    pub turn_points: u32,
    pub absence: Option<Absence>,
    pub held: Option<Held>,
    /// Index of the want an officer fixed for them.
    pub pinned: Option<usize>,
    /// Indices of spots they must not be sent to.
    pub barred: Vec<usize>,
}

impl Candidate {
    /// Whether nothing can be asked of them. An officer may call somebody who rests, by name.
    pub(super) fn stays_away(&self) -> bool {
        let may_be_called = self.absence == Some(Absence::Resting) && self.pinned.is_some();
        self.absence.is_some() && !may_be_called
    }
}

/// Everything the engine is asked.
#[derive(Debug, Clone)]
pub struct Case {
    pub spots: Vec<Spot>,
    pub wants: Vec<Want>,
    pub candidates: Vec<Candidate>,
    /// Team and index of the spot it answers for.
    pub links: HashSet<(Id<Team>, usize)>,
    /// Whoever holds a post keeps it unless moving is worth its price.
    pub is_mending: bool,
    pub weights: Weights,
}

/// One person at one post.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    pub candidate: usize,
    pub want: usize,
    pub distance_m: i64,
    pub reason: Reason,
}

/// One post in the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    pub want: usize,
    pub need: u32,
    pub crew: u32,
    pub filled: u32,
    pub price: i64,
    pub shortfall: Option<Shortfall>,
}

/// The figures of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub objective: i64,
    pub lower_bound: i64,
    pub pairs: u64,
    pub people: u64,
    pub assigned: u64,
    pub unmet: u64,
    pub outside_link: u64,
    pub reserve_used: u64,
    pub moved: u64,
    pub called: u64,
    pub released: u64,
    pub travel_m: i64,
}

/// The engine's answer, checked by its referee.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub lines: Vec<Line>,
    /// Candidates who held a post and are sent home.
    pub released: Vec<usize>,
    pub outcomes: Vec<Outcome>,
    pub figures: Figures,
}

impl Case {
    /// Solves and proves. Takes as long as it takes: not for the thread that serves requests.
    pub fn solve(&self) -> Result<Answer, flow::Error> {
        let problem = self.problem();
        let plan =
            if self.is_mending { flow::replan(&problem, &self.standing(&problem))? } else { flow::solve(&problem)? };
        let proof = flow::check(&problem, &plan)?;
        Ok(self.answer(&plan, proof))
    }

    /// What this person costs at this post; none when they cannot take it.
    pub fn cost_m(&self, candidate: usize, want: usize) -> Option<i64> {
        let (person, post) = (&self.candidates[candidate], &self.wants[want]);
        let able = !person.stays_away() && person.roles & post.role.bit() != 0 && !person.barred.contains(&post.spot);
        able.then(|| {
            let unlinked_m = if self.is_linked(person, post.spot) { 0 } else { self.weights.unlinked_m };
            let home = person.held.map(|held| held.want);
            let away_m = if home == Some(want) { 0 } else { self.away_m(person) };
            self.distance_m(candidate, want) + unlinked_m + self.penalty_m(person) + away_m
        })
    }

    /// The way in metres, as the plan counts it.
    pub fn distance_m(&self, candidate: usize, want: usize) -> i64 {
        let spot = &self.spots[self.wants[want].spot];
        place(self.candidates[candidate].position).metres_to(place(spot.position), self.weights.stretch)
    }

    fn is_linked(&self, person: &Candidate, spot: usize) -> bool {
        person.team.is_some_and(|team| self.links.contains(&(team, spot)))
    }

    fn penalty_m(&self, person: &Candidate) -> i64 {
        let reserve_m = if person.is_reserve { self.weights.reserve_m } else { 0 };
        let turn_m = self.weights.turn_m * i64::from(person.turn_points);
        self.weights.tiredness_m(person.nights_in_a_row) + turn_m + reserve_m
    }

    /// In a re-plan, everybody who moves or is newly called costs; the reserve is there to be called.
    fn away_m(&self, person: &Candidate) -> i64 {
        let is_free = person.is_reserve && person.held.is_none();
        if self.is_mending && !is_free { self.weights.moved_m } else { 0 }
    }

    fn problem(&self) -> Problem {
        let groups = self.groups();
        let links = self.links.iter().filter_map(|(team, spot)| Some((*groups.get(team)?, *spot)));
        let mut links: Vec<(usize, usize)> = links.collect();
        links.sort_unstable();
        Problem {
            places: self.spots.iter().map(|spot| place(spot.position)).collect(),
            posts: self.posts(),
            agents: self.candidates.iter().map(|person| self.agent(person, &groups)).collect(),
            links,
            unlinked_cost: self.weights.unlinked_m,
            travel: Travel::GreatCircle { stretch: self.weights.stretch },
            barred: self.barred(),
            pinned: self.fixed().collect(),
        }
    }

    fn groups(&self) -> HashMap<Id<Team>, usize> {
        let mut teams: Vec<Id<Team>> = self.candidates.iter().filter_map(|person| person.team).collect();
        teams.sort_unstable();
        teams.dedup();
        teams.into_iter().enumerate().map(|(group, team)| (team, group)).collect()
    }

    fn agent(&self, person: &Candidate, groups: &HashMap<Id<Team>, usize>) -> Agent {
        let skills = if person.stays_away() { 0 } else { person.roles };
        Agent {
            group: person.team.and_then(|team| groups.get(&team).copied()),
            penalty: self.penalty_m(person),
            home: person.held.map(|held| held.want).filter(|_| self.is_mending),
            away_cost: self.away_m(person),
            ..Agent::new(place(person.position), skills)
        }
    }

    fn barred(&self) -> Vec<(usize, usize)> {
        let mut barred = Vec::new();
        for (at, person) in self.candidates.iter().enumerate().filter(|(_, person)| !person.barred.is_empty()) {
            let posts = self.wants.iter().enumerate().filter(|(_, want)| person.barred.contains(&want.spot));
            barred.extend(posts.map(|(want, _)| (at, want)));
        }
        barred
    }

    /// What stands before a re-plan, in the engine's words.
    fn standing(&self, problem: &Problem) -> flow::Plan {
        let mut post_of: Vec<Option<usize>> =
            self.candidates.iter().map(|person| person.held.map(|held| held.want)).collect();
        let mut room: Vec<u32> = problem.posts.iter().map(|post| post.need).collect();
        for post in &mut post_of {
            let fits = post.is_some_and(|want| room[want] > 0);
            match post {
                Some(want) if fits => room[*want] -= 1,
                _ => *post = None,
            }
        }
        let prices = self.wants.iter().map(|want| want.price).collect();
        flow::Plan { post_of, prices, objective: 0, lower_bound: 0 }
    }

    fn answer(&self, plan: &flow::Plan, proof: flow::Proof) -> Answer {
        let with_links: HashSet<Id<Team>> = self.links.iter().map(|(team, _)| *team).collect();
        let placed = plan.post_of.iter().enumerate().filter_map(|(at, post)| Some((at, (*post)?)));
        let lines: Vec<Line> = placed.map(|(at, want)| self.line(at, want, &with_links)).collect();
        let held = |at: &usize| self.candidates[*at].held.is_some();
        let released: Vec<usize> =
            (0..self.candidates.len()).filter(held).filter(|at| plan.post_of[*at].is_none()).collect();
        let figures = Figures {
            objective: proof.objective,
            lower_bound: proof.lower_bound,
            pairs: proof.pairs,
            released: released.len() as u64,
            ..self.figures(&lines, plan)
        };
        Answer { lines, released, outcomes: self.outcomes(plan), figures }
    }

    fn line(&self, candidate: usize, want: usize, with_links: &HashSet<Id<Team>>) -> Line {
        let person = &self.candidates[candidate];
        let link = match person.team {
            _ if self.is_linked(person, self.wants[want].spot) => Link::Own,
            Some(team) if with_links.contains(&team) => Link::Others,
            _ => Link::None,
        };
        let reason = Reason::of(Pick {
            is_pinned: person.pinned == Some(want),
            was_there: person.held.is_some_and(|held| held.want == want) && self.is_mending,
            link,
            is_reserve: person.is_reserve,
        });
        Line { candidate, want, distance_m: self.distance_m(candidate, want), reason }
    }

    fn figures(&self, lines: &[Line], plan: &flow::Plan) -> Figures {
        let count = |is: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| is(line)).count() as u64;
        let person = |line: &Line| &self.candidates[line.candidate];
        let holds = |line: &Line| person(line).held.map(|held| held.want);
        Figures {
            people: self.candidates.len() as u64,
            assigned: lines.len() as u64,
            unmet: self.wants.iter().zip(plan.filled()).map(|(want, filled)| gap(want, filled)).sum(),
            outside_link: count(&|line| !self.is_linked(person(line), self.wants[line.want].spot)),
            reserve_used: count(&|line| person(line).is_reserve),
            moved: count(&|line| holds(line).is_some_and(|want| want != line.want)),
            called: count(&|line| holds(line).is_none()),
            travel_m: lines.iter().map(|line| line.distance_m).sum(),
            ..Figures::default()
        }
    }

    fn outcomes(&self, plan: &flow::Plan) -> Vec<Outcome> {
        let (filled, by_role) = (plan.filled(), self.by_role(plan));
        let outcome = |(at, want): (usize, &Want)| {
            let qualified = by_role[want.role as usize];
            Outcome {
                want: at,
                need: want.headcount.max(filled[at]),
                crew: self.weights.crew(want.headcount),
                filled: filled[at],
                price: plan.prices[at],
                shortfall: (gap(want, filled[at]) > 0).then(|| Shortfall::of(qualified)),
            }
        };
        self.wants.iter().enumerate().map(outcome).collect()
    }

    /// Everybody with a role's skill, by where they are.
    fn by_role(&self, plan: &flow::Plan) -> [Qualified; PostRole::ALL.len()] {
        let mut counts = [Qualified::default(); PostRole::ALL.len()];
        for (person, post) in self.candidates.iter().zip(&plan.post_of) {
            for role in PostRole::ALL.into_iter().filter(|role| person.roles & role.bit() != 0) {
                let count = &mut counts[role as usize];
                *match (post, person.absence) {
                    (Some(_), _) => &mut count.assigned,
                    (None, None) => &mut count.idle,
                    (None, Some(Absence::Resting)) => &mut count.resting,
                    (None, Some(Absence::Away | Absence::Missing)) => &mut count.away,
                    (None, Some(Absence::Excluded)) => &mut count.excluded,
                    (None, Some(Absence::Declined)) => &mut count.declined,
                    (None, Some(Absence::Elsewhere)) => &mut count.elsewhere,
                } += 1;
            }
        }
        counts
    }
}

fn gap(want: &Want, filled: u32) -> u64 {
    want.headcount.saturating_sub(filled).into()
}

fn place(position: Position) -> flow::Position {
    flow::Position::new(position.latitude, position.longitude)
}

impl Line {
    /// Differs from what the person holds now.
    pub fn is_news(&self, case: &Case) -> bool {
        case.candidates[self.candidate].held.map(|held| held.want) != Some(self.want)
    }
}

#[cfg(test)]
mod tests {
    use domain::Moment;
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        /// Somebody near Maonan, of one of three teams or none.
        fn somebody()(
            latitude in 21.5..21.8_f64, longitude in 110.7..111.0_f64, team in 0..4_usize, roles in 1..4_u32,
            is_reserve in any::<bool>(), nights_in_a_row in 0..3_u32, held in proptest::option::of((0..6_usize, any::<bool>())),
            is_away in proptest::bool::weighted(0.2), barred in proptest::collection::vec(0..3_usize, 0..2),
        ) -> (usize, Candidate) {
            let held = held.map(|(want, is_fixed)| Held { want, is_fixed });
            let position = Position { latitude, longitude };
            let absence = is_away.then_some(Absence::Away);
            let volunteer = Id::fresh(Moment::from_ms(1));
            (team, Candidate {
                volunteer, position, team: None, roles, is_reserve, nights_in_a_row,
                turn_points: 0, absence, held, pinned: None, barred,
            })
        }
    }

    prop_compose! {
        fn some_case()(
            people in proptest::collection::vec(somebody(), 0..14), headcounts in proptest::array::uniform6(0..4_u32),
            links in proptest::collection::hash_set((0..3_usize, 0..3_usize), 0..5), is_mending in any::<bool>(),
        ) -> Case {
            let teams: [Id<Team>; 3] = std::array::from_fn(|_| Id::fresh(Moment::from_ms(1)));
            let spot = |at: i32| Spot {
                site: Id::fresh(Moment::from_ms(1)), priority: 1, is_open: true,
                position: Position { latitude: 21.6 + f64::from(at) * 0.05, longitude: 110.9 },
            };
            let want = |(at, headcount): (usize, u32)| {
                let role = if at % 2 == 0 { PostRole::Gatekeeper } else { PostRole::Registrar };
                Want { spot: at / 2, role, headcount, price: 0 }
            };
            let candidates = people.into_iter().map(|(team, person)| Candidate { team: teams.get(team).copied(), ..person });
            Case {
                spots: (0..3).map(spot).collect(),
                wants: headcounts.into_iter().enumerate().map(want).collect(),
                candidates: candidates.collect(),
                links: links.into_iter().map(|(team, spot)| (teams[team], spot)).collect(),
                is_mending,
                weights: Weights::default(),
            }
        }
    }

    /// The objective of the headquarters, added up from the answer alone.
    fn objective(case: &Case, answer: &Answer) -> i64 {
        let fixed = |line: &Line| case.candidates[line.candidate].held.is_some_and(|held| held.is_fixed);
        let people: i64 = answer
            .lines
            .iter()
            .filter(|line| !fixed(line))
            .filter_map(|line| case.cost_m(line.candidate, line.want))
            .sum();
        let gaps = answer.outcomes.iter().zip(case.stayers()).map(|(outcome, stayers)| {
            let want = &case.wants[outcome.want];
            let price = case.weights.missing_m * i64::from(case.spots[want.spot].priority);
            let missing = i64::from(outcome.need - outcome.filled);
            let crew_missing = i64::from(outcome.crew.saturating_sub(outcome.filled));
            let has_surplus = case.is_mending && stayers > want.headcount;
            let given = if has_surplus { i64::from(stayers.saturating_sub(outcome.filled)) } else { 0 };
            (missing + crew_missing) * price + given * case.weights.missing_m / 2
        });
        people + gaps.sum::<i64>()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        #[test]
        fn an_answer_is_optimal_and_costs_what_the_headquarters_says(case in some_case()) {
            let answer = case.solve().unwrap();
            prop_assert_eq!(answer.figures.objective, answer.figures.lower_bound);
            let fixed = case.candidates.iter().any(|person| person.held.is_some_and(|held| held.is_fixed));
            if !fixed {
                prop_assert_eq!(objective(&case, &answer), answer.figures.objective);
            }
        }

        #[test]
        fn nobody_is_sent_where_they_cannot_be(case in some_case()) {
            let answer = case.solve().unwrap();
            let mut placed = HashSet::new();
            for line in &answer.lines {
                prop_assert!(placed.insert(line.candidate), "one post a person");
                let person = &case.candidates[line.candidate];
                match person.held.filter(|held| held.is_fixed) {
                    Some(held) => prop_assert_eq!(held.want, line.want, "who has arrived stays"),
                    None => prop_assert!(case.cost_m(line.candidate, line.want).is_some(), "able, there and not barred"),
                }
            }
            for (outcome, stayers) in answer.outcomes.iter().zip(case.stayers()) {
                prop_assert!(outcome.filled >= stayers.min(case.wants[outcome.want].headcount), "no post is drained");
                prop_assert_eq!(outcome.filled < outcome.need, outcome.shortfall.is_some());
            }
        }
    }
}
