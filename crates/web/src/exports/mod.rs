//! Lists of people that leave as files. Whoever takes one says why; what is longer than a list of one's own work needs
//! the word of a second person, or the emergency way that the administrator is shown. It stands in the journal and at the
//! foot of the file.

pub mod pages;
mod table;

use std::sync::Arc;

use domain::{Actor, ActorKind, Event, Id, Jurisdiction, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Act, Error, Tx, params};
use uuid::Uuid;

pub use table::NOTE;
pub(crate) use table::{Export, OPEN_H, counts, forced, forget_some};

use crate::{
    Answer, Attachment, Desk, Done, Fault, Frame,
    access::{accounts, looks},
    refusal::Refused,
};

/// More people than this in one file need a second person's word.
pub(crate) const BULK: u64 = 500;
/// As much as fits into the foot of a sheet.
const MOST_NOTE: usize = 100;

/// Why somebody takes a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// To send people to their places and to call them.
    Duty,
    /// A report that the superior has asked for.
    Superior,
    /// Thanks and commendations.
    Commendation,
    /// To mend rows and send them again.
    Mending,
    /// Something else, in words.
    Other,
}

impl Reason {
    pub const ALL: [Self; 5] = [Self::Duty, Self::Superior, Self::Commendation, Self::Mending, Self::Other];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Duty => "duty",
            Self::Superior => "superior",
            Self::Commendation => "commendation",
            Self::Mending => "mending",
            Self::Other => "other",
        }
    }

    fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.name() == name).unwrap_or(Self::Other)
    }
}

/// What whoever takes a list says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Why {
    pub why: Option<Reason>,
    /// In words; needed for "other".
    pub note: Option<String>,
    /// A request of one's own that was agreed to.
    pub export: Option<Uuid>,
}

/// A list about to leave.
#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    /// The list's name, of which `web-list-…` is the word.
    pub list: &'static str,
    pub format: &'static str,
    pub people: u64,
    /// Whoever takes it has brought these very rows: nothing leaves that they did not have.
    pub is_own: bool,
}

/// What is said to a wish to take a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leave {
    /// Yes; this stands at the file's foot.
    Given(String),
    /// A second person is asked.
    Waiting(Waiting),
}

/// A second person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiting {
    pub export: Uuid,
    pub people: u64,
}

/// The file, or where its request waits.
pub enum Taken {
    File(Attachment),
    Waiting(Waiting),
}

impl Answer for Taken {
    fn to_browser(self, frame: &Frame) -> Result<axum::response::Response, Fault> {
        match self {
            Self::File(file) => file.to_browser(frame),
            Self::Waiting(waiting) => Done::at("/exports", waiting).saying("web-export-asked").to_browser(frame),
        }
    }

    fn to_program(self) -> Result<axum::response::Response, Fault> {
        match self {
            Self::File(file) => file.to_program(),
            Self::Waiting(waiting) => crate::answer::json(axum::http::StatusCode::ACCEPTED, &waiting),
        }
    }

    fn schema(generator: &mut schemars::SchemaGenerator) -> Option<schemars::Schema> {
        Attachment::schema(generator)
    }
}

impl Desk {
    /// Whether a list may leave now. Never under an idempotency key: what was agreed to once is taken once.
    pub async fn leave(&self, why: &Why, leaving: Leaving) -> Result<Leave, Fault> {
        let (desk, why) = (self.clone(), why.clone());
        let act = Act::new(self.actor(), self.at).of_request(self.request);
        let said = self.house.store.change(act, move |tx| said(tx, &desk, &why, leaving)).await?;
        Ok(match said {
            Said::Waiting(waiting) => Leave::Waiting(waiting),
            Said::Given(export) => Leave::Given(self.foot(export).await?),
        })
    }

    /// Who took it, when, why, and who agreed.
    async fn foot(&self, export: Export) -> Result<String, Fault> {
        let (names, export) = self
            .look(move |tx| {
                let agreed = export.decider.map(|by| named(tx, by)).transpose()?;
                Ok(((named(tx, export.asker)?, agreed), export))
            })
            .await?;
        let reason = self.house.words.say(self.locale, format!("web-export-why-{}", export.why.name())).to_string();
        let why = export.note.map_or_else(|| reason.clone(), |note| format!("{reason} ({note})"));
        let say = self.say("web-export-foot").text("who", names.0).text("at", self.at.date_hh_mm(self.zone()));
        let foot = say.text("why", why).to_string();
        let word = if export.is_forced { "web-export-foot-forced" } else { "web-export-foot-agreed" };
        Ok(match names.1 {
            Some(who) => format!("{foot} · {}", self.say(word).text("who", who)),
            None => foot,
        })
    }
}

