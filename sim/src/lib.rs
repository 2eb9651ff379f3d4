//! A district that never was: what the demonstration plays, the stories across duties start from and the benchmarks
//! measure.
//!
//! [`district`] makes one from a seed: divisions, sites, teams, standing links and volunteers, as the files a
//! headquarters would import. [`night`] plays a night in it, through the front door of a server.

pub mod district;
pub mod night;

pub use district::{District, Recipe};
pub use night::Night;
