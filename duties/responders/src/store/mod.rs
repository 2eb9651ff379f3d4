//! All SQL of this duty.

pub mod attendances;
pub mod badges;
pub mod commendations;
pub mod corrections;
pub mod deeds;
pub mod entrances;
pub mod erasure;
pub mod lots;
pub mod teams;
pub mod volunteers;
