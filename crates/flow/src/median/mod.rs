//! Where to put places: the capacitated p-median problem, with a bound.
//!
//! # Problem
//! Demand points with weights, candidate places with capacities, and a distance between each two. Open `count`
//! candidates and serve all demand from them, splitting a point's demand where that is needed, so that the sum of
//! weight × distance is least. It is NP-hard, so unlike everything else in this crate the answer may be better than
//! its bound: [`Sited::gap`] says by how much at most.
//!
//! # Bound
//! For any prices `λ` of a unit of demand, paying `λ` for each unit and letting each candidate serve whatever it gains from,
//! up to its capacity, costs no more than any true answer (Lagrangian relaxation of *all demand is served once*; Cornuéjols,
//! Fisher and Nemhauser 1977). A candidate's gain is a knapsack that is filled greedily; the `count` best are open. Prices are
//! integers in [`FINE`]ths of a metre, the bound is counted in integers, and rounding cannot make it too high.
//!
//! # Algorithm
//! Subgradient steps move the prices; each set of open candidates on the way is served at its true cost, and the best is
//! improved by interchange – the best swap of an open and a closed candidate, found in one pass over all pairs (Teitz and Bart
//! 1968, counted as Whitaker 1983 does). Where capacities bind, a set is served by minimum-cost flow ([`crate::network`]).
//! A step costs points × candidates.

mod interchange;
mod price;
mod serve;

use std::fmt;

use price::Prices;

/// Prices are counted in this part of a unit of distance.
const FINE: i64 = 64;

/// Demand, candidates and how many of them to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Siting {
    /// Weight of each demand point.
    pub weight: Vec<u32>,
    /// What each candidate can serve; [`UNLIMITED`] for no limit.
    pub capacity: Vec<u64>,
    /// Candidates × demand points, row after row.
    pub distance: Vec<u32>,
    /// Places to open.
    pub count: usize,
}

/// A capacity that is no limit.
pub const UNLIMITED: u64 = u64::MAX;

/// Which places to open, and who is served where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sited {
    /// The open candidates, ascending.
    pub open: Vec<usize>,
    /// (demand point, candidate, weight served).
    pub served: Vec<(usize, usize, u64)>,
    /// Sum of weight × distance.
    pub objective: i64,
    /// No answer costs less.
    pub lower_bound: i64,
}

impl Sited {
    /// How much a better answer could save at most.
    pub fn gap(&self) -> i64 {
        self.objective - self.lower_bound
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SitingError {
    /// No place is to be opened, or more than there are candidates.
    Count,
    /// The matrix does not have one number per candidate and demand point.
    Matrix,
    /// The largest candidates together cannot serve the demand.
    Capacity,
    /// Weights times distances do not fit 62 bits.
    TooLarge,
}

impl fmt::Display for SitingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "open at least one place and no more than there are candidates",
            Self::Matrix => "the distances need one number per candidate and demand point",
            Self::Capacity => "so many places cannot serve the demand: open more, or raise their capacity",
            Self::TooLarge => "weights times distances exceed 62 bits: use coarser units",
        })
    }
}

impl std::error::Error for SitingError {}

/// Steps of the bound; interchange is tried once in so many of them.
const STEPS: usize = 800;
const INTERCHANGE_EVERY: usize = 100;
/// The step is halved after so many without a better bound.
const PATIENCE: usize = 25;

