//! What came twice under one key with different content: the duty officer sees both versions and decides. Nothing was
//! lost and nothing was done twice; only a person can know which of the two is true.

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::{ActorKind, Event, Id, Jurisdiction, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{
    Tx,
    conflicts::{self, Conflict, Decision, Version},
    params,
};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::{
    Desk, Done, Fault, Page, Undo,
    access::accounts,
    refusal::{Refusal, Refused},
    view,
};

pub(crate) const ADDRESS: &str = "/conflicts";

/// As many as one page shows; the oldest come first, so the rest follow as these are decided.
const SHOWN: usize = 50;
/// Of no use to whoever decides.
const UNSAID: [&str; 5] = ["_key", "id", "n", "sent_at", "key"];
/// Fields that have a word of their own; others are shown as they were sent.
const KNOWN: [&str; 18] = [
    "details",
    "person",
    "volunteer",
    "badge",
    "at",
    "way",
    "role",
    "device",
    "text",
    "note",
    "reason",
    "kind",
    "item",
    "done",
    "count",
    "name",
    "login",
    "story",
];

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ConflictsPage {
    pub conflicts: Vec<Line>,
    pub more: u64,
}
view!(ConflictsPage, "conflicts.html");

/// One key, two contents.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Line {
    pub id: Uuid,
    /// What took effect; none when it was too long to keep.
    pub first: Option<Told>,
    /// What did not.
    pub second: Told,
}

/// One version as people read it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Told {
    pub by: By,
    pub at: Moment,
    pub path: String,
    /// The site it speaks of, as the path names it.
    pub site: Option<String>,
    pub fields: Vec<Field>,
}

