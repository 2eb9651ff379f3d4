//! Erasing what people wrote when they declined.

use std::collections::HashSet;

use domain::{Id, things::Volunteer};
use store::{Error, Tx};

/// Who of these people holds a post under an order that is open.
pub fn holders(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<HashSet<Id<Volunteer>>, Error> {
    let sql = "select a.volunteer from assignments a join orders o on o.id = a.order_id \
               where a.volunteer in (:these) and a.ended_at is null and o.closed_at is null";
    Ok(tx.rows_among(sql, &[], people.iter().copied(), |row| row.get("volunteer"))?.into_iter().collect())
}

/// How many notes there are of these people's.
pub fn count(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<u64, Error> {
    let sql = "select count(*) from assignments where volunteer in (:these) and declined_note is not null";
    Ok(tx.rows_among(sql, &[], people.iter().copied(), |row| row.get::<u64>(0))?.into_iter().sum())
}

pub fn erase(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<(), Error> {
    let sql = "update assignments set declined_note = null where volunteer in (:these) and declined_note is not null";
    tx.execute_among(sql, &[], people.iter().copied()).map(drop)
}
