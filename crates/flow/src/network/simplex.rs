//! The primal network simplex.

use super::tree::Tree;
use super::{Network, NetworkError, UNBOUNDED};

/// Where the flow of an arc stands. The number is the sign with which its reduced cost is read.
const AT_LOWER: i8 = 1;
const IN_TREE: i8 = 0;
const AT_UPPER: i8 = -1;

/// The network in arrays, lower bounds shifted to zero, one artificial arc per node to a root.
pub(super) struct Simplex {
    nodes: u32,
    real_arcs: usize,
    from: Vec<u32>,
    to: Vec<u32>,
    cost: Vec<i64>,
    state: Vec<i8>,
    flow: Vec<i64>,
    capacity: Vec<i64>,
    potential: Vec<i64>,
    tree: Tree,
    next_arc: usize,
    block: usize,
}

/// The arc that leaves the tree: the node below it, on which side of the cycle, and how much can flow.
struct Leaving {
    node: u32,
    side: Side,
    amount: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Entering,
    Tail,
    Head,
}

impl Simplex {
    pub fn new(network: &Network) -> Self {
        let nodes = node(network.supply.len());
        let real_arcs = network.arcs.len();
        let mut supply = network.supply.clone();
        for arc in &network.arcs {
            supply[arc.from] -= arc.lower;
            supply[arc.to] += arc.lower;
        }
        let dearest = network.arcs.iter().map(|arc| arc.cost.abs()).max().unwrap_or(0) + 1;
        let penalty = dearest * (i64::from(nodes) + 1);
        let all = real_arcs + nodes as usize;
        let mut simplex = Self {
            nodes,
            real_arcs,
            from: Vec::with_capacity(all),
            to: Vec::with_capacity(all),
            cost: Vec::with_capacity(all),
            state: vec![AT_LOWER; real_arcs],
            flow: vec![0; real_arcs],
            capacity: Vec::with_capacity(all),
            potential: vec![0; nodes as usize + 1],
            tree: Tree::star(nodes, |at| (node(real_arcs) + at, supply[at as usize] >= 0)),
            next_arc: 0,
            block: (1.5 * (real_arcs as f64).sqrt()).max(20.0) as usize,
        };
        for arc in &network.arcs {
            let room = if arc.capacity >= UNBOUNDED { UNBOUNDED } else { arc.capacity - arc.lower };
            simplex.add(node(arc.from), node(arc.to), arc.cost, room);
        }
        for (at, &supply) in supply.iter().enumerate() {
            simplex.hang_on_root(node(at), supply, penalty);
        }
        simplex
    }

    fn add(&mut self, from: u32, to: u32, cost: i64, capacity: i64) {
        self.from.push(from);
        self.to.push(to);
        self.cost.push(cost);
        self.capacity.push(capacity);
    }

    /// Supplies go to the root for nothing; what demands get from it is dear.
    fn hang_on_root(&mut self, at: u32, supply: i64, penalty: i64) {
        if supply >= 0 {
            self.add(at, self.nodes, 0, UNBOUNDED);
        } else {
            self.add(self.nodes, at, penalty, UNBOUNDED);
            self.potential[at as usize] = penalty;
        }
        self.state.push(IN_TREE);
        self.flow.push(supply.abs());
    }

    /// Pivots until no arc improves. Returns flows above the lower bounds, and potentials.
    pub fn run(mut self) -> Result<(Vec<i64>, Vec<i64>), NetworkError> {
        while let Some(arc) = self.entering() {
            self.pivot(arc)?;
        }
        if self.flow[self.real_arcs..].iter().any(|&flow| flow != 0) {
            return Err(NetworkError::Infeasible);
        }
        self.flow.truncate(self.real_arcs);
        self.potential.truncate(self.nodes as usize);
        Ok((self.flow, self.potential))
    }

