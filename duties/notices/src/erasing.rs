//! Erasing what somebody was told: the texts and the addresses go, that they were told stays.

use domain::{Id, things::Volunteer};
use store::{Error, Tx, params};

use crate::outbox::BODY;

/// How many messages there are to these people.
pub fn count(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<u64, Error> {
    let sql = "select count(*) from notices where person in (:these)";
    Ok(tx.rows_among(sql, &[], people.iter().copied(), |row| row.get::<u64>(0))?.into_iter().sum())
}

/// Nothing that waits is sent any more.
pub fn erase(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<(), Error> {
    let nothing = tx.seal(BODY, "");
    let sql = "update notices set body = $1, address = null, reason = null, next_at = null where person in (:these)";
    tx.execute_among(sql, params![nothing], people.iter().copied()).map(drop)
}
