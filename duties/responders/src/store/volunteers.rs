//! Volunteers. Name, telephone number and e-mail address are one sealed value; see [`lots`] for how they are found.

use std::{collections::HashMap, ops::ControlFlow};

use domain::{
    District, Id, Moment, PhoneNumber, Position, PostRole,
    things::{Team, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Cell, Error, Result, Row, Tx, params};
use web::Locale;

use super::{
    badges,
    lots::{self, Column, Print, Prints},
};

/// The label under which a person's name, telephone number and e-mail address are sealed.
pub const PERSON: &str = "volunteers.person";

/// What the allocation needs to know of a volunteer: nothing that says who it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VolunteerHead {
    pub id: Id<Volunteer>,
    pub code: String,
    pub team: Id<Team>,
    /// Where they start from: their home, as the register has it.
    pub position: Position,
    /// What they can do, as bits (`PostRole::bit`).
    pub roles: u32,
    /// Tags of languages, separated by blanks: `cmn yue`.
    pub languages: String,
    /// Belongs to the mobile reserve.
    pub reserve: bool,
    pub available_from: Option<Moment>,
    pub available_until: Option<Moment>,
    /// As the register says; see [`crate::lately`] for what was seen.
    pub nights_in_a_row: u32,
}

impl VolunteerHead {
    /// Whether the person said they can come at that moment.
    pub fn is_available(&self, at: Moment) -> bool {
        self.available_from.is_none_or(|from| from <= at) && self.available_until.is_none_or(|until| at < until)
    }

    pub const fn can(&self, role: PostRole) -> bool {
        self.roles & role.bit() != 0
    }
}

/// Who a volunteer is. Only where the work needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    pub id: Id<Volunteer>,
    pub code: String,
    pub name: String,
    pub phone: PhoneNumber,
    pub email: Option<String>,
    pub team: Id<Team>,
    pub team_name: String,
    pub badge: String,
    /// Tags of languages, separated by blanks.
    pub languages: String,
    pub has_left: bool,
}

impl Person {
    /// The language in which they are written to: English for whoever speaks it and nothing that is written in Chinese.
    pub fn locale(&self) -> Locale {
        const CHINESE: [&str; 10] = ["zh", "zho", "cmn", "yue", "hak", "nan", "wuu", "luh", "cdo", "zh-CN"];
        let speaks = |tags: &[&str]| self.languages.split(' ').any(|tag| tags.contains(&tag));
        if speaks(&["en", "eng"]) && !speaks(&CHINESE) { Locale::En } else { Locale::ZhCn }
    }
}

/// The text that is sealed: lines of name, telephone number and, where known, e-mail address. None of them has a line
/// break within.
pub fn person_text<'t>(name: &'t str, phone: &'t PhoneNumber, email: Option<&'t str>) -> [&'t str; 5] {
    [name, "\n", phone.as_str(), "\n", email.unwrap_or_default()]
}

const HEADS: &str = "select id, code, team, latitude, longitude, roles, languages, reserve, available_from,
                     available_until, nights_in_a_row from volunteers";

fn head(row: &Row<'_>) -> Result<VolunteerHead> {
    Ok(VolunteerHead {
        id: row.get(0)?,
        code: row.get(1)?,
        team: row.get(2)?,
        position: Position { latitude: row.get(3)?, longitude: row.get(4)? },
        roles: row.get(5)?,
        languages: row.get(6)?,
        reserve: row.get(7)?,
        available_from: row.get(8)?,
        available_until: row.get(9)?,
        nights_in_a_row: row.get(10)?,
    })
}

/// Streams everybody who has not left, by code.
pub fn each_head(tx: &mut Tx, district: &District, mut on_head: impl FnMut(VolunteerHead)) -> Result<()> {
    let sql = format!("{HEADS} where district = $1 and left_at is null order by code");
    tx.each(&sql, params![district], |row| {
        on_head(head(row)?);
        Ok(ControlFlow::Continue(()))
    })
}

pub fn head_by_id(tx: &mut Tx, id: Id<Volunteer>) -> Result<Option<VolunteerHead>> {
    tx.first(&format!("{HEADS} where id = $1"), params![id], head)
}

pub fn heads(tx: &mut Tx, ids: &[Id<Volunteer>]) -> Result<HashMap<Id<Volunteer>, VolunteerHead>> {
    let found = tx.rows_among(&format!("{HEADS} where id in (:these)"), &[], ids.iter().copied(), head)?;
    Ok(found.into_iter().map(|head| (head.id, head)).collect())
}

