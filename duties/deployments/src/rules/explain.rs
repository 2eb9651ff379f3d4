//! "Why not nearer?" – because somebody else would have to go further.
//!
//! If a person took a nearer post that is full, one of those there would have to move, and another after them, until
//! the place left behind is filled again. The cheapest such chain is a shortest path over posts on the plan's reduced
//! costs, which the optimum keeps from being negative. What it costs beyond the way saved is what the plan saved.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use super::case::Case;

/// Posts settled before a search gives up: an explanation is for people, not for proof.
const MOST_POSTS: usize = 2_000;

/// The nearest post a person could have had, and what it would have taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearer {
    /// Index of the nearer want.
    pub want: usize,
    /// How much shorter the way would have been.
    pub saved_m: i64,
    pub obstacle: Obstacle,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// It is not the team's own site: the way saved is less than leaving the own site costs.
    NotOwn,
    /// Somebody would have to make room.
    Chain {
        moves: Vec<Move>,
        /// What everybody together would lose.
        loss_m: i64,
    },
    /// Making room would move too many people to name.
    FarReaching,
}

/// Somebody who would have to make room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub candidate: usize,
    pub from: usize,
    pub to: usize,
    /// Their way would be longer (or shorter) by this.
    pub longer_m: i64,
}

/// A plan as an explanation needs it.
pub struct Chart<'c> {
    case: &'c Case,
    post_of: &'c [Option<usize>],
    prices: &'c [i64],
    members: Vec<Vec<usize>>,
}

impl<'c> Chart<'c> {
    /// `post_of` by candidate, `prices` by want.
    pub fn new(case: &'c Case, post_of: &'c [Option<usize>], prices: &'c [i64]) -> Self {
        let mut members = vec![Vec::new(); case.wants.len()];
        for (candidate, post) in post_of.iter().enumerate() {
            if let Some(want) = post {
                members[*want].push(candidate);
            }
        }
        Self { case, post_of, prices, members }
    }

    /// Why this person was not given the nearest post they could take; none when they were.
    pub fn why_not_nearer(&self, candidate: usize) -> Option<Nearer> {
        let own = self.post_of[candidate]?;
        let own_m = self.case.distance_m(candidate, own);
        let able = (0..self.case.wants.len()).filter(|want| self.case.cost_m(candidate, *want).is_some());
        let wanted = able.filter(|want| self.case.wants[*want].headcount > 0);
        let (nearest_m, want) = wanted.map(|want| (self.case.distance_m(candidate, want), want)).min()?;
        let saved_m = own_m - nearest_m;
        (saved_m > 0).then(|| Nearer { want, saved_m, obstacle: self.obstacle(candidate, own, want) })
    }

    fn obstacle(&self, candidate: usize, own: usize, want: usize) -> Obstacle {
        let cost = |want| self.case.cost_m(candidate, want).unwrap_or(i64::MAX / 4);
        let gain_m = cost(own) - cost(want);
        if gain_m <= 0 {
            return Obstacle::NotOwn;
        }
        let Some(path) = self.cheapest_chain(want, own) else { return Obstacle::FarReaching };
        let moves: Vec<Move> = path.into_iter().map(|(candidate, from, to)| self.shift(candidate, from, to)).collect();
        let spent_m: i64 = moves.iter().map(|step| self.step_m(step.candidate, step.from, step.to).unwrap_or(0)).sum();
        Obstacle::Chain { moves, loss_m: spent_m - gain_m }
    }

    fn shift(&self, candidate: usize, from: usize, to: usize) -> Move {
        let longer_m = self.case.distance_m(candidate, to) - self.case.distance_m(candidate, from);
        Move { candidate, from, to, longer_m }
    }

    fn step_m(&self, candidate: usize, from: usize, to: usize) -> Option<i64> {
        Some(self.case.cost_m(candidate, to)? - self.case.cost_m(candidate, from)?)
    }

    /// Dijkstra from the crowded post to the one left behind. Gives who moves, from where, to where.
    fn cheapest_chain(&self, from: usize, to: usize) -> Option<Vec<(usize, usize, usize)>> {
        let mut best: HashMap<usize, (i64, usize, usize)> = HashMap::new();
        let mut settled = vec![false; self.case.wants.len()];
        let mut queue = BinaryHeap::from([Reverse((0_i64, from))]);
        for _ in 0..MOST_POSTS {
            let Reverse((so_far, post)) = std::iter::from_fn(|| queue.pop()).find(|item| !settled[item.0.1])?;
            if post == to {
                return Some(trace(&best, from, to));
            }
            settled[post] = true;
            for &member in self.members[post].iter().filter(|member| self.is_movable(**member)) {
                for next in (0..settled.len()).filter(|next| !settled[*next] && *next != from) {
                    let Some(step) = self.reduced(member, post, next) else { continue };
                    let known = best.get(&next).map_or(i64::MAX, |(cost, ..)| *cost);
                    if so_far + step < known {
                        best.insert(next, (so_far + step, member, post));
                        queue.push(Reverse((so_far + step, next)));
                    }
                }
            }
        }
        None
    }

    fn is_movable(&self, candidate: usize) -> bool {
        let person = &self.case.candidates[candidate];
        person.pinned.is_none() && !person.held.is_some_and(|held| held.is_fixed)
    }

    fn reduced(&self, candidate: usize, from: usize, to: usize) -> Option<i64> {
        let step = self.step_m(candidate, from, to)?;
        // Never negative at an optimum; a plan that is not one is explained as well as it can be.
        Some((step - self.prices[to] + self.prices[from]).max(0))
    }
}

fn trace(best: &HashMap<usize, (i64, usize, usize)>, from: usize, to: usize) -> Vec<(usize, usize, usize)> {
    let mut steps = Vec::new();
    let mut at = to;
    while let Some(&(_, member, before)) = best.get(&at).filter(|_| at != from) {
        steps.push((member, before, at));
        at = before;
    }
    steps.reverse();
    steps
}
