//! The preview, the second confirmation, the erasing and its receipt.

use domain::{District, Event, Id, Jurisdiction, things::Volunteer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Tx, age, conflicts, replies};
use web::{Desk, Done, Fault, Page, view};

use crate::refusals::Refused;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How long after somebody left their data is due to go.
    days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { days: 30 }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

/// Who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Those who left longer ago than the setting says.
    Due,
    /// All who have left.
    All,
}

/// What would go, or went: rows of each class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Names, numbers, homes and what they are found by.
    pub people: u64,
    /// Stories, objections, answers and reasons.
    pub words: u64,
    /// Messages with their addresses.
    pub notices: u64,
    /// What was written with a refusal.
    pub notes: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ErasurePage {
    pub days: u32,
    pub due: Counts,
    pub all: Counts,
    /// Have left, but hold a post under an order that is open.
    pub held: u64,
}
view!(ErasurePage, "erasure.html");

pub async fn preview(desk: Desk, _: Nothing) -> Result<Page<ErasurePage>, Fault> {
    let (district, days) = (desk.district().clone(), days(&desk)?);
    let page = desk.look(move |tx| {
        let (due, all) = (chosen(tx, &district, Whom::Due, days)?, chosen(tx, &district, Whom::All, days)?);
        let left = responders::erasure::leavers(tx, &district, None)?.len() as u64;
        Ok(ErasurePage { days, held: left - all.len() as u64, due: counts(tx, &due)?, all: counts(tx, &all)? })
    });
    Ok(Page(page.await?))
}

fn days(desk: &Desk) -> Result<u32, Fault> {
    Ok(desk.house().settings.of::<Settings>("erasure").map_err(Fault::Bug)?.days)
}

/// Those of whom nothing is needed any more.
fn chosen(tx: &mut Tx, district: &District, whom: Whom, days: u32) -> Result<Vec<Id<Volunteer>>, Fault> {
    let before = match whom {
        Whom::All => None,
        Whom::Due => match age::older_than(tx, days)? {
            Some(before) => Some(before),
            None => return Ok(Vec::new()),
        },
    };
    let mut free = Vec::new();
    for who in responders::erasure::leavers(tx, district, before)? {
        if !deployments::erasure::holds_post(tx, who)? {
            free.push(who);
        }
    }
    Ok(free)
}

fn counts(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<Counts, Fault> {
    let mut counts = Counts { people: people.len() as u64, ..Counts::default() };
    for who in people {
        counts.words += responders::erasure::words_of(tx, *who)?;
        counts.notices += notices::erasure::count(tx, *who)?;
        counts.notes += deployments::erasure::count(tx, *who)?;
    }
    Ok(counts)
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct Erase {
    whom: Whom,
    /// How many people, typed by hand: the second confirmation.
    people: u64,
}

/// The certificate: what went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Erased {
    #[serde(flatten)]
    pub counts: Counts,
}

pub async fn erase(desk: Desk, ask: Erase) -> Result<Done<Erased>, Fault> {
    let (place, days) = (desk.here().clone(), days(&desk)?);
    let erased = desk.change(move |tx| erase_all(tx, &place, ask, days)).await?;
    desk.store().sweep().await?;
    Ok(Done::at("/erasure", erased).saying("erasure-done"))
}

fn erase_all(tx: &mut Tx, place: &Jurisdiction, ask: Erase, days: u32) -> Result<Erased, Fault> {
    let people = chosen(tx, &place.district, ask.whom, days)?;
    if people.is_empty() {
        return Err(Refused::Nobody.into());
    }
    if people.len() as u64 != ask.people {
        return Err(Refused::OtherNumber.with("people", people.len()).into());
    }
    let counts = counts(tx, &people)?;
    for who in people {
        responders::erasure::erase(tx, who)?;
        notices::erasure::erase(tx, who)?;
        deployments::erasure::erase(tx, who)?;
    }
    // What phones sent may speak of anybody.
    let now = tx.at();
    replies::forget_bodies(tx, now.plus_h(-24))?;
    conflicts::forget_settled(tx)?;
    let Counts { people, words, notices, notes } = counts;
    tx.record(place, tx.actor().id, &Event::PeopleErased { people, words, notices, notes })?;
    Ok(Erased { counts })
}
