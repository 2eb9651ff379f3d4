//! Zones: five to seven neighbouring sites under one zone lead (片长).

use domain::{
    District, Id, Jurisdiction,
    things::{Account, Site, Zone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, Value, params};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneHead {
    pub id: Id<Zone>,
    pub name: String,
    /// The account of the zone lead.
    pub lead: Option<Id<Account>>,
}

pub fn zones(tx: &mut Tx, district: &District) -> Result<Vec<ZoneHead>, Error> {
    tx.rows("select id, name, lead_account from zones where district = $1 order by name, id", params![district], head)
}

pub fn zone(tx: &mut Tx, id: Id<Zone>) -> Result<Option<ZoneHead>, Error> {
    tx.first("select id, name, lead_account from zones where id = $1", params![id], head)
}

/// How many sites in use each zone has.
pub fn sizes(tx: &mut Tx, district: &District) -> Result<Vec<(Id<Zone>, u32)>, Error> {
    tx.rows(
        "select zone, count(*) as n from sites where district = $1 and retired_at is null and zone is not null
         group by zone",
        params![district],
        |row| Ok((row.get("zone")?, row.get("n")?)),
    )
}

/// `{zone}` of a path.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let Ok(id) = text.parse::<Id<Zone>>() else { return Ok(None) };
    tx.first("select district from zones where id = $1 and district = $2", params![id, district], |row| {
        Ok(Jurisdiction { zone: Some(id), ..Jurisdiction::district(row.get("district")?) })
    })
}

pub fn add(tx: &mut Tx, district: &District, id: Id<Zone>, name: &str) -> Result<(), Error> {
    tx.execute("insert into zones (id, district, name) values ($1, $2, $3)", params![id, district, name])?;
    Ok(())
}

pub fn set_lead(tx: &mut Tx, id: Id<Zone>, account: Id<Account>) -> Result<(), Error> {
    tx.execute("update zones set lead_account = $2 where id = $1", params![id, account])?;
    Ok(())
}

/// Puts a site into a zone, or into none.
pub fn put_site(tx: &mut Tx, site: Id<Site>, zone: Option<Id<Zone>>) -> Result<(), Error> {
    tx.execute("update sites set zone = $2 where id = $1", params![site, Value::from(zone)])?;
    Ok(())
}

/// Takes every site out of its zone.
pub fn clear(tx: &mut Tx, district: &District) -> Result<(), Error> {
    tx.execute("update sites set zone = null where district = $1 and zone is not null", params![district])?;
    Ok(())
}

/// Takes every site out of one zone; gives how many.
pub fn empty(tx: &mut Tx, zone: Id<Zone>) -> Result<u64, Error> {
    tx.execute("update sites set zone = null where zone = $1", params![zone])
}

/// Removes a zone that no site is in any more.
pub fn remove(tx: &mut Tx, id: Id<Zone>) -> Result<(), Error> {
    tx.execute("delete from zones where id = $1", params![id])?;
    Ok(())
}

fn head(row: &Row<'_>) -> Result<ZoneHead, Error> {
    Ok(ZoneHead { id: row.get("id")?, name: row.get("name")?, lead: row.get("lead_account")? })
}
