//! Giving an order: name, sites, milestones. Its posts begin with what the register of sites says they need.

use std::collections::HashSet;

use domain::{District, Division, Event, Id, Moment, PostRole, things};
use places::SiteHead;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, House, Page, Undo, view};

use crate::{
    refusals::Refused,
    rules::milestones::Milestones,
    store::{orders, orders::Order, posts},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct GiveOrderPage {
    pub usual: Milestones,
    /// The local day of the usual shift.
    pub day: String,
    pub divisions: Vec<DivisionChoice>,
    pub sites: u64,
    pub people: u64,
}
view!(GiveOrderPage, "give_order.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct DivisionChoice {
    pub code: Division,
    pub name: String,
    pub sites: u64,
}

/// The form, with the usual night filled in.
pub async fn form(desk: Desk, _: Nothing) -> Result<Page<GiveOrderPage>, Fault> {
    let (district, usual) = (desk.district().clone(), Milestones::usual(desk.at(), desk.zone()));
    let day = usual.day(desk.zone());
    let page = desk.look(move |tx| {
        let sites = places::sites(tx, &district)?;
        let needs = places::all_needs(tx, &district)?;
        let people = needs.values().flatten().map(|(_, headcount)| u64::from(*headcount)).sum();
        let divisions = places::divisions(tx, &district)?.into_iter().map(|division| DivisionChoice {
            sites: sites.iter().filter(|site| site.division == division.code).count() as u64,
            code: division.code,
            name: division.name,
        });
        let divisions = divisions.filter(|division| division.sites > 0).collect();
        Ok(GiveOrderPage { usual, day, divisions, sites: sites.len() as u64, people })
    });
    Ok(Page(page.await?))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct GiveOrder {
    name: String,
    /// Only practised: its name, its notices and its CAP document say so.
    #[serde(default)]
    drill: bool,
    /// It is meant to run at sites and hours that another open order has, too.
    #[serde(default)]
    beside: bool,
    /// Sites of these divisions; all sites when neither divisions nor sites are named.
    #[serde(default)]
    divisions: Vec<Division>,
    /// These sites, by code or id, separated by blanks, commas or new lines.
    #[serde(default)]
    sites: String,
    /// RFC 3339, or a local date and time; the usual night where left out.
    order_at: Option<String>,
    set_up_at: Option<String>,
    in_place_at: Option<String>,
    close_at: Option<String>,
    /// Headcounts by the guideline (people, tables, samplers) where a site says how many people it expects; otherwise
    /// and elsewhere what the register of sites says.
    #[serde(default)]
    by_guideline: bool,
    /// From being in place to closing, where left out.
    shift_from: Option<String>,
    shift_until: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Given {
    pub order: Id<things::Order>,
    pub sites: u64,
    pub people: u64,
}

pub async fn give(desk: Desk, ask: GiveOrder) -> Result<Done<Given>, Fault> {
    let milestones = milestones(&desk, &ask)?;
    milestones.check().map_err(|why| Refused::OutOfOrder.with("why", why))?;
    let (district, day) = (desk.district().clone(), milestones.day(desk.zone()));
    let (house, name) = (desk.house().clone(), super::name_of(&desk, &ask.name, ask.drill)?);
    let given = desk
        .change(move |tx| {
            let sites = chosen(tx, &district, &ask)?;
            let order = Order {
                id: Id::fresh(tx.at()),
                district: district.clone(),
                name: name.clone(),
                is_drill: ask.drill,
                milestones,
                day: day.clone(),
                given_at: tx.at(),
                plan: None,
                closed_at: None,
            };
            let ids: Vec<_> = sites.iter().map(|site| site.id).collect();
            super::refuse_taken(tx, &order, &ids, ask.beside)?;
            let rule = if ask.by_guideline { Some(&*house) } else { None };
            begin(tx, &order, &sites, rule)
        })
        .await?;
    let undo = Undo::by(format!("/orders/{}/closing", given.order), &[]);
    Ok(Done::at(format!("/orders/{}", given.order), given).saying("deployments-order-given").undone_by(undo))
}

/// Writes an order down with its sites and what they need.
fn begin(tx: &mut Tx, order: &Order, sites: &[SiteHead], rule: Option<&House>) -> Result<Given, Fault> {
    let ids: Vec<_> = sites.iter().map(|site| site.id).collect();
    orders::add(tx, order)?;
    orders::add_sites(tx, order, &ids)?;
    places::readiness::prepare(tx, order.id, &ids)?;
    let wanted = wanted(tx, order, sites, rule)?;
    posts::set(tx, order, &wanted)?;
    let people = wanted.iter().map(|(.., headcount)| u64::from(*headcount)).sum();
    let given = Given { order: order.id, sites: ids.len() as u64, people };
    let event = Event::OrderGiven { order: order.id, sites: given.sites, people };
    tx.record(&order.jurisdiction(), order.id.uuid(), &event)?;
    Ok(given)
}

/// What these sites need: by the guideline where it is asked for and can be told, else by the register.
fn wanted(
    tx: &mut Tx,
    order: &Order,
    sites: &[SiteHead],
    rule: Option<&House>,
) -> Result<Vec<(Id<things::Site>, PostRole, u32)>, Fault> {
    let mut needs = places::all_needs(tx, &order.district)?;
    let mut wanted = Vec::new();
    for site in sites {
        let roles = match (rule, site.expected_people) {
            (Some(house), Some(people)) => places::headcount_proposal(house, people, order.milestones.order_at)?.posts,
            _ => needs.remove(&site.id).unwrap_or_default(),
        };
        wanted.extend(roles.into_iter().map(|(role, headcount)| (site.id, role, headcount)));
    }
    wanted.sort_unstable();
    Ok(wanted)
}

fn chosen(tx: &mut Tx, district: &District, ask: &GiveOrder) -> Result<Vec<SiteHead>, Fault> {
    let named: HashSet<&str> = ask
        .sites
        .split(|c: char| c.is_whitespace() || ",，;；、".contains(c))
        .filter(|code| !code.is_empty())
        .collect();
    let is_all = ask.divisions.is_empty() && named.is_empty();
    let mut sites = places::sites(tx, district)?;
    let is_named = |site: &SiteHead| named.contains(site.code.as_str()) || named.contains(site.id.to_string().as_str());
    let known = sites.iter().filter(|site| is_named(site)).count();
    if known < named.len() {
        let codes: HashSet<String> = sites.iter().flat_map(|site| [site.code.clone(), site.id.to_string()]).collect();
        let unknown: Vec<&str> = named.into_iter().filter(|code| !codes.contains(*code)).take(5).collect();
        return Err(Refused::NotInThisOrder.with("what", unknown.join(", ")).into());
    }
    sites.retain(|site| is_all || ask.divisions.contains(&site.division) || is_named(site));
    if sites.is_empty() { Err(Refused::NoSites.into()) } else { Ok(sites) }
}

fn milestones(desk: &Desk, ask: &GiveOrder) -> Result<Milestones, Fault> {
    let usual = Milestones::usual(desk.at(), desk.zone());
    let read = |text: &Option<String>, usual: Moment| read_moment(desk, text.as_deref(), usual);
    let (in_place_at, close_at) = (read(&ask.in_place_at, usual.in_place_at)?, read(&ask.close_at, usual.close_at)?);
    Ok(Milestones {
        order_at: read(&ask.order_at, usual.order_at)?,
        set_up_at: read(&ask.set_up_at, usual.set_up_at)?,
        in_place_at,
        close_at,
        shift_from: read(&ask.shift_from, in_place_at)?,
        shift_until: read(&ask.shift_until, close_at)?,
    })
}

/// A moment as people and programs write it.
pub fn read_moment(desk: &Desk, text: Option<&str>, usual: Moment) -> Result<Moment, Fault> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(usual) };
    let reason = || web::refusal::Refused::NotUnderstood.with("reason", format!("“{text}” is no date and time"));
    Ok(Moment::parse(text, desk.zone()).ok_or_else(reason)?)
}
