//! The primal network simplex.

use super::pricing::Pricing;
use super::start::first_arcs;
use super::tree::{Bond, Move, Tree};
use super::{Network, NetworkError, UNBOUNDED};

/// The network with lower bounds shifted to zero, and a tree that reaches all nodes from an artificial root.
pub(super) struct Simplex<'a> {
    network: &'a Network,
    /// What nodes give once all lower bounds are met.
    supply: Vec<i64>,
    pricing: Pricing,
    tree: Tree,
}

/// Joins a node to the root; never enters again.
const ARTIFICIAL: u32 = u32::MAX;

/// The arc that leaves the tree: the node below it, on which side of the cycle, and how much can flow until it blocks.
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

impl<'a> Simplex<'a> {
    /// The first tree is a star of artificial arcs: supplies go to the root for nothing, what demands get from it is dear.
    pub fn new(network: &'a Network) -> Self {
        let nodes = network.supply.len();
        let mut supply = network.supply.clone();
        for arc in &network.arcs {
            supply[arc.from] -= arc.lower;
            supply[arc.to] += arc.lower;
        }
        let dearest = network.arcs.iter().map(|arc| arc.cost.abs()).max().unwrap_or(0) + 1;
        let penalty = dearest * (nodes as i64 + 1);
        let mut potential: Vec<i64> = supply.iter().map(|&supply| if supply < 0 { penalty } else { 0 }).collect();
        potential.push(0);
        let artificial = |&supply: &i64| match supply {
            0.. => Bond { arc: ARTIFICIAL, up: UNBOUNDED - supply, down: supply },
            _ => Bond { arc: ARTIFICIAL, up: -supply, down: UNBOUNDED + supply },
        };
        let tree = Tree::star(supply.iter().map(artificial));
        Self { network, supply, pricing: Pricing::new(&network.arcs, potential), tree }
    }

    /// Pivots until no arc improves. Returns flows above the lower bounds, and potentials.
    pub fn run(mut self) -> Result<(Vec<i64>, Vec<i64>), NetworkError> {
        for arc in first_arcs(&self.supply, &self.network.arcs) {
            let arc = self.pricing.lane_of(arc);
            if self.pricing.reduced(arc) < 0 {
                self.pivot(arc)?;
            }
        }
        while let Some(arc) = self.pricing.entering() {
            self.pivot(arc)?;
        }
        self.answer()
    }

    fn pivot(&mut self, entering: u32) -> Result<(), NetworkError> {
        let lane = *self.pricing.lane(entering);
        let capacity = self.pricing.capacity(entering);
        let (leaving, join) = self.leaving(lane.from, lane.to, capacity);
        let amount = leaving.amount;
        if amount >= UNBOUNDED / 2 {
            return Err(NetworkError::Unbounded);
        }
        if amount != 0 {
            self.tree.send_up(lane.from, join, -amount);
            self.tree.send_up(lane.to, join, amount);
        }
        let bond = Bond { arc: entering, up: capacity - amount, down: amount };
        let (inside, outside, bond) = match leaving.side {
            Side::Entering => {
                self.pricing.turn(entering);
                return Ok(());
            }
            Side::Tail => (lane.from, lane.to, bond),
            Side::Head => (lane.to, lane.from, bond.turned()),
        };
        self.drop_from_tree(leaving.node);
        self.tree.rehang(Move { top: leaving.node, inside, outside, join }, bond);
        let gain = self.pricing.reduced(entering);
        self.raise(inside, if leaving.side == Side::Tail { -gain } else { gain });
        Ok(())
    }

    /// The first arc round the cycle to block, and the top of the cycle. Ties go to the last one in the direction of the
    /// flow, counted from the top: so from each node something can always be sent to the root, and no cycling occurs.
    fn leaving(&self, tail: u32, head: u32, capacity: i64) -> (Leaving, u32) {
        let (mut below_tail, mut tail_room) = (tail, capacity);
        let (mut below_head, mut head_room) = (head, i64::MAX);
        let join = self.tree.climb(tail, head, |node, knot, is_head| {
            if is_head {
                if knot.bond.up <= head_room {
                    (below_head, head_room) = (node, knot.bond.up);
                }
            } else if knot.bond.down < tail_room {
                (below_tail, tail_room) = (node, knot.bond.down);
            }
        });
        let leaving = if head_room <= tail_room {
            Leaving { node: below_head, side: Side::Head, amount: head_room }
        } else if tail_room < capacity {
            Leaving { node: below_tail, side: Side::Tail, amount: tail_room }
        } else {
            Leaving { node: tail, side: Side::Entering, amount: capacity }
        };
        (leaving, join)
    }

    /// The arc above `node` is priced again, in the direction that is still free.
    fn drop_from_tree(&mut self, node: u32) {
        let Bond { arc, up, .. } = self.tree.at(node).bond;
        if arc != ARTIFICIAL && (self.pricing.lane(arc).from == node) == (up == 0) {
            self.pricing.turn(arc);
        }
    }

    /// Raises the potentials of a subtree against all others, in whichever of the two has fewer nodes.
    fn raise(&mut self, top: u32, by: i64) {
        let pricing = &mut self.pricing;
        if self.tree.is_small(top) {
            self.tree.each_in(top, |node| pricing.raise(node, by));
        } else {
            self.tree.each_outside(top, |node| pricing.raise(node, by.wrapping_neg()));
        }
    }

    fn answer(self) -> Result<(Vec<i64>, Vec<i64>), NetworkError> {
        let mut carried = Vec::with_capacity(self.network.supply.len());
        for (node, Bond { arc, up, down }) in self.tree.bonds() {
            if arc != ARTIFICIAL {
                carried.push((arc, if self.pricing.lane(arc).from == node { down } else { up }));
            } else if up.min(down) != 0 {
                return Err(NetworkError::Infeasible);
            }
        }
        Ok(self.pricing.answer(&self.network.arcs, &carried))
    }
}
