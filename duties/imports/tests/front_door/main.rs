//! Imports through the front door: one file sent, looked at, decided, sent again.

mod accounts;
mod apart;
mod district;
mod files;
mod hostile;
mod killed;
mod large;
#[path = "../../../../crates/sheets/tests/made/mod.rs"]
mod made;
mod pipeline;
mod preview;
