//! Naming the chief of a site or the lead of a zone, and handing out their personal link.

use domain::{
    Id, PhoneNumber,
    things::{Account, Zone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Act, Tx};
use web::{Desk, Fault, Page, qr, view};

use crate::{people, refused::Refused, store::chiefs, store::zones};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct NameAsk {
    name: String,
    phone: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct LinkAsk {}

/// The personal link of somebody who leads, shown once.
#[derive(Serialize, JsonSchema)]
pub struct LinkPage {
    pub account: Id<Account>,
    pub name: String,
    /// The address to hand over: it is not kept in readable form.
    pub address: String,
    qr: String,
    /// The page to go back to.
    back: String,
}
view!(LinkPage, "places_link.html");

pub async fn name_chief(desk: Desk, ask: NameAsk) -> Result<Page<LinkPage>, Fault> {
    let site = desk.site()?;
    let (district, phone, name) = (desk.district().clone(), phone(&ask.phone)?, ask.name.clone());
    let account = desk.change(move |tx| people::name_chief(tx, &district, site, &name, &phone)).await?;
    hand_over(&desk, account, format!("/sites/{site}")).await
}

pub async fn link_chief(desk: Desk, _: LinkAsk) -> Result<Page<LinkPage>, Fault> {
    let site = desk.site()?;
    let chief = desk.look(move |tx| Ok(chiefs::chief(tx, site)?)).await?.ok_or(Refused::NobodyNamed)?;
    hand_over(&desk, chief.account, format!("/sites/{site}")).await
}

pub async fn name_lead(desk: Desk, ask: NameAsk) -> Result<Page<LinkPage>, Fault> {
    let zone = zone(&desk)?;
    let (district, phone, name) = (desk.district().clone(), phone(&ask.phone)?, ask.name.clone());
    let account = desk.change(move |tx| people::name_lead(tx, &district, zone, &name, &phone)).await?;
    hand_over(&desk, account, "/zones".to_owned()).await
}

pub async fn link_lead(desk: Desk, _: LinkAsk) -> Result<Page<LinkPage>, Fault> {
    let zone = zone(&desk)?;
    let head = desk.look(move |tx| Ok(zones::zone(tx, zone)?)).await?;
    let account = head.and_then(|head| head.lead).ok_or(Refused::NobodyNamed)?;
    hand_over(&desk, account, "/zones".to_owned()).await
}

pub fn zone(desk: &Desk) -> Result<Id<Zone>, Fault> {
    desk.here().zone.ok_or_else(|| Fault::Bug("a route of zones names no zone".to_owned()))
}

fn phone(typed: &str) -> Result<PhoneNumber, Fault> {
    typed.parse().map_err(|_| Refused::BadPhone.into())
}

/// A fresh link. Not under the request's key: what is kept for that key would hold the link in readable form.
async fn hand_over(desk: &Desk, account: Id<Account>, back: String) -> Result<Page<LinkPage>, Fault> {
    let district = desk.district().clone();
    let act = Act::new(desk.actor(), desk.at());
    let opened = desk.store().change(act, move |tx: &mut Tx| {
        let name = chiefs::person(tx, account)?.map(|person| person.name).unwrap_or_default();
        Ok::<_, Fault>((people::fresh_link(tx, &district, account)?, name))
    });
    let (code, name) = opened.await?;
    let address = desk.public_url(&format!("/enter/{code}"));
    Ok(Page(LinkPage { account, name, qr: qr::svg(&address), address, back }))
}
