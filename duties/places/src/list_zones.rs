//! The zones, each with its lead and sites.

use std::collections::HashMap;

use domain::{Id, things::Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, view};

use crate::{
    show_site::ChiefLine,
    store::{
        chiefs, listing,
        zones::{self, ZoneHead},
    },
};

const PAGE: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListAsk {
    /// The last zone of the page before.
    after: Option<Id<Zone>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ZonesPage {
    zones: Vec<ZoneLine>,
    total: usize,
    without_lead: usize,
    /// Sites that no zone has, of how many.
    sites_outside: u32,
    sites: u32,
    next: Option<Id<Zone>>,
}
view!(ZonesPage, "places_zones.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct ZoneLine {
    zone: ZoneHead,
    sites: u32,
    lead: Option<ChiefLine>,
}

impl ZoneLine {
    /// More sites than one lead directs well.
    const fn is_too_large(&self) -> bool {
        self.sites as usize > crate::rules::zoning::MOST
    }
}

pub async fn list(desk: Desk, ask: ListAsk) -> Result<Page<ZonesPage>, Fault> {
    let district = desk.district().clone();
    let page = desk.look(move |tx| {
        let all = zones::zones(tx, &district)?;
        let site_counts: HashMap<_, _> = zones::sizes(tx, &district)?.into_iter().collect();
        let begin = ask.after.and_then(|after| all.iter().position(|zone| zone.id == after)).map_or(0, |at| at + 1);
        let (total, without_lead) = (all.len(), all.iter().filter(|zone| zone.lead.is_none()).count());
        let shown: Vec<ZoneHead> = all.into_iter().skip(begin).take(PAGE).collect();
        let next = shown.last().filter(|_| begin + shown.len() < total).map(|zone| zone.id);
        let mut lines = Vec::with_capacity(shown.len());
        for zone in shown {
            let lead = zone.lead.map_or(Ok(None), |account| chiefs::person(tx, account))?;
            let sites = site_counts.get(&zone.id).copied().unwrap_or(0);
            lines.push(ZoneLine { zone, sites, lead: lead.map(ChiefLine::from) });
        }
        let (sites, _, sites_outside) = listing::gaps(tx, &district)?;
        Ok(ZonesPage { zones: lines, total, without_lead, sites_outside, sites, next })
    });
    Ok(Page(page.await?))
}
