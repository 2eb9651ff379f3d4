//! The people who lead: site chiefs and zone leads. They get an account without a password and come in by a personal link.

use domain::{
    Actor, ActorKind, District, Event, Id, Jurisdiction, PhoneNumber, Role, Scope,
    things::{Account, Site, Zone},
};
use store::{Error, Tx};
use web::{
    Fault,
    access::{accounts, doors, sessions, standing},
};

use crate::{
    refused::Refused,
    store::{
        chiefs::{self, Chief},
        sites, zones,
    },
};

/// How long a personal link works.
const LINK_H: i64 = 30 * 24;
const MAX_NAME: usize = 60;

/// Makes somebody the chief of a site. The same person again keeps the account; another one takes the place of whoever was
/// chief before, whose links and sessions end when they lead nothing else.
pub fn name_chief(
    tx: &mut Tx,
    district: &District,
    site: Id<Site>,
    name: &str,
    phone: &PhoneNumber,
) -> Result<Id<Account>, Fault> {
    let before = chiefs::chief(tx, site)?;
    if let Some(same) = before.as_ref().filter(|chief| is_same(chief, name, phone)) {
        return Ok(same.account);
    }
    let code = sites::site(tx, site)?.map(|head| head.code).unwrap_or_default();
    let account = create(tx, district, &format!("chief-{code}"), name, phone)?;
    chiefs::set_chief(tx, district, site, account)?;
    before.map_or(Ok(()), |chief| let_go(tx, chief.account))?;
    Ok(account)
}

/// Makes somebody the lead of a zone, as [`name_chief`] does for a site.
pub fn name_lead(
    tx: &mut Tx,
    district: &District,
    zone: Id<Zone>,
    name: &str,
    phone: &PhoneNumber,
) -> Result<Id<Account>, Fault> {
    let before = zones::zone(tx, zone)?.and_then(|head| head.lead);
    if let Some(account) = before
        && chiefs::person(tx, account)?.is_some_and(|lead| is_same(&lead, name, phone))
    {
        return Ok(account);
    }
    let account = create(tx, district, "lead", name, phone)?;
    zones::set_lead(tx, zone, account)?;
    before.map_or(Ok(false), |lead| standing::withdraw(tx, lead.uuid(), Role::ZoneLead, &Scope::Zone(zone)))?;
    accounts::grant(tx, district, account, Role::ZoneLead, &Scope::Zone(zone))?;
    let here = Jurisdiction { zone: Some(zone), ..Jurisdiction::district(district.clone()) };
    tx.record(&here, zone.uuid(), &Event::ZoneLeadNamed { zone, account })?;
    before.map_or(Ok(()), |account| let_go(tx, account))?;
    Ok(account)
}

/// Opens a new personal link for an account; older ones stop working. Gives the code of `/enter/CODE`.
pub fn fresh_link(tx: &mut Tx, district: &District, account: Id<Account>) -> Result<String, Error> {
    doors::close_all(tx, account.uuid())?;
    let actor = Actor::new(ActorKind::Account, account.uuid());
    doors::open(tx, actor, district, doors::Kind::Personal, Some(LINK_H))
}

/// Ends the links and sessions of somebody who leads nothing any more.
pub fn let_go(tx: &mut Tx, account: Id<Account>) -> Result<(), Fault> {
    if standing::grants_of(tx, ActorKind::Account, account.uuid())?.is_empty() {
        doors::close_all(tx, account.uuid())?;
        sessions::end_all(tx, account.uuid())?;
    }
    Ok(())
}

fn create(tx: &mut Tx, district: &District, post: &str, name: &str, phone: &PhoneNumber) -> Result<Id<Account>, Fault> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(Refused::BadName.with("most", MAX_NAME).into());
    }
    // Nobody types this login; it only has to differ from every other one.
    let unique = uuid::Uuid::new_v4().simple().to_string();
    let login = format!("{post}-{}", &unique[..12]);
    accounts::create(tx, &accounts::Newcomer { district, login: &login, name, phone: Some(phone) })
}

fn is_same(known: &Chief, name: &str, phone: &PhoneNumber) -> bool {
    known.name == name.trim() && known.phone.as_deref() == Some(phone.as_str())
}
