//! Attendances: who stood where, from when to when.

use std::{collections::HashMap, ops::ControlFlow};

use domain::{
    District, Id, Moment, PostRole,
    things::{Attendance, Order, Site, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Result, Row, Tx, params};
use uuid::Uuid;

use crate::rules::{
    commending::Merits,
    rest::{self, Stay},
    turns::{LOOK_BACK_DAYS, Lately},
};

/// One stay of a volunteer at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attended {
    pub id: Id<Attendance>,
    pub volunteer: Id<Volunteer>,
    pub order: Id<Order>,
    pub site: Id<Site>,
    /// The site's name as it was that day.
    pub site_name: String,
    pub role: Option<PostRole>,
    /// When the person was due; unknown for somebody nobody had sent.
    pub due_at: Option<Moment>,
    pub in_at: Moment,
    pub out_at: Option<Moment>,
}

impl Attended {
    /// Minutes on duty, up to now while it lasts.
    pub fn minutes(&self, now: &Moment) -> i64 {
        self.out_at.unwrap_or(*now).since_s(self.in_at).max(0) / 60
    }

    /// Whether the duty began in time; none when nobody knows the time.
    pub fn was_punctual(&self) -> Option<bool> {
        self.due_at.map(|due| self.in_at <= due)
    }
}

const FIELDS: &str = "select id, volunteer, order_id, site, site_name, role, due_at, in_at, out_at from attendances";

fn attended(row: &Row<'_>) -> Result<Attended> {
    let role: Option<String> = row.get("role")?;
    let role = role.map(|role| role.parse::<PostRole>()).transpose();
    Ok(Attended {
        id: row.get("id")?,
        volunteer: row.get("volunteer")?,
        order: row.get("order_id")?,
        site: row.get("site")?,
        site_name: row.get("site_name")?,
        role: role.map_err(|cause| Error::Bug(format!("attendances.role: {cause}")))?,
        due_at: row.get("due_at")?,
        in_at: row.get("in_at")?,
        out_at: row.get("out_at")?,
    })
}

pub fn by_id(tx: &mut Tx, id: Id<Attendance>) -> Result<Option<Attended>> {
    tx.first(&format!("{FIELDS} where id = $1"), params![id], attended)
}

/// The stay that lasts.
pub fn open_of(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Option<Attended>> {
    let sql = format!("{FIELDS} where volunteer = $1 and out_at is null and undone_at is null");
    tx.first(&sql, params![volunteer], attended)
}

/// Everybody who is at a site now, first come first.
pub fn present(tx: &mut Tx, order: Id<Order>, site: Id<Site>) -> Result<Vec<Attended>> {
    let sql = format!(
        "{FIELDS} where order_id = $1 and site = $2 and out_at is null and undone_at is null order by in_at, id"
    );
    tx.rows(&sql, params![order, site], attended)
}

/// Who came to a post under an order, whether they still stand there or went home long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    pub site: Id<Site>,
    pub role: Option<PostRole>,
    /// People who stood there at any time.
    pub people: u32,
    /// Of these, the ones who stood there at the moment asked for.
    pub in_time: u32,
}

/// Everybody who came under an order, post by post, and who of them was there at a moment.
pub fn came(tx: &mut Tx, order: Id<Order>, by: Moment) -> Result<Vec<Came>> {
    tx.rows(
        "select site, role, count(distinct volunteer) as people,
                count(distinct case when in_at <= $2 and (out_at is null or out_at > $2) then volunteer end) as in_time
         from attendances where order_id = $1 and undone_at is null group by site, role",
        params![order, by],
        |row| {
            let role: Option<String> = row.get("role")?;
            let role = role.map(|role| role.parse::<PostRole>()).transpose();
            let role = role.map_err(|cause| Error::Bug(format!("attendances.role: {cause}")))?;
            Ok(Came { site: row.get("site")?, role, people: row.get("people")?, in_time: row.get("in_time")? })
        },
    )
}

