//! Who has which badge. A person's row says what is true; here is how the row is found.
//!
//! Codes for many people are drawn along a stretch, in the order of their ids: a stretch keeps the ten letters of each in
//! one value, so a million people need no index entry each. Codes that are given one by one have an index.

use std::{collections::HashSet, ops::ControlFlow};

use domain::{District, Id, things::Volunteer};
use store::{Cell, Error, Result, Tx, params};
use uuid::Uuid;

use crate::badges::{LENGTH, stretch};

const DRAWS: usize = 20;

/// Whoever may have a badge: somebody has had it once, and may have got another one since.
pub fn bearers(tx: &mut Tx, district: &District, badge: &str) -> Result<Vec<Id<Volunteer>>> {
    let single = "select volunteer from single_badges where district = $1 and badge = $2";
    let mut found = tx.rows(single, params![district, badge], |row| row.get(0))?;
    let stretches =
        "select first_id, badges from badge_stretches where district = $1 and lowest <= $2 and highest >= $2";
    tx.each(stretches, params![district, badge], |row| {
        let (first, badges): (Uuid, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let place = badges.as_chunks::<LENGTH>().0.binary_search_by(|known| known.as_slice().cmp(badge.as_bytes()));
        found.extend(place.map(|place| Id::from_uuid(Uuid::from_u128(first.as_u128() + place as u128))));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// A stretch of codes that nobody ever had. Two stretches may meet once in millions: then another one is drawn.
pub fn fresh(tx: &mut Tx, district: &District, people: usize) -> Result<String> {
    for _ in 0..DRAWS {
        let drawn = stretch(people);
        if !any_given(tx, district, &drawn)? {
            return Ok(drawn);
        }
    }
    Err(Error::Bug(format!(
        "{DRAWS} stretches of {people} badges were drawn, and each has a code that was given before"
    )))
}

/// Whether one of these codes, ten letters each in ascending order, was ever given to anybody.
fn any_given(tx: &mut Tx, district: &District, badges: &str) -> Result<bool> {
    let Some((lowest, highest)) = ends(badges) else { return Ok(false) };
    let ours: HashSet<&[u8; LENGTH]> = badges.as_bytes().as_chunks().0.iter().collect();
    let is_ours = |badge: &[u8]| badge.try_into().is_ok_and(|badge: &[u8; LENGTH]| ours.contains(badge));
    let mut any = false;
    let single = "select badge from single_badges where district = $1 and badge between $2 and $3";
    tx.each(single, params![district, lowest, highest], |row| {
        any |= is_ours(row.get::<String>(0)?.as_bytes());
        Ok(if any { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let stretches = "select badges from badge_stretches where district = $1 and lowest <= $2 and highest >= $3";
    tx.each(stretches, params![district, highest, lowest], |row| {
        any |= row.get::<Vec<u8>>(0)?.chunks(LENGTH).any(is_ours);
        Ok(if any { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(any)
}

/// Keeps the codes of people whose ids count up from the first one.
pub fn keep_stretch(tx: &mut Tx, district: &District, first: Id<Volunteer>, badges: &str) -> Result<()> {
    let Some((lowest, highest)) = ends(badges) else { return Ok(()) };
    let row = [
        Cell::Text(district.as_str()),
        Cell::Text(lowest),
        Cell::Text(highest),
        Cell::Id(first.uuid()),
        Cell::Bytes(badges.as_bytes()),
    ];
    tx.insert_cells("insert into badge_stretches (district, lowest, highest, first_id, badges)", "", [row])?;
    Ok(())
}

/// Keeps the code of one person.
pub fn keep_single(tx: &mut Tx, district: &District, id: Id<Volunteer>, badge: &str) -> Result<()> {
    let sql = "insert into single_badges (district, badge, volunteer) values ($1, $2, $3)";
    tx.execute(sql, params![district, badge, id])?;
    Ok(())
}

/// The first and the last of some codes.
fn ends(badges: &str) -> Option<(&str, &str)> {
    let last = badges.len().checked_sub(LENGTH)?;
    Some((&badges[..LENGTH], &badges[last..]))
}

#[cfg(test)]
mod tests {
    use store::Act;
    use web::{House, house::own_duty};

    use super::*;
    use crate::badges::each;

    #[tokio::test]
    async fn a_code_that_was_ever_given_is_not_free() {
        let store = store::testing::sqlite(House::migrations(&[own_duty(), crate::duty()]));
        let done = store.change(Act::system(store.clock().now()), |tx| {
            let (ours, theirs) = ("440902".parse().unwrap(), "440903".parse().unwrap());
            let given = fresh(tx, &ours, 300)?;
            let codes: Vec<&str> = each(&given).collect();
            assert!(!any_given(tx, &ours, &given)?, "the control: nobody has them yet");
            keep_stretch(tx, &ours, Id::from_uuid(Uuid::from_u128(7 << 32)), &given)?;
            for code in [codes[0], codes[150], codes[299]] {
                assert!(any_given(tx, &ours, code)?, "{code}");
            }
            assert!(!any_given(tx, &theirs, &given)?, "another district has its own");
            assert!(any_given(tx, &ours, &["0000000000", codes[10], "ZZZZZZZZZZ"].concat())?);
            assert!(!any_given(tx, &ours, &["0000000000", "ZZZZZZZZZZ"].concat())?);
            let single = fresh(tx, &theirs, 1)?;
            keep_single(tx, &theirs, Id::from_uuid(Uuid::from_u128(8)), &single)?;
            assert!(any_given(tx, &theirs, &single)?);
            let third = bearers(tx, &ours, codes[2])?;
            assert_eq!(third, [Id::from_uuid(Uuid::from_u128((7 << 32) + 2))]);
            Ok::<_, Error>(())
        });
        done.await.unwrap();
    }
}
