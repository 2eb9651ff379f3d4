//! What is right about places: pure functions, no clock, no database.

pub mod boundary;
pub mod day;
pub mod headcount;
pub mod intake;
pub mod map;
pub mod zoning;
