//! What is right. Nothing here reads a clock, a database or chance: all of it comes in as values.

pub mod case;
pub mod clocks;
pub mod draining;
pub mod explain;
pub mod forecast;
pub mod milestones;
pub mod mishap;
pub mod pick;
mod seats;
pub mod shortfall;
pub mod standing;
pub mod weights;
