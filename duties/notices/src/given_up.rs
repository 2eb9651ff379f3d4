//! Notices that were given up: listed with their reason, and tried again when somebody says so.

use domain::{District, Event, Id, Jurisdiction, Moment, things::Notice};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::{Error, Job, Row, Sealed, Tx, params};
use uuid::Uuid;

use crate::{
    channel::Channel,
    counts::recount,
    outbox::{ADDRESS, REASON},
    sending,
};

/// Numbers with this many digits may be somebody's.
const LONG_NUMBER: usize = 7;

/// A notice nobody got, as the list shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GivenUp {
    pub id: Id<Notice>,
    pub channel: Channel,
    pub person: Uuid,
    /// Masked: enough to see a typing mistake.
    pub address: String,
    pub reason: String,
    pub tries: u32,
    pub at: Moment,
}

/// A page of them, newest first, from before the last line of the page before.
pub fn list(tx: &mut Tx, district: &District, before: Option<Id<Notice>>, limit: usize) -> Result<Vec<GivenUp>, Error> {
    let before = before.unwrap_or_else(|| Id::from_uuid(Uuid::max()));
    let found = tx.rows(
        "select id, channel, person, address, reason, tries, given_up_at from notices
         where district = $1 and given_up_at is not null and id < $2 order by id desc limit $3",
        params![district, before, limit],
        |row| Ok((row.get::<Option<Sealed>>("address")?, row.get::<Option<Sealed>>("reason")?, read(row)?)),
    )?;
    let open = |(address, reason, line): (Option<Sealed>, Option<Sealed>, GivenUp)| {
        let address = address.map(|sealed| tx.open(ADDRESS, sealed)).transpose()?.unwrap_or_default();
        let reason = reason.map(|sealed| tx.open(REASON, sealed)).transpose()?.unwrap_or_default();
        let reason = without_address(&reason, &address);
        let address = if line.is_robot() { address } else { masked(&address) };
        Ok(GivenUp { address, reason, ..line })
    };
    found.into_iter().map(open).collect()
}

impl GivenUp {
    pub const fn is_robot(&self) -> bool {
        matches!(self.channel, Channel::Wecom | Channel::Dingtalk)
    }
}

fn read(row: &Row<'_>) -> Result<GivenUp, Error> {
    Ok(GivenUp {
        id: row.get("id")?,
        channel: row.parse("channel")?,
        person: row.get("person")?,
        address: String::new(),
        reason: String::new(),
        tries: row.get("tries")?,
        at: row.get("given_up_at")?,
    })
}

/// The first letters and the last: `+861****0002`, `p***rg`.
fn masked(address: &str) -> String {
    let letters: Vec<char> = address.chars().collect();
    let (head, tail) = if letters.len() > 8 { (4, 4) } else { (1, 1) };
    if letters.len() <= head + tail {
        return "***".to_owned();
    }
    let first: String = letters[..head].iter().collect();
    let last: String = letters[letters.len() - tail..].iter().collect();
    format!("{first}***{last}")
}

/// A receiver's "no" often repeats the mailbox, or the number in its own spelling: every long number is masked.
fn without_address(reason: &str, address: &str) -> String {
    let mut clean = String::with_capacity(reason.len());
    let mut digits = String::new();
    let reason = if address.is_empty() { reason.to_owned() } else { reason.replace(address, &masked(address)) };
    for letter in reason.chars().chain(['\n']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        clean.push_str(if digits.len() >= LONG_NUMBER { "***" } else { &digits });
        digits.clear();
        clean.push(letter);
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Tries one again, or all that were given up. Gives how many.
pub fn try_again(tx: &mut Tx, district: &District, one: Option<Id<Notice>>) -> Result<u64, Error> {
    // Their time starts anew, or those that were too old would be given up at once. One without an address was erased
    // with its person: there is nothing to say, and nobody to say it to.
    const AGAIN: &str = "update notices set state = 'queued', next_at = $2, made_at = $2, tries = 0, given_up_at = null
         where district = $1 and given_up_at is not null and address is not null";
    let at = tx.at();
    let things = tx.rows(
        "select distinct about from notices where district = $1 and given_up_at is not null and address is not null",
        params![district],
        |row| row.get::<Uuid>(0),
    )?;
    let count = match one {
        Some(id) => tx.execute(&format!("{AGAIN} and id = $3"), params![district, at, id])?,
        None => tx.execute(AGAIN, params![district, at])?,
    };
    if count == 0 {
        return Ok(0);
    }
    things.into_iter().try_for_each(|about| recount(tx, about))?;
    for channel in Channel::ALL.into_iter().filter(|channel| *channel != Channel::InApp) {
        let body = json!({"channel": channel});
        tx.enqueue(Job { kind: sending::KIND, key: channel.name().to_owned(), due: at, body })?;
    }
    let subject = one.map_or_else(Uuid::nil, Id::uuid);
    tx.record(&Jurisdiction::district(district.clone()), subject, &Event::NoticeTriedAgain { count })?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_recognised_and_not_read() {
        assert_eq!(masked("+8613800000002"), "+861***0002");
        assert_eq!(masked("a@b.c"), "a***c");
        assert_eq!(masked("ab"), "***");
        assert_eq!(masked(""), "***");
    }

    #[test]
    fn a_reason_names_nobody() {
        let said = |reason| without_address(reason, "p1@example.org");
        assert_eq!(said("550 5.1.1 <p1@example.org>: no such mailbox"), "550 5.1.1 <p1@e***.org>: no such mailbox");
        assert_eq!(said("422 unknown number 13800000001"), "422 unknown number ***");
    }
}
