//! The answer: who goes where, and the prices that prove it.

use crate::problem::Problem;

/// A plan with its certificate.
///
/// `prices` are the dual values of the posts: what one more agent at the post would save at the margin. They alone
/// prove the lower bound: see [`crate::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The post of each agent.
    pub post_of: Vec<Option<usize>>,
    /// The price of each post.
    pub prices: Vec<i64>,
    /// What the plan costs.
    pub objective: i64,
    /// What every plan costs at least.
    pub lower_bound: i64,
}

impl Plan {
    /// Nothing cheaper exists.
    pub fn is_optimal(&self) -> bool {
        self.objective == self.lower_bound
    }

    /// How much a better plan could save at most.
    pub fn gap(&self) -> i64 {
        self.objective - self.lower_bound
    }

    /// Agents at each post.
    pub fn filled(&self) -> Vec<u32> {
        let mut filled = vec![0; self.prices.len()];
        for &post in self.post_of.iter().flatten() {
            filled[post] += 1;
        }
        filled
    }

    /// Slots of each post that stay empty.
    pub fn unmet(&self, problem: &Problem) -> Vec<u32> {
        self.filled().iter().zip(&problem.posts).map(|(&filled, post)| post.need.saturating_sub(filled)).collect()
    }

    /// Agents with a post.
    pub fn assigned(&self) -> usize {
        self.post_of.iter().flatten().count()
    }
}
