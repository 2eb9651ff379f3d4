//! What a phone of the site sends, perhaps hours later: many entries in one change, each answered by itself.

use domain::{
    District, Id, Moment, PostRole,
    things::{Site, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::Tx;
use uuid::Uuid;
use web::{Desk, Done, Fault};

use super::{CheckedIn, Entry, Gate, conflict};
use crate::{
    refusals::Refused,
    rules::clocks,
    store::{
        check_ins::{self, Way},
        orders,
    },
};

/// More than a phone gathers in a day.
const MOST: usize = 500;

/// A moment as programs write it: milliseconds, or RFC 3339.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Written {
    Ms(i64),
    Text(String),
}

/// One entry as a phone tells it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct Item {
    /// UUIDv7, given by the phone.
    pub id: Uuid,
    /// The badge's code, scanned or typed …
    pub badge: Option<String>,
    /// … or the volunteer, chosen from the roster.
    pub volunteer: Option<Id<Volunteer>>,
    pub at: Written,
    #[serde(default)]
    pub way: Way,
    pub role: Option<PostRole>,
    pub device: Option<String>,
    /// The phone's running number: a gap shows what was lost.
    pub n: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Batch {
    check_ins: Vec<Item>,
    /// When the phone sends this, by its own clock: shows how wrong that clock is.
    sent_at: Option<Written>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    pub id: Uuid,
    pub outcome: Outcome,
    /// Not sent to this site by anybody; recorded all the same.
    pub walk_in: bool,
    pub volunteer: Option<Id<Volunteer>>,
    /// When refused or in conflict: what to do next.
    pub sentence: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Accepted,
    Duplicate,
    Refused,
    /// The same id came with other content; both are kept for a person to decide.
    Conflict,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Taken {
    pub results: Vec<Verdict>,
    /// Running numbers of the phone that never arrived: told to the site chief.
    pub lost: i64,
}

pub async fn take(desk: Desk, batch: Batch) -> Result<Done<Taken>, Fault> {
    if batch.check_ins.len() > MOST {
        return Err(Refused::TooManyAtOnce.with("most", MOST).into());
    }
    let site = desk.site()?;
    let at_desk = desk.clone();
    let taken = desk.change(move |tx| take_all(tx, &at_desk, site, &batch)).await?;
    Ok(Done::at(format!("/sites/{site}/roster"), taken))
}

fn take_all(tx: &mut Tx, desk: &Desk, site: Id<Site>, batch: &Batch) -> Result<Taken, Fault> {
    let order = orders::of_site(tx, site)?.ok_or(Refused::SiteIsIdle)?;
    let gate = Gate::of(tx, &order, site)?;
    places::heard(tx, site)?;
    let sent_at = batch.sent_at.as_ref().and_then(|written| read_moment(desk, written));
    let mut results = Vec::with_capacity(batch.check_ins.len());
    for item in &batch.check_ins {
        results.push(take_one(tx, desk, &gate, item, sent_at)?);
    }
    let device = batch.check_ins.iter().rev().find_map(|item| item.device.as_deref());
    let lost = device
        .map_or(Ok((0, 0)), |device| check_ins::heard_of_device(tx, desk.district(), device))
        .map(|(top, lines)| top - lines)?;
    Ok(Taken { results, lost: lost.max(0) })
}

fn take_one(tx: &mut Tx, desk: &Desk, gate: &Gate<'_>, item: &Item, sent_at: Option<Moment>) -> Result<Verdict, Fault> {
    let mut verdict =
        Verdict { id: item.id, outcome: Outcome::Accepted, walk_in: false, volunteer: None, sentence: None };
    let item = &Item { id: check_ins::own_id(tx, desk.district(), gate.site.id, item.id)?, ..item.clone() };
    let entered = tx.attempt(|tx| {
        let volunteer = identify(tx, desk.district(), item.volunteer, item.badge.as_deref())?;
        let entry = entry(desk, item, volunteer, sent_at)?;
        verdict.volunteer = Some(volunteer);
        gate.pass(tx, &entry)
    });
    match entered {
        Ok(CheckedIn::New { walk_in }) => verdict.walk_in = walk_in,
        Ok(CheckedIn::Already) => verdict.outcome = Outcome::Duplicate,
        Ok(CheckedIn::Conflict) => {
            conflict::keep(tx, desk, gate.site.id, item, fingerprint(item))?;
            verdict.outcome = Outcome::Conflict;
            verdict.sentence = Some(desk.say("deployments-check-in-conflict").to_string());
        }
        Err(Fault::Refused(refusal)) => {
            verdict.outcome = Outcome::Refused;
            verdict.sentence = Some(refusal_sentence(desk, &refusal));
        }
        Err(fault) => return Err(fault),
    }
    Ok(verdict)
}

/// Who it is: by badge, or from the roster. Whether they are of this district the gate asks.
pub fn identify(
    tx: &mut Tx,
    district: &District,
    volunteer: Option<Id<Volunteer>>,
    badge: Option<&str>,
) -> Result<Id<Volunteer>, Fault> {
    let found = match (volunteer, badge) {
        (Some(id), _) => Some(id),
        (None, Some(code)) => responders::by_badge(tx, district, code)?.map(|person| person.id),
        (None, None) => None,
    };
    found.ok_or_else(|| Refused::NotKnownHere.into())
}

/// An item as an entry of our ledger.
pub fn entry(desk: &Desk, item: &Item, volunteer: Id<Volunteer>, sent_at: Option<Moment>) -> Result<Entry, Fault> {
    let unreadable = || web::refusal::Refused::NotUnderstood.with("reason", "at: neither milliseconds nor RFC 3339");
    let said_at = read_moment(desk, &item.at).ok_or_else(unreadable)?;
    Ok(Entry {
        id: item.id,
        volunteer,
        way: item.way,
        role: item.role,
        said_at,
        at: clocks::moment_of(said_at, sent_at, desk.at()),
        device: item.device.clone().map(|device| device.chars().take(64).collect()),
        n: item.n,
        off_m: None,
        fingerprint: fingerprint(item),
    })
}

pub fn read_moment(desk: &Desk, written: &Written) -> Option<Moment> {
    match written {
        Written::Ms(ms) => Some(Moment::from_ms(*ms)),
        Written::Text(text) => Moment::parse(text, desk.zone()),
    }
}

/// A digest of what the phone said, so that other content under the same id is seen.
fn fingerprint(item: &Item) -> [u8; 32] {
    let mut digest = Sha256::new();
    let role = item.role.map(PostRole::name).unwrap_or_default();
    let at = match &item.at {
        Written::Ms(ms) => ms.to_string(),
        Written::Text(text) => text.clone(),
    };
    let volunteer = item.volunteer.map(|id| id.to_string()).unwrap_or_default();
    for field in [item.badge.as_deref().unwrap_or_default(), &volunteer, &at, item.way.name(), role] {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field);
    }
    digest.finalize().into()
}

pub fn refusal_sentence(desk: &Desk, refusal: &web::Refusal) -> String {
    let words = &desk.house().words;
    let say = words.say(desk.locale(), refusal.word.clone());
    refusal.args.iter().fold(say, |say, (name, value)| say.text(name, value)).to_string()
}
