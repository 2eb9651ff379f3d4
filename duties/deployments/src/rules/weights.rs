//! What the allocation weighs: configuration `[deployments.weights]`, the same with and without a database.

pub use allocation::Weights;
