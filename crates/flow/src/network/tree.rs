//! The spanning tree of the simplex, and the order in which it is walked.
//!
//! Two views of the same tree are kept, each for what it is good at:
//!
//! - **upwards**, [`Knot`]: parent, arc to it, room on that arc both ways, and the size of the subtree. A pivot walks two such
//!   paths to where they meet. Of two different nodes the one with the smaller subtree is above neither the other nor itself,
//!   so climbing from the smaller always ends at the lowest common ancestor; depths, which a pivot would have to
//!   set anew in all that it moves, are not needed.
//! - **downwards**, the *thread*: all nodes in one ring in preorder. A subtree is a stretch of it, from its top to its `last`
//!   node; all that is *not* in the subtree is the rest of the ring. So either can be visited, whichever is smaller.
//!
//! Hanging a subtree elsewhere by another of its nodes ([`Tree::rehang`]) changes both only along the paths to the old and new
//! place and along the *stem*, the path from the new top of the subtree to the old one (Ahuja, Magnanti and Orlin 1993, chapter 11).

/// No node.
const NIL: u32 = u32::MAX;

/// A node's place under its parent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    pub parent: u32,
    /// Nodes in the subtree, this one included.
    size: u32,
    /// What joins the node to its parent.
    pub bond: Bond,
}

/// A tree arc, seen from the node below.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bond {
    pub arc: u32,
    /// What can still flow to the parent.
    pub up: i64,
    /// What can still flow from the parent.
    pub down: i64,
}

impl Bond {
    /// The same arc seen from the other end.
    pub fn turned(self) -> Self {
        Self { arc: self.arc, up: self.down, down: self.up }
    }
}

/// Where a subtree is cut off and where it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    /// The top of the subtree as it hangs now.
    pub top: u32,
    /// The node of the subtree by which it will hang.
    pub inside: u32,
    /// The new parent of `inside`.
    pub outside: u32,
    /// The lowest node above both places.
    pub join: u32,
}

/// All nodes; the last is the root.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    knots: Vec<Knot>,
    next: Vec<u32>,
    previous: Vec<u32>,
    last: Vec<u32>,
}

impl Tree {
    /// A star: each node hangs on the root by a bond of its own.
    pub fn star(bonds: impl ExactSizeIterator<Item = Bond>) -> Self {
        let root = bonds.len() as u32;
        let mut knots: Vec<Knot> = bonds.map(|bond| Knot { parent: root, size: 1, bond }).collect();
        knots.push(Knot { parent: NIL, size: root + 1, bond: Bond { arc: NIL, up: 0, down: 0 } });
        let mut last: Vec<u32> = (0..=root).collect();
        last[root as usize] = root.checked_sub(1).unwrap_or(root);
        Self {
            knots,
            next: (1..=root).chain([0]).collect(),
            previous: std::iter::once(root).chain(0..root).collect(),
            last,
        }
    }

    #[inline]
    pub fn at(&self, node: u32) -> &Knot {
        &self.knots[node as usize]
    }

    /// Each node but the root, with what joins it to its parent.
    pub fn bonds(&self) -> impl Iterator<Item = (u32, Bond)> {
        (0..).zip(&self.knots[..self.knots.len() - 1]).map(|(node, knot)| (node, knot.bond))
    }

    /// Walks up from both nodes until they meet; `visit` sees each knot passed, told whether it lies on the second path.
    #[inline]
    pub fn climb(&self, mut one: u32, mut other: u32, mut visit: impl FnMut(u32, &Knot, bool)) -> u32 {
        while one != other {
            let (a, b) = (self.at(one), self.at(other));
            if a.size < b.size {
                visit(one, a, false);
                one = a.parent;
            } else {
                visit(other, b, true);
                other = b.parent;
            }
        }
        one
    }

    /// Sends an amount from a node up to one above it; negative: down.
    #[inline]
    pub fn send_up(&mut self, from: u32, to: u32, amount: i64) {
        let mut at = from;
        while at != to {
            let knot = &mut self.knots[at as usize];
            knot.bond.up -= amount;
            knot.bond.down += amount;
            at = knot.parent;
        }
    }

