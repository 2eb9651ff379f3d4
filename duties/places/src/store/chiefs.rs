//! Site chiefs (点长): one account per site. The person's name and number live with the account.

use std::collections::{HashMap, HashSet};

use domain::{
    District, Event, Id, Role, Scope,
    things::{Account, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx, params};
use web::access::{
    accounts::{self, Contact},
    standing,
};

/// Whoever leads a site, for those who must reach them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chief {
    pub account: Id<Account>,
    pub name: String,
    /// In full: mask it where it is not needed for the work.
    pub phone: Option<String>,
}

pub fn chief(tx: &mut Tx, site: Id<Site>) -> Result<Option<Chief>, Error> {
    let account =
        tx.first("select account from site_chiefs where site = $1", params![site], |row| row.get("account"))?;
    account.map_or(Ok(None), |account| person(tx, account))
}

/// The chiefs of all sites in use.
pub fn chiefs(tx: &mut Tx, district: &District) -> Result<HashMap<Id<Site>, Chief>, Error> {
    let rows: Vec<(Id<Site>, Id<Account>)> = tx.rows(
        "select c.site, c.account from sites s join site_chiefs c on c.site = s.id
         where s.district = $1 and s.retired_at is null",
        params![district],
        |row| Ok((row.get("site")?, row.get("account")?)),
    )?;
    let accounts: Vec<Id<Account>> = rows.iter().map(|(_, account)| *account).collect();
    let contacts = accounts::contacts(tx, &accounts)?;
    let chief = |(site, account)| Some((site, Chief::of(account, contacts.get(&account)?)));
    Ok(rows.into_iter().filter_map(chief).collect())
}

/// Makes an account the chief of a site; whoever was it before is no longer. Tokens of the site's own devices go on: they
/// belong to the site, and an administrator takes them back one by one.
pub fn set_chief(tx: &mut Tx, district: &District, site: Id<Site>, account: Id<Account>) -> Result<(), Error> {
    let scope = Scope::Site(site);
    if let Some(before) = chief(tx, site)? {
        standing::withdraw(tx, before.account.uuid(), Role::SiteChief, &scope)?;
    }
    tx.execute(
        "insert into site_chiefs (site, account) values ($1, $2) on conflict (site) do update set account = excluded.account",
        params![site, account],
    )?;
    accounts::grant(tx, district, account, Role::SiteChief, &scope)?;
    if let Some(here) = super::sites::jurisdiction(tx, site)? {
        tx.record(&here, site.uuid(), &Event::SiteChanged { site })?;
    }
    Ok(())
}

/// The name and number behind an account.
pub fn person(tx: &mut Tx, account: Id<Account>) -> Result<Option<Chief>, Error> {
    Ok(accounts::contacts(tx, &[account])?.get(&account).map(|contact| Chief::of(account, contact)))
}

impl Chief {
    fn of(account: Id<Account>, contact: &Contact) -> Self {
        Self { account, name: contact.name.clone(), phone: contact.phone.clone() }
    }
}

/// The sites that have a chief.
pub fn chiefs_named(tx: &mut Tx, district: &District) -> Result<HashSet<Id<Site>>, Error> {
    let sql = "select c.site from sites s join site_chiefs c on c.site = s.id where s.district = $1";
    Ok(tx.rows(sql, params![district], |row| row.get("site"))?.into_iter().collect())
}
