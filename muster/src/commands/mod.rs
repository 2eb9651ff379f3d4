//! The commands of `muster`, one file each.

pub mod migrate;
pub mod serve;
pub mod token;
