//! The spanning tree of the simplex: parents, children, depths.

/// No node.
pub(super) const NIL: u32 = u32::MAX;

/// A node's place in the tree; one cache line holds two of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    pub parent: u32,
    /// The tree arc to the parent.
    pub arc: u32,
    pub depth: u32,
    child: u32,
    next: u32,
    previous: u32,
    /// The tree arc runs from this node to the parent.
    pub is_upward: bool,
}

/// All knots; the last is the root.
#[derive(Clone, Debug)]
pub(super) struct Tree(Vec<Knot>);

impl Tree {
    /// A star: each node hangs on the root by an arc of its own.
    pub fn star(nodes: u32, arc_of: impl Fn(u32) -> (u32, bool)) -> Self {
        let root = Knot { parent: NIL, arc: NIL, depth: 0, child: NIL, next: NIL, previous: NIL, is_upward: false };
        let mut tree = Self(vec![root; nodes as usize + 1]);
        for node in 0..nodes {
            let (arc, is_upward) = arc_of(node);
            tree.hang(node, nodes, arc, is_upward);
            tree.0[node as usize].depth = 1;
        }
        tree
    }

    #[inline]
    pub fn at(&self, node: u32) -> &Knot {
        &self.0[node as usize]
    }

    /// The lowest node above both.
    pub fn join(&self, mut one: u32, mut other: u32) -> u32 {
        while one != other {
            let (a, b) = (self.at(one), self.at(other));
            if a.depth >= b.depth {
                one = a.parent;
            }
            if b.depth >= a.depth {
                other = b.parent;
            }
        }
        one
    }

    /// Cuts the subtree of `top` off and hangs it by `node` (which is in it) under `parent`.
    pub fn rehang(&mut self, top: u32, node: u32, parent: u32, arc: u32, is_upward: bool) {
        let (mut at, mut parent, mut arc, mut is_upward) = (node, parent, arc, is_upward);
        loop {
            let old = *self.at(at);
            self.cut(at);
            self.hang(at, parent, arc, is_upward);
            if at == top {
                return;
            }
            (parent, arc, is_upward) = (at, old.arc, !old.is_upward);
            at = old.parent;
        }
    }

    /// Calls `visit` with each node of the subtree, parents first, and sets depths anew.
    pub fn sweep(&mut self, top: u32, mut visit: impl FnMut(u32)) {
        let mut at = top;
        loop {
            let knot = *self.at(at);
            self.0[at as usize].depth = self.at(knot.parent).depth + 1;
            visit(at);
            if knot.child != NIL {
                at = knot.child;
                continue;
            }
            while at != top && self.at(at).next == NIL {
                at = self.at(at).parent;
            }
            if at == top {
                return;
            }
            at = self.at(at).next;
        }
    }

    fn hang(&mut self, node: u32, parent: u32, arc: u32, is_upward: bool) {
        let first = std::mem::replace(&mut self.0[parent as usize].child, node);
        if first != NIL {
            self.0[first as usize].previous = node;
        }
        let knot = &mut self.0[node as usize];
        (knot.parent, knot.arc, knot.is_upward) = (parent, arc, is_upward);
        (knot.next, knot.previous) = (first, NIL);
    }

    fn cut(&mut self, node: u32) {
        let Knot { parent, next, previous, .. } = *self.at(node);
        match previous {
            NIL => self.0[parent as usize].child = next,
            _ => self.0[previous as usize].next = next,
        }
        if next != NIL {
            self.0[next as usize].previous = previous;
        }
    }
}
