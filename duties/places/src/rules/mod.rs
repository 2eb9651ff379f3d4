//! What is right about places: pure functions, no clock, no database.

pub mod day;
pub mod intake;
