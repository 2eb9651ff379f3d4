//! Two plans of one order side by side: the figures, and who goes where in one and not in the other.

use std::collections::HashMap;

use domain::{Id, PostRole, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, view};

use super::show::site_map;
use crate::{
    orders,
    store::{
        orders::Order,
        plans::{self, Plan},
    },
};

/// Differences shown by name; the rest is one figure.
const MOST: usize = 200;

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    one: Id<things::Plan>,
    other: Id<things::Plan>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ComparisonPage {
    pub order: Order,
    pub one: Plan,
    pub other: Plan,
    pub figures: Vec<Figure>,
    pub differences: Vec<Difference>,
    /// People whose post is another, all of them.
    pub different: u64,
}
view!(ComparisonPage, "comparison.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct Figure {
    /// The id of its word.
    pub word: &'static str,
    pub one: i64,
    pub other: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Difference {
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub one: Option<Place>,
    pub other: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    pub site_name: String,
    pub role: PostRole,
    pub distance_m: i64,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<ComparisonPage>, Fault> {
    let page = desk.look(move |tx| page(tx, ask)).await?;
    desk.note_list("comparison", page.differences.iter().map(|line| line.volunteer.uuid()));
    Ok(Page(page))
}

fn page(tx: &mut Tx, ask: Ask) -> Result<ComparisonPage, Fault> {
    let order = orders::named(tx, ask.order)?;
    let (one, other) = (super::named(tx, order.id, ask.one)?, super::named(tx, order.id, ask.other)?);
    let sites = site_map(tx, &order)?;
    let mut places: HashMap<_, [Option<Place>; 2]> = HashMap::new();
    for (side, plan) in [&one, &other].into_iter().enumerate() {
        for line in plans::lines(tx, plan.id)? {
            let site_name = sites.get(&line.site).map(|site| site.name.clone()).unwrap_or_default();
            let place = Place { site_name, role: line.role, distance_m: line.distance_m };
            places.entry(line.volunteer).or_default()[side] = Some(place);
        }
    }
    let mut differing: Vec<_> = places.into_iter().filter(|(_, [one, other])| one != other).collect();
    differing.sort_unstable_by_key(|(volunteer, _)| *volunteer);
    let different = differing.len() as u64;
    differing.truncate(MOST);
    let ids: Vec<_> = differing.iter().map(|(volunteer, _)| *volunteer).collect();
    let persons = responders::persons(tx, &ids)?;
    let differences = differing.into_iter().filter_map(|(volunteer, [one, other])| {
        let person = persons.get(&volunteer)?;
        Some(Difference { volunteer, code: person.code.clone(), name: person.name.clone(), one, other })
    });
    let differences = differences.collect();
    Ok(ComparisonPage { figures: figures(&one, &other), order, one, other, differences, different })
}

fn figures(one: &Plan, other: &Plan) -> Vec<Figure> {
    let (Some(one), Some(other)) = (one.score(), other.score()) else { return Vec::new() };
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let counts = [
        ("deployments-figure-assigned", one.assigned, other.assigned),
        ("deployments-figure-unmet", one.unmet, other.unmet),
        ("deployments-figure-outside-link", one.outside_link, other.outside_link),
        ("deployments-figure-reserve", one.reserve_used, other.reserve_used),
        ("deployments-figure-moved", one.moved, other.moved),
    ];
    let counts = counts.into_iter().map(|(word, one, other)| Figure { word, one: whole(one), other: whole(other) });
    let metres = [
        ("deployments-figure-travel", one.travel_m, other.travel_m),
        ("deployments-figure-objective", one.objective, other.objective),
        ("deployments-figure-bound", one.lower_bound, other.lower_bound),
    ];
    counts.chain(metres.into_iter().map(|(word, one, other)| Figure { word, one, other })).collect()
}
