//! How many people somebody looks at: one who looks at unusually many in an hour is an alarm, for whatever reason. A look
//! at one person, and each person of a list that leaves as a file without a second person's word, counts in full; names
//! in lists, whose numbers are masked, are counted apart and may be many more.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, PoisonError},
};

use domain::{Actor, Event, Jurisdiction, Moment};
use store::{Error, Tx, params};
use uuid::Uuid;

/// More than anybody needs who works, and less than anybody takes who copies.
pub const MANY: u64 = 200;
/// The same for names in lists: twenty full pages.
pub const MANY_LISTED: u64 = 2_000;
/// How long an alarm is shown.
const SHOWN_H: i64 = 24;

fn hour(at: Moment) -> i64 {
    at.ms() / 3_600_000
}

/// Counts so many looks more; whoever reaches too many is written down, once an hour.
pub fn count(tx: &mut Tx, place: &Jurisdiction, people: u64) -> Result<(), Error> {
    if let Some(people) = add(tx, (people, 0))?.0 {
        tracing::warn!(actor = %tx.actor().id, people, "looked at unusually many people within an hour");
        tx.record(place, tx.actor().id, &Event::ManyPeopleSeen { people })?;
    }
    Ok(())
}

/// The same for names in lists.
pub fn count_listed(tx: &mut Tx, place: &Jurisdiction, people: u64) -> Result<(), Error> {
    if let Some(people) = add(tx, (0, people))?.1 {
        tracing::warn!(actor = %tx.actor().id, people, "was shown unusually many names within an hour");
        tx.record(place, tx.actor().id, &Event::ManyPeopleListed { people })?;
    }
    Ok(())
}

/// Adds to this hour's sums of people looked at and names listed; gives each that has now become too many.
fn add(tx: &mut Tx, (seen, listed): (u64, u64)) -> Result<(Option<u64>, Option<u64>), Error> {
    let (actor, hour) = (tx.actor().id, hour(tx.at()));
    tx.execute(
        "insert into looks (actor, hour, people, listed) values ($1, $2, $3, $4)
         on conflict (actor, hour) do update set people = looks.people + $3, listed = looks.listed + $4",
        params![actor, hour, seen, listed],
    )?;
    let sums =
        tx.one("select people, listed from looks where actor = $1 and hour = $2", params![actor, hour], |row| {
            Ok((row.get::<u64>("people")?, row.get::<u64>("listed")?))
        })?;
    let reached = |sum: u64, more: u64, many: u64| (sum >= many && sum.saturating_sub(more) < many).then_some(sum);
    Ok((reached(sums.0, seen, MANY), reached(sums.1, listed, MANY_LISTED)))
}

/// The most people that somebody looked at within an hour of the last day, in full or in lists; none while neither is
/// too many.
pub fn alarm(tx: &mut Tx, actor: Actor) -> Result<Option<u64>, Error> {
    let sql = "select case when people >= $3 then people else listed end as n from looks
               where actor = $1 and hour > $2 and (people >= $3 or listed >= $4) order by n desc limit 1";
    let since = hour(tx.at()) - SHOWN_H;
    tx.first(sql, params![actor.id, since, MANY, MANY_LISTED], |row| row.get("n"))
}

/// How long the same people, shown again, are the same look: a page that refreshes itself is one look.
const SAME_MIN: i64 = 10;
/// Before so many are remembered, the old ones are forgotten.
const MOST_REMEMBERED: usize = 20_000;

/// Lists that were shown a short while ago. A server that starts again writes a look down once more, never once less.
#[derive(Default)]
pub(crate) struct Shown(Mutex<HashMap<(Uuid, u64), Moment>>);

impl Shown {
    /// Whether this actor has not been shown these people in this list lately.
    pub fn is_new(&self, actor: Uuid, list: &str, people: &[Uuid], now: Moment) -> bool {
        let mut sorted = people.to_vec();
        sorted.sort_unstable();
        let mut hash = DefaultHasher::new();
        (list, sorted).hash(&mut hash);
        let is_old = |at: Moment| now >= at.plus_min(SAME_MIN) || now < at;
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len() >= MOST_REMEMBERED {
            shown.retain(|_, at| !is_old(*at));
        }
        if shown.len() >= MOST_REMEMBERED {
            shown.clear();
        }
        let last = shown.entry((actor, hash.finish()));
        match last {
            std::collections::hash_map::Entry::Occupied(at) if !is_old(*at.get()) => false,
            entry => {
                entry.insert_entry(now);
                true
            }
        }
    }
}
