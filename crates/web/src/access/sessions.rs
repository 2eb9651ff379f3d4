//! Sessions and tokens: server-side, so that ending one takes effect with the next request, everywhere.

use domain::{Actor, ActorKind, District, Moment, Role, Scope};
use store::{Error, Tx, params};
use uuid::Uuid;

use super::{
    secrets,
    standing::{self, Standing},
};

/// How long a sign-in lasts: one night and the day after it.
pub const SESSION_H: i64 = 20;

/// Begins a session for somebody and gives the secret for the cookie. A new sign-in always gets a new one.
pub fn begin(
    tx: &mut Tx,
    actor: Actor,
    district: &District,
    lasts_h: Option<i64>,
    label: Option<&str>,
) -> Result<String, Error> {
    let token = secrets::fresh_token();
    tx.execute(
        "insert into sessions (token_hash, actor_kind, holder, district, label, started_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![
            secrets::hash(&token),
            actor.kind.name(),
            actor.id,
            district,
            label,
            tx.at(),
            lasts_h.map(|hours| tx.at().plus_h(hours))
        ],
    )?;
    Ok(token)
}

/// The standing of whoever holds this secret; none when the session is over or its holder suspended.
pub fn recognise(tx: &mut Tx, token: &str, now: Moment) -> Result<Option<Standing>, Error> {
    let found = tx.first(
        "select s.actor_kind, s.holder, s.district from sessions s
         left join accounts a on a.id = s.holder
         where s.token_hash = $1 and s.ended_at is null and a.suspended_at is null
           and (s.expires_at is null or s.expires_at > $2)",
        params![secrets::hash(token), now],
        |row| Ok((row.get::<String>("actor_kind")?, row.get::<Uuid>("holder")?, row.get::<District>("district")?)),
    )?;
    let Some((kind, holder, district)) = found else { return Ok(None) };
    let kind = kind_of(&kind);
    let grants = standing::grants_of(tx, kind, holder)?;
    Ok(Some(Standing { actor: Actor::new(kind, holder), district, grants }))
}

pub fn end(tx: &mut Tx, token: &str) -> Result<(), Error> {
    tx.execute(
        "update sessions set ended_at = $2 where token_hash = $1 and ended_at is null",
        params![secrets::hash(token), tx.at()],
    )?;
    Ok(())
}

/// Ends the session that a browser leaves behind by signing in anew; a program's token goes on.
pub fn leave(tx: &mut Tx, token: &str) -> Result<(), Error> {
    tx.execute(
        "update sessions set ended_at = $2 where token_hash = $1 and ended_at is null and actor_kind <> 'device'",
        params![secrets::hash(token), tx.at()],
    )?;
    Ok(())
}

/// Ends every session of a holder: suspended, left, other rights or another password. Says how many there were.
pub fn end_all(tx: &mut Tx, holder: Uuid) -> Result<u64, Error> {
    let sql = "update sessions set ended_at = $2 where holder = $1 and ended_at is null";
    tx.execute(sql, params![holder, tx.at()])
}

/// Issues an API token that carries one role within one scope, without an expiry.
pub fn issue_token(tx: &mut Tx, district: &District, role: Role, scope: &Scope, label: &str) -> Result<String, Error> {
    let device = domain::Id::<Standing>::fresh(tx.at()).uuid();
    standing::grant(tx, device, role, scope)?;
    begin(tx, Actor::new(ActorKind::Device, device), district, None, Some(label))
}

pub(super) fn kind_of(name: &str) -> ActorKind {
    match name {
        "account" => ActorKind::Account,
        "volunteer" => ActorKind::Volunteer,
        "device" => ActorKind::Device,
        _ => ActorKind::Visitor,
    }
}
