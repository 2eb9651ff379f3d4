//! What is right, without clock, chance or I/O.

pub mod commending;
pub mod entrance;
pub mod rest;
pub mod surname;
pub mod turns;
