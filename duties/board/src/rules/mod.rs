//! What the board says, without clock, chance or database.

pub mod night;
pub mod site;
pub mod summary;
