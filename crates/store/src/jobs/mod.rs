//! Work that follows from a change: sending a notice, escalating a silent request.
//!
//! A job is a value, enqueued in the same transaction as what it follows from, so it is neither forgotten nor done for
//! something that never happened. It runs at least once: whoever takes it holds a lease, and a server that dies loses
//! the lease. Handlers are therefore idempotent; one that wants its effect and its end in one transaction calls
//! [`Leased::end`] inside its own change.
//!
//! A kind and key name a job while it is pending: asking again moves it forward instead of doubling it, and asking
//! while it runs makes it run once more.

mod hourly;
mod runner;

use std::time::Duration;

use domain::Moment;
use uuid::Uuid;

pub use runner::Runner;

use crate::{Result, Row, Tx, Value, params};

/// Work to be done later.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Whose and what: `notices.send`.
    pub kind: &'static str,
    /// Names it among its kind while it is pending.
    pub key: String,
    pub due: Moment,
    pub body: serde_json::Value,
}

/// A job somebody is doing now.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    pub id: Uuid,
    pub kind: String,
    pub key: String,
    pub body: serde_json::Value,
    /// How often it was begun, this time included.
    pub attempts: u32,
    pub(crate) lease: Uuid,
    pub(crate) asked: i64,
}

/// How a handler ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It may succeed later.
    Again {
        after: Duration,
        why: String,
    },
    /// It will never succeed; somebody should see why.
    Never {
        why: String,
    },
}

/// A job as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: Uuid,
    pub kind: String,
    pub key: String,
    pub due: Moment,
    pub attempts: u32,
    pub last_error: Option<String>,
}

impl Tx {
    /// Adds a job, or moves the pending one of the same kind and key forward and gives it the new body.
    pub fn enqueue(&mut self, job: Job) -> Result<()> {
        let at = self.at();
        self.execute(
            "insert into jobs (id, kind, key, due, body, enqueued_at, asked, attempts) \
             values ($1, $2, $3, $4, $5, $6, 1, 0) \
             on conflict (kind, key) where given_up_at is null do update set body = excluded.body, \
             asked = jobs.asked + 1, \
             due = case when jobs.lease is null and jobs.due < excluded.due then jobs.due else excluded.due end",
            params![Uuid::now_v7(), job.kind, job.key, job.due, job.body, at],
        )?;
        self.note_job();
        Ok(())
    }
}

impl Leased {
    /// Ends the job inside the handler's own change: effect and end commit together.
    pub fn end(&self, tx: &mut Tx) -> Result<()> {
        let ended = tx.execute(
            "delete from jobs where id = $1 and lease = $2 and asked = $3",
            params![self.id, self.lease, self.asked],
        )?;
        if ended == 0 { self.give_back(tx) } else { Ok(()) }
    }

    /// Writes down how it ended, unless the lease has passed to somebody else.
    pub(crate) fn settle(&self, tx: &mut Tx, outcome: &Outcome) -> Result<()> {
        let at = tx.at();
        match outcome {
            Outcome::Done => self.end(tx),
            Outcome::Again { after, why } => {
                let due = at.plus_s(i64::try_from(after.as_secs()).unwrap_or(i64::MAX / 4_000));
                tx.execute(
                    "update jobs set lease = null, lease_until = null, last_error = $4, \
                     due = case when asked = $3 then $5 else due end where id = $1 and lease = $2",
                    params![self.id, self.lease, self.asked, why, due],
                )?;
                Ok(())
            }
            Outcome::Never { why } => {
                let given_up = tx.execute(
                    "update jobs set lease = null, lease_until = null, last_error = $4, given_up_at = $5 \
                     where id = $1 and lease = $2 and asked = $3",
                    params![self.id, self.lease, self.asked, why, at],
                )?;
                if given_up == 0 { self.give_back(tx) } else { Ok(()) }
            }
        }
    }

    /// It was asked for again while it ran: free for the next run.
    fn give_back(&self, tx: &mut Tx) -> Result<()> {
        tx.execute(
            "update jobs set lease = null, lease_until = null, attempts = 0 where id = $1 and lease = $2",
            params![self.id, self.lease],
        )?;
        tx.note_job();
        Ok(())
    }

    pub(crate) fn renew(&self, tx: &mut Tx, until: Moment) -> Result<()> {
        tx.execute(
            "update jobs set lease_until = $3 where id = $1 and lease = $2",
            params![self.id, self.lease, until],
        )?;
        Ok(())
    }
}

/// How long to wait before the next try: 5 s, doubling, 10 min at most.
pub fn back_off(attempts: u32) -> Duration {
    Duration::from_secs(5 << attempts.saturating_sub(1).min(7)).min(Duration::from_mins(10))
}

/// Everything that still waits or runs, soonest first.
pub fn pending(tx: &mut Tx) -> Result<Vec<Listed>> {
    tx.rows(
        "select id, kind, key, due, attempts, last_error from jobs where given_up_at is null order by due, id",
        params![],
        listed,
    )
}

/// Everything that was given up, with its reason.
pub fn given_up(tx: &mut Tx) -> Result<Vec<Listed>> {
    tx.rows(
        "select id, kind, key, due, attempts, last_error from jobs where given_up_at is not null \
         order by given_up_at, id",
        params![],
        listed,
    )
}

fn listed(row: &Row<'_>) -> Result<Listed> {
    Ok(Listed {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("key")?,
        due: row.get("due")?,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
    })
}

/// Where the kinds stand in the statements below: after moment and limit.
fn among(kinds: &[&str]) -> String {
    let places: Vec<String> = (0..kinds.len()).map(|place| format!("${}", place + 3)).collect();
    format!("kind in ({})", places.join(", "))
}

fn due_params(now: Moment, limit: usize, kinds: &[&str]) -> Vec<Value> {
    [now.into(), limit.into()].into_iter().chain(kinds.iter().map(|kind| Value::from(*kind))).collect()
}

/// The jobs of some kinds that could be taken now by a runner that holds these already.
fn due(tx: &mut Tx, now: Moment, limit: usize, kinds: &[&str], held: &[Uuid]) -> Result<Vec<Uuid>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select id from jobs where given_up_at is null and due <= $1 and (lease is null or lease_until <= $1) \
         and {} order by due, id limit $2",
        among(kinds)
    );
    let found = tx.rows(&sql, &due_params(now, limit + held.len(), kinds), |row| row.get("id"))?;
    Ok(found.into_iter().filter(|id| !held.contains(id)).take(limit).collect())
}

/// Takes jobs: inside the gate, so nobody else can take the same ones.
fn claim(
    tx: &mut Tx,
    (now, until): (Moment, Moment),
    limit: usize,
    kinds: &[&str],
    held: &[Uuid],
) -> Result<Vec<Leased>> {
    let ids = due(tx, now, limit, kinds, held)?;
    ids.into_iter().map(|id| lease(tx, id, until)).collect()
}

fn lease(tx: &mut Tx, id: Uuid, until: Moment) -> Result<Leased> {
    let lease = Uuid::new_v4();
    tx.one(
        "update jobs set lease = $2, lease_until = $3, attempts = attempts + 1 where id = $1 \
         returning kind, key, body, attempts, asked",
        params![id, lease, until],
        |row| {
            Ok(Leased {
                id,
                kind: row.get("kind")?,
                key: row.get("key")?,
                body: row.get("body")?,
                attempts: row.get("attempts")?,
                lease,
                asked: row.get("asked")?,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_become_rarer_and_never_stop() {
        let seconds: Vec<u64> = (1..=9).map(|attempts| back_off(attempts).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
    }
}
