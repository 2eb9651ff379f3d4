//! The table of exports.

use domain::{Actor, ActorKind, District, Moment};
use store::{Error, Row, Sealed, Tx, age, params};
use uuid::Uuid;

use super::{Reason, is_fresh};

/// The label under which reasons in words are sealed.
pub const NOTE: &str = "exports.note";
/// How long an agreement holds.
pub(crate) const OPEN_H: i64 = 1;
/// How long a request waits for a word, and how long an emergency is shown.
const SHOWN_H: i64 = 24;
const KEPT_DAYS: u32 = 366;

const ALL: &str = "select id, asker_kind, asked_by, list, address, format, people, why, note, asked_at,
                          decider_kind, decided_by, decision, decided_at, taken_at from exports";

/// A list that somebody takes or asks for.
#[derive(Debug, Clone)]
pub struct Export {
    pub id: Uuid,
    pub asker: Actor,
    pub list: String,
    pub address: String,
    pub format: String,
    pub people: u64,
    pub why: Reason,
    pub note: Option<String>,
    pub asked_at: Moment,
    pub decider: Option<Actor>,
    pub decided_at: Option<Moment>,
    pub is_agreed: bool,
    /// By the emergency way: nobody else agreed.
    pub is_forced: bool,
    pub taken_at: Option<Moment>,
}

impl Export {
    pub fn is_waiting(&self, now: Moment) -> bool {
        self.decided_at.is_none() && self.taken_at.is_none() && now < self.asked_at.plus_h(SHOWN_H)
    }

    /// Agreed to, not taken, and not too long ago.
    pub fn is_open(&self, now: Moment) -> bool {
        self.is_agreed && self.taken_at.is_none() && self.decided_at.is_some_and(|at| is_fresh(at, now))
    }
}