/// Who sent it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum By {
    Account { name: String },
    Volunteer { id: Uuid },
    Device { label: String },
    Muster,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Field {
    pub name: String,
    /// There is a word for the name.
    pub known: bool,
    #[serde(flatten)]
    pub value: Said,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is", content = "value")]
pub enum Said {
    Text(String),
    Moment(Moment),
    /// Something with a word of its own: a way, a post, yes or no.
    Word(String),
    Volunteer(Uuid),
}

pub async fn list(desk: Desk, _: Nothing) -> Result<Page<ConflictsPage>, Fault> {
    let (district, zone) = (desk.district().clone(), desk.zone().clone());
    let page = desk.look(move |tx| {
        let open = conflicts::unsettled(tx, &district, SHOWN)?;
        let more = conflicts::count(tx, &district)?.saturating_sub(open.len() as u64);
        let conflicts = open.into_iter().map(|conflict| line(tx, conflict, &zone)).collect::<Result<_, Fault>>()?;
        Ok(ConflictsPage { conflicts, more })
    });
    let page = page.await?;
    desk.note_list("conflicts", page.conflicts.iter().map(|line| line.id));
    Ok(Page(page))
}

fn line(tx: &mut Tx, conflict: Conflict, zone: &jiff::tz::TimeZone) -> Result<Line, Fault> {
    let first = conflict.first.map(|version| told(tx, version, zone)).transpose()?;
    Ok(Line { id: conflict.id, first, second: told(tx, conflict.second, zone)? })
}

fn told(tx: &mut Tx, version: Version, zone: &jiff::tz::TimeZone) -> Result<Told, Fault> {
    let by = match version.by.kind {
        ActorKind::Account => {
            let account = Id::from_uuid(version.by.id);
            let known = accounts::contacts(tx, &[account])?.remove(&account);
            By::Account { name: known.map(|contact| contact.name).unwrap_or_default() }
        }
        ActorKind::Volunteer => By::Volunteer { id: version.by.id },
        ActorKind::Device => {
            let sql = "select label from sessions where holder = $1";
            let label = tx.first(sql, params![version.by.id], |row| row.get::<Option<String>>("label"))?;
            By::Device { label: label.flatten().unwrap_or_default() }
        }
        ActorKind::System | ActorKind::Visitor => By::Muster,
    };
    let mut fields = Vec::new();
    if let Some(map) = read(&version.body) {
        flatten(&map, zone, &mut fields);
    }
    let path = version.path.strip_prefix("/api/v1").unwrap_or(&version.path).to_owned();
    let site = path.strip_prefix("/sites/").and_then(|rest| rest.split('/').next()).map(str::to_owned);
    Ok(Told { by, at: version.at, path, site, fields })
}

/// JSON or a form, as it was sent.
fn read(body: &str) -> Option<Map<String, Value>> {
    if let Ok(Value::Object(map)) = serde_json::from_str(body) {
        return Some(map);
    }
    let pairs: Vec<(String, String)> = serde_html_form::from_str(body).ok()?;
    Some(pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
}

fn flatten(map: &Map<String, Value>, zone: &jiff::tz::TimeZone, fields: &mut Vec<Field>) {
    let has_person = map.contains_key("person");
    for (name, value) in map {
        match value {
            Value::Null => {}
            Value::Object(inner) => flatten(inner, zone, fields),
            Value::Array(list) => list.iter().for_each(|value| match value {
                Value::Object(inner) => flatten(inner, zone, fields),
                other => fields.push(field(name, other, zone)),
            }),
            _ if UNSAID.contains(&name.as_str()) || (has_person && name == "volunteer") => {}
            other => fields.push(field(name, other, zone)),
        }
    }
}

fn field(name: &str, value: &Value, zone: &jiff::tz::TimeZone) -> Field {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let moment = || value.as_i64().map(Moment::from_ms).or_else(|| Moment::parse(&text, zone));
    let said = match name {
        "at" => moment().map(Said::Moment),
        "role" => text.parse::<domain::PostRole>().ok().map(|role| Said::Word(format!("post-{role}"))),
        "way" => ["in", "out", "undo"].contains(&text.as_str()).then(|| Said::Word(format!("web-way-{text}"))),
        "kind" => {
            ["people", "supplies", "problem"].contains(&text.as_str()).then(|| Said::Word(format!("web-kind-{text}")))
        }
        "done" => value.as_bool().map(|yes| Said::Word(if yes { "web-yes" } else { "web-no" }.to_owned())),
        "volunteer" => Uuid::parse_str(&text).ok().map(Said::Volunteer),
        _ => None,
    };
    Field { name: name.to_owned(), known: KNOWN.contains(&name), value: said.unwrap_or(Said::Text(text)) }
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    First,
    Second,
    Noted,
    /// Takes one's own decision back that did nothing: it waits again.
    Undecided,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct Decide {
    conflict: Uuid,
    choice: Choice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    pub left: u64,
}

/// Goes with a request that does a conflict's second version. Nobody outside can give one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settles(pub Uuid);

pub async fn decide(desk: Desk, ask: Decide) -> Result<Done<Decided>, Fault> {
    let (district, id) = (desk.district().clone(), ask.conflict);
    let decision = match ask.choice {
        Choice::First => Some(Decision::First),
        Choice::Noted => Some(Decision::Noted),
        Choice::Second => None,
        Choice::Undecided => return undecide(&desk, id).await,
    };
    let conflict = desk.look(move |tx| Ok(conflicts::unsettled_one(tx, &district, id)?)).await?;
    let conflict = conflict.ok_or(Refused::DecidedAlready)?;
    let place = desk.here().clone();
    match decision {
        Some(decision) => desk.change(move |tx| settle_now(tx, &place, id, decision)).await?,
        None => do_now(&desk, &conflict).await?,
    }
    let done = Done::at(ADDRESS, left(&desk).await?).saying("web-conflict-decided");
    // What was done is taken back where it was done, not here.
    let undo = Undo::by(ADDRESS, &[("conflict", &id.to_string()), ("choice", "undecided")]);
    Ok(if decision.is_some() { done.undone_by(undo) } else { done })
}

async fn left(desk: &Desk) -> Result<Decided, Fault> {
    let district = desk.district().clone();
    let left = desk.look(move |tx| Ok(conflicts::count(tx, &district)?)).await?;
    Ok(Decided { left })
}

async fn undecide(desk: &Desk, id: Uuid) -> Result<Done<Decided>, Fault> {
    let place = desk.here().clone();
    desk.change(move |tx| {
        if !conflicts::take_back(tx, &place.district, id)? {
            return Err(Refused::DecidedAlready.into());
        }
        Ok(tx.record(&place, id, &Event::ConflictSettled { decision: "undecided".to_owned() })?)
    })
    .await?;
    Ok(Done::at(ADDRESS, left(desk).await?).saying("web-conflict-undecided"))
}

pub(crate) fn settle_now(tx: &mut Tx, place: &Jurisdiction, id: Uuid, decision: Decision) -> Result<(), Fault> {
    if !conflicts::settle(tx, id, decision)? {
        return Err(Refused::DecidedAlready.into());
    }
    Ok(tx.record(place, id, &Event::ConflictSettled { decision: decision.name().to_owned() })?)
}

/// Does what the second version asked for, as this officer and with this officer's rights. The change that does it
/// settles the conflict too (see [`Desk::change`]): of two who decide at once only one has an effect.
async fn do_now(desk: &Desk, conflict: &Conflict) -> Result<(), Fault> {
    let Version { path, body, .. } = &conflict.second;
    let path = if path.starts_with("/api/v1/") { path.clone() } else { format!("/api/v1{path}") };
    let is_json = body.trim_start().starts_with('{');
    let kind = if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
    let token = desk.token.as_deref().unwrap_or_default();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, kind)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, desk.locale().tag())
        .extension(Settles(conflict.id))
        .body(Body::from(body.clone()))
        .map_err(|e| Fault::Bug(e.to_string()))?;
    let routes = desk.house.again.clone();
    let answer = routes.with_state(desk.house.clone()).oneshot(request).await.unwrap_or_else(|never| match never {});
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let bytes = axum::body::to_bytes(answer.into_body(), 4 << 20).await.map_err(|e| Fault::Bug(e.to_string()))?;
    let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Err(refusal_of(&said).into())
}

/// A no stays what it was when it speaks of the conflict itself.
fn refusal_of(said: &Value) -> Refusal {
    if said["code"] == Refused::DecidedAlready.refusal().code {
        return Refused::DecidedAlready.refusal();
    }
    Refused::CannotBeDoneNow.with("reason", said["message"].as_str().unwrap_or_default())
}

/// An answer may say yes as a whole and no to one of the things it was asked for: then nothing of it is done.
pub(crate) fn refuse_in_part(done: &impl Serialize) -> Option<Refusal> {
    let said = serde_json::to_value(done).unwrap_or_default();
    let no = said["results"].as_array()?.iter().find_map(|part| part["sentence"].as_str())?;
    Some(Refused::CannotBeDoneNow.with("reason", no))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_read_as_people_say_it() {
        let body = r#"{"check_ins":[{"id":"x","person":"王小明","volunteer":"y","way":"in","at":0,"n":7}],"odd":[1]}"#;
        let mut fields = Vec::new();
        flatten(&read(body).unwrap(), &jiff::tz::TimeZone::UTC, &mut fields);
        let names: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.known)).collect();
        assert_eq!(names, [("at", true), ("person", true), ("way", true), ("odd", false)]);
        assert!(matches!(&fields[2].value, Said::Word(word) if word == "web-way-in"));
        let form = read("_key=1&text=a%26b").unwrap();
        assert_eq!(form["text"], "a&b");
    }

    #[test]
    fn a_no_to_one_part_is_a_no() {
        let said = serde_json::json!({"results": [{"sentence": null}, {"sentence": "先签到"}]});
        assert!(refuse_in_part(&said).is_some_and(|no| no.args[0].1 == "先签到"));
        assert!(refuse_in_part(&serde_json::json!({"results": [{"sentence": null}]})).is_none());
        assert!(refuse_in_part(&serde_json::json!({"left": 1})).is_none());
    }
}