/// How many people came under an order, each counted once however many sites they stood at.
pub fn people_who_came(tx: &mut Tx, order: Id<Order>) -> Result<u64> {
    let sql = "select count(distinct volunteer) as n from attendances where order_id = $1 and undone_at is null";
    tx.one(sql, params![order], |row| row.get("n"))
}

/// The newest stays of a volunteer, newest first.
pub fn of_volunteer(tx: &mut Tx, volunteer: Id<Volunteer>, limit: i64) -> Result<Vec<Attended>> {
    let sql = format!("{FIELDS} where volunteer = $1 and undone_at is null order by in_at desc limit $2");
    tx.rows(&sql, params![volunteer, limit], attended)
}

/// One stay to be written down.
pub struct Newly<'a> {
    pub attended: &'a Attended,
    pub by: Uuid,
}

pub fn add(tx: &mut Tx, newly: &Newly<'_>) -> Result<()> {
    let it = newly.attended;
    tx.execute(
        "insert into attendances (id, district, volunteer, team, order_id, site, site_name, role, due_at, in_at, in_by,
           out_at)
         select $1, v.district, v.id, v.team, $3, $4, $5, $6, $7, $8, $9, $10 from volunteers v where v.id = $2",
        params![
            it.id,
            it.volunteer,
            it.order,
            it.site,
            &it.site_name,
            it.role.map(PostRole::name),
            it.due_at,
            it.in_at,
            newly.by,
            it.out_at
        ],
    )?;
    Ok(())
}

/// The order and site that people stood at under this name, within a day of a moment.
pub fn place_named(
    tx: &mut Tx,
    district: &District,
    name: &str,
    near: Moment,
) -> Result<Option<(Id<Order>, Id<Site>)>> {
    tx.first(
        "select order_id, site from attendances where district = $1 and in_at >= $2 and in_at <= $3 and site_name = $4
           and undone_at is null order by case when in_at > $5 then in_at - $5 else $5 - in_at end, id limit 1",
        params![district, near.plus_h(-24), near.plus_h(24), name, near],
        |row| Ok((row.get("order_id")?, row.get("site")?)),
    )
}

/// The names of the sites that people stood at since a moment.
pub fn site_names(tx: &mut Tx, district: &District, since: Moment) -> Result<Vec<String>> {
    let sql = "select distinct site_name from attendances where district = $1 and in_at >= $2 and undone_at is null
               order by site_name limit 500";
    tx.rows(sql, params![district, since], |row| row.get("site_name"))
}

/// Ends a stay that lasts; never before it began.
pub fn end(tx: &mut Tx, id: Id<Attendance>, at: Moment, by: Uuid) -> Result<bool> {
    let rows = tx.execute(
        "update attendances set out_at = case when in_at > $2 then in_at else $2 end, out_by = $3
         where id = $1 and out_at is null and undone_at is null",
        params![id, at, by],
    )?;
    Ok(rows > 0)
}

/// A stay that lasts began earlier than was known, but not before the one before it ended.
pub fn begin_earlier(tx: &mut Tx, stay: &Attended, at: Moment) -> Result<()> {
    tx.execute(
        "update attendances set in_at = $2 where id = $1 and in_at > $2 and not exists (
           select 1 from attendances e
           where e.volunteer = $3 and e.id <> $1 and e.undone_at is null and e.out_at > $2)",
        params![stay.id, at, stay.volunteer],
    )?;
    Ok(())
}

pub fn undo(tx: &mut Tx, id: Id<Attendance>) -> Result<bool> {
    let at = tx.at();
    let rows =
        tx.execute("update attendances set undone_at = $2 where id = $1 and undone_at is null", params![id, at])?;
    Ok(rows > 0)
}

