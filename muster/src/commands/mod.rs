//! The commands of `muster`, one file each.

pub mod allocate;
pub mod backup;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod migrate;
pub mod plan_sites;
pub mod restore;
pub mod rotate_keys;
pub mod serve;
pub mod token;
pub mod verify;
