//! Standing links between teams and sites.

use std::collections::HashSet;

use domain::{
    District, Id,
    things::{Site, Team},
};
use store::{Error, Tx, params};

/// A team and a site it answers for.
pub type Link = (Id<Team>, Id<Site>);

pub fn all(tx: &mut Tx, district: &District) -> Result<HashSet<Link>, Error> {
    let rows = tx.rows("select team, site from links where district = $1", params![district], |row| {
        Ok((row.get("team")?, row.get("site")?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Adds links; those that stand already stay. Gives how many are new.
pub fn add(tx: &mut Tx, district: &District, links: &[Link]) -> Result<u64, Error> {
    let rows = links.iter().map(|(team, site)| [district.into(), (*team).into(), (*site).into()]);
    tx.insert_many("insert into links (district, team, site)", "on conflict (team, site) do nothing", rows)
}

pub fn remove(tx: &mut Tx, district: &District, team: Id<Team>, site: Id<Site>) -> Result<bool, Error> {
    let sql = "delete from links where district = $1 and team = $2 and site = $3";
    Ok(tx.execute(sql, params![district, team, site])? > 0)
}