/// What stays alone do not tell of the time before a moment that has not come yet.
#[derive(Debug, Clone, Default)]
pub struct Ahead {
    /// When the shift of an order ends: whoever is there until then, or forgot to check out, goes home.
    pub ends: HashMap<Id<Order>, Moment>,
    /// Duties that people were told of and have not begun.
    pub duties: Vec<(Id<Volunteer>, Stay)>,
}

/// What everybody of a district has done lately, and will have done by a moment, in one pass.
pub fn lately(
    tx: &mut Tx,
    district: &District,
    moment: Moment,
    zone: &jiff::tz::TimeZone,
    ahead: &Ahead,
) -> Result<HashMap<Id<Volunteer>, Lately>> {
    let earliest = moment.plus_h(-24 * LOOK_BACK_DAYS);
    let mut stays: HashMap<Id<Volunteer>, Vec<Stay>> = HashMap::new();
    tx.each(
        "select volunteer, in_at, out_at, order_id from attendances
         where district = $1 and in_at >= $2 and in_at <= $3 and undone_at is null",
        params![district, earliest, moment],
        |row| {
            let (until, order): (Option<Moment>, Id<Order>) = (row.get(2)?, row.get(3)?);
            let until = until.or_else(|| ahead.ends.get(&order).copied());
            stays.entry(row.get(0)?).or_default().push(Stay { from: row.get(1)?, until });
            Ok(ControlFlow::Continue(()))
        },
    )?;
    for (volunteer, duty) in ahead.duties.iter().filter(|(_, duty)| duty.from >= earliest && duty.from <= moment) {
        stays.entry(*volunteer).or_default().push(*duty);
    }
    Ok(stays.into_iter().map(|(volunteer, stays)| (volunteer, summed(&stays, moment, zone))).collect())
}

fn summed(stays: &[Stay], moment: Moment, zone: &jiff::tz::TimeZone) -> Lately {
    let end = |stay: &Stay| stay.until.unwrap_or(moment).min(moment).max(stay.from);
    Lately {
        duties: u32::try_from(stays.len()).unwrap_or(u32::MAX),
        minutes: stays.iter().map(|stay| end(stay).since_s(stay.from) / 60).sum(),
        last_end: stays.iter().map(end).max(),
        nights_in_a_row: rest::nights_in_a_row(stays, moment, zone),
        days_in_a_row: rest::days_in_a_row(stays, moment, zone),
    }
}

/// The merits of everybody who stood since a moment; deeds are added elsewhere.
pub fn merits(tx: &mut Tx, district: &District, since: Moment) -> Result<HashMap<Id<Volunteer>, Merits>> {
    let rows = tx.rows(
        "select volunteer, cast(sum(coalesce(out_at, in_at) - in_at) as bigint) as ms, count(due_at) as timed,
                count(case when in_at <= due_at then 1 end) as punctual
         from attendances where district = $1 and in_at >= $2 and undone_at is null group by volunteer",
        params![district, since],
        |row| {
            let minutes = row.get::<i64>("ms")? / 60_000;
            Ok((
                row.get("volunteer")?,
                Merits { minutes, timed: row.get("timed")?, punctual: row.get("punctual")?, deeds: 0 },
            ))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// The merits of one person, ever.
pub fn merits_of(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Merits> {
    merits_since(tx, volunteer, Moment::from_ms(0))
}

/// The merits of one person since a moment.
pub fn merits_since(tx: &mut Tx, volunteer: Id<Volunteer>, since: Moment) -> Result<Merits> {
    tx.one(
        "select cast(coalesce(sum(coalesce(out_at, in_at) - in_at), 0) as bigint) as ms, count(due_at) as timed,
                count(case when in_at <= due_at then 1 end) as punctual
         from attendances where volunteer = $1 and in_at >= $2 and undone_at is null",
        params![volunteer, since],
        |row| {
            let minutes = row.get::<i64>("ms")? / 60_000;
            Ok(Merits { minutes, timed: row.get("timed")?, punctual: row.get("punctual")?, deeds: 0 })
        },
    )
}
