//! What is right: the registers and their columns, how a row of a file reads, what becomes of it.

pub mod register;
pub mod rejection;
pub mod rows;
pub mod tally;
