//! The rules of telling, pure.

pub mod retry;
pub mod template;
