//! Remembered replies: a request with a key takes effect once, however often it is sent.
//!
//! A key alone is not idempotency. The same key with the same content gets the same answer again; the same key with
//! other content is a conflict: it changes nothing and is kept, sealed, for a person to decide (see
//! [`crate::conflicts`]). The caller must then answer from within a *successful* change, or the conflict is undone with
//! everything else.

use domain::{Actor, Moment};
use uuid::Uuid;

use crate::{Result, Tx, params, plant};

pub(crate) const SAID: &str = "replies.body";
/// Longer requests are not kept beside their answer; of a conflict with one only the second version is shown.
const LONGEST: usize = 64 << 10;
/// The planted fault of the tests that send a key twice.
const OVERWRITES: &str = "last-write-wins";

/// What is known of a request's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Never seen: do it, then [`Tx::keep_reply`].
    New,
    /// The same request came before; this was the answer.
    Same(String),
    /// The key was used for something else, or by somebody else: [`Tx::keep_conflict`].
    Other,
}

/// A request as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub key: Uuid,
    pub by: &'a Actor,
    /// A hash over what it asks for.
    pub fingerprint: [u8; 32],
    pub path: &'a str,
    pub body: &'a str,
}

impl Tx {
    /// Looks a request up by its key, who sent it, and a hash over what it asks for.
    pub fn reply(&mut self, key: Uuid, by: &Actor, fingerprint: [u8; 32]) -> Result<Reply> {
        let kept = self.first(
            "select actor_kind, actor_id, fingerprint, answer from replies where key = $1",
            params![key],
            |row| {
                let owner: (String, Uuid) = (row.get("actor_kind")?, row.get("actor_id")?);
                Ok((owner, row.get::<[u8; 32]>("fingerprint")?, row.get("answer")?))
            },
        )?;
        Ok(match kept {
            None => Reply::New,
            Some(((kind, id), same, answer)) if kind == by.kind.name() && id == by.id && same == fingerprint => {
                Reply::Same(answer)
            }
            Some(_) if plant::has(OVERWRITES) => {
                self.execute("delete from replies where key = $1", params![key])?;
                Reply::New
            }
            Some(_) => Reply::Other,
        })
    }

    /// Remembers the answer to a new key, in the same transaction as its effect.
    pub fn keep_reply(&mut self, asked: Asked<'_>, answer: &str) -> Result<()> {
        let (at, Asked { key, by, fingerprint, path, body }) = (self.at(), asked);
        let body = (body.len() <= LONGEST).then(|| self.seal(SAID, body));
        self.execute(
            "insert into replies (key, actor_kind, actor_id, fingerprint, answer, at, path, body) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![key, by.kind.name(), by.id, fingerprint, answer, at, path, body],
        )?;
        Ok(())
    }
}

/// Forgets what was asked before a moment; the keys and their answers stay.
pub fn forget_bodies(tx: &mut Tx, moment: Moment) -> Result<u64> {
    tx.execute("update replies set body = null where at < $1 and body is not null", params![moment])
}

/// Forgets the answers given before a moment: no phone sends again after so long.
pub fn forget_before(tx: &mut Tx, moment: Moment) -> Result<u64> {
    tx.execute("delete from replies where at < $1", params![moment])
}
