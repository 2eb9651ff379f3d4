//! A balanced k-d tree over points on the sphere, kept in three flat arrays.
//!
//! Every leaf holds the same number of points, give or take one, so the shape follows from the count alone: node `i`
//! has the children `2i` and `2i + 1`, the root is 1. What the tree is searched *for* (prices, values) lives with the two
//! users, [`super::market`] and [`super::crowd`], in arrays indexed by node.

use std::ops::Range;

use crate::geo::Direction;

/// Points in the order of the leaves, and the box round each node.
#[derive(Clone, Debug)]
pub(super) struct Grove {
    leaves: usize,
    /// Indices of the points, leaf after leaf.
    pub order: Vec<u32>,
    boxes: Vec<[[f64; 2]; 3]>,
    leaf_of: Vec<u32>,
}

pub(super) const ROOT: usize = 1;

impl Grove {
    /// About `per_leaf` points a leaf.
    pub fn new(points: &[Direction], per_leaf: usize) -> Self {
        let leaves = points.len().div_ceil(per_leaf).next_power_of_two();
        let mut grove = Self {
            leaves,
            order: (0..crate::net::small(points.len())).collect(),
            boxes: vec![[[0.0; 2]; 3]; 2 * leaves],
            leaf_of: vec![0; points.len()],
        };
        grove.split(points, ROOT, 0..leaves);
        for leaf in leaves..2 * leaves {
            for at in grove.points(leaf) {
                grove.leaf_of[grove.order[at] as usize] = crate::net::small(leaf);
            }
        }
        grove
    }

    fn split(&mut self, points: &[Direction], node: usize, leaves: Range<usize>) {
        let items = self.items(&leaves);
        let bounds = bounds(points, &self.order[items.clone()]);
        self.boxes[node] = bounds;
        if leaves.len() == 1 {
            return;
        }
        let middle = leaves.start + leaves.len() / 2;
        let cut = self.items(&(middle..middle)).start - items.start;
        let width = |axis: usize| bounds[axis][1] - bounds[axis][0];
        let axis = (1..3).fold(0, |widest, axis| if width(axis) > width(widest) { axis } else { widest });
        if cut < items.len() {
            let along = |&point: &u32| points[point as usize].0[axis];
            self.order[items].select_nth_unstable_by(cut, |a, b| along(a).total_cmp(&along(b)).then(a.cmp(b)));
        }
        self.split(points, 2 * node, leaves.start..middle);
        self.split(points, 2 * node + 1, middle..leaves.end);
    }

    /// Where the points of these leaves stand in `order`.
    fn items(&self, leaves: &Range<usize>) -> Range<usize> {
        let start = |leaf: usize| leaf * self.order.len() / self.leaves;
        start(leaves.start)..start(leaves.end)
    }

    #[inline]
    pub fn is_leaf(&self, node: usize) -> bool {
        node >= self.leaves
    }

    /// Where the points of a leaf stand in `order`.
    #[inline]
    pub fn points(&self, leaf: usize) -> Range<usize> {
        let leaf = leaf - self.leaves;
        self.items(&(leaf..leaf + 1))
    }

    /// The leaf of a point.
    #[inline]
    pub fn leaf_of(&self, point: u32) -> usize {
        self.leaf_of[point as usize] as usize
    }

    pub fn nodes(&self) -> usize {
        2 * self.leaves
    }

    /// No point of the node is nearer than this: the chord to its box is never longer than the arc.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "metres on Earth")]
    pub fn metres_at_least(&self, node: usize, from: Direction, radius_m: f64) -> i64 {
        let bounds = &self.boxes[node];
        let gap = |axis: usize| (bounds[axis][0] - from.0[axis]).max(from.0[axis] - bounds[axis][1]).max(0.0);
        let (x, y, z) = (gap(0), gap(1), gap(2));
        ((x * x + y * y + z * z).sqrt().min(2.0) * radius_m) as i64
    }
}

fn bounds(points: &[Direction], of: &[u32]) -> [[f64; 2]; 3] {
    let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 3];
    for &point in of {
        for (bound, &coordinate) in bounds.iter_mut().zip(&points[point as usize].0) {
            *bound = [bound[0].min(coordinate), bound[1].max(coordinate)];
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Position;
    use crate::towns::Chance;

    #[test]
    fn every_point_is_in_one_leaf_and_inside_its_boxes() {
        let mut chance = Chance::new(3);
        for count in [0, 1, 2, 7, 64, 333] {
            let mut point = || Direction::from(Position::new(20.0 + chance.unit(), 110.0 + chance.unit()));
            let points: Vec<Direction> = (0..count).map(|_| point()).collect();
            let grove = Grove::new(&points, 4);
            let mut seen: Vec<u32> = grove.order.clone();
            seen.sort_unstable();
            assert!(seen.iter().enumerate().all(|(index, &point)| index == point as usize));
            for (index, &point) in points.iter().enumerate() {
                let mut node = grove.leaf_of(crate::net::small(index));
                assert!(grove.points(node).any(|at| grove.order[at] as usize == index));
                while node >= ROOT {
                    assert_eq!(grove.metres_at_least(node, point, 1e6), 0);
                    node /= 2;
                }
            }
        }
    }
}