pub fn insert(tx: &mut Tx, district: &District, it: &Export) -> Result<(), Error> {
    let note = it.note.as_deref().map(|note| tx.seal(NOTE, note));
    tx.execute(
        "insert into exports (id, district, asker_kind, asked_by, list, address, format, people, why, note, asked_at, taken_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            it.id, district, it.asker.kind.name(), it.asker.id, &it.list, &it.address, &it.format, it.people,
            it.why.name(), note, it.asked_at, it.taken_at
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<(Export, Option<Sealed>), Error> {
    let actor = |kind: Option<String>, id: Option<Uuid>| {
        let kind = kind.and_then(|kind| kind.parse::<ActorKind>().ok())?;
        Some(Actor::new(kind, id?))
    };
    let decision = row.get::<Option<String>>("decision")?;
    let decision = decision.as_deref();
    let export = Export {
        id: row.get("id")?,
        asker: Actor::new(row.parse::<ActorKind>("asker_kind")?, row.get("asked_by")?),
        list: row.get("list")?,
        address: row.get("address")?,
        format: row.get("format")?,
        people: row.get("people")?,
        why: Reason::of(&row.get::<String>("why")?),
        note: None,
        asked_at: row.get("asked_at")?,
        decider: actor(row.get("decider_kind")?, row.get("decided_by")?),
        decided_at: row.get("decided_at")?,
        is_agreed: matches!(decision, Some("agreed" | "forced")),
        is_forced: decision == Some("forced"),
        taken_at: row.get("taken_at")?,
    };
    Ok((export, row.get("note")?))
}

fn opened(tx: &Tx, (export, note): (Export, Option<Sealed>)) -> Result<Export, Error> {
    let note = note.map(|note| tx.open(NOTE, note)).transpose()?;
    Ok(Export { note, ..export })
}

pub fn find(tx: &mut Tx, district: &District, id: Uuid) -> Result<Option<Export>, Error> {
    let sql = format!("{ALL} where id = $1 and district = $2");
    let found = tx.first(&sql, params![id, district], read)?;
    found.map(|found| opened(tx, found)).transpose()
}

pub fn of_asker(tx: &mut Tx, asker: Actor, id: Uuid) -> Result<Option<Export>, Error> {
    let found = tx.first(&format!("{ALL} where id = $1 and asked_by = $2"), params![id, asker.id], read)?;
    found.map(|found| opened(tx, found)).transpose()
}

/// Newest first.
pub fn latest_of(tx: &mut Tx, asker: Actor) -> Result<Vec<Export>, Error> {
    let sql = format!("{ALL} where asked_by = $1 order by asked_at desc, id desc limit 20");
    let found = tx.rows(&sql, params![asker.id], read)?;
    found.into_iter().map(|found| opened(tx, found)).collect()
}

/// Those that wait for a second person, oldest first.
pub fn waiting(tx: &mut Tx, district: &District, now: Moment) -> Result<Vec<Export>, Error> {
    let sql = format!(
        "{ALL} where district = $1 and asked_at > $2 and decision is null and taken_at is null order by asked_at, id limit 50"
    );
    let found = tx.rows(&sql, params![district, now.plus_h(-SHOWN_H)], read)?;
    found.into_iter().map(|found| opened(tx, found)).collect()
}

/// Those that were taken by the emergency way within a day, newest first.
pub fn forced_lately(tx: &mut Tx, district: &District, now: Moment) -> Result<Vec<Export>, Error> {
    let sql = format!(
        "{ALL} where district = $1 and asked_at > $2 and decision = 'forced' and decided_at > $3
         order by decided_at desc, id desc limit 50"
    );
    let found = tx.rows(&sql, params![district, now.plus_h(-2 * SHOWN_H), now.plus_h(-SHOWN_H)], read)?;
    found.into_iter().map(|found| opened(tx, found)).collect()
}

/// The request for the same list that still waits or can be taken: asking twice is asking once.
pub fn asked_already(tx: &mut Tx, asker: Actor, address: &str) -> Result<Option<Uuid>, Error> {
    let now = tx.at();
    let all = latest_of(tx, asker)?;
    Ok(all.into_iter().find(|it| it.address == address && (it.is_waiting(now) || it.is_open(now))).map(|it| it.id))
}

/// False when it was taken before.
pub fn take(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let sql =
        "update exports set taken_at = $2 where id = $1 and taken_at is null and decision in ('agreed', 'forced')";
    Ok(tx.execute(sql, params![id, tx.at()])? == 1)
}

/// False when somebody has decided before.
pub fn decide(tx: &mut Tx, id: Uuid, decision: &'static str) -> Result<bool, Error> {
    let by = *tx.actor();
    let sql = "update exports set decision = $2, decider_kind = $3, decided_by = $4, decided_at = $5
               where id = $1 and decision is null and taken_at is null";
    Ok(tx.execute(sql, params![id, decision, by.kind.name(), by.id, tx.at()])? == 1)
}

/// How many wait for a word or went without one today, and how many of this actor's own wait or can be taken.
pub(crate) fn counts(tx: &mut Tx, district: &District, who: Actor, now: Moment) -> Result<(u64, u64), Error> {
    let sql = "select count(*) as n from exports where district = $1 and asked_at > $2 and asked_by <> $3
               and (decision = 'forced' or (decision is null and taken_at is null))";
    let waiting = tx.one(sql, params![district, now.plus_h(-SHOWN_H), who.id], |row| row.get("n"))?;
    let sql = "select count(*) as n from exports where asked_by = $1 and asked_at > $2 and taken_at is null";
    let own = tx.one(sql, params![who.id, now.plus_h(-SHOWN_H)], |row| row.get("n"))?;
    Ok((waiting, own))
}

/// How many lists somebody took by the emergency way within the last day.
pub(crate) fn forced(tx: &mut Tx, who: Actor) -> Result<u64, Error> {
    let sql = "select count(*) as n from exports where asked_by = $1 and asked_at > $2 and decision = 'forced'
               and decided_at > $3";
    let now = tx.at();
    tx.one(sql, params![who.id, now.plus_h(-2 * SHOWN_H), now.plus_h(-SHOWN_H)], |row| row.get("n"))
}

/// Forgets some that are older than a year.
pub(crate) fn forget_some(tx: &mut Tx, lot: u64) -> Result<u64, Error> {
    let Some(before) = age::older_than(tx, KEPT_DAYS)? else { return Ok(0) };
    let sql = "delete from exports where id in (select id from exports where asked_at < $1 limit $2)";
    tx.execute(sql, params![before, lot])
}
