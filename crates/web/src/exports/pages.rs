//! Two pages: what I have asked for, and what waits for somebody's word.

use domain::{District, Jurisdiction, Moment, Right};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx};
use uuid::Uuid;

use super::{Export, Step, named, record, table};
use crate::{Desk, Done, Fault, NavItem, Page, refusal::Refused, view};

pub(crate) const OWN: &str = "/exports";
pub(crate) const WAITING: &str = "/exports/waiting";

/// Both are shown only while there is something on them.
pub(crate) const NAV: [NavItem; 2] = [
    NavItem { href: WAITING, word: "web-exports-waiting", right: Right::ApproveExports, place: 16 },
    NavItem { href: OWN, word: "web-exports-own", right: Right::SignedIn, place: 17 },
];

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Waiting,
    /// Agreed to: it can be taken, once, within the hour.
    Open,
    Refused,
    Taken,
    /// Too late.
    Over,
}

impl State {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "web-export-waiting",
            Self::Open => "web-export-open",
            Self::Refused => "web-export-refused",
            Self::Taken => "web-export-taken",
            Self::Over => "web-export-over",
        }
    }

    fn of(export: &Export, now: Moment) -> Self {
        if export.taken_at.is_some() {
            Self::Taken
        } else if export.is_waiting(now) {
            Self::Waiting
        } else if export.is_open(now) {
            Self::Open
        } else if export.decided_at.is_some() && !export.is_agreed {
            Self::Refused
        } else {
            Self::Over
        }
    }
}

/// One request as people read it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Line {
    pub id: Uuid,
    /// Who asks.
    pub who: String,
    pub list: String,
    /// Where the list is taken.
    pub address: String,
    pub format: String,
    pub people: u64,
    pub why: super::Reason,
    pub note: Option<String>,
    pub asked_at: Moment,
    pub state: State,
    /// Who has decided.
    pub decided_by: Option<String>,
    /// Asked for by whoever looks.
    pub is_own: bool,
}

impl Line {
    fn of(tx: &mut Tx, export: Export, desk_actor: Uuid, now: Moment) -> Result<Self, Error> {
        Ok(Self {
            id: export.id,
            who: named(tx, export.asker)?,
            state: State::of(&export, now),
            decided_by: export.decider.map(|by| named(tx, by)).transpose()?,
            is_own: export.asker.id == desk_actor,
            list: export.list,
            address: export.address,
            format: export.format,
            people: export.people,
            why: export.why,
            note: export.note,
            asked_at: export.asked_at,
        })
    }

    pub fn list_word(&self) -> String {
        format!("web-list-{}", self.list)
    }

    pub fn why_word(&self) -> String {
        format!("web-export-why-{}", self.why.name())
    }

    pub fn is_waiting(&self) -> bool {
        self.state == State::Waiting
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OwnPage {
    pub exports: Vec<Line>,
}
view!(OwnPage, "exports.html");

/// What I have asked for, and what came of it.
pub async fn own(desk: Desk, _: Nothing) -> Result<Page<OwnPage>, Fault> {
    let (actor, now) = (desk.actor(), desk.at());
    let exports = desk.look(move |tx| {
        let all = table::latest_of(tx, actor)?;
        Ok(all.into_iter().map(|it| Line::of(tx, it, actor.id, now)).collect::<Result<_, _>>()?)
    });
    Ok(Page(OwnPage { exports: exports.await? }))
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct WaitingPage {
    pub waiting: Vec<Line>,
    /// Taken by the emergency way within a day.
    pub forced: Vec<Line>,
}
view!(WaitingPage, "exports_waiting.html");

/// What waits for a second person's word, and what was taken without.
pub async fn waiting(desk: Desk, _: Nothing) -> Result<Page<WaitingPage>, Fault> {
    let (district, actor, now) = (desk.district().clone(), desk.actor(), desk.at());
    let page = desk.look(move |tx| {
        let waiting = table::waiting(tx, &district, now)?;
        let waiting = waiting.into_iter().map(|it| Line::of(tx, it, actor.id, now)).collect::<Result<_, _>>()?;
        let forced = table::forced_lately(tx, &district, now)?;
        let forced = forced.into_iter().map(|it| Line::of(tx, it, actor.id, now)).collect::<Result<_, _>>()?;
        Ok(WaitingPage { waiting, forced })
    });
    Ok(Page(page.await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Decide {
    export: Uuid,
    agree: bool,
}

/// Agrees to a request of somebody else, or says no.
pub async fn decide(desk: Desk, ask: Decide) -> Result<Done<()>, Fault> {
    let (place, district) = (desk.here().clone(), desk.district().clone());
    desk.change(move |tx| {
        let export = waiting_one(tx, &district, ask.export)?;
        if export.asker == *tx.actor() {
            return Err(Refused::OwnExport.into());
        }
        let (decision, step) = if ask.agree { ("agreed", Step::Agreed) } else { ("refused", Step::Refused) };
        settle(tx, &place, &export, decision, step)
    })
    .await?;
    Ok(Done::at(WAITING, ()).saying(if ask.agree { "web-export-agreed-said" } else { "web-export-refused-said" }))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Force {
    export: Uuid,
}

/// The emergency way: whoever could agree to others, and is alone, takes the own list. The administrator is shown it.
pub async fn force(desk: Desk, ask: Force) -> Result<Done<()>, Fault> {
    let (place, district) = (desk.here().clone(), desk.district().clone());
    desk.change(move |tx| {
        let export = waiting_one(tx, &district, ask.export)?;
        if export.asker != *tx.actor() {
            return Err(Refused::NotThere.into());
        }
        tracing::warn!(actor = %export.asker.id, people = export.people, "a list of people is taken by the emergency way");
        settle(tx, &place, &export, "forced", Step::Forced)
    })
    .await?;
    Ok(Done::at(OWN, ()).saying("web-export-forced-said"))
}

fn waiting_one(tx: &mut Tx, district: &District, id: Uuid) -> Result<Export, Fault> {
    let export = table::find(tx, district, id)?.ok_or(Refused::NotThere)?;
    if export.is_waiting(tx.at()) { Ok(export) } else { Err(Refused::DecidedAlready.into()) }
}

fn settle(tx: &mut Tx, place: &Jurisdiction, export: &Export, decision: &'static str, step: Step) -> Result<(), Fault> {
    if !table::decide(tx, export.id, decision)? {
        return Err(Refused::DecidedAlready.into());
    }
    Ok(record(tx, place, export, step)?)
}

/// `{export}` of a path.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let Ok(id) = Uuid::parse_str(text) else { return Ok(None) };
    let found = table::find(tx, district, id)?;
    Ok(found.map(|_| Jurisdiction::district(district.clone())))
}
