//! Erasing what people wrote when they declined.

use domain::{Id, things::Volunteer};
use store::{Error, Tx, params};

/// Whether somebody holds a post under an order that is open.
pub fn holds_post(tx: &mut Tx, who: Id<Volunteer>) -> Result<bool, Error> {
    let held = tx.first(
        "select a.id from assignments a join orders o on o.id = a.order_id \
         where a.volunteer = $1 and a.ended_at is null and o.closed_at is null limit 1",
        params![who],
        |row| row.get::<uuid::Uuid>("id"),
    )?;
    Ok(held.is_some())
}

/// How many notes there are of somebody's.
pub fn count(tx: &mut Tx, who: Id<Volunteer>) -> Result<u64, Error> {
    let sql = "select count(*) from assignments where volunteer = $1 and declined_note is not null";
    tx.one(sql, params![who], |row| row.get(0))
}

pub fn erase(tx: &mut Tx, who: Id<Volunteer>) -> Result<(), Error> {
    tx.execute("update assignments set declined_note = null where volunteer = $1", params![who])?;
    Ok(())
}
