//! What the board says, without clock, chance or database.

pub mod site;
pub mod summary;
pub mod night;
