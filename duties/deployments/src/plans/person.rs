//! Why this person here, and not nearer: the displacing chain in words, worked out when somebody asks.

use std::collections::HashMap;

use domain::{Id, PostRole, things};
use places::SiteHead;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, refusal::Refused, view};

use super::{
    gather::{HouseRules, gather},
    show::site_map,
};
use crate::{
    orders,
    rules::{
        case::Case,
        explain::{Chart, Nearer, Obstacle},
        mishap::Cause,
        pick::Reason,
    },
    store::{
        orders::Order,
        plans::{self, Plan},
    },
    wording::InWords as _,
};

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    plan: Id<things::Plan>,
    person: Id<things::Volunteer>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonPage {
    pub order: Order,
    pub plan: Plan,
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub team: String,
    pub site: Id<things::Site>,
    pub site_name: String,
    pub role: PostRole,
    pub distance_m: i64,
    pub reason: Reason,
    pub nearer: Option<NearerPost>,
    pub is_pinned: bool,
}
view!(PersonPage, "plan_person.html");

/// The nearest post they could have had.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NearerPost {
    pub site_name: String,
    pub role: PostRole,
    pub saved_m: i64,
    /// `not_own`, `chain` or `far_reaching`.
    pub obstacle: &'static str,
    pub moves: Vec<ChainStep>,
    /// What all of them together would lose.
    pub loss_m: i64,
}

/// Somebody who would have to make room.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChainStep {
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub from: String,
    pub to: String,
    /// How much longer their way would be; negative when it would be shorter.
    pub longer_m: i64,
    pub shorter_m: i64,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<PersonPage>, Fault> {
    let rules = HouseRules::of(desk.house())?;
    let found = desk.look(move |tx| {
        let order = orders::named(tx, ask.order)?;
        let plan = super::named(tx, order.id, ask.plan)?;
        let case = gather(tx, &order, &Cause::Whole, plan.weights, &rules)?;
        let lines = plans::lines(tx, plan.id)?;
        let prices = plans::post_map(tx, plan.id)?;
        Ok((order, plan, case, lines, prices))
    });
    let (order, plan, case, lines, prices) = found.await?;
    let searched = tokio::task::spawn_blocking(move || {
        let nearer = nearer(&case, &lines, &prices, ask.person);
        (case, lines, nearer)
    });
    let (case, lines, nearer) = searched.await.map_err(|panic| Fault::Bug(panic.to_string()))?;
    let line = lines.into_iter().find(|line| line.volunteer == ask.person).ok_or(Refused::NotThere)?;
    let page = desk.look(move |tx| page(tx, order, plan, &case, &line, nearer)).await?;
    desk.note_page(page.volunteer.uuid(), "plan").await;
    desk.note_list("plan_chain", page.nearer.iter().flat_map(|it| &it.moves).map(|step| step.volunteer.uuid()));
    Ok(Page(page))
}

/// Places the plan's lines in the case as it stands and asks why nothing nearer was to be had.
fn nearer(
    case: &Case,
    lines: &[plans::Line],
    prices: &HashMap<(Id<things::Site>, PostRole), plans::PlanPost>,
    person: Id<things::Volunteer>,
) -> Option<Nearer> {
    let post = |want: &crate::rules::case::Want| (case.spots[want.spot].site, want.role);
    let want_of: HashMap<_, _> = case.wants.iter().enumerate().map(|(at, want)| (post(want), at)).collect();
    let line_of: HashMap<_, _> = lines.iter().map(|line| (line.volunteer, (line.site, line.role))).collect();
    let placed = |volunteer| line_of.get(volunteer).and_then(|post| want_of.get(post).copied());
    let post_of: Vec<Option<usize>> = case.candidates.iter().map(|one| placed(&one.volunteer)).collect();
    let price = |want| prices.get(&post(want)).map_or(0, |post| post.price);
    let prices: Vec<i64> = case.wants.iter().map(price).collect();
    let candidate = case.candidates.iter().position(|one| one.volunteer == person)?;
    Chart::new(case, &post_of, &prices).why_not_nearer(candidate)
}

fn page(
    tx: &mut Tx,
    order: Order,
    plan: Plan,
    case: &Case,
    line: &plans::Line,
    nearer: Option<Nearer>,
) -> Result<PersonPage, Fault> {
    let sites = site_map(tx, &order)?;
    let person = responders::person(tx, line.volunteer)?.ok_or(Refused::NotThere)?;
    let nearer = nearer.map(|nearer| in_words(tx, case, &nearer, &sites)).transpose()?;
    let is_pinned = crate::store::wishes::pins(tx, order.id)?.contains_key(&line.volunteer);
    Ok(PersonPage {
        order,
        plan,
        volunteer: person.id,
        code: person.code,
        name: person.name,
        team: person.team_name,
        site: line.site,
        site_name: site_name(&sites, line.site),
        role: line.role,
        distance_m: line.distance_m,
        reason: line.reason,
        nearer,
        is_pinned,
    })
}

fn in_words(
    tx: &mut Tx,
    case: &Case,
    nearer: &Nearer,
    sites: &HashMap<Id<things::Site>, SiteHead>,
) -> Result<NearerPost, Fault> {
    let place = |want: usize| site_name(sites, case.spots[case.wants[want].spot].site);
    let (obstacle, moves, loss_m) = match &nearer.obstacle {
        Obstacle::NotOwn => ("not_own", [].as_slice(), 0),
        Obstacle::FarReaching => ("far_reaching", [].as_slice(), 0),
        Obstacle::Chain { moves, loss_m } => ("chain", moves.as_slice(), *loss_m),
    };
    let ids: Vec<_> = moves.iter().map(|step| case.candidates[step.candidate].volunteer).collect();
    let persons = responders::persons(tx, &ids)?;
    let step = |step: &crate::rules::explain::Move| {
        let person = persons.get(&case.candidates[step.candidate].volunteer)?;
        let (from, to) = (place(step.from), place(step.to));
        Some(ChainStep {
            volunteer: person.id,
            code: person.code.clone(),
            name: person.name.clone(),
            from,
            to,
            longer_m: step.longer_m,
            shorter_m: -step.longer_m,
        })
    };
    Ok(NearerPost {
        site_name: place(nearer.want),
        role: case.wants[nearer.want].role,
        saved_m: nearer.saved_m,
        obstacle,
        moves: moves.iter().filter_map(step).collect(),
        loss_m,
    })
}

fn site_name(sites: &HashMap<Id<things::Site>, SiteHead>, site: Id<things::Site>) -> String {
    sites.get(&site).map(|site| site.name.clone()).unwrap_or_default()
}
