//! Notices through real sockets and the front door.

mod district;
mod pages;
mod sending;
mod sinks;
