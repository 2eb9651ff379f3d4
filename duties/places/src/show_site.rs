//! One site: where it is, whom it needs, who leads it, which zone it is in.

use domain::PostRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, refusal::Refused as WebRefused, view};

use crate::{
    headcount,
    rules::headcount::Proposal,
    store::{
        chiefs,
        sites::{self, SiteHead},
        zones,
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ShowAsk {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SitePage {
    site: SiteHead,
    needs: Vec<(PostRole, u32)>,
    people: u32,
    chief: Option<ChiefLine>,
    zone_name: Option<String>,
    /// What the guideline would have for the expected people.
    proposal: Option<Proposal>,
}
view!(SitePage, "places_site.html");

/// The chief with the number masked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChiefLine {
    pub name: String,
    pub phone_masked: Option<String>,
}

impl From<chiefs::Chief> for ChiefLine {
    fn from(chief: chiefs::Chief) -> Self {
        let number = chief.phone.and_then(|phone| phone.parse::<domain::PhoneNumber>().ok());
        Self { name: chief.name, phone_masked: number.map(|number| number.masked()) }
    }
}

impl SitePage {
    /// How many times the people a site is meant for are expected, when that is too many.
    fn overload(&self) -> Option<u32> {
        self.proposal.as_ref().map(|proposal| proposal.sites_by_guideline).filter(|sites| *sites > 1)
    }
}

pub async fn show(desk: Desk, _: ShowAsk) -> Result<Page<SitePage>, Fault> {
    let id = desk.site()?;
    let mut page = desk
        .look(move |tx| {
            let Some(site) = sites::site(tx, id)? else { return Err(WebRefused::NotThere.into()) };
            let zone = site.zone.map_or(Ok(None), |zone| zones::zone(tx, zone))?;
            let needs = sites::needs(tx, id)?;
            Ok(SitePage {
                people: needs.iter().map(|(_, headcount)| headcount).sum(),
                chief: chiefs::chief(tx, id)?.map(ChiefLine::from),
                zone_name: zone.map(|zone| zone.name),
                site,
                needs,
                proposal: None,
            })
        })
        .await?;
    if let Some(people) = page.site.expected_people {
        page.proposal = Some(headcount::proposal(desk.house(), people, desk.at())?);
    }
    Ok(Page(page))
}

/// The word for a priority; the numbers weigh a missing person.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub const fn priority_word(priority: &u32) -> &'static str {
    match priority {
        4 => "places-priority-highest",
        2 => "places-priority-high",
        _ => "places-priority-usual",
    }
}