impl Siting {
    /// The best answer that the steps find, with its bound.
    pub fn solve(&self) -> Result<Sited, SitingError> {
        self.validate()?;
        let mut prices = Prices::new(self);
        let mut best = self.serve(self.interchange(self.spread()))?;
        let (mut bound, mut eager, mut since) = (i64::MIN, 2.0, 0);
        let mut last = Vec::new();
        for step in 0..STEPS {
            let view = prices.look(self);
            if view.bound > bound {
                (bound, since) = (view.bound, 0);
            } else {
                since += 1;
            }
            if view.open != last {
                last.clone_from(&view.open);
                let open = self.enough(view.open.clone());
                best = self.serve(open)?.or_cheaper(best);
            }
            if step % INTERCHANGE_EVERY == INTERCHANGE_EVERY - 1 {
                best = self.serve(self.interchange(self.enough(last.clone())))?.or_cheaper(best);
            }
            if best.objective * FINE - bound < FINE {
                break;
            }
            if since >= PATIENCE {
                (eager, since) = (eager / 2.0, 0);
            }
            prices.step(self, &view, eager, best.objective * FINE);
        }
        best = self.serve(self.interchange(best.open.clone()))?.or_cheaper(best);
        // A true answer costs whole units, so the bound may be rounded up.
        best.lower_bound = bound.div_euclid(FINE) + i64::from(bound.rem_euclid(FINE) > 0);
        Ok(best)
    }

    fn validate(&self) -> Result<(), SitingError> {
        let (points, candidates) = (self.weight.len(), self.capacity.len());
        if self.count == 0 || self.count > candidates {
            return Err(SitingError::Count);
        }
        if points.checked_mul(candidates) != Some(self.distance.len()) {
            return Err(SitingError::Matrix);
        }
        let demand = self.demand();
        let farthest = u128::from(self.distance.iter().copied().max().unwrap_or(0)) + 1;
        if farthest * u128::from(demand.max(1)) * (4 * FINE as u128) >= 1 << 62 {
            return Err(SitingError::TooLarge);
        }
        let mut largest = self.capacity.clone();
        largest.sort_unstable_by_key(|&capacity| std::cmp::Reverse(capacity));
        let most = largest[..self.count].iter().fold(0_u64, |sum, &capacity| sum.saturating_add(capacity));
        if most < demand { Err(SitingError::Capacity) } else { Ok(()) }
    }

    fn demand(&self) -> u64 {
        self.weight.iter().map(|&weight| u64::from(weight)).sum()
    }

    /// Distances of a candidate to all demand points.
    fn row(&self, candidate: usize) -> &[u32] {
        &self.distance[candidate * self.weight.len()..][..self.weight.len()]
    }

    /// A first set: greedily the candidate that shortens ways most.
    fn spread(&self) -> Vec<usize> {
        let mut nearest = vec![u32::MAX; self.weight.len()];
        let mut open = Vec::with_capacity(self.count);
        while open.len() < self.count {
            let after = |candidate: &usize| -> i64 {
                let ways = self.row(*candidate).iter().zip(&nearest).zip(&self.weight);
                ways.map(|((&way, &near), &weight)| i64::from(way.min(near)) * i64::from(weight)).sum()
            };
            let closed = (0..self.capacity.len()).filter(|candidate| !open.contains(candidate));
            let Some(next) = closed.min_by_key(after) else { break };
            for (near, &way) in nearest.iter_mut().zip(self.row(next)) {
                *near = (*near).min(way);
            }
            open.push(next);
        }
        self.enough(open)
    }

    /// Exchanges the smallest open for the largest closed candidates until the demand can be served, and fills up to `count`.
    fn enough(&self, mut open: Vec<usize>) -> Vec<usize> {
        let mut closed: Vec<usize> = (0..self.capacity.len()).filter(|candidate| !open.contains(candidate)).collect();
        closed.sort_by_key(|&candidate| self.capacity[candidate]);
        while open.len() < self.count {
            let Some(largest) = closed.pop() else { break };
            open.push(largest);
        }
        let demand = self.demand();
        let room = |open: &[usize]| open.iter().fold(0_u64, |sum, &at| sum.saturating_add(self.capacity[at]));
        while room(&open) < demand {
            let smallest = (0..open.len()).min_by_key(|&at| self.capacity[open[at]]);
            let (Some(at), Some(largest)) = (smallest, closed.pop()) else { break };
            open[at] = largest;
        }
        open.sort_unstable();
        open
    }
}

impl Sited {
    fn or_cheaper(self, other: Self) -> Self {
        if other.objective <= self.objective { other } else { self }
    }
}
