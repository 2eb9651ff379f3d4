//! The roster of a whole order, page by page, site by site: as it hangs on a wall.

use domain::{Id, PostRole, things};
use notices::Delivery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, view};

use super::Presence;
use crate::{
    orders,
    store::assignments::{self, Place},
    store::orders::Order,
};

const PAGE: usize = 100;
/// What is printed in one go; a browser lays this much out in seconds.
const PRINTED: usize = 10_000;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    /// People after this place, as `next` of the page before gave it.
    after: Option<String>,
    /// Everybody at once, for printing.
    #[serde(default)]
    whole: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderRosterPage {
    pub order: Order,
    pub lines: Vec<OrderLine>,
    pub next: Option<String>,
    /// Others come before or after these.
    pub is_part: bool,
    pub is_for_print: bool,
}
view!(OrderRosterPage, "order_roster.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderLine {
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub phone: String,
    pub team: String,
    pub site: Id<things::Site>,
    pub site_code: String,
    pub site_name: String,
    pub role: PostRole,
    pub presence: Presence,
    pub distance_m: i64,
    /// Changed, and not tapped "seen" yet.
    pub is_unseen_change: bool,
    /// How far the notice of the duty has come, by channel.
    pub told: Vec<Delivery>,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<OrderRosterPage>, Fault> {
    let page = desk.look(move |tx| page(tx, &ask)).await?;
    desk.note_list("order_roster", page.lines.iter().map(|line| line.volunteer.uuid()));
    Ok(Page(page))
}

fn place(text: &str) -> Result<Place, Fault> {
    let read = || {
        let (site, rest) = text.split_once('.')?;
        let (role, volunteer) = rest.split_once('.')?;
        Some((site.parse().ok()?, role.parse().ok()?, volunteer.parse().ok()?))
    };
    read().ok_or_else(|| web::refusal::Refused::NotUnderstood.with("reason", text.to_owned()).into())
}

fn page(tx: &mut Tx, ask: &Ask) -> Result<OrderRosterPage, Fault> {
    let order = orders::named(tx, ask.order)?;
    let after = ask.after.as_deref().map(place).transpose()?;
    let most = if ask.whole { PRINTED } else { PAGE };
    let mut held = assignments::page(tx, ask.order, after, most + 1)?;
    let is_more = held.len() > most;
    held.truncate(most);
    let next = held.last().filter(|_| is_more).map(|held| format!("{}.{}.{}", held.site, held.role, held.volunteer));
    let ids: Vec<_> = held.iter().map(|held| held.volunteer).collect();
    let persons = responders::persons(tx, &ids)?;
    let mut told = notices::deliveries(tx, ask.order.uuid(), &ids)?;
    let sites = places::sites_among(tx, held.iter().map(|held| held.site))?;
    let mut lines = Vec::with_capacity(held.len());
    for held in &held {
        let (Some(person), Some(site)) = (persons.get(&held.volunteer), sites.get(&held.site)) else { continue };
        lines.push(OrderLine {
            volunteer: held.volunteer,
            code: person.code.clone(),
            name: person.name.clone(),
            phone: person.phone.masked(),
            team: person.team_name.clone(),
            site: site.id,
            site_code: site.code.clone(),
            site_name: site.name.clone(),
            role: held.role,
            presence: Presence::of(held),
            distance_m: held.distance_m,
            is_unseen_change: held.is_unseen_change(),
            told: told.remove(&held.volunteer).unwrap_or_default(),
        });
    }
    Ok(OrderRosterPage { order, lines, is_part: is_more || after.is_some(), next, is_for_print: ask.whole })
}
