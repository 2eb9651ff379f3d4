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

/// How many texts there are by or about somebody.
pub fn words_of(tx: &mut Tx, who: Id<Volunteer>) -> Result<u64> {
    tx.one(
        "select (select count(*) from deeds where volunteer = $1) + (select count(*) from corrections where volunteer = $1) \
         + (select count(*) from commendations where volunteer = $1 and reason is not null) as texts",
        params![who],
        |row| row.get("texts"),
    )
}

pub fn erase(tx: &mut Tx, who: Id<Volunteer>) -> Result<()> {
    let at = tx.at();
    forget_prints(tx, who)?;
    let (person, none) = (tx.seal(volunteers::PERSON, ""), [0_u8; 16]);
    tx.execute(
        "update volunteers set person = $2, digest = $3, languages = '', \
         available_from = null, available_until = null, erased_at = $4, \
         latitude = (select latitude from teams where teams.id = volunteers.team), \
         longitude = (select longitude from teams where teams.id = volunteers.team) where id = $1",
        params![who, person, none, at],
    )?;
    let (story, objection, answer) =
        (tx.seal(deeds::STORY, ""), tx.seal(corrections::OBJECTION, ""), tx.seal(corrections::ANSWER, ""));
    tx.execute("update deeds set story = $2 where volunteer = $1", params![who, story])?;
    tx.execute(
        "update corrections set objection = $2, answer = case when answer is null then null else $3 end \
         where volunteer = $1",
        params![who, objection, answer],
    )?;
    let reason = tx.seal(commendations::REASON, "");
    tx.execute(
        "update commendations set reason = $2 where volunteer = $1 and reason is not null",
        params![who, reason],
    )?;
    Ok(())
}

/// Nobody finds them by a name or a number any more.
fn forget_prints(tx: &mut Tx, who: Id<Volunteer>) -> Result<()> {
    let sql = "select district, lot from volunteers where id = $1";
    let (district, lot): (District, i64) = tx.one(sql, params![who], |row| Ok((row.get(0)?, row.get(1)?)))?;
    lots::change(tx, &district, lot, &[(who, Prints { phone: [0; 4], name: [0; 4] })])
}
