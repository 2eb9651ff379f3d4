//! One order: how far it is, its plans, where people are short.

use domain::{Id, PostRole, things};
use notices::Count;
use responders::attendance;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, House, Locale, Page, view};

use super::calling;
use crate::store::{
    assignments,
    orders::{self, Order},
    plans::{self, Plan},
    tallies::{self, Tally},
    wishes,
};

/// Short posts shown on the page; the rest is one figure.
const MOST_SHORT: usize = 30;
/// Pins and exclusions shown; the rest is one figure.
const MOST_WISHES: usize = 50;

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
    /// Everybody who stood at a site under the order, also those who have gone home since; counted when it is closed.
    pub came: Option<u64>,
    /// The posts that lack most, worst first.
    pub short: Vec<ShortPost>,
    pub short_posts: u64,
    pub plans: Vec<Plan>,
    /// Changed assignments that nobody has tapped "seen" yet.
    pub unseen_changes: u64,
    /// What went out, by channel and state.
    pub notices: Vec<Count>,
    /// The text for a group chat, without personal data, once people are told.
    pub group_text: Option<String>,
    pub roles: Vec<PostRole>,
    /// Who is fixed to a post or left out, the first of them; it counts for the next plan.
    pub wishes: Vec<WishLine>,
    pub all_wishes: u64,
}
view!(OrderPage, "order.html");

/// What officers want of one person in the next plan.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WishLine {
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub pinned: Option<(String, PostRole)>,
    /// The plan that people were told of could not do it: they cannot come, or there was no room.
    pub is_unmet: bool,
    /// Left out at these sites; none stands for all.
    pub excluded: Vec<Option<String>>,
}

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
    let (house, locale) = (desk.house().clone(), desk.locale());
    let page = desk.look(move |tx| page(tx, &house, locale, ask.order)).await?;
    desk.note_list("order_wishes", page.wishes.iter().map(|wish| wish.volunteer.uuid()));
    Ok(Page(page))
}

fn page(tx: &mut Tx, house: &House, locale: Locale, id: Id<things::Order>) -> Result<OrderPage, Fault> {
    let order = super::named(tx, id)?;
    let sites = orders::sites(tx, id)?;
    let closed_sites = sites.iter().filter(|(_, closed_at)| closed_at.is_some()).count() as u64;
    let tallies = tallies::all(tx, id)?;
    let figures = OrderFigures::of(&tallies);
    let open_sites = sites.len() as u64 - closed_sites;
    let (wishes, all_wishes) = wished(tx, id, order.plan.is_some())?;
    let (short, short_posts) = shortest(tx, &order, &tallies)?;
    Ok(OrderPage {
        sites: sites.len() as u64,
        closed_sites,
        figures,
        came: if order.is_open() { None } else { Some(attendance::people_who_came(tx, id)?) },
        short,
        short_posts,
        plans: plans::all(tx, id)?,
        unseen_changes: assignments::unseen_changes(tx, id)?,
        notices: notices::counts_about(tx, id.uuid())?,
        group_text: calling::text_of(house, locale, &order, (open_sites, figures.assigned), true),
        roles: PostRole::ALL.to_vec(),
        wishes,
        all_wishes,
        order,
    })
}

/// The posts that lack most. Before people are told of a plan nothing lacks: nobody has been asked.
fn shortest(tx: &mut Tx, order: &Order, tallies: &[Tally]) -> Result<(Vec<ShortPost>, u64), Fault> {
    let mut short: Vec<&Tally> = tallies.iter().filter(|tally| order.plan.is_some() && tally.unmet() > 0).collect();
    let count = short.len() as u64;
    short.sort_unstable_by_key(|tally| (std::cmp::Reverse(tally.unmet()), tally.site, tally.role));
    short.truncate(MOST_SHORT);
    let sites = places::sites_among(tx, short.iter().map(|tally| tally.site))?;
    let mut lines = Vec::new();
    for tally in short {
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

fn wished(tx: &mut Tx, order: Id<things::Order>, is_told: bool) -> Result<(Vec<WishLine>, u64), Fault> {
    let (pins, exclusions) = (wishes::pins(tx, order)?, wishes::exclusions(tx, order)?);
    let mut people: Vec<_> = pins.keys().chain(exclusions.keys()).copied().collect();
    people.sort_unstable();
    people.dedup();
    let all = people.len() as u64;
    people.truncate(MOST_WISHES);
    let persons = responders::persons(tx, &people)?;
    let mut lines = Vec::with_capacity(people.len());
    for volunteer in people {
        let Some(person) = persons.get(&volunteer) else { continue };
        let is_unmet = match pins.get(&volunteer) {
            Some(pin) if is_told => {
                let held = assignments::held(tx, order, volunteer)?;
                held.is_none_or(|held| (held.site, held.role) != *pin)
            }
            _ => false,
        };
        let pinned =
            pins.get(&volunteer).map(|(site, role)| Ok::<_, Fault>((name_of(tx, *site)?, *role))).transpose()?;
        let left_out = exclusions.get(&volunteer).cloned().unwrap_or_default();
        let excluded = left_out.into_iter().map(|site| site.map(|site| name_of(tx, site)).transpose());
        lines.push(WishLine {
            volunteer,
            code: person.code.clone(),
            name: person.name.clone(),
            pinned,
            is_unmet,
            excluded: excluded.collect::<Result<_, Fault>>()?,
        });
    }
    Ok((lines, all))
}

fn name_of(tx: &mut Tx, site: Id<things::Site>) -> Result<String, Fault> {
    Ok(places::site(tx, site)?.map_or_else(|| "–".to_owned(), |site| site.name))
}