    /// Whether the subtree has at most half of all nodes.
    #[inline]
    pub fn is_small(&self, top: u32) -> bool {
        self.at(top).size as usize * 2 <= self.knots.len()
    }

    /// Calls `visit` with each node of a subtree.
    #[inline]
    pub fn each_in(&self, top: u32, visit: impl FnMut(u32)) {
        self.each_between(top, self.last[top as usize], self.at(top).size, visit);
    }

    /// Calls `visit` with each node outside a subtree.
    #[inline]
    pub fn each_outside(&self, top: u32, visit: impl FnMut(u32)) {
        let first = self.next[self.last[top as usize] as usize];
        let count = self.knots.len() as u32 - self.at(top).size;
        self.each_between(first, self.previous[top as usize], count, visit);
    }

    /// From both ends at once: each step waits for the memory of the one before, and two such chains wait together.
    #[inline]
    fn each_between(&self, first: u32, last: u32, count: u32, mut visit: impl FnMut(u32)) {
        let (mut front, mut back) = (first, last);
        for _ in 0..count / 2 {
            visit(front);
            visit(back);
            (front, back) = (self.next[front as usize], self.previous[back as usize]);
        }
        if count % 2 == 1 {
            visit(front);
        }
    }

    /// Cuts a subtree off and hangs it elsewhere, by another of its nodes.
    pub fn rehang(&mut self, moved: Move, bond: Bond) {
        self.take_out(moved);
        let end = self.turn_thread(moved);
        self.turn_knots(moved, bond, end);
        self.put_in(moved, end);
    }

    /// Closes the thread over the subtree, and tells those above it.
    fn take_out(&mut self, Move { top, join, .. }: Move) {
        let (before, end) = (self.previous[top as usize], self.last[top as usize]);
        self.link(before, self.next[end as usize]);
        let Knot { parent, size, .. } = *self.at(top);
        self.move_last(parent, end, before);
        self.resize(parent, join, size.wrapping_neg());
    }

    /// Threads the subtree as seen from `inside`: what hangs under it, then what hung under its parent besides, and so on
    /// up the stem. What a stem node has besides the stem node below it is two stretches, before and after that one's: they are
    /// joined, and appended. Gives the last node.
    fn turn_thread(&mut self, Move { top, inside, .. }: Move) -> u32 {
        let mut at = inside;
        let mut old_last = self.last[at as usize];
        let (mut before, mut after, mut end) = (self.previous[at as usize], self.next[old_last as usize], old_last);
        while at != top {
            let parent = self.at(at).parent;
            let (parent_before, parent_last) = (self.previous[parent as usize], self.last[parent as usize]);
            let mut rest_end = before;
            if parent_last != old_last {
                // read before anything is appended to that node
                let parent_after = self.next[parent_last as usize];
                self.link(before, after);
                (rest_end, old_last, after) = (parent_last, parent_last, parent_after);
            }
            self.link(end, parent);
            (at, before, end) = (parent, parent_before, rest_end);
        }
        end
    }

    /// Turns the parents along the stem; each of its nodes now has all below it that it did not have before.
    fn turn_knots(&mut self, Move { top, inside, outside, .. }: Move, bond: Bond, end: u32) {
        let size = self.at(top).size;
        let (mut at, mut new) = (inside, Knot { parent: outside, size, bond });
        loop {
            self.last[at as usize] = end;
            let old = std::mem::replace(&mut self.knots[at as usize], new);
            if at == top {
                return;
            }
            new = Knot { parent: at, size: size - old.size, bond: old.bond.turned() };
            at = old.parent;
        }
    }

    /// Threads the turned subtree in right behind its new parent, and tells those above it.
    fn put_in(&mut self, Move { inside, outside, join, .. }: Move, end: u32) {
        self.link(end, self.next[outside as usize]);
        self.link(outside, inside);
        self.move_last(outside, outside, end);
        self.resize(outside, join, self.at(inside).size);
    }

