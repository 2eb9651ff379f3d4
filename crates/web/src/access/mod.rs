//! Who comes in, and as what: accounts, grants, doors (links and one-time codes), sessions and tokens.

pub mod accounts;
pub mod devices;
pub mod doors;
pub mod guard;
pub mod looks;
pub mod oidc;
pub(crate) mod over;
pub mod pages;
pub mod passwords;
pub mod secrets;
pub mod sessions;
pub mod standing;
pub mod tokens;

pub use standing::{Grant, Standing};
