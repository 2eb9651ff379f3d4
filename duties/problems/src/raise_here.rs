//! A site asks: three buttons, a number at once, the answers under them.

use domain::{Id, PostRole, things::Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault, Page, refusal::Refused as WebRefused};

use crate::{
    line::Line,
    raise::{self, Kind, Place, Raise},
    refused::Refused,
    store::{self as table, Wanted},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    site: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OfSite {
    site: String,
    open: Vec<Line>,
    closed: Vec<Line>,
    roles: Vec<PostRole>,
}
web::view!(OfSite, "problems_of_site.html");

pub async fn of_site(desk: Desk, ask: Ask) -> Result<Page<OfSite>, Fault> {
    let (site, district) = (desk.site()?, desk.district().clone());
    let page = desk.look(move |tx| {
        let mut lines = |open| {
            let wanted = Wanted { open, site: Some(site), limit: 50, ..Wanted::default() };
            let found = table::list(tx, &district, &wanted)?;
            Line::open_all(tx, found)
        };
        Ok(OfSite { site: ask.site, open: lines(true)?, closed: lines(false)?, roles: PostRole::ALL.to_vec() })
    });
    Ok(Page(page.await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct New {
    site: String,
    /// Made by the phone (UUIDv7), so that a request sent twice is raised once.
    id: Option<Id<Problem>>,
    kind: Kind,
    /// For people: which role, how many.
    role: Option<PostRole>,
    count: Option<u32>,
    details: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Raised {
    id: Id<Problem>,
    number: String,
}

pub async fn raise_here(desk: Desk, ask: New) -> Result<Done<Raised>, Fault> {
    if ask.kind == Kind::People && (ask.role.is_none() || !ask.count.is_some_and(|count| (1..=500).contains(&count))) {
        return Err(Refused::NamesNoPeople.into());
    }
    let details =
        ask.details.map(|text| text.trim().chars().take(2000).collect::<String>()).filter(|text| !text.is_empty());
    if ask.kind == Kind::Problem && details.is_none() {
        return Err(Refused::NeedsWords.into());
    }
    let (here, site, by) = (desk.here().clone(), desk.site()?, desk.actor());
    let id = ask.id.unwrap_or_else(|| Id::fresh(desk.at()));
    let to = format!("/sites/{}/requests", ask.site);
    let raised = desk.change(move |tx| {
        let id = table::own_id(tx, site, id)?;
        let head = places::site(tx, site)?.ok_or(WebRefused::NotThere)?;
        let order = places::readiness::latest_order(tx, site)?;
        let place = Place { site, site_code: head.code, division: head.division, zone: head.zone };
        let asked = Raise {
            id,
            kind: ask.kind,
            place: Some(place),
            order,
            role: ask.role,
            count: ask.count,
            details: details.clone(),
            by,
        };
        Ok(Raised { id, number: format!("R-{:04}", raise::raise(tx, &here, &asked)?) })
    });
    Ok(Done::at(to, raised.await?).saying("problems-raised"))
}
