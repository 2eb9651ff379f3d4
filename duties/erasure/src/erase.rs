//! The preview, the second confirmation, the erasing and its receipt.

use std::sync::Arc;

use domain::{District, Event, Id, Jurisdiction, things::Volunteer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Act, Store, Tx, age, conflicts, jobs::Runner, replies};
use web::{Desk, Done, Fault, House, Page, view};

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

/// So many of the due at a time, that nobody waits long at the gate.
const AT_ONCE: usize = 500;

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
    let mut leavers = responders::erasure::leavers(tx, district, before)?;
    let holders = deployments::erasure::holders(tx, &leavers)?;
    leavers.retain(|who| !holders.contains(who));
    Ok(leavers)
}

fn counts(tx: &mut Tx, people: &[Id<Volunteer>]) -> Result<Counts, Fault> {
    Ok(Counts {
        people: people.len() as u64,
        words: responders::erasure::words_of(tx, people)?,
        notices: notices::erasure::count(tx, people)?,
        notes: deployments::erasure::count(tx, people)?,
    })
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
    erase_these(tx, place, &people)
}

fn erase_these(tx: &mut Tx, place: &Jurisdiction, these: &[Id<Volunteer>]) -> Result<Erased, Fault> {
    let counts = counts(tx, these)?;
    responders::erasure::erase(tx, &place.district, these)?;
    notices::erasure::erase(tx, these)?;
    deployments::erasure::erase(tx, these)?;
    // What phones sent may speak of anybody.
    if let Some(before) = age::older_than(tx, 1)? {
        replies::forget_bodies(tx, before)?;
    }
    conflicts::forget_settled(tx)?;
    let Counts { people, words, notices, notes } = counts;
    tx.record(place, tx.actor().id, &Event::PeopleErased { people, words, notices, notes })?;
    Ok(Erased { counts })
}

/// Every hour: whoever is due is erased without anybody's asking, so many at a time.
pub fn jobs(runner: Runner, house: &Arc<House>) -> Runner {
    let (district, settings) = (house.settings.district.clone(), house.settings.of::<Settings>("erasure"));
    runner.hourly("erasure.due", move |store| {
        let (place, settings) = (Jurisdiction::district(district.clone()), settings.clone());
        async move { erase_due(&store, place, settings?.days).await.map_err(|cause| cause.to_string()) }
    })
}

async fn erase_due(store: &Store, place: Jurisdiction, days: u32) -> Result<(), Fault> {
    let mut is_swept = true;
    loop {
        let (act, place) = (Act::system(store.clock().now()), place.clone());
        let erased = store.change(act, move |tx| {
            let mut people = chosen(tx, &place.district, Whom::Due, days)?;
            people.truncate(AT_ONCE);
            if people.is_empty() { Ok(None) } else { erase_these(tx, &place, &people).map(Some) }
        });
        if erased.await?.is_none() {
            return if is_swept { Ok(()) } else { Ok(store.sweep().await?) };
        }
        is_swept = false;
    }
}
