//! Showing a chief's telephone number in full, to somebody who may; each look is in the journal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, view};

use crate::{refused::Refused, store::chiefs};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct RevealAsk {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PhonePage {
    name: String,
    phone: String,
    back: String,
}
view!(PhonePage, "places_phone.html");

pub async fn of_chief(desk: Desk, _: RevealAsk) -> Result<Page<PhonePage>, Fault> {
    let site = desk.site()?;
    let chief = desk.look(move |tx| Ok(chiefs::chief(tx, site)?)).await?.ok_or(Refused::NobodyNamed)?;
    let phone = chief.phone.ok_or(Refused::NobodyNamed)?;
    let (noting, account) = (desk.clone(), chief.account.uuid());
    desk.change(move |tx| noting.note_look(tx, account, "chief_phone")).await?;
    let back = if desk.standing().may_somewhere(domain::Right::SeeRegisters) {
        format!("/sites/{site}")
    } else {
        format!("/sites/{site}/readiness")
    };
    Ok(Page(PhonePage { name: chief.name, phone, back }))
}