    fn link(&mut self, one: u32, next: u32) {
        self.next[one as usize] = next;
        self.previous[next as usize] = one;
    }

    /// Those from `at` upwards whose last node was `old` end with `new`.
    fn move_last(&mut self, mut at: u32, old: u32, new: u32) {
        while at != NIL && self.last[at as usize] == old {
            self.last[at as usize] = new;
            at = self.at(at).parent;
        }
    }

    /// Adds to the sizes from `at` up to below `join`; the number may stand for a negative one.
    fn resize(&mut self, mut at: u32, join: u32, by: u32) {
        while at != join {
            let knot = &mut self.knots[at as usize];
            knot.size = knot.size.wrapping_add(by);
            at = knot.parent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::towns::Chance;

    /// Whether thread, last nodes and sizes are those that follow from the parents alone.
    fn is_sound(tree: &Tree) -> bool {
        let count = tree.knots.len();
        let root = count as u32 - 1;
        let ring: Vec<u32> =
            std::iter::successors(Some(root), |&at| Some(tree.next[at as usize])).take(count).collect();
        let mut place = vec![usize::MAX; count];
        ring.iter().enumerate().for_each(|(at, &node)| place[node as usize] = at);
        let mut below = vec![0; count];
        for node in 0..count as u32 {
            let line = std::iter::successors(Some(node), |&at| Some(tree.at(at).parent).filter(|&above| above != NIL));
            line.take(count).for_each(|above| below[above as usize] += 1);
        }
        (0..count).all(|node| {
            let (first, size) = (place[node], below[node]);
            let is_placed = first != usize::MAX && tree.previous[tree.next[node] as usize] as usize == node;
            let parent = tree.knots[node].parent;
            let is_below = parent == NIL || place[parent as usize] < first;
            is_placed
                && is_below
                && size == tree.knots[node].size as usize
                && ring.get(first + size - 1) == Some(&tree.last[node])
        })
    }

    fn is_above(tree: &Tree, top: u32, node: u32) -> bool {
        std::iter::successors(Some(node), |&at| Some(tree.at(at).parent).filter(|&above| above != NIL))
            .any(|at| at == top)
    }

    #[test]
    fn both_views_agree_after_any_moves() {
        let bond = Bond { arc: 0, up: 1, down: 0 };
        for seed in 0..20 {
            let (mut chance, mut tree) = (Chance::new(seed), Tree::star(vec![bond; 30].into_iter()));
            for _ in 0..300 {
                let mut pick = |bound| chance.below(bound) as u32;
                let (top, inside, outside) = (pick(30), pick(30), pick(31));
                if is_above(&tree, top, inside) && !is_above(&tree, top, outside) {
                    let join = tree.climb(inside, outside, |_, _, _| {});
                    tree.rehang(Move { top, inside, outside, join }, bond);
                    assert!(is_sound(&tree), "seed {seed}");
                }
            }
            let spoils: [fn(&mut Tree); 3] =
                [|tree| tree.next.swap(3, 4), |tree| tree.last[30] ^= 1, |tree| tree.knots[5].size += 1];
            for spoil in spoils {
                let mut spoilt = tree.clone();
                spoil(&mut spoilt);
                assert!(!is_sound(&spoilt), "control, seed {seed}");
            }
        }
    }

    #[test]
    fn a_subtree_and_all_else_are_visited_once_each() {
        let bond = Bond { arc: 0, up: 1, down: 0 };
        let mut tree = Tree::star(vec![bond; 6].into_iter());
        for (node, under) in [(1, 0), (2, 1), (3, 1)] {
            tree.rehang(Move { top: node, inside: node, outside: under, join: 6 }, bond);
        }
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        tree.each_in(0, |node| inside.push(node));
        tree.each_outside(0, |node| outside.push(node));
        inside.sort_unstable();
        outside.sort_unstable();
        assert_eq!((inside, outside), (vec![0, 1, 2, 3], vec![4, 5, 6]));
    }
}
