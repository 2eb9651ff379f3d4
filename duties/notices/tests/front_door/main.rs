//! Notices through real sockets and the front door.

mod district;
mod sending;
mod sinks;
