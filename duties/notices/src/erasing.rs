//! Erasing what somebody was told: the texts and the addresses go, that they were told stays.

use domain::{Id, things::Volunteer};
use store::{Error, Tx, params};

use crate::outbox::BODY;

/// How many messages there are to somebody.
pub fn count(tx: &mut Tx, who: Id<Volunteer>) -> Result<u64, Error> {
    tx.one("select count(*) from notices where person = $1", params![who], |row| row.get(0))
}

/// Nothing that waits is sent any more.
pub fn erase(tx: &mut Tx, who: Id<Volunteer>) -> Result<(), Error> {
    let nothing = tx.seal(BODY, "");
    tx.execute(
        "update notices set body = $2, address = null, reason = null, next_at = null where person = $1",
        params![who, nothing],
    )?;
    Ok(())
}
