//! The district's memory: one gate for changes, one journal, one SQL text for SQLite and PostgreSQL.
//!
//! ```text
//! change ─► queue ─► one writer: begin · savepoint each · commit once ─► answers        look ─► readers, one snapshot each
//! ```
//!
//! A duty writes `store.change(act, |tx| …).await` and `store.look(|tx| …).await`; inside, [`Tx`] is all it needs.
//! Which engine runs is known only to [`engine`].

pub mod address;
pub mod age;
mod among;
pub mod backup;
mod checkpoints;
pub mod conflicts;
mod dialect;
pub mod doctor;
mod engine;
pub mod epoch;
pub mod error;
mod gate;
mod hex;
pub mod jobs;
pub mod journal;
mod look;
pub mod migrate;
mod plant;
mod queue;
pub mod replies;
pub mod rotate;
pub mod row;
pub mod seal;
pub mod sealed_file;
mod store;
pub mod testing;
pub mod tx;
pub mod value;

pub use address::Address;
pub use error::{Error, Result};
pub use jobs::Job;
pub use migrate::Migration;
pub use plant::plant;
pub use replies::Reply;
pub use row::Row;
pub use seal::{Blind, Keyring, Sealed};
pub use store::{Options, Store};
pub use tx::{Act, Tx};
pub use value::{Cell, FromValue, Mismatch, Value};
