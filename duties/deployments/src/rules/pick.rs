//! Why this person at this post: said alike with and without a database.

pub use allocation::{Link, Pick, Reason};
