//! All SQL of this duty, one file per table or two.

pub mod chiefs;
pub mod days;
pub mod divisions;
pub mod listing;
pub mod register;
pub mod sites;
pub mod zones;
