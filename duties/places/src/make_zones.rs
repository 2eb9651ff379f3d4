//! Making zones: a proposal of neighbouring sites first, then, when somebody agrees, the zones.

use std::collections::{HashMap, HashSet};

use domain::{
    District, Event, Id, Jurisdiction, Position, Role, Scope,
    things::{Account, Site, Zone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::Tx;
use web::{Desk, Done, Fault, Page, Undo, access::standing, refusal::Refused as HouseRefused, view};

use crate::{
    drawing::{self, Drawing},
    people,
    refused::Refused,
    rules::zoning,
    store::{
        sites::{self, SiteHead},
        zones,
    },
};

/// A map of more zones than this says nothing.
const MOST_DRAWN: usize = 300;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ProposeAsk {
    /// Regroup every site, not only those without a zone.
    #[serde(default)]
    all: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ProposalPage {
    zones: Vec<ProposedZone>,
    sites: usize,
    all: bool,
    /// What the proposal was made from; agreeing needs it to be still so.
    stamp: String,
    #[serde(skip)]
    drawing: Drawing,
}
view!(ProposalPage, "places_zone_proposal.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct ProposedZone {
    name: String,
    sites: Vec<SiteHead>,
}

pub async fn propose(desk: Desk, ask: ProposeAsk) -> Result<Page<ProposalPage>, Fault> {
    let (district, naming) = (desk.district().clone(), desk.clone());
    let page = desk.look(move |tx| {
        let (zones, stamp) = proposal(tx, &naming, &district, ask.all)?;
        let places: Vec<(String, Vec<Position>)> = zones.iter().take(MOST_DRAWN).map(outline).collect();
        let sites = zones.iter().map(|zone| zone.sites.len()).sum();
        Ok(ProposalPage { zones, sites, all: ask.all, stamp, drawing: drawing::of_zones(&places) })
    });
    Ok(Page(page.await?))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct MakeAsk {
    #[serde(default)]
    all: bool,
    stamp: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Made {
    zones: usize,
    sites: usize,
    /// The zones that were made.
    made: Vec<Id<Zone>>,
}

pub async fn make(desk: Desk, ask: MakeAsk) -> Result<Done<Made>, Fault> {
    let (district, naming) = (desk.district().clone(), desk.clone());
    let made = desk.change(move |tx| {
        let (zones, stamp) = proposal(tx, &naming, &district, ask.all)?;
        if stamp != ask.stamp {
            return Err(Refused::ProposalIsOld.into());
        }
        if ask.all {
            dissolve(tx, &district)?;
        }
        write(tx, &district, &zones)
    });
    let (all, made) = (ask.all, made.await?);
    let mut undo = Undo::by("/zones/dissolution", &[]);
    undo.fields.extend(made.made.iter().map(|zone| ("zone".to_owned(), zone.to_string())));
    let done = Done::at("/zones", made).saying("places-zones-made");
    // Leads of the zones before have lost their way in: grouping everything anew is mended by naming them again.
    Ok(if all { done } else { done.undone_by(undo) })
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct DissolveAsk {
    zone: Vec<Id<Zone>>,
}

/// Takes zones back that nobody leads yet: their sites are in none again.
pub async fn dissolve_new(desk: Desk, ask: DissolveAsk) -> Result<Done<Made>, Fault> {
    let district = desk.district().clone();
    let gone = desk.change(move |tx| {
        let known = zones::zones(tx, &district)?;
        let zone = |id: &Id<Zone>| known.iter().find(|zone| zone.id == *id).ok_or(HouseRefused::NotThere);
        for zone in ask.zone.iter().map(zone) {
            if zone?.lead.is_some() {
                return Err(Refused::ZoneIsLed.into());
            }
        }
        let mut sites = 0;
        for id in &ask.zone {
            sites += zones::empty(tx, *id)?;
            zones::remove(tx, *id)?;
        }
        let (here, zones) = (Jurisdiction::district(district.clone()), ask.zone.len());
        let event = Event::ZonesDissolved { zones: zones as u64, sites };
        tx.record(&here, uuid::Uuid::nil(), &event)?;
        Ok(Made { zones, sites: usize::try_from(sites).unwrap_or(usize::MAX), made: Vec::new() })
    });
    Ok(Done::at("/zones", gone.await?).saying("places-zones-dissolved"))
}

/// The zones that would be made, and a stamp of what they were made from.
fn proposal(tx: &mut Tx, desk: &Desk, district: &District, all: bool) -> Result<(Vec<ProposedZone>, String), Fault> {
    let mut sites = sites::sites(tx, district)?;
    sites.retain(|site| all || site.zone.is_none());
    if sites.is_empty() {
        return Err(Refused::NothingToGroup.into());
    }
    let stamp = stamp(&sites);
    let positions: Vec<Position> = sites.iter().map(|site| site.position).collect();
    let taken = zones::zones(tx, district)?.into_iter().filter(|_| !all).map(|zone| zone.name).collect();
    let mut names = Names { taken, last: HashMap::new() };
    let zones = zoning::group(&positions).into_iter().map(|members| {
        let sites: Vec<SiteHead> = members.into_iter().map(|at| sites[at].clone()).collect();
        ProposedZone { name: names.next(desk, &sites), sites }
    });
    Ok((zones.collect(), stamp))
}

/// Zones are called by the division most of their sites are in, with a number.
struct Names {
    taken: HashSet<String>,
    /// The last number each division was given.
    last: HashMap<String, u32>,
}

impl Names {
    fn next(&mut self, desk: &Desk, sites: &[SiteHead]) -> String {
        let count = |name: &str| sites.iter().filter(|site| site.division_name == name).count();
        let most = sites.iter().map(|site| site.division_name.as_str()).max_by_key(|name| (count(name), *name));
        let division = most.unwrap_or_default();
        let last = self.last.entry(division.to_owned()).or_insert(0);
        loop {
            *last += 1;
            let name = desk.say("places-zone-name").text("division", division).text("number", *last).to_string();
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

fn stamp(sites: &[SiteHead]) -> String {
    let mut hash = Sha256::new();
    for site in sites {
        hash.update(site.id.uuid().as_bytes());
        hash.update(site.position.latitude.to_bits().to_le_bytes());
        hash.update(site.position.longitude.to_bits().to_le_bytes());
        hash.update(site.zone.map_or([0; 16], |zone| *zone.uuid().as_bytes()));
    }
    let mut short = [0; 8];
    short.copy_from_slice(&hash.finalize()[..8]);
    format!("{:016x}", u64::from_be_bytes(short))
}

fn outline(zone: &ProposedZone) -> (String, Vec<Position>) {
    (zone.name.clone(), zone.sites.iter().map(|site| site.position).collect())
}

/// Ends every zone: its lead leads nothing any more.
fn dissolve(tx: &mut Tx, district: &District) -> Result<(), Fault> {
    zones::clear(tx, district)?;
    for zone in zones::zones(tx, district)? {
        standing::withdraw_all(tx, Role::ZoneLead, &Scope::Zone(zone.id))?;
        zone.lead.map_or(Ok(()), |lead: Id<Account>| people::let_go(tx, lead))?;
        zones::remove(tx, zone.id)?;
    }
    Ok(())
}

fn write(tx: &mut Tx, district: &District, zones: &[ProposedZone]) -> Result<Made, Fault> {
    let (mut sites, mut made) = (0, Vec::new());
    for proposed in zones {
        let zone: Id<Zone> = Id::fresh(tx.at());
        made.push(zone);
        zones::add(tx, district, zone, &proposed.name)?;
        let members: Vec<Id<Site>> = proposed.sites.iter().map(|site| site.id).collect();
        for site in &members {
            zones::put_site(tx, *site, Some(zone))?;
        }
        sites += members.len();
    }
    let here = Jurisdiction::district(district.clone());
    let event = Event::ZonesMade { zones: zones.len() as u64, sites: sites as u64 };
    tx.record(&here, uuid::Uuid::nil(), &event)?;
    Ok(Made { zones: zones.len(), sites, made })
}
