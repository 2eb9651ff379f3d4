//! Moves what was committed from SQLite's write-ahead log to its place, beside the gate: nobody's change waits for a
//! sync of the whole file.
//!
//! While the gate is never at rest the log cannot begin anew, so the gate does it by itself when the log is
//! [`LONGEST_LOG`](crate::engine::sqlite::LONGEST_LOG) pages long; most of it lies at its place by then.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::engine::Session;

/// Tells the keeper that something was committed. One that was told already is not told twice.
pub(crate) struct Bell(SyncSender<()>);

impl Bell {
    pub(crate) fn ring(&self) {
        let _ = self.0.try_send(());
    }
}

pub(crate) fn bell() -> (Bell, Receiver<()>) {
    let (bell, rings) = sync_channel(1);
    (Bell(bell), rings)
}

/// The keeper's life; ends with the gate that rings.
pub(crate) fn keep(mut session: Box<dyn Session>, rings: &Receiver<()>) {
    while rings.recv().is_ok() {
        if let Err(cause) = session.tidy() {
            tracing::warn!(%cause, "the log could not be moved to its place; the gate will do it");
        }
    }
}
