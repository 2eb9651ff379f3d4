//! One zone: its sites, how far each has come, and whom to call there. The zone lead's page of places.

use domain::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, refusal::Refused as WebRefused, view};

use crate::{
    name_person,
    rules::day::Stage,
    show_site::ChiefLine,
    store::{
        chiefs, days,
        sites::{self, SiteHead},
        zones::{self, ZoneHead},
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ZoneAsk {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ZonePage {
    zone: ZoneHead,
    lead: Option<ChiefLine>,
    sites: Vec<SiteLine>,
}
view!(ZonePage, "places_zone.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteLine {
    site: SiteHead,
    chief: Option<ChiefLine>,
    /// None while the site has no part in any order.
    stage: Option<Stage>,
    missing: usize,
    heard_at: Option<Moment>,
}

impl SiteLine {
    fn stage_word(&self) -> String {
        self.stage.map_or_else(|| "places-stage-none".to_owned(), |stage| format!("places-stage-{}", stage.name()))
    }

    const fn stage_tag(&self) -> &'static str {
        match self.stage {
            Some(Stage::Preparing) => "tag-warn",
            Some(Stage::SetUp | Stage::Open) => "tag-good",
            Some(Stage::Closed) | None => "tag-off",
        }
    }
}

pub async fn show(desk: Desk, _: ZoneAsk) -> Result<Page<ZonePage>, Fault> {
    let id = name_person::zone(&desk)?;
    let page = desk.look(move |tx| {
        let Some(zone) = zones::zone(tx, id)? else { return Err(WebRefused::NotThere.into()) };
        let lead = zone.lead.map_or(Ok(None), |account| chiefs::person(tx, account))?;
        let mut lines = Vec::new();
        for site in sites::of_zone(tx, id)? {
            let order = days::latest_order(tx, site.id)?;
            let day = order.map_or(Ok(None), |order| days::state(tx, order, site.id))?;
            lines.push(SiteLine {
                chief: chiefs::chief(tx, site.id)?.map(ChiefLine::from),
                stage: day.as_ref().map(|day| day.stage),
                missing: day.map_or(0, |day| day.missing().len()),
                heard_at: days::heard_at(tx, site.id)?,
                site,
            });
        }
        Ok(ZonePage { zone, lead: lead.map(ChiefLine::from), sites: lines })
    });
    Ok(Page(page.await?))
}