    /// The worst arc of the first block that has a bad one, going round.
    fn entering(&mut self) -> Option<usize> {
        let (mut worst, mut found) = (0, None);
        let (mut at, mut in_block) = (self.next_arc, 0);
        for _ in 0..self.real_arcs {
            let reduced = self.cost[at] + self.potential[self.from[at] as usize] - self.potential[self.to[at] as usize];
            let badness = i64::from(self.state[at]) * reduced;
            if badness < worst {
                (worst, found) = (badness, Some(at));
            }
            at = if at + 1 == self.real_arcs { 0 } else { at + 1 };
            in_block += 1;
            if in_block == self.block {
                if found.is_some() {
                    break;
                }
                in_block = 0;
            }
        }
        self.next_arc = at;
        found
    }

    fn pivot(&mut self, entering: usize) -> Result<(), NetworkError> {
        let (mut tail, mut head) = (self.from[entering], self.to[entering]);
        if self.state[entering] == AT_UPPER {
            std::mem::swap(&mut tail, &mut head);
        }
        let join = self.tree.join(tail, head);
        let leaving = self.leaving(entering, tail, head, join);
        if leaving.amount >= UNBOUNDED / 2 {
            return Err(NetworkError::Unbounded);
        }
        self.send(entering, tail, head, join, leaving.amount);
        if leaving.side == Side::Entering {
            self.state[entering] = -self.state[entering];
            return Ok(());
        }
        let (inside, outside) = if leaving.side == Side::Tail { (tail, head) } else { (head, tail) };
        self.exchange(entering, &leaving, inside, outside);
        Ok(())
    }

    /// The first arc round the cycle to block; ties towards the head, which keeps the tree strongly feasible.
    fn leaving(&self, entering: usize, tail: u32, head: u32, join: u32) -> Leaving {
        let mut leaving = Leaving { node: tail, side: Side::Entering, amount: self.capacity[entering] };
        let mut at = tail;
        while at != join {
            let knot = self.tree.at(at);
            let amount = self.room(knot.arc as usize, !knot.is_upward);
            if amount < leaving.amount {
                leaving = Leaving { node: at, side: Side::Tail, amount };
            }
            at = knot.parent;
        }
        at = head;
        while at != join {
            let knot = self.tree.at(at);
            let amount = self.room(knot.arc as usize, knot.is_upward);
            if amount <= leaving.amount {
                leaving = Leaving { node: at, side: Side::Head, amount };
            }
            at = knot.parent;
        }
        leaving
    }

    /// What can be sent along the arc, or against it.
    #[inline]
    fn room(&self, arc: usize, along: bool) -> i64 {
        if !along {
            self.flow[arc]
        } else if self.capacity[arc] >= UNBOUNDED {
            UNBOUNDED
        } else {
            self.capacity[arc] - self.flow[arc]
        }
    }

    fn send(&mut self, entering: usize, tail: u32, head: u32, join: u32, amount: i64) {
        if amount == 0 {
            return;
        }
        self.flow[entering] += i64::from(self.state[entering]) * amount;
        for (end, along_is_up) in [(tail, false), (head, true)] {
            let mut at = end;
            while at != join {
                let knot = self.tree.at(at);
                let signed = if knot.is_upward == along_is_up { amount } else { -amount };
                self.flow[knot.arc as usize] += signed;
                at = knot.parent;
            }
        }
    }

    /// Swaps the arcs in the tree and moves the potentials of the part that was cut off.
    fn exchange(&mut self, entering: usize, leaving: &Leaving, inside: u32, outside: u32) {
        let out = self.tree.at(leaving.node).arc as usize;
        self.state[out] = if self.flow[out] == 0 { AT_LOWER } else { AT_UPPER };
        self.state[entering] = IN_TREE;
        let is_upward = self.from[entering] == inside;
        self.tree.rehang(leaving.node, inside, outside, node(entering), is_upward);
        let cost = self.cost[entering];
        let wanted = self.potential[outside as usize] + if is_upward { -cost } else { cost };
        let shift = wanted - self.potential[inside as usize];
        let potential = &mut self.potential;
        self.tree.sweep(inside, |at| potential[at as usize] += shift);
    }
}

/// An index as it is kept: [`Network::validate`] has made sure that it fits.
fn node(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
