//! What a phone of the site entered, sent at once or hours later: check-ins, marks of the checklist, stages, requests,
//! announcements, in the order of the phone's running number. (phone, number) is the key: what comes again gets the first
//! answer again, and other content under the same number is kept for a person to decide. One bad entry spoils no other.

use domain::{
    Id, Moment, PostRole, Role,
    things::{Order as AnOrder, Site, Volunteer},
};
use places::readiness;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use store::Tx;
use uuid::Uuid;
use web::{Desk, Done, Fault};

use super::{conflict, doing};
use crate::{
    gate::batch::{Outcome, Written, read_moment, refusal_sentence},
    refusals::Refused,
    store::{
        check_ins::Way,
        phones::{self, Kept, Slip},
    },
};

/// More than this is sent in several turns.
const MOST: usize = 500;
/// A phone's name is a UUID; programs may use other short names.
const LONGEST_NAME: usize = 64;

/// One thing that was entered on a phone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Item {
    /// The phone's running number, from 1.
    pub n: i64,
    /// When, by the phone's clock.
    pub at: Written,
    /// The order that was on the screen; the site's present one when left out.
    pub order: Option<Id<AnOrder>>,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// Somebody comes or goes, or that was a mistake.
    CheckIn {
        /// The badge's code, scanned or typed …
        badge: Option<String>,
        /// … or the volunteer, chosen from the roster.
        volunteer: Option<Id<Volunteer>>,
        #[serde(default)]
        way: Way,
        role: Option<PostRole>,
    },
    /// A mark of the set-up checklist.
    Mark { item: readiness::Item, done: bool },
    /// The site stands, takes people, is done; or that was a mistake.
    Stage {
        stage: readiness::Stage,
        #[serde(default)]
        undo: bool,
    },
    /// One of the three buttons.
    Request { request: problems::Kind, role: Option<PostRole>, count: Option<u32>, details: Option<String> },
    /// Words to everybody of the site, or to one role.
    Announcement { role: Option<PostRole>, text: String },
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Batch {
    device: String,
    /// The highest number this phone has given, sent or not; that of its entries when left out.
    #[serde(default)]
    top: i64,
    /// How many entries stay on the phone after this turn.
    #[serde(default)]
    holding: i64,
    /// What the phone's clock shows while it sends.
    sent_at: Option<Written>,
    /// Each is read by itself, so that one that cannot be understood holds up no other.
    #[schemars(with = "Vec<Item>")]
    items: Vec<Value>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    pub n: i64,
    pub outcome: Outcome,
    /// Recorded, though nobody had sent them to this site.
    #[serde(default)]
    pub walk_in: bool,
    pub volunteer: Option<Id<Volunteer>>,
    /// The number of a request.
    pub number: Option<String>,
    /// When refused or in conflict: what to do next.
    pub sentence: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Taken {
    /// The database's life. When it changes, the server was restored: send everything again that is still there.
    pub epoch: Uuid,
    pub results: Vec<Verdict>,
    /// Entries of this phone that are nowhere.
    pub lost: i64,
}

/// Where and under which circumstances entries are done.
pub(super) struct Turn<'a> {
    pub desk: &'a Desk,
    pub site: Id<Site>,
    pub device: &'a str,
    pub sent_at: Option<Moment>,
}

pub async fn take(desk: Desk, batch: Batch) -> Result<Done<Taken>, Fault> {
    if batch.items.len() > MOST {
        return Err(Refused::TooManyAtOnce.with("most", MOST).into());
    }
    if batch.device.is_empty() || batch.device.len() > LONGEST_NAME {
        let reason = format!("device: 1 – {LONGEST_NAME} bytes");
        return Err(web::refusal::Refused::NotUnderstood.with("reason", reason).into());
    }
    let (site, at_desk) = (desk.site()?, desk.clone());
    let taken = desk.change(move |tx| take_all(tx, &at_desk, site, &batch)).await?;
    Ok(Done::at(format!("/sites/{site}/post"), taken))
}

