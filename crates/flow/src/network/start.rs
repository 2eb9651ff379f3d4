//! Which arcs are tried first.
//!
//! From the star of artificial arcs the simplex finds a tree by itself, but often a poor one. Each artificial arc that carries flow is so
//! dear that what replaces it is chosen almost blindly; and where the ways to the demands lead over narrow arcs, the
//! supplies squeeze through them bit by bit, a pivot each. So before any search each node that only passes on is offered one arc:
//! of those that can carry the largest supply and bring it nearer to a demand (in arcs), the cheapest. Offered nearest first,
//! they make a shallow tree of wide arcs in one cheap pivot each. A network with one source, one sink and a wide way between is
//! feasible almost at once (`goto_8_13a` then takes a third of the pivots). Nodes that give or take are left to the search:
//! where all do, as in an assignment, every arc is wide and an offer would say nothing.

use super::Arc;

const NONE: usize = usize::MAX;
const FAR: u32 = u32::MAX;

/// For each node that passes on and has a wide way to a demand, nearest first, the arc it should start with.
pub(super) fn first_arcs(supply: &[i64], arcs: &[Arc]) -> Vec<usize> {
    if supply.iter().all(|&supply| supply != 0) {
        return Vec::new();
    }
    let widest = supply.iter().copied().fold(1, i64::max);
    let is_wide = |arc: &Arc| arc.capacity - arc.lower >= widest;
    let (order, steps) = steps_to_demand(supply, arcs, is_wide);
    let mut best = vec![NONE; supply.len()];
    for (at, arc) in arcs.iter().enumerate().filter(|(_, arc)| supply[arc.from] == 0) {
        let is_nearer = steps[arc.from] != FAR && steps[arc.to] < steps[arc.from];
        let offered = best[arc.from];
        if is_nearer && is_wide(arc) && (offered == NONE || arc.cost < arcs[offered].cost) {
            best[arc.from] = at;
        }
    }
    order.into_iter().map(|node| best[node as usize]).filter(|&arc| arc != NONE).collect()
}

/// The nodes that have a wide way to a demand, nearest first, and for each node how many arcs it has: a breadth-first search
/// backwards.
fn steps_to_demand(supply: &[i64], arcs: &[Arc], is_wide: impl Fn(&Arc) -> bool) -> (Vec<u32>, Vec<u32>) {
    let (starts, tails) = tails_of(supply.len(), arcs, is_wide);
    let mut steps: Vec<u32> = supply.iter().map(|&supply| if supply < 0 { 0 } else { FAR }).collect();
    let mut order: Vec<u32> = (0..).zip(&steps).filter(|(_, steps)| **steps == 0).map(|(node, _)| node).collect();
    let mut reached = 0;
    while let Some(&node) = order.get(reached) {
        reached += 1;
        let node = node as usize;
        for &tail in &tails[starts[node]..starts[node + 1]] {
            if steps[tail as usize] == FAR {
                steps[tail as usize] = steps[node] + 1;
                order.push(tail);
            }
        }
    }
    (order, steps)
}

/// The tails of the wide arcs, by the node they lead to: where each node's begin, and all.
fn tails_of(nodes: usize, arcs: &[Arc], is_wide: impl Fn(&Arc) -> bool) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0; nodes + 1];
    for arc in arcs.iter().filter(|arc| is_wide(arc)) {
        starts[arc.to] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut tails = vec![0; sum];
    for arc in arcs.iter().rev().filter(|arc| is_wide(arc)) {
        starts[arc.to] -= 1;
        tails[starts[arc.to]] = arc.from as u32;
    }
    (starts, tails)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_pass_on_start_with_the_cheapest_wide_arc_towards_a_demand() {
        let arc = |from, to, capacity, cost| Arc { from, to, lower: 0, capacity, cost };
        let arcs = [
            arc(0, 1, 9, 1),
            arc(1, 2, 9, 5),
            arc(1, 3, 9, 4),
            arc(2, 4, 5, 7),
            arc(2, 4, 4, 1), // cheaper, but too narrow
            arc(3, 4, 9, 2),
            arc(3, 1, 9, 0), // leads away
        ];
        assert_eq!(first_arcs(&[5, 0, 0, 0, -5], &arcs), [3, 5, 2]);
        assert_eq!(first_arcs(&[4, 0, 0, 0, -4], &arcs), [4, 5, 2], "control: for four it is wide enough");
        assert!(first_arcs(&[5, 1, 1, 1, -8], &arcs).is_empty());
    }
}
