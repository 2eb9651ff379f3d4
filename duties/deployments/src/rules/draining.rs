//! Nobody is taken from a post that would then be short, unless the plan has proven that the whole gains by it.

/// One post, before and after a plan is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drain {
    pub need: u32,
    /// People who hold it now.
    pub before: u32,
    /// People who will hold it.
    pub after: u32,
    /// What the plan said this post would have, when its optimum was proven.
    pub proven: u32,
}

impl Drain {
    /// A site that loses people keeps its need, or at least what the proven plan gives it. Facts that changed since
    /// (somebody declined, the need grew) make the difference, and the answer is: plan again.
    pub fn is_refused(self) -> bool {
        self.after < self.before && self.after < self.need.min(self.proven)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_below_need_and_proof_is_refused() {
        let post = Drain { need: 5, before: 5, after: 5, proven: 5 };
        assert!(!post.is_refused());
        assert!(Drain { after: 4, ..post }.is_refused(), "fewer than needed");
        assert!(!Drain { after: 4, proven: 4, ..post }.is_refused(), "the optimum gives it four");
        assert!(!Drain { before: 7, ..post }.is_refused(), "only the surplus leaves");
        assert!(!Drain { before: 3, after: 4, ..post }.is_refused(), "it gains");
    }
}
