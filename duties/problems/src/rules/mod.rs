//! What is right, without clock, chance or database.

pub mod escalation;
pub mod state;
