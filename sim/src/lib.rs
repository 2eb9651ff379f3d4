//! A district that never was: what the demonstration plays, the stories across duties start from and the benchmarks
//! measure.
//!
//! [`district`] makes one from a seed: divisions, sites, teams, standing links and volunteers, as the files a
//! headquarters would import.

pub mod district;

pub use district::{District, Recipe};
