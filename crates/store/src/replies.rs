//! Remembered replies: a request with a key takes effect once, however often it is sent.
//!
//! A key alone is not idempotency. The same key with the same content gets the same answer again; the same key with
//! other content is a conflict: it changes nothing and is kept, sealed, for a person to decide. The caller must then
//! answer from within a *successful* change, or the conflict is undone with everything else.

use domain::{Actor, Moment};
use uuid::Uuid;

use crate::{Result, Sealed, Tx, params};

const LABEL: &str = "conflicts.body";

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

/// A request whose key had been used for other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub id: Uuid,
    pub key: Uuid,
    pub actor_id: Uuid,
    pub at: Moment,
    /// What was sent, as it was sent.
    pub body: String,
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
            Some(_) => Reply::Other,
        })
    }

    /// Remembers the answer to a new key, in the same transaction as its effect.
    pub fn keep_reply(&mut self, key: Uuid, by: &Actor, fingerprint: [u8; 32], answer: &str) -> Result<()> {
        let at = self.at();
        self.execute(
            "insert into replies (key, actor_kind, actor_id, fingerprint, answer, at) values ($1, $2, $3, $4, $5, $6)",
            params![key, by.kind.name(), by.id, fingerprint, answer, at],
        )?;
        Ok(())
    }

    /// Keeps what was sent under a used key. The same attempt sent again is kept once.
    pub fn keep_conflict(&mut self, key: Uuid, by: &Actor, fingerprint: [u8; 32], body: &str) -> Result<()> {
        let (at, sealed) = (self.at(), self.seal(LABEL, body));
        self.execute(
            "insert into conflicts (id, key, actor_kind, actor_id, fingerprint, body, at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (key, fingerprint) do nothing",
            params![Uuid::now_v7(), key, by.kind.name(), by.id, fingerprint, sealed, at],
        )?;
        Ok(())
    }
}

/// The conflicts nobody has settled yet, oldest first.
pub fn open_conflicts(tx: &mut Tx, limit: usize) -> Result<Vec<Conflict>> {
    let sealed = tx.rows(
        "select id, key, actor_id, at, body from conflicts where settled_at is null order by at, id limit $1",
        params![limit],
        |row| {
            let conflict = Conflict {
                id: row.get("id")?,
                key: row.get("key")?,
                actor_id: row.get("actor_id")?,
                at: row.get("at")?,
                body: String::new(),
            };
            Ok((conflict, row.get::<Sealed>("body")?))
        },
    )?;
    sealed.into_iter().map(|(conflict, body)| Ok(Conflict { body: tx.open(LABEL, body)?, ..conflict })).collect()
}

/// Marks a conflict as decided; `false` when it was already.
pub fn settle_conflict(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let at = tx.at();
    let settled =
        tx.execute("update conflicts set settled_at = $1 where id = $2 and settled_at is null", params![at, id])?;
    Ok(settled == 1)
}

/// Forgets the answers given before a moment: no phone sends again after so long.
pub fn forget_before(tx: &mut Tx, moment: Moment) -> Result<u64> {
    tx.execute("delete from replies where at < $1", params![moment])
}
