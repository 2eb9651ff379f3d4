//! Minimum-cost flow on a sparse network: the general form, arcs stored one by one.
//!
//! # Problem
//! Nodes have a supply (negative: a demand), arcs a lower bound, a capacity and a cost. Find flows `x` within the bounds
//! that carry all supplies to the demands – outflow − inflow = supply at each node – at the least `Σ cost·x`.
//!
//! # Optimality
//! A flow is optimal if and only if there are potentials `π` such that the reduced cost `cost + π_from − π_to` of each
//! arc is ≥ 0 where there is room above, and ≤ 0 where there is room below. [`Network::check`] verifies exactly that,
//! in one pass over the arcs.
//!
//! # Algorithm
//! [`Network::solve`] is the primal network simplex (Ahuja, Magnanti and Orlin 1993, chapter 11). A *basis* is a spanning tree; arcs
//! outside it are empty or full, so the tree determines all flows, and, as its arcs have reduced cost zero, all
//! potentials. A *pivot* takes an arc that improves (`pricing`), sends as much as can be sent round the cycle it closes with
//! the tree, and drops the first arc of the cycle to block (`simplex`); the part of the tree that falls off hangs on by the new arc
//! (`tree`). What makes it fast:
//!
//! - *Block search* for the entering arc: the worst of about √m, going round, in an order that spreads each block over the network.
//!   Each arc is kept in the direction in which it has room, so that one comparison tells whether it improves.
//! - *Strongly feasible trees* (Cunningham 1976): ties for the leaving arc are broken so that no cycling occurs, and
//!   degenerate pivots, of which there are many, end soon.
//! - *Room at the node*: what a tree arc can carry stands with the node below it, so one walk up both sides of the cycle finds where they
//!   meet and what blocks.
//! - *The smaller part*: only differences of potentials count, so of the two parts of the cut tree the smaller is moved.
//! - *A start* for nodes that only pass on (`start`).
//!
//! Worst case exponential, in practice a small power of the arcs. Deterministic. Memory: 36 bytes an arc and 60 a node beside the
//! network and the answer.
//!
//! # Limits
//! Every limit is an [`NetworkError`]. Costs and capacities are `i64`; the sum is kept in `i128` and cannot overflow.

mod dimacs;
mod pricing;
mod simplex;
mod start;
mod tree;

use std::fmt;

pub use dimacs::{DimacsError, read_dimacs};

/// One arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    /// Tail.
    pub from: usize,
    /// Head.
    pub to: usize,
    /// Least flow.
    pub lower: i64,
    /// Greatest flow; [`UNBOUNDED`] for none.
    pub capacity: i64,
    /// Cost of a unit.
    pub cost: i64,
}

impl Arc {
    /// What can flow above the lower bound, if there is a limit.
    fn room(&self) -> Option<i64> {
        (self.capacity < UNBOUNDED).then(|| self.capacity - self.lower)
    }
}

/// A capacity that is no limit.
pub const UNBOUNDED: i64 = i64::MAX >> 2;

/// Supplies and arcs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// What each node gives (negative: takes).
    pub supply: Vec<i64>,
    /// The arcs.
    pub arcs: Vec<Arc>,
}

/// An optimal flow with the potentials that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Flow on each arc.
    pub flow: Vec<i64>,
    /// Potential of each node.
    pub potential: Vec<i64>,
    /// Total cost.
    pub cost: i128,
}

