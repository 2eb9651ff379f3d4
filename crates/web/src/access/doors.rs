//! Doors: personal links and one-time codes. One-day people come in by a link, without a password; the first
//! administrator by a code printed at the first start.

use domain::{Actor, District};
use store::{Error, Tx, Value, params};
use uuid::Uuid;

use super::{secrets, sessions};
use crate::refusal::{Fault, Refused};

/// Letters of a door's code: 16 × 5 = 80 bits of chance.
const LETTERS: usize = 16;

/// What a door leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Used up by its first use.
    Once,
    /// A person's own link: works until it expires or is withdrawn.
    Personal,
}

/// Makes a door for somebody and gives the code of its address `/enter/CODE`.
pub fn open(tx: &mut Tx, actor: Actor, district: &District, kind: Kind, lasts_h: Option<i64>) -> Result<String, Error> {
    let code = secrets::fresh_code(LETTERS);
    tx.execute(
        "insert into doors (code_hash, actor_kind, holder, district, once, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![
            secrets::hash(&code),
            actor.kind.name(),
            actor.id,
            district,
            kind == Kind::Once,
            tx.at(),
            lasts_h.map(|hours| tx.at().plus_h(hours))
        ],
    )?;
    Ok(code)
}

/// [`open`] for many people at once, with few statements; codes in the order of the people.
pub fn open_many(
    tx: &mut Tx,
    actors: &[Actor],
    district: &District,
    kind: Kind,
    lasts_h: Option<i64>,
) -> Result<Vec<String>, Error> {
    let at = tx.at();
    let codes: Vec<String> = actors.iter().map(|_| secrets::fresh_code(LETTERS)).collect();
    let rows = actors.iter().zip(&codes).map(|(actor, code)| -> [Value; 7] {
        [
            secrets::hash(code).into(),
            actor.kind.name().into(),
            actor.id.into(),
            district.into(),
            (kind == Kind::Once).into(),
            at.into(),
            lasts_h.map(|hours| at.plus_h(hours)).into(),
        ]
    });
    tx.insert_many("insert into doors (code_hash, actor_kind, holder, district, once, made_at, expires_at)", "", rows)?;
    Ok(codes)
}

/// Goes through a door: gives the actor, their district and a new session's secret.
pub fn enter(tx: &mut Tx, typed: &str) -> Result<(Actor, String), Fault> {
    let hash = secrets::hash(&secrets::tidy_code(typed));
    let door = tx.first(
        "select d.actor_kind, d.holder, d.district, d.once, d.used_at, d.withdrawn_at, d.expires_at, a.suspended_at
         from doors d left join accounts a on a.id = d.holder where d.code_hash = $1",
        params![hash.clone()],
        |row| {
            let over = row.get::<Option<i64>>("withdrawn_at")?.is_some()
                || row.get::<Option<i64>>("suspended_at")?.is_some()
                || (row.get::<bool>("once")? && row.get::<Option<i64>>("used_at")?.is_some());
            let actor = Actor::new(row.parse("actor_kind")?, row.get::<Uuid>("holder")?);
            Ok((actor, row.get::<District>("district")?, over, row.get::<Option<domain::Moment>>("expires_at")?))
        },
    )?;
    let Some((actor, district, over, expires_at)) = door else { return Err(Refused::NotRecognised.into()) };
    if over || expires_at.is_some_and(|end| end <= tx.at()) {
        return Err(Refused::LinkIsOver.into());
    }
    tx.execute("update doors set used_at = $2 where code_hash = $1", params![hash, tx.at()])?;
    Ok((actor, sessions::begin(tx, actor, &district, Some(sessions::SESSION_H), None)?))
}

/// Withdraws every door of a holder.
pub fn close_all(tx: &mut Tx, holder: Uuid) -> Result<(), Error> {
    tx.execute(
        "update doors set withdrawn_at = $2 where holder = $1 and withdrawn_at is null",
        params![holder, tx.at()],
    )?;
    Ok(())
}
