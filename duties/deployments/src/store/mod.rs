//! All SQL of this duty.

pub mod assignments;
pub mod check_ins;
pub mod erasure;
pub mod links;
pub mod orders;
pub mod phones;
pub mod plans;
pub mod posts;
pub mod tallies;
pub mod wishes;
