//! What can be wrong with a question, by name.
//!
//! Every limit of this crate is one of these; none of them ever turns into a wrong answer.

use std::fmt;

/// Why a problem cannot be taken on. Indices are those of the problem's own lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A place or agent has a position that is not on Earth (or not a number).
    Position {
        /// `"place"` or `"agent"`.
        of: &'static str,
        /// Which one.
        index: usize,
    },
    /// Something points to a place, post or agent that does not exist.
    Unknown {
        /// What was pointed to: `"place"`, `"post"`, `"agent"` or `"origin"`.
        what: &'static str,
        /// The index that does not exist.
        index: usize,
    },
    /// A skill number beyond 31: skills are bits of a `u32`.
    Skill {
        /// The post that asks for it.
        post: usize,
    },
    /// A cost below zero, or above [`crate::MAX_COST`].
    Cost {
        /// Which number.
        of: &'static str,
        /// The index of its owner.
        index: usize,
    },
    /// The minimum crew is larger than the need, or a missing member of it is cheaper than another missing person:
    /// the first missing person must be the cheapest, otherwise the problem is not convex.
    Crew {
        /// The post.
        post: usize,
    },
    /// An agent pinned to two posts.
    PinnedTwice {
        /// The agent.
        agent: usize,
    },
    /// More than 2³¹ agents, posts or slots, or a sum of costs that would not fit 62 bits.
    TooLarge,
    /// The travel matrix does not have one number per origin and place.
    Matrix {
        /// Numbers needed.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// A plan that does not belong to the problem: other lengths, unknown posts, over-full posts.
    Plan,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position { of, index } => write!(f, "{of} {index} has no position on Earth: give WGS-84 degrees"),
            Self::Unknown { what, index } => write!(f, "there is no {what} {index}: indices count from 0"),
            Self::Skill { post } => write!(f, "post {post} asks for a skill beyond 31: number skills from 0 to 31"),
            Self::Cost { of, index } => {
                write!(f, "the {of} of number {index} must lie between 0 and {}", crate::MAX_COST)
            }
            Self::Crew { post } => write!(
                f,
                "post {post}: the minimum crew must not exceed the need, nor be cheaper to miss than the others"
            ),
            Self::PinnedTwice { agent } => write!(f, "agent {agent} is pinned twice: keep one pin"),
            Self::TooLarge => write!(f, "the problem is too large for 62-bit sums: split it or use smaller costs"),
            Self::Matrix { expected, found } => {
                write!(f, "the travel matrix needs {expected} numbers and has {found}")
            }
            Self::Plan => write!(f, "the plan does not belong to this problem: solve it anew"),
        }
    }
}

impl std::error::Error for Error {}
