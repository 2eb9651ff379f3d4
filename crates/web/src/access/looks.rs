//! How many people somebody looks at: one who looks at unusually many in an hour is an alarm, for whatever reason.

use domain::{Actor, Event, Jurisdiction, Moment};
use store::{Error, Tx, params};

/// More than anybody needs who works, and less than anybody takes who copies.
pub const MANY: u64 = 200;
/// How long an alarm is shown.
const SHOWN_H: i64 = 24;

fn hour(at: Moment) -> i64 {
    at.ms() / 3_600_000
}

/// Counts one more; whoever reaches too many is written down, once an hour.
pub fn count(tx: &mut Tx, place: &Jurisdiction) -> Result<(), Error> {
    let (actor, hour) = (*tx.actor(), hour(tx.at()));
    tx.execute(
        "insert into looks (actor, hour, people) values ($1, $2, 1)
         on conflict (actor, hour) do update set people = looks.people + 1",
        params![actor.id, hour],
    )?;
    let sql = "select people from looks where actor = $1 and hour = $2";
    let people: u64 = tx.one(sql, params![actor.id, hour], |row| row.get("people"))?;
    if people != MANY {
        return Ok(());
    }
    tracing::warn!(actor = %actor.id, people, "looked at unusually many people within an hour");
    tx.record(place, actor.id, &Event::ManyPeopleSeen { people })
}

/// The most people that somebody looked at within an hour of the last day; none while that is not too many.
pub fn alarm(tx: &mut Tx, actor: Actor) -> Result<Option<u64>, Error> {
    let sql = "select people from looks where actor = $1 and hour > $2 and people >= $3 order by people desc limit 1";
    tx.first(sql, params![actor.id, hour(tx.at()) - SHOWN_H, MANY], |row| row.get("people"))
}