enum Said {
    Given(Export),
    Waiting(Waiting),
}

fn said(tx: &mut Tx, desk: &Desk, why: &Why, leaving: Leaving) -> Result<Said, Fault> {
    if let Some(id) = why.export {
        return agreed(tx, desk, id, leaving);
    }
    let reason = why.why.ok_or(Refused::ReasonNeeded)?;
    let note = why.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let note = note.map(|note| note.chars().take(MOST_NOTE).collect::<String>());
    if reason == Reason::Other && note.is_none() {
        return Err(Refused::ReasonNeeded.into());
    }
    let needs_another = leaving.people > desk.house.bulk_people && !leaving.is_own;
    let waiting = |export| Said::Waiting(Waiting { export, people: leaving.people });
    if needs_another && let Some(asked) = table::asked_already(tx, tx_actor(tx), &desk.path)? {
        return Ok(waiting(asked));
    }
    let export = Export {
        id: Id::<Export>::fresh(tx.at()).uuid(),
        asker: tx_actor(tx),
        list: leaving.list.to_owned(),
        address: desk.path.to_string(),
        format: leaving.format.to_owned(),
        people: leaving.people,
        why: reason,
        note,
        asked_at: tx.at(),
        decider: None,
        decided_at: None,
        is_agreed: false,
        is_forced: false,
        taken_at: (!needs_another).then(|| tx.at()),
    };
    table::insert(tx, desk.district(), &export)?;
    if needs_another {
        record(tx, &desk.here, &export, Step::Asked)?;
        return Ok(waiting(export.id));
    }
    if !leaving.is_own {
        looks::count(tx, &desk.here, leaving.people)?;
    }
    record(tx, &desk.here, &export, Step::Taken)?;
    Ok(Said::Given(export))
}

const fn tx_actor(tx: &Tx) -> Actor {
    *tx.actor()
}

/// Takes what was agreed to: by whoever asked, the same list, once, soon. A list that has grown since is another one.
fn agreed(tx: &mut Tx, desk: &Desk, id: Uuid, leaving: Leaving) -> Result<Said, Fault> {
    let export = table::of_asker(tx, tx_actor(tx), id)?.ok_or(Refused::NotThere)?;
    let is_this = *export.address == *desk.path && leaving.people <= export.people && export.is_open(tx.at());
    if !is_this || !table::take(tx, id)? {
        return Err(Refused::ExportIsOver.into());
    }
    record(tx, &desk.here, &export, Step::Taken)?;
    Ok(Said::Given(export))
}

#[derive(Clone, Copy)]
pub(crate) enum Step {
    Asked,
    Taken,
    Agreed,
    Refused,
    Forced,
}

/// Every step of it stands in the journal, without what was said in words.
pub(crate) fn record(tx: &mut Tx, place: &Jurisdiction, export: &Export, step: Step) -> Result<(), Error> {
    let (list, people, why) = (export.list.clone(), export.people, export.why.name().to_owned());
    let event = match step {
        Step::Asked => Event::ExportAsked { list, people, why },
        Step::Taken => Event::PeopleExported { list, people, why },
        Step::Agreed => Event::ExportDecided { list, people, agreed: true },
        Step::Refused => Event::ExportDecided { list, people, agreed: false },
        Step::Forced => Event::ExportForced { list, people, why },
    };
    tx.record(place, export.id, &event)
}

/// How an account or a device is called.
pub(crate) fn named(tx: &mut Tx, who: Actor) -> Result<String, Error> {
    if who.kind == ActorKind::Account {
        let account = Id::from_uuid(who.id);
        return Ok(accounts::contacts(tx, &[account])?.remove(&account).map(|found| found.name).unwrap_or_default());
    }
    let sql = "select label from sessions where holder = $1 order by started_at desc limit 1";
    let label = tx.first(sql, params![who.id], |row| row.get::<Option<String>>("label"))?;
    Ok(label.flatten().unwrap_or_default())
}

/// A path without `/api/v1`: the same list for a browser and for a program.
pub(crate) fn address_of(path: &str) -> Arc<str> {
    path.strip_prefix("/api/v1").unwrap_or(path).into()
}

/// Whether a request that was agreed to can still be taken.
pub(crate) fn is_fresh(decided_at: Moment, now: Moment) -> bool {
    now < decided_at.plus_h(OPEN_H)
}
