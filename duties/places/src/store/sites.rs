//! Sampling sites and how many people each role needs there.

use std::collections::{HashMap, HashSet};

use domain::{
    District, Division, Id, Jurisdiction, Moment, Origin, Position, PostRole,
    things::{Site, Zone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, params};

/// A sampling site, without its people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteHead {
    pub id: Id<Site>,
    pub code: String,
    pub name: String,
    pub division: Division,
    pub division_name: String,
    pub zone: Option<Id<Zone>>,
    pub position: Position,
    /// 1, 2 or 4: how much a missing person weighs here.
    pub priority: u32,
    pub expected_people: Option<u32>,
    pub address: String,
    pub retired_at: Option<Moment>,
}

/// How many people of which role, in the roles' order.
pub type Needs = Vec<(PostRole, u32)>;

/// A statement over sites with the names of their divisions.
macro_rules! heads {
    ($rest:literal) => {
        concat!(
            "select s.id, s.code, s.name, s.division, d.name as division_name, s.zone, s.latitude, s.longitude,
               s.priority, s.expected_people, s.address, s.retired_at
             from sites s join divisions d on d.code = s.division ",
            $rest
        )
    };
}

pub fn site(tx: &mut Tx, id: Id<Site>) -> Result<Option<SiteHead>, Error> {
    tx.first(heads!("where s.id = $1"), params![id], head)
}

/// The sites of these ids.
pub fn sites_among(tx: &mut Tx, ids: impl IntoIterator<Item = Id<Site>>) -> Result<HashMap<Id<Site>, SiteHead>, Error> {
    let ids: HashSet<_> = ids.into_iter().collect();
    let rows = tx.rows_among(heads!("where s.id in (:these)"), &[], ids, head)?;
    Ok(rows.into_iter().map(|site| (site.id, site)).collect())
}

pub fn site_by_code(tx: &mut Tx, district: &District, code: &str) -> Result<Option<SiteHead>, Error> {
    tx.first(heads!("where s.district = $1 and s.code = $2"), params![district, code.trim()], head)
}

/// All sites in use, by code.
pub fn sites(tx: &mut Tx, district: &District) -> Result<Vec<SiteHead>, Error> {
    tx.rows(heads!("where s.district = $1 and s.retired_at is null order by s.code"), params![district], head)
}

/// The sites in use of a zone, by code.
pub fn of_zone(tx: &mut Tx, zone: Id<Zone>) -> Result<Vec<SiteHead>, Error> {
    tx.rows(heads!("where s.zone = $1 and s.retired_at is null order by s.code"), params![zone], head)
}

/// Where a site belongs; none when there is no such site.
pub fn jurisdiction(tx: &mut Tx, id: Id<Site>) -> Result<Option<Jurisdiction>, Error> {
    tx.first("select id, district, division, zone from sites where id = $1", params![id], place)
}

/// `{site}` of a path: its id, or its code.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    match text.parse::<Id<Site>>() {
        Ok(id) => tx.first(
            "select id, district, division, zone from sites where id = $1 and district = $2",
            params![id, district],
            place,
        ),
        Err(_) => tx.first(
            "select id, district, division, zone from sites where district = $1 and code = $2",
            params![district, text],
            place,
        ),
    }
}

/// How many people of each role a site needs; roles it does not need are left out.
pub fn needs(tx: &mut Tx, id: Id<Site>) -> Result<Needs, Error> {
    let mut needs =
        tx.rows("select role, headcount from site_needs where site = $1 and headcount > 0", params![id], need)?;
    needs.sort_unstable();
    Ok(needs)
}

/// The needs of every site in use; sites that need nobody are left out.
pub fn all_needs(tx: &mut Tx, district: &District) -> Result<HashMap<Id<Site>, Needs>, Error> {
    let rows = tx.rows(
        "select n.site, n.role, n.headcount from sites s join site_needs n on n.site = s.id
         where s.district = $1 and s.retired_at is null and n.headcount > 0",
        params![district],
        |row| Ok((row.get("site")?, need(row)?)),
    )?;
    let mut needs: HashMap<Id<Site>, Needs> = HashMap::new();
    for (site, need) in rows {
        needs.entry(site).or_default().push(need);
    }
    for needs in needs.values_mut() {
        needs.sort_unstable();
    }
    Ok(needs)
}

/// Which system the position was given in.
pub fn origin(tx: &mut Tx, id: Id<Site>) -> Result<Origin, Error> {
    tx.one("select origin from sites where id = $1", params![id], |row| {
        Ok(if row.get::<String>("origin")? == "gcj02" { Origin::Gcj02 } else { Origin::Wgs84 })
    })
}

pub fn retire(tx: &mut Tx, id: Id<Site>, at: Option<Moment>) -> Result<(), Error> {
    tx.execute("update sites set retired_at = $2, zone = null where id = $1", params![id, at])?;
    Ok(())
}

pub fn head(row: &Row<'_>) -> Result<SiteHead, Error> {
    Ok(SiteHead {
        id: row.get("id")?,
        code: row.get("code")?,
        name: row.get("name")?,
        division: row.get("division")?,
        division_name: row.get("division_name")?,
        zone: row.get("zone")?,
        position: Position { latitude: row.get("latitude")?, longitude: row.get("longitude")? },
        priority: row.get("priority")?,
        expected_people: row.get("expected_people")?,
        address: row.get("address")?,
        retired_at: row.get("retired_at")?,
    })
}

fn place(row: &Row<'_>) -> Result<Jurisdiction, Error> {
    Ok(Jurisdiction {
        division: row.get("division")?,
        zone: row.get("zone")?,
        site: row.get("id")?,
        ..Jurisdiction::district(row.get("district")?)
    })
}

fn need(row: &Row<'_>) -> Result<(PostRole, u32), Error> {
    Ok((row.parse("role")?, row.get("headcount")?))
}