/// Who that is and which team they belong to, without opening anything.
pub fn place_by_id(tx: &mut Tx, district: &District, id: Id<Volunteer>) -> Result<Option<(Id<Volunteer>, Id<Team>)>> {
    let sql = "select id, team from volunteers where id = $1 and district = $2";
    tx.first(sql, params![id, district], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub fn place_by_code(tx: &mut Tx, district: &District, code: &str) -> Result<Option<(Id<Volunteer>, Id<Team>)>> {
    let sql = "select id, team from volunteers where district = $1 and code = $2";
    tx.first(sql, params![district, code], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Name and number of somebody who was erased.
const ERASED: &str = "—\n";

/// A person with the seal still on.
struct Closed {
    id: Id<Volunteer>,
    code: String,
    sealed: Vec<u8>,
    team: Id<Team>,
    team_name: String,
    badge: String,
    languages: String,
    has_left: bool,
}

const PERSONS: &str = "select v.id, v.code, v.person, v.team, t.name as team_name, v.badge, v.languages, v.left_at
                       from volunteers v join teams t on t.id = v.team";

fn closed(row: &Row<'_>) -> Result<Closed> {
    Ok(Closed {
        id: row.get("id")?,
        code: row.get("code")?,
        sealed: row.get("person")?,
        team: row.get("team")?,
        team_name: row.get("team_name")?,
        badge: row.get("badge")?,
        languages: row.get("languages")?,
        has_left: row.get::<Option<i64>>("left_at")?.is_some(),
    })
}

fn opened(tx: &Tx, closed: Closed) -> Result<Person> {
    let mut text = tx.open(PERSON, &closed.sealed)?;
    // Sealed emptiness: nobody is known here any more.
    let is_erased = text.is_empty();
    if is_erased {
        text.push_str(ERASED);
    }
    let broken = || Error::Bug("volunteers.person is not three lines".to_owned());
    let mut lines = text.split('\n');
    let (name, phone) = lines.next().zip(lines.next()).ok_or_else(broken)?;
    Ok(Person {
        id: closed.id,
        code: closed.code,
        name: name.to_owned(),
        phone: if is_erased { PhoneNumber::erased() } else { phone.parse().map_err(|_| broken())? },
        email: lines.next().filter(|email| !email.is_empty()).map(str::to_owned),
        team: closed.team,
        team_name: closed.team_name,
        badge: closed.badge,
        languages: closed.languages,
        has_left: closed.has_left,
    })
}

fn open_all(tx: &Tx, all: Vec<Closed>) -> Result<Vec<Person>> {
    all.into_iter().map(|closed| opened(tx, closed)).collect()
}

pub fn person(tx: &mut Tx, id: Id<Volunteer>) -> Result<Option<Person>> {
    let found = tx.first(&format!("{PERSONS} where v.id = $1"), params![id], closed)?;
    found.map(|closed| opened(tx, closed)).transpose()
}

pub fn persons(tx: &mut Tx, ids: &[Id<Volunteer>]) -> Result<HashMap<Id<Volunteer>, Person>> {
    let rows = tx.rows_among(&format!("{PERSONS} where v.id in (:these)"), &[], ids.iter().copied(), closed)?;
    Ok(open_all(tx, rows)?.into_iter().map(|person| (person.id, person)).collect())
}

pub fn by_badge(tx: &mut Tx, district: &District, badge: &str) -> Result<Option<Person>> {
    let bearers = badges::bearers(tx, district, badge)?;
    let sql = format!("{PERSONS} where v.badge = $1 and v.id in (:these)");
    let found = tx.rows_among(&sql, params![badge], bearers, closed)?.pop();
    found.map(|closed| opened(tx, closed)).transpose()
}

pub fn by_code(tx: &mut Tx, district: &District, code: &str) -> Result<Option<Person>> {
    let sql = format!("{PERSONS} where v.district = $1 and v.code = $2");
    let found = tx.first(&sql, params![district, code], closed)?;
    found.map(|closed| opened(tx, closed)).transpose()
}

/// The people found by a fingerprint of what is sealed, if they are who is meant: by code, at most a hundred.
pub fn by_print(
    tx: &mut Tx,
    district: &District,
    (column, print): (Column, Print),
    is_meant: impl Fn(&Person) -> bool,
) -> Result<Vec<Person>> {
    let ids = lots::find(tx, district, column, print)?;
    let mut found: Vec<Person> = persons(tx, &ids)?.into_values().filter(is_meant).collect();
    found.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    found.truncate(100);
    Ok(found)
}

/// A page of a list, after a code.
pub fn page(tx: &mut Tx, district: &District, after: &str, limit: i64) -> Result<Vec<Person>> {
    let sql = format!("{PERSONS} where v.district = $1 and v.code > $2 and v.left_at is null order by v.code limit $3");
    let rows = tx.rows(&sql, params![district, after, limit], closed)?;
    open_all(tx, rows)
}

/// The people of a team, after a code.
pub fn of_team(tx: &mut Tx, team: Id<Team>, after: &str, limit: i64) -> Result<Vec<Person>> {
    let sql = format!("{PERSONS} where v.team = $1 and v.code > $2 and v.left_at is null order by v.code limit $3");
    let rows = tx.rows(&sql, params![team, after, limit], closed)?;
    open_all(tx, rows)
}

/// What the register has of some codes.
pub struct Known {
    pub id: Id<Volunteer>,
    pub lot: i64,
    pub team: Id<Team>,
    /// Of the row they came from.
    pub digest: [u8; 16],
    pub has_left: bool,
}

pub fn known(tx: &mut Tx, district: &District, codes: &[&str]) -> Result<HashMap<String, Known>> {
    let sql = "select code, id, lot, team, digest, left_at from volunteers where district = $1 and code in (:these)";
    let rows = tx.rows_among(sql, params![district], codes.iter().copied(), |row| {
        let has_left = row.get::<Option<i64>>(5)?.is_some();
        let known = Known { id: row.get(1)?, lot: row.get(2)?, team: row.get(3)?, digest: row.get(4)?, has_left };
        Ok((row.get(0)?, known))
    })?;
    Ok(rows.into_iter().collect())
}

/// A volunteer as the register is to have them.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub code: &'a str,
    pub sealed: &'a [u8],
    pub prints: Prints,
    pub team: Id<Team>,
    pub position: Position,
    pub roles: u32,
    pub languages: &'a str,
    pub reserve: bool,
    pub available_from: Option<Moment>,
    pub available_until: Option<Moment>,
    pub nights_in_a_row: u32,
    pub digest: &'a [u8; 16],
}

/// Adds people with a stretch of fresh badges. [`store::Error::Duplicate`] when a code is taken.
pub fn add<'a>(
    tx: &mut Tx,
    district: &District,
    wanted: impl Iterator<Item = Wanted<'a>> + Clone,
    stretch: &str,
) -> Result<()> {
    let (lot, first) = lots::add(tx, district, wanted.clone().map(|it| it.prints))?;
    badges::keep_stretch(tx, district, first, stretch)?;
    let moment = |at: Option<Moment>| at.map_or(Cell::Null, |at| Cell::Int(at.ms()));
    let rows = wanted.zip(lots::ids_from(first)).zip(crate::badges::each(stretch)).map(|((it, id), badge)| {
        [
            Cell::Id(id.uuid()),
            Cell::Text(district.as_str()),
            Cell::Text(it.code),
            Cell::Bytes(it.sealed),
            Cell::Int(lot),
            Cell::Id(it.team.uuid()),
            Cell::Real(it.position.latitude),
            Cell::Real(it.position.longitude),
            Cell::Int(it.roles.into()),
            Cell::Text(it.languages),
            Cell::Bool(it.reserve),
            moment(it.available_from),
            moment(it.available_until),
            Cell::Int(it.nights_in_a_row.into()),
            Cell::Text(badge),
            Cell::Bytes(it.digest),
        ]
    });
    tx.insert_cells(
        "insert into volunteers (id, district, code, person, lot, team, latitude, longitude, roles, languages, reserve,
         available_from, available_until, nights_in_a_row, badge, digest)",
        "",
        rows,
    )?;
    Ok(())
}

/// Changes somebody to what the register is to have. A file that says nothing of when they can come leaves their own word
/// as it is. False when the person is not there any more.
pub fn change(tx: &mut Tx, id: Id<Volunteer>, it: &Wanted<'_>) -> Result<bool> {
    let rows = tx.execute(
        "update volunteers set person = $2, team = $3, latitude = $4, longitude = $5, roles = $6, languages = $7,
           reserve = $8, available_from = case when $13 then $9 else available_from end,
           available_until = case when $13 then $10 else available_until end, nights_in_a_row = $11, digest = $12, left_at = null,
           erased_at = null
         where id = $1",
        params![
            id,
            it.sealed,
            it.team,
            it.position.latitude,
            it.position.longitude,
            it.roles,
            it.languages,
            it.reserve,
            it.available_from,
            it.available_until,
            it.nights_in_a_row,
            it.digest.as_slice(),
            it.available_from.is_some() || it.available_until.is_some()
        ],
    )?;
    Ok(rows > 0)
}

pub fn set_availability(tx: &mut Tx, id: Id<Volunteer>, from: Option<Moment>, until: Option<Moment>) -> Result<()> {
    let sql = "update volunteers set available_from = $2, available_until = $3 where id = $1";
    tx.execute(sql, params![id, from, until])?;
    Ok(())
}

pub fn set_badge(tx: &mut Tx, district: &District, id: Id<Volunteer>, badge: &str) -> Result<()> {
    badges::keep_single(tx, district, id, badge)?;
    tx.execute("update volunteers set badge = $2 where id = $1", params![id, badge])?;
    Ok(())
}

/// Somebody had not left after all. True when it was noted that they had.
pub fn come_back(tx: &mut Tx, id: Id<Volunteer>) -> Result<bool> {
    Ok(tx.execute("update volunteers set left_at = null where id = $1 and left_at is not null", params![id])? > 0)
}

/// Notes that somebody has left. True when they had not before.
pub fn leave(tx: &mut Tx, id: Id<Volunteer>) -> Result<bool> {
    let at = tx.at();
    Ok(tx.execute("update volunteers set left_at = $2 where id = $1 and left_at is null", params![id, at])? > 0)
}
