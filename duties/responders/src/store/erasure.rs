//! Erasing what is known of somebody who has left. The row stays with its code, so that duties and totals keep their
//! person; everything that says who it was is overwritten.

use domain::{District, Id, Moment, things::Volunteer};
use store::{Result, Tx, params};

use super::{
    commendations, corrections, deeds,
    lots::{self, Prints},
    volunteers,
};

/// The people of a district who have left, before a moment if one is given, and are not erased yet.
pub fn leavers(tx: &mut Tx, district: &District, before: Option<Moment>) -> Result<Vec<Id<Volunteer>>> {
    tx.rows(
        "select id from volunteers where district = $1 and left_at is not null and erased_at is null \
         and left_at < $2 order by left_at, id",
        params![district, before.map_or(i64::MAX, Moment::ms)],
        |row| row.get("id"),
    )
}

/// How many texts there are by or about these people.
pub fn words_of(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<u64> {
    let mut words = 0;
    for sql in [
        "select count(*) from deeds where volunteer in (:these)",
        "select count(*) from corrections where volunteer in (:these)",
        "select count(*) from commendations where volunteer in (:these) and reason is not null",
    ] {
        words += tx.rows_among(sql, &[], people.iter().copied(), |row| row.get::<u64>(0))?.into_iter().sum::<u64>();
    }
    Ok(words)
}

pub fn erase(tx: &mut Tx, district: &District, people: &[Id<Volunteer>]) -> Result<()> {
    forget_prints(tx, district, people)?;
    let (at, these, none) = (tx.at(), || people.iter().copied(), [0_u8; 16]);
    let (person, story) = (tx.seal(volunteers::PERSON, ""), tx.seal(deeds::STORY, ""));
    tx.execute_among(
        "update volunteers set person = $1, digest = $2, languages = '', \
         available_from = null, available_until = null, erased_at = $3, \
         latitude = (select latitude from teams where teams.id = volunteers.team), \
         longitude = (select longitude from teams where teams.id = volunteers.team) where id in (:these)",
        params![person, none, at],
        these(),
    )?;
    tx.execute_among("update deeds set story = $1 where volunteer in (:these)", params![story], these())?;
    let (objection, answer) = (tx.seal(corrections::OBJECTION, ""), tx.seal(corrections::ANSWER, ""));
    tx.execute_among(
        "update corrections set wanted_site = null, objection = $1, answer = case when answer is null then null else $2 end \
         where volunteer in (:these)",
        params![objection, answer],
        these(),
    )?;
    let reason = tx.seal(commendations::REASON, "");
    tx.execute_among(
        "update commendations set reason = $1 where reason is not null and volunteer in (:these)",
        params![reason],
        these(),
    )?;
    Ok(())
}

/// Nobody finds them by a name or a number any more. A lot holds thousands of people: each is written once.
fn forget_prints(tx: &mut Tx, district: &District, people: &[Id<Volunteer>]) -> Result<()> {
    let none = Prints { phone: [0; 4], name: [0; 4] };
    let sql = "select lot, id from volunteers where id in (:these)";
    let found = tx.rows_among(sql, &[], people.iter().copied(), |row| Ok((row.get(0)?, (row.get(1)?, none))))?;
    for (lot, people) in lots::sorted(found) {
        lots::change(tx, district, lot, &people)?;
    }
    Ok(())
}
