//! A full telephone number of the site's own people, to call them: an act, written down.

use domain::{Id, things::Volunteer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, refusal::Refused, view};

use crate::{
    refusals,
    store::{assignments, orders},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    volunteer: Id<Volunteer>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PhonePage {
    pub site: String,
    pub name: String,
    pub phone: String,
}
view!(PhonePage, "roster_phone.html");

/// Only of people who are sent to the site or stand there.
pub async fn reveal(desk: Desk, ask: Ask) -> Result<Page<PhonePage>, Fault> {
    let (site, volunteer, at_desk) = (desk.site()?, ask.volunteer, desk.clone());
    // The answer holds personal data: it is read after the look was written down, and never kept as a reply.
    desk.change(move |tx| {
        let order = orders::of_site(tx, site)?.ok_or(refusals::Refused::SiteIsIdle)?;
        let is_sent = assignments::held(tx, order.id, volunteer)?.is_some_and(|held| held.site == site);
        let is_here =
            responders::attendance::present(tx, order.id, site)?.iter().any(|stay| stay.volunteer == volunteer);
        if !is_sent && !is_here {
            return Err(Refused::NotThere.into());
        }
        at_desk.note_look(tx, volunteer.uuid(), "phone")
    })
    .await?;
    let person = desk.look(move |tx| Ok(responders::person(tx, volunteer)?)).await?.ok_or(Refused::NotThere)?;
    Ok(Page(PhonePage { site: site.to_string(), name: person.name, phone: person.phone.as_str().to_owned() }))
}
