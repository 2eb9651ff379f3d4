//! Imports through the front door: one file sent, looked at, decided, sent again.

mod district;
mod files;
mod hostile;
mod pipeline;
