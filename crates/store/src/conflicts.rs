//! What came twice under one key with different content: both versions are kept, sealed, until a person has decided.

use domain::{Actor, District, Moment};
use uuid::Uuid;

use crate::{Result, Row, Sealed, Tx, params, replies, replies::Asked};

pub(crate) const BODY: &str = "conflicts.body";

/// One of the two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub by: Actor,
    pub at: Moment,
    pub path: String,
    /// As it was sent.
    pub body: String,
}

/// A request whose key had been used for other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub id: Uuid,
    pub key: Uuid,
    /// What took effect; none when it was too long to keep.
    pub first: Option<Version>,
    /// What did not.
    pub second: Version,
}

/// How long one's own decision can be taken back.
const TAKE_BACK_MIN: i64 = 10;

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The first version stands.
    First,
    /// The second was right and has been done.
    Second,
    /// Both are known; nothing is to be done.
    Noted,
}

impl Decision {
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Noted => "noted",
        }
    }
}

impl Tx {
    /// Keeps what was sent under a used key, beside what the key had been used for. The same attempt sent again is kept
    /// once. `first` is what took effect, when the caller knows it better than the remembered reply.
    pub fn keep_conflict(&mut self, district: &District, asked: Asked<'_>, first: Option<Version>) -> Result<()> {
        let first = first.map_or_else(|| first_version(self, asked.key), |first| Ok(Some(first)))?;
        let (at, body) = (self.at(), self.seal(BODY, asked.body));
        let first_body = first.as_ref().map(|first| self.seal(BODY, &first.body));
        let (first_by, first_at) = (first.as_ref().map(|first| first.by), first.as_ref().map(|first| first.at));
        self.execute(
            "insert into conflicts (id, key, actor_kind, actor_id, fingerprint, body, at, district, path, first_kind, \
             first_id, first_at, first_path, first_body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
             $13, $14) on conflict (key, fingerprint) do nothing",
            params![
                Uuid::now_v7(),
                asked.key,
                asked.by.kind.name(),
                asked.by.id,
                asked.fingerprint,
                body,
                at,
                district,
                asked.path,
                first_by.map(|by| by.kind.name()),
                first_by.map(|by| by.id),
                first_at,
                first.map(|first| first.path),
                first_body
            ],
        )?;
        Ok(())
    }
}

/// What a key was used for, as the remembered reply knows it.
fn first_version(tx: &mut Tx, key: Uuid) -> Result<Option<Version>> {
    let sql = "select actor_kind, actor_id, at, path, body from replies where key = $1 and body is not null";
    let kept = tx.first(sql, params![key], |row| {
        let by = Actor::new(row.parse("actor_kind")?, row.get("actor_id")?);
        let path = row.get::<Option<String>>("path")?.unwrap_or_default();
        Ok((Version { by, at: row.get("at")?, path, body: String::new() }, row.get::<Sealed>("body")?))
    })?;
    kept.map(|(version, body)| Ok(Version { body: tx.open(replies::SAID, body)?, ..version })).transpose()
}

const COLUMNS: &str = "select id, key, actor_kind, actor_id, at, path, body, first_kind, first_id, first_at, \
                       first_path, first_body from conflicts where settled_at is null and (district = $1 or district is null)";

/// Both versions, still sealed.
type Closed = (Conflict, Sealed, Option<Sealed>);

fn read(row: &Row<'_>) -> Result<Closed> {
    let path = |column| Ok::<_, crate::Error>(row.get::<Option<String>>(column)?.unwrap_or_default());
    let by = Actor::new(row.parse("actor_kind")?, row.get("actor_id")?);
    let second = Version { by, at: row.get("at")?, path: path("path")?, body: String::new() };
    let first_at: Option<Moment> = row.get("first_at")?;
    let first = first_at.map(|at| {
        let by = Actor::new(row.parse("first_kind")?, row.get("first_id")?);
        Ok::<_, crate::Error>(Version { by, at, path: path("first_path")?, body: String::new() })
    });
    let conflict = Conflict { id: row.get("id")?, key: row.get("key")?, first: first.transpose()?, second };
    Ok((conflict, row.get("body")?, row.get("first_body")?))
}

fn open(tx: &mut Tx, (mut conflict, body, first_body): Closed) -> Result<Conflict> {
    conflict.second.body = tx.open(BODY, body)?;
    if let (Some(first), Some(body)) = (&mut conflict.first, first_body) {
        first.body = tx.open(BODY, body)?;
    }
    Ok(conflict)
}

/// The conflicts of a district that nobody has settled yet, oldest first.
pub fn unsettled(tx: &mut Tx, district: &District, limit: usize) -> Result<Vec<Conflict>> {
    let rows = tx.rows(&format!("{COLUMNS} order by at, id limit $2"), params![district, limit], read)?;
    rows.into_iter().map(|closed| open(tx, closed)).collect()
}

/// One that is not settled.
pub fn unsettled_one(tx: &mut Tx, district: &District, id: Uuid) -> Result<Option<Conflict>> {
    let closed = tx.first(&format!("{COLUMNS} and id = $2"), params![district, id], read)?;
    closed.map(|closed| open(tx, closed)).transpose()
}

/// How many wait for a decision.
pub fn count(tx: &mut Tx, district: &District) -> Result<u64> {
    let sql = "select count(*) from conflicts where settled_at is null and (district = $1 or district is null)";
    tx.one(sql, params![district], |row| row.get(0))
}

/// Marks a conflict as decided; `false` when it was already.
pub fn settle(tx: &mut Tx, id: Uuid, decision: Decision) -> Result<bool> {
    let (at, by) = (tx.at(), tx.actor().id);
    let settled = tx.execute(
        "update conflicts set settled_at = $1, decision = $2, decided_by = $3 where id = $4 and settled_at is null",
        params![at, decision.name(), by, id],
    )?;
    Ok(settled == 1)
}

/// Takes one's own decision back while it is fresh: the conflict waits again. What was done for it is not undone by this.
pub fn take_back(tx: &mut Tx, district: &District, id: Uuid) -> Result<bool> {
    let (by, since) = (tx.actor().id, tx.at().plus_min(-TAKE_BACK_MIN));
    let taken_back = tx.execute(
        "update conflicts set settled_at = null, decision = null, decided_by = null
         where id = $1 and (district = $2 or district is null) and decided_by = $3 and settled_at >= $4
           and decision in ('first', 'noted')",
        params![id, district, by, since],
    )?;
    Ok(taken_back == 1)
}

/// Forgets what the versions said that somebody has decided on; that there was a conflict, and its decision, stay.
pub fn forget_settled(tx: &mut Tx) -> Result<u64> {
    let nothing = tx.seal(BODY, "");
    tx.execute("update conflicts set body = $1, first_body = null where settled_at is not null", params![nothing])
}
