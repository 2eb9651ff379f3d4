//! The situation report of a night: what was planned, what came of it, and the journal's head, so that a cut tail of the
//! journal would be seen beside this sheet.

mod workbook;

use std::collections::{BTreeMap, HashMap};

use axum::body::Body;
use domain::{Id, Moment, things::Order};
use responders::attendance;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Tx, journal};
use web::{Attachment, Desk, Fault, Page, refusal::Refused};

use crate::{
    picture,
    rules::{
        night::{Night, Teller},
        site::{Picture, State},
        summary::{self, Totals},
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<Order>,
}

/// A division in the night.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct DivisionNight {
    name: String,
    sites: u32,
    set_up: u32,
    need: u32,
    assigned: u32,
    /// Who stood there when everybody was to be in place.
    arrived: u32,
    missing: u32,
    /// Who stood at its sites at any time; somebody who changed between them counts at each.
    came: u32,
}

/// A site in the night.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteNight {
    code: String,
    name: String,
    state: State,
    need: u32,
    assigned: u32,
    /// Who stood there when everybody was to be in place.
    arrived: u32,
    /// Who stood there at any time.
    came: u32,
    set_up_at: Option<Moment>,
    opened_at: Option<Moment>,
}

impl SiteNight {
    fn state_word(&self) -> String {
        format!("board-state-{}", self.state.name())
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    order: Id<Order>,
    order_name: String,
    made_at: Moment,
    order_at: Moment,
    set_up_at: Moment,
    in_place_at: Moment,
    /// As it stood when everybody was to be in place.
    totals: Totals,
    /// Everybody who stood at a site at any time, each once.
    came: u64,
    night: Night,
    divisions: Vec<DivisionNight>,
    sites: Vec<SiteNight>,
    journal_head: String,
}
web::view!(Report, "board_report.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<Report>, Fault> {
    report(&desk, ask.order).await.map(Page)
}

async fn report(desk: &Desk, order: Id<Order>) -> Result<Report, Fault> {
    let (now, rates) = (desk.at(), deployments::rates(desk.house())?);
    desk.look(move |tx| {
        let order = deployments::order(tx, order)?.ok_or(Refused::NotThere)?;
        let night = night(tx, order.id)?;
        let posts = attendance::came(tx, order.id, order.milestones.in_place_at)?;
        let pictures = picture::of_night(tx, &order, &posts, now, &rates)?;
        let mut came: HashMap<_, u32> = HashMap::new();
        for post in &posts {
            *came.entry(post.site).or_default() += post.people;
        }
        let came_to = |picture: &Picture| came.get(&picture.facts.id).copied().unwrap_or(0);
        let names: BTreeMap<_, _> =
            places::divisions(tx, &order.district)?.into_iter().map(|head| (head.code, head.name)).collect();
        let mut divisions: BTreeMap<_, DivisionNight> = BTreeMap::new();
        for picture in &pictures {
            let name = names.get(&picture.facts.division).cloned();
            let division = divisions.entry(picture.facts.division.clone()).or_default();
            // Without the register of divisions the code has to do.
            add(division, picture, came_to(picture), name.unwrap_or_else(|| picture.facts.division.to_string()));
        }
        let milestones = order.milestones;
        Ok(Report {
            order: order.id,
            order_name: order.name,
            made_at: now,
            order_at: milestones.order_at,
            set_up_at: milestones.set_up_at,
            in_place_at: milestones.in_place_at,
            totals: summary::totals(&pictures),
            came: attendance::people_who_came(tx, order.id)?,
            night,
            divisions: divisions.into_values().collect(),
            sites: pictures.iter().map(|picture| of_site(picture, came_to(picture))).collect(),
            journal_head: journal::head(tx)?.to_string(),
        })
    })
    .await
}

fn add(division: &mut DivisionNight, picture: &Picture, came: u32, name: String) {
    let facts = &picture.facts;
    division.name = name;
    division.sites += 1;
    division.set_up += u32::from(facts.set_up_at.is_some());
    division.need += facts.need;
    division.assigned += facts.assigned;
    division.arrived += facts.arrived;
    division.missing += facts.missing;
    division.came += came;
}

fn of_site(picture: &Picture, came: u32) -> SiteNight {
    let facts = &picture.facts;
    SiteNight {
        code: facts.code.clone(),
        name: facts.name.clone(),
        state: picture.state,
        need: facts.need,
        assigned: facts.assigned,
        arrived: facts.arrived,
        came,
        set_up_at: facts.set_up_at,
        opened_at: facts.opened_at,
    }
}

/// Walks the journal once, a thousand entries at a time.
fn night(tx: &mut Tx, order: Id<Order>) -> Result<Night, Fault> {
    let mut teller = Teller::default();
    let mut last = 0;
    loop {
        let entries = journal::after(tx, last, 1000, None)?;
        let Some(newest) = entries.last() else { return Ok(teller.end()) };
        last = newest.number;
        for entry in &entries {
            teller.hear(order, entry.at, &entry.event()?);
        }
    }
}

/// The whole report as a workbook: sites, milestones, figures, divisions, requests.
pub async fn sheet(desk: Desk, ask: Ask) -> Result<Attachment, Fault> {
    let report = report(&desk, ask.order).await?;
    let bytes = workbook::write(&desk, &report).map_err(|e| Fault::Bug(e.to_string()))?;
    Ok(Attachment {
        name: format!("{}.xlsx", report.order_name),
        mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body: Body::from(bytes),
        inline: false,
    })
}