fn take_all(tx: &mut Tx, desk: &Desk, site: Id<Site>, batch: &Batch) -> Result<Taken, Fault> {
    let sent_at = batch.sent_at.as_ref().and_then(|written| read_moment(desk, written));
    let device = phones::own_name(tx, desk.district(), &batch.device)?;
    let turn = Turn { desk, site, device: &device, sent_at };
    let mut items: Vec<(i64, &Value)> = batch.items.iter().map(|item| (number_of(item), item)).collect();
    items.sort_by_key(|(n, _)| *n);
    let mut results = Vec::with_capacity(items.len());
    for (n, item) in items {
        results.push(take_one(tx, &turn, n, item)?);
    }
    let top = results.iter().map(|verdict| verdict.n).fold(batch.top, i64::max);
    // A phone that has never entered anything has nothing to lose: its sign of life is the site's.
    if top > 0 {
        phones::heard(tx, &device, desk.district(), site, top, batch.holding.max(0))?;
    }
    // Headquarters may have the page open as well; only what it enters there is a sign of the site.
    if !results.is_empty() || desk.standing().has_role(Role::SiteChief) {
        places::heard(tx, site)?;
    }
    let lost = phones::phone(tx, &device)?.map_or(0, |phone| phone.lost);
    Ok(Taken { epoch: store::epoch::current(tx)?.id, results, lost })
}

fn number_of(item: &Value) -> i64 {
    item["n"].as_i64().unwrap_or_default()
}

fn take_one(tx: &mut Tx, turn: &Turn<'_>, n: i64, item: &Value) -> Result<Verdict, Fault> {
    if n < 1 {
        return Ok(refused(turn.desk, n, &not_understood("n: from 1")));
    }
    let fingerprint = fingerprint(turn.site, item);
    if let Some(known) = phones::kept(tx, turn.device, n)? {
        if known.fingerprint == fingerprint {
            return serde_json::from_value(known.verdict)
                .map_err(|e| Fault::Bug(format!("phone_entries.verdict: {e}")));
        }
        conflict::keep(tx, turn, n, item, fingerprint, &known)?;
        let sentence = Some(turn.desk.say("deployments-check-in-conflict").to_string());
        return Ok(Verdict { outcome: Outcome::Conflict, sentence, ..blank(n) });
    }
    let verdict = match serde_json::from_value::<Item>(item.clone()) {
        Ok(read) => judge(tx, turn, &read)?,
        Err(e) => refused(turn.desk, n, &not_understood(e)),
    };
    let said = serde_json::to_value(&verdict).map_err(|e| Fault::Bug(e.to_string()))?;
    let kept = Kept { fingerprint, verdict: said, received_at: tx.at() };
    let kind = item["kind"].as_str().unwrap_or("?").chars().take(20).collect::<String>();
    let slip = Slip { device: turn.device, n, district: turn.desk.district(), site: turn.site, kind: &kind };
    phones::keep(tx, slip, &kept)?;
    Ok(verdict)
}

/// Does it, or says why not; a refusal undoes only this entry.
fn judge(tx: &mut Tx, turn: &Turn<'_>, item: &Item) -> Result<Verdict, Fault> {
    match tx.attempt(|tx| doing::act(tx, turn, item)) {
        Ok(verdict) => Ok(verdict),
        Err(Fault::Refused(refusal)) => Ok(refused(turn.desk, item.n, &refusal)),
        Err(fault) => Err(fault),
    }
}

pub(super) const fn blank(n: i64) -> Verdict {
    Verdict { n, outcome: Outcome::Accepted, walk_in: false, volunteer: None, number: None, sentence: None }
}

fn refused(desk: &Desk, n: i64, refusal: &web::Refusal) -> Verdict {
    Verdict { outcome: Outcome::Refused, sentence: Some(refusal_sentence(desk, refusal)), ..blank(n) }
}

fn not_understood(reason: impl ToString) -> web::Refusal {
    web::refusal::Refused::NotUnderstood.with("reason", reason)
}

/// A digest of what was entered and where. The members of a JSON object come sorted.
fn fingerprint(site: Id<Site>, item: &Value) -> [u8; 32] {
    Sha256::new().chain_update(site.uuid()).chain_update(item.to_string()).finalize().into()
}
