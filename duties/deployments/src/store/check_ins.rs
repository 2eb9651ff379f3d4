//! What phones of the sites sent: a ledger by the id each phone gave, so that nothing counts twice.

use std::collections::HashMap;

use domain::{
    District, Id, Moment, PostRole,
    things::{Attendance, Order as AnOrder, Site, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, params};
use uuid::Uuid;

use super::orders::Order;

/// What happened at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    #[default]
    In,
    Out,
    /// The last check-in (or check-out) of this person today was a mistake.
    Undo,
}

impl Way {
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Undo => "undo",
        }
    }
}

impl std::str::FromStr for Way {
    type Err = domain::rights::NoSuchName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::In, Self::Out, Self::Undo].into_iter().find(|way| way.name() == text).ok_or(domain::rights::NoSuchName)
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    pub id: Uuid,
    pub site: Id<Site>,
    pub way: Way,
    pub volunteer: Id<Volunteer>,
    /// What they do here; none when nobody said.
    pub role: Option<PostRole>,
    /// By the phone's clock.
    pub said_at: Moment,
    /// By ours.
    pub received_at: Moment,
    pub device: Option<String>,
    /// The phone's running number.
    pub n: Option<i64>,
    /// How far from the site the phone said it was.
    pub off_m: Option<i64>,
    pub fingerprint: [u8; 32],
    pub attendance: Option<Id<Attendance>>,
}

fn read(row: &Row<'_>) -> Result<CheckIn, Error> {
    Ok(CheckIn {
        id: row.get("id")?,
        site: row.get("site")?,
        way: row.parse("way")?,
        volunteer: row.get("volunteer")?,
        role: row.get::<Option<String>>("role")?.and_then(|role| role.parse().ok()),
        said_at: row.get("said_at")?,
        received_at: row.get("received_at")?,
        device: row.get("device")?,
        n: row.get("n")?,
        off_m: row.get("off_m")?,
        fingerprint: row.get("fingerprint")?,
        attendance: row.get("attendance")?,
    })
}

const COLUMNS: &str = "select id, site, way, volunteer, role, said_at, received_at, device, n, off_m, \
     fingerprint, attendance from check_ins";

pub fn known(tx: &mut Tx, id: Uuid) -> Result<Option<CheckIn>, Error> {
    tx.first(&format!("{COLUMNS} where id = $1"), params![id], read)
}

/// The id under which a site keeps what a phone calls so. Phones make their ids themselves: one that another district has
/// had is another one here, so that nobody is told of it and nothing of theirs is shown beside it.
pub fn own_id(tx: &mut Tx, district: &District, site: Id<Site>, id: Uuid) -> Result<Uuid, Error> {
    let sql = "select 1 as one from check_ins where id = $1 and district <> $2";
    let is_theirs = tx.first(sql, params![id, district], |row| row.get::<i64>("one"))?.is_some();
    Ok(if is_theirs { Uuid::from_u128(id.as_u128() ^ site.uuid().as_u128()) } else { id })
}

pub fn add(tx: &mut Tx, order: &Order, line: &CheckIn) -> Result<(), Error> {
    tx.execute(
        "insert into check_ins (id, district, order_id, site, way, volunteer, role, said_at, received_at, device, n, \
         off_m, fingerprint, attendance) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            line.id,
            &order.district,
            order.id,
            line.site,
            line.way.name(),
            line.volunteer,
            line.role.map(PostRole::name),
            line.said_at,
            line.received_at,
            line.device.clone(),
            line.n,
            line.off_m,
            line.fingerprint,
            line.attendance
        ],
    )?;
    Ok(())
}

/// The last check-in or check-out of somebody under an order that was not undone.
pub fn last_of(tx: &mut Tx, order: Id<AnOrder>, volunteer: Id<Volunteer>) -> Result<Option<CheckIn>, Error> {
    let sql = format!(
        "{COLUMNS} where volunteer = $1 and order_id = $2 and way <> 'undo' and undone_at is null \
         order by received_at desc, id desc limit 1"
    );
    tx.first(&sql, params![volunteer, order], read)
}

/// The last line of one way: a batch may bring coming and going in the same millisecond.
pub fn last_way(tx: &mut Tx, order: Id<AnOrder>, volunteer: Id<Volunteer>, way: Way) -> Result<Option<CheckIn>, Error> {
    let sql = format!(
        "{COLUMNS} where volunteer = $1 and order_id = $2 and way = $3 and undone_at is null \
         order by received_at desc, id desc limit 1"
    );
    tx.first(&sql, params![volunteer, order, way.name()], read)
}

/// Who was checked out of where at that moment.
pub fn went_at(tx: &mut Tx, order: Id<AnOrder>, at: Moment) -> Result<Vec<(Id<Site>, Id<Volunteer>)>, Error> {
    let sql = "select site, volunteer from check_ins where order_id = $1 and way = 'out' and received_at = $2 \
               and device is null and undone_at is null order by id";
    tx.rows(sql, params![order, at], |row| Ok((row.get("site")?, row.get("volunteer")?)))
}

pub fn set_undone(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let at = tx.at();
    tx.execute("update check_ins set undone_at = $2 where id = $1", params![id, at])?;
    Ok(())
}

/// The highest running number a device has sent, and how many lines: a gap shows what was lost on the way.
pub fn heard_of_device(tx: &mut Tx, district: &District, device: &str) -> Result<(i64, i64), Error> {
    tx.one(
        "select coalesce(max(n), 0) as top, count(*) as lines from check_ins
         where device = $1 and district = $2 and n is not null",
        params![device, district],
        |row| Ok((row.get("top")?, row.get("lines")?)),
    )
}

/// How far from the site people said they were when they came, by stay.
pub fn distances(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>) -> Result<HashMap<Id<Attendance>, i64>, Error> {
    let sql = "select attendance, off_m from check_ins where order_id = $1 and site = $2 and off_m is not null \
               and attendance is not null and undone_at is null order by received_at, id";
    let rows = tx.rows(sql, params![order, site], |row| Ok((row.get("attendance")?, row.get("off_m")?)))?;
    Ok(rows.into_iter().collect())
}
