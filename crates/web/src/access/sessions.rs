//! Sessions and tokens: server-side, so that ending one takes effect with the next request, everywhere.

use domain::{Actor, ActorKind, District, Moment, Role, Scope};
use store::{Error, Tx, params};
use uuid::Uuid;

use super::{
    secrets,
    standing::{self, Standing},
};

/// How long a sign-in lasts after it was last used: a phone that has been without a network for a whole shift is still
/// signed in when it comes back.
pub const SESSION_H: i64 = 20;
/// A used session is prolonged at most this often, so that few requests write.
const PROLONG_EVERY_H: i64 = 1;
/// However much it is used, a sign-in ends after a week.
const LONGEST_H: i64 = 7 * 24;

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

/// The cookie that carries a session's secret.
pub(crate) fn cookie(token: &str, is_secure: bool) -> String {
    let (age_s, secure) = (SESSION_H * 3600, if is_secure { "; Secure" } else { "" });
    format!("muster={token}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}")
}

/// The standing of whoever holds this secret; none when the session is over or its holder suspended.
pub fn recognise(tx: &mut Tx, token: &str, now: Moment) -> Result<Option<Standing>, Error> {
    let found = tx.first(
        "select s.actor_kind, s.holder, s.district from sessions s
         left join accounts a on a.id = s.holder
         where s.token_hash = $1 and s.ended_at is null and a.suspended_at is null
           and (s.expires_at is null or s.expires_at > $2)",
        params![secrets::hash(token), now],
        |row| Ok((row.parse::<ActorKind>("actor_kind")?, row.get::<Uuid>("holder")?, row.get::<District>("district")?)),
    )?;
    let Some((kind, holder, district)) = found else { return Ok(None) };
    let grants = standing::grants_of(tx, kind, holder)?;
    Ok(Some(Standing { actor: Actor::new(kind, holder), district, grants }))
}

/// Whether a session in use should be prolonged now. Tokens without an end need nothing.
pub fn is_due(tx: &mut Tx, token: &str, now: Moment) -> Result<bool, Error> {
    let times = tx.first(
        "select started_at, expires_at from sessions where token_hash = $1 and expires_at is not null",
        params![secrets::hash(token)],
        |row| Ok((row.get::<Moment>("started_at")?, row.get::<Moment>("expires_at")?)),
    )?;
    let to = |started_at: Moment| now.plus_h(SESSION_H).min(started_at.plus_h(LONGEST_H));
    Ok(times.is_some_and(|(started_at, expires_at)| to(started_at) > expires_at.plus_h(PROLONG_EVERY_H)))
}

/// Prolongs a session that is still on: as long as a duty lasts, so does the sign-in.
pub fn prolong(tx: &mut Tx, token: &str) -> Result<(), Error> {
    let now = tx.at();
    tx.execute(
        "update sessions set expires_at = case when started_at + $4 < $3 then started_at + $4 else $3 end
         where token_hash = $1 and ended_at is null and expires_at > $2",
        params![secrets::hash(token), now, now.plus_h(SESSION_H), LONGEST_H * 3_600_000],
    )?;
    Ok(())
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
