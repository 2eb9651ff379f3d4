//! Readers: a few threads, each with a connection of its own, each look in one snapshot.

use std::{sync::Arc, time::Duration};

use crate::{Error, Result, engine::Purpose, queue::Queue, tx::Tx};

/// Work that reads, or the reason why it could not begin.
pub(crate) type Look = Box<dyn FnOnce(Result<&mut Tx>) + Send>;

const TRIES: u32 = 4;

/// A reader thread's life.
pub(crate) fn keep(mut tx: Tx, queue: &Arc<Queue<Look>>) {
    while let Some(looks) = queue.take(1) {
        for look in looks {
            match begin_with_patience(&mut tx) {
                Ok(()) => look(Ok(&mut tx)),
                Err(cause) => look(Err(cause)),
            }
            tx.rollback();
        }
    }
}

fn begin_with_patience(tx: &mut Tx) -> Result<()> {
    let mut pause = Duration::from_millis(20);
    for attempt in 1..=TRIES {
        let Err(cause) = tx.begin(Purpose::Look) else { return Ok(()) };
        tx.rollback();
        if !cause.is_transient() || attempt == TRIES {
            return Err(cause);
        }
        std::thread::sleep(pause);
        pause *= 2;
        if matches!(cause, Error::Unavailable(_))
            && let Err(cause) = tx.mend()
        {
            tracing::warn!(%cause, "the database is still away");
        }
    }
    Err(Error::Busy)
}
