//! The arcs as the search for the next one to enter reads them.

use super::{Arc, UNBOUNDED};

/// An arc in the direction in which it is priced: outside the tree, the one in which it still has room. An arc that is full is
/// therefore kept turned round, with its cost negated; and as the reduced cost of a tree arc is zero, one comparison
/// tells for any arc whether it improves, whatever its state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    pub from: u32,
    pub to: u32,
    cost: i64,
}

/// All lanes, what they can carry, and the potentials of the nodes (the last is the root).
pub(super) struct Pricing {
    lanes: Vec<Lane>,
    capacity: Vec<i64>,
    /// Only differences count, and they fit; the numbers themselves may drift round.
    potential: Vec<i64>,
    /// Where each arc of the network is kept.
    lane_of: Vec<u32>,
    block: usize,
    next: usize,
}

impl Pricing {
    pub fn new(arcs: &[Arc], potential: Vec<i64>) -> Self {
        let in_order = || combed(arcs.len()).map(|original| &arcs[original]);
        let lanes = in_order().map(|arc| Lane { from: arc.from as u32, to: arc.to as u32, cost: arc.cost }).collect();
        let capacity = in_order().map(|arc| arc.room().unwrap_or(UNBOUNDED)).collect();
        let mut lane_of = vec![0; arcs.len()];
        for (lane, original) in (0..).zip(combed(arcs.len())) {
            lane_of[original] = lane;
        }
        Self { lanes, capacity, potential, lane_of, block: block(arcs.len()), next: 0 }
    }

    #[inline]
    pub fn lane(&self, arc: u32) -> &Lane {
        &self.lanes[arc as usize]
    }

    #[inline]
    pub fn capacity(&self, arc: u32) -> i64 {
        self.capacity[arc as usize]
    }

    /// Where an arc of the network is kept.
    pub fn lane_of(&self, original: usize) -> u32 {
        self.lane_of[original]
    }

    /// From now on the arc is priced in the other direction.
    pub fn turn(&mut self, arc: u32) {
        let Lane { from, to, cost } = self.lanes[arc as usize];
        self.lanes[arc as usize] = Lane { from: to, to: from, cost: -cost };
    }

    /// What a unit on the lane would cost all in all.
    #[inline]
    pub fn reduced(&self, arc: u32) -> i64 {
        reduced(self.lane(arc), &self.potential)
    }

    /// Adds to the potential of a node.
    #[inline]
    pub fn raise(&mut self, node: u32, by: i64) {
        let potential = &mut self.potential[node as usize];
        *potential = potential.wrapping_add(by);
    }

    /// The worst lane of the first block that has a bad one, going round.
    pub fn entering(&mut self) -> Option<u32> {
        let mut seen = 0;
        while seen < self.lanes.len() {
            let start = self.next;
            let end = (start + self.block).min(self.lanes.len());
            let (mut worst, mut found) = (0, None);
            for (at, lane) in (start..).zip(&self.lanes[start..end]) {
                let reduced = reduced(lane, &self.potential);
                if reduced < worst {
                    (worst, found) = (reduced, Some(at as u32));
                }
            }
            self.next = if end == self.lanes.len() { 0 } else { end };
            if found.is_some() {
                return found;
            }
            seen += end - start;
        }
        None
    }

    /// Flow on each arc above its lower bound when each in the tree carries what is told, in the direction it is priced;
    /// and potentials, the root's at zero.
    pub fn answer(self, arcs: &[Arc], carried: &[(u32, i64)]) -> (Vec<i64>, Vec<i64>) {
        let mut along = vec![0; arcs.len()];
        for &(arc, flow) in carried {
            along[arc as usize] = flow;
        }
        let flow = arcs.iter().zip(&self.lane_of).map(|(arc, &lane)| {
            let (lane, along) = (self.lanes[lane as usize], along[lane as usize]);
            let is_turned = (lane.from as usize, lane.cost) != (arc.from, arc.cost);
            if is_turned { arc.capacity - arc.lower - along } else { along }
        });
        let flow = flow.collect();
        let (root, nodes) = self.potential.split_last().unwrap_or((&0, &[]));
        (flow, nodes.iter().map(|potential| potential.wrapping_sub(*root)).collect())
    }
}

#[inline]
fn reduced(lane: &Lane, potential: &[i64]) -> i64 {
    lane.cost.wrapping_add(potential[lane.from as usize]).wrapping_sub(potential[lane.to as usize])
}

/// The arcs in the order of the lanes. Files list the arcs of a node together, and a block of neighbours offers little choice:
/// so lanes go through the arcs with a comb, each block one stroke over the whole network, the next stroke one arc further (which
/// the processor's cache has at hand).
fn combed(arcs: usize) -> impl Iterator<Item = usize> {
    let teeth = block(arcs);
    let step = arcs.div_ceil(teeth).max(1);
    (0..step).flat_map(move |first| (first..arcs).step_by(step))
}

/// How many lanes are judged before the worst of them enters: few make poor pivots, many a long search. About the root
/// of all has proved best here as in the literature (Király and Kovács 2012).
fn block(arcs: usize) -> usize {
    arcs.isqrt().max(20)
}
