//! What is right, without clock, chance or I/O.

pub mod commending;
pub mod rest;
pub mod surname;
pub mod turns;
