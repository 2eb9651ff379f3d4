//! One order: how far it is, its plans, where people are short.

use std::collections::HashMap;

use domain::{Id, PostRole, things};
use places::SiteHead;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, view};

use crate::store::{
    assignments,
    orders::{self, Order},
    plans::{self, Plan},
    tallies::{self, Tally},
};

/// Short posts shown on the page; the rest is one figure.
const MOST_SHORT: usize = 30;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderPage {
    pub order: Order,
    pub sites: u64,
    pub closed_sites: u64,
    pub figures: OrderFigures,
    /// The posts that lack most, worst first.
    pub short: Vec<ShortPost>,
    pub short_posts: u64,
    pub plans: Vec<Plan>,
    /// Changed assignments that nobody has tapped "seen" yet.
    pub unseen_changes: u64,
}
view!(OrderPage, "order.html");

#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct OrderFigures {
    pub need: u64,
    pub assigned: u64,
    pub acknowledged: u64,
    pub declined: u64,
    pub arrived: u64,
    pub unmet: u64,
}

/// A post that lacks people.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ShortPost {
    pub site: Id<things::Site>,
    pub site_code: String,
    pub site_name: String,
    pub role: PostRole,
    pub need: u32,
    pub assigned: u32,
    pub arrived: u32,
    pub short: u32,
}

impl OrderFigures {
    pub fn of(tallies: &[Tally]) -> Self {
        let add = |sum: Self, tally: &Tally| Self {
            need: sum.need + u64::from(tally.need),
            assigned: sum.assigned + u64::from(tally.assigned),
            acknowledged: sum.acknowledged + u64::from(tally.acknowledged),
            declined: sum.declined + u64::from(tally.declined),
            arrived: sum.arrived + u64::from(tally.arrived),
            unmet: sum.unmet + u64::from(tally.unmet()),
        };
        tallies.iter().fold(Self::default(), add)
    }
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<OrderPage>, Fault> {
    Ok(Page(desk.look(move |tx| page(tx, ask.order)).await?))
}

fn page(tx: &mut Tx, id: Id<things::Order>) -> Result<OrderPage, Fault> {
    let order = super::named(tx, id)?;
    let sites = orders::sites(tx, id)?;
    let tallies = tallies::all(tx, id)?;
    let (short, short_posts) = shortest(tx, &order, &tallies)?;
    Ok(OrderPage {
        sites: sites.len() as u64,
        closed_sites: sites.iter().filter(|(_, closed_at)| closed_at.is_some()).count() as u64,
        figures: OrderFigures::of(&tallies),
        short,
        short_posts,
        plans: plans::all(tx, id)?,
        unseen_changes: assignments::unseen_changes(tx, id)?,
        order,
    })
}

/// The posts that lack most. Before people are told of a plan nothing lacks: nobody has been asked.
fn shortest(tx: &mut Tx, order: &Order, tallies: &[Tally]) -> Result<(Vec<ShortPost>, u64), Fault> {
    let mut short: Vec<&Tally> = tallies.iter().filter(|tally| order.plan.is_some() && tally.unmet() > 0).collect();
    let count = short.len() as u64;
    short.sort_unstable_by_key(|tally| (std::cmp::Reverse(tally.unmet()), tally.site, tally.role));
    let mut sites: HashMap<Id<things::Site>, SiteHead> = HashMap::new();
    let mut lines = Vec::new();
    for tally in short.into_iter().take(MOST_SHORT) {
        if !sites.contains_key(&tally.site) {
            sites.extend(places::site(tx, tally.site)?.map(|site| (site.id, site)));
        }
        let Some(site) = sites.get(&tally.site) else { continue };
        lines.push(ShortPost {
            site: site.id,
            site_code: site.code.clone(),
            site_name: site.name.clone(),
            role: tally.role,
            need: tally.need,
            assigned: tally.assigned,
            arrived: tally.arrived,
            short: tally.unmet(),
        });
    }
    Ok((lines, count))
}