/// Why there is no optimal flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkError {
    /// Supplies and demands differ by this much.
    Unbalanced(i128),
    /// This arc ends at a node that does not exist.
    NoSuchNode(usize),
    /// The lower bound of this arc is above its capacity, or a bound is beyond [`UNBOUNDED`].
    Bounds(usize),
    /// Costs times nodes do not fit 62 bits.
    CostRange,
    /// More than 2³¹ nodes or arcs; or supplies, lower bounds and limited capacities that together do not fit 60 bits.
    TooLarge,
    /// The demands cannot be met.
    Infeasible,
    /// A cycle of negative cost has no capacity: the cost falls without end.
    Unbounded,
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbalanced(by) => write!(f, "supplies exceed demands by {by}: add a node that takes the rest"),
            Self::NoSuchNode(arc) => write!(f, "arc {arc} ends at a node that does not exist"),
            Self::Bounds(arc) => write!(f, "arc {arc} has bounds that no flow can meet"),
            Self::CostRange => write!(f, "costs times nodes exceed 62 bits: scale the costs down"),
            Self::TooLarge => write!(
                f,
                "too many nodes or arcs, or too large supplies and capacities: split the network, or leave a capacity that is no limit unbounded"
            ),
            Self::Infeasible => write!(f, "the demands cannot be met with these capacities"),
            Self::Unbounded => write!(f, "a cycle of negative cost has no capacity: give its arcs one"),
        }
    }
}

impl std::error::Error for NetworkError {}

impl Network {
    /// The cheapest flow.
    pub fn solve(&self) -> Result<Flow, NetworkError> {
        self.validate()?;
        simplex::Simplex::new(self).run().map(|(flow, potential)| {
            let flow: Vec<i64> = flow.iter().zip(&self.arcs).map(|(flow, arc)| flow + arc.lower).collect();
            Flow { cost: self.cost_of(&flow), flow, potential }
        })
    }

    /// What a flow costs.
    pub fn cost_of(&self, flow: &[i64]) -> i128 {
        flow.iter().zip(&self.arcs).map(|(&flow, arc)| i128::from(flow) * i128::from(arc.cost)).sum()
    }

    /// Whether the flow is feasible and its potentials prove it optimal.
    pub fn check(&self, answer: &Flow) -> bool {
        if answer.flow.len() != self.arcs.len() || answer.potential.len() != self.supply.len() {
            return false;
        }
        let mut rest: Vec<i128> = self.supply.iter().map(|&supply| i128::from(supply)).collect();
        for (arc, &flow) in self.arcs.iter().zip(&answer.flow) {
            let reduced =
                i128::from(arc.cost) + i128::from(answer.potential[arc.from]) - i128::from(answer.potential[arc.to]);
            let in_bounds = arc.lower <= flow && flow <= arc.capacity;
            let improvable = reduced < 0 && flow < arc.capacity || reduced > 0 && flow > arc.lower;
            if !in_bounds || improvable {
                return false;
            }
            rest[arc.from] -= i128::from(flow);
            rest[arc.to] += i128::from(flow);
        }
        rest.iter().all(|&rest| rest == 0) && answer.cost == self.cost_of(&answer.flow)
    }

    fn validate(&self) -> Result<(), NetworkError> {
        let nodes = self.supply.len();
        let balance: i128 = self.supply.iter().map(|&supply| i128::from(supply)).sum();
        let volume: i128 = self.supply.iter().map(|&supply| i128::from(supply).abs()).sum();
        if balance != 0 {
            return Err(NetworkError::Unbalanced(balance));
        }
        for (index, arc) in self.arcs.iter().enumerate() {
            if arc.from >= nodes || arc.to >= nodes {
                return Err(NetworkError::NoSuchNode(index));
            }
            if arc.lower > arc.capacity || arc.capacity > UNBOUNDED || arc.lower < -UNBOUNDED {
                return Err(NetworkError::Bounds(index));
            }
        }
        // No arc can come to carry more than this, see `NetworkError::TooLarge`; half of `UNBOUNDED` is left to tell it by.
        let bounds: i128 =
            self.arcs.iter().map(|arc| 2 * i128::from(arc.lower).abs() + i128::from(arc.room().unwrap_or(0))).sum();
        if nodes + self.arcs.len() >= 1 << 31 || volume + bounds >= i128::from(UNBOUNDED / 2) {
            return Err(NetworkError::TooLarge);
        }
        let dearest = self.arcs.iter().map(|arc| i128::from(arc.cost).abs()).max().unwrap_or(0) + 1;
        if dearest * (nodes as i128 + 2) >= 1 << 60 { Err(NetworkError::CostRange) } else { Ok(()) }
    }
}
