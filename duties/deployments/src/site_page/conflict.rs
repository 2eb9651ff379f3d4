//! Two entries under one number of a phone that say different things: the first stands, both wait for the duty officer. The
//! second is kept as the turn that would make it true: take back the first, then do the second, under a name of its own.

use domain::{Actor, Event, Id, things::Volunteer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Tx, conflicts::Version, replies::Asked};
use uuid::Uuid;
use web::Fault;

use super::outbox::{Turn, Verdict};
use crate::{gate::batch::Outcome, store::phones::Kept};

pub fn keep(
    tx: &mut Tx,
    turn: &Turn<'_>,
    n: i64,
    item: &Value,
    fingerprint: [u8; 32],
    known: &Kept,
) -> Result<(), Fault> {
    let first: Verdict =
        serde_json::from_value(known.verdict.clone()).map_err(|e| Fault::Bug(format!("phone_entries.verdict: {e}")))?;
    let path = format!("/sites/{}/outbox", turn.site);
    let said = json!({ "person": name(tx, first.volunteer)?, "device": turn.device, "number": first.number });
    let version = Version { by: Actor::system(), at: known.received_at, path: path.clone(), body: said.to_string() };
    let body = instead(tx, turn, &first, item)?.to_string();
    let (key, by) = (key_of(turn.device, n), turn.desk.actor());
    let asked = Asked { key, by: &by, fingerprint, path: &path, body: &body };
    tx.keep_conflict(turn.desk.district(), asked, Some(version))?;
    let place = places::jurisdiction(tx, turn.site)?.unwrap_or_else(|| turn.desk.here().clone());
    Ok(tx.record(&place, key, &Event::ConflictKept {})?)
}

/// What would have to be done for the second to be true.
fn instead(tx: &mut Tx, turn: &Turn<'_>, first: &Verdict, item: &Value) -> Result<Value, Fault> {
    let mut items = Vec::new();
    if let Some(volunteer) = first.volunteer.filter(|_| first.outcome == Outcome::Accepted) {
        let (person, at) = (name(tx, Some(volunteer))?, turn.desk.at().ms());
        items.push(
            json!({"n": 1, "kind": "check_in", "way": "undo", "volunteer": volunteer, "person": person, "at": at}),
        );
    }
    let mut second = item.clone();
    second["n"] = json!(items.len() + 1);
    items.push(second);
    Ok(json!({ "device": format!("conflict-{}", Uuid::now_v7()), "items": items }))
}

fn name(tx: &mut Tx, volunteer: Option<Id<Volunteer>>) -> Result<Option<String>, Fault> {
    let Some(volunteer) = volunteer else { return Ok(None) };
    Ok(responders::person(tx, volunteer)?.map(|person| person.name))
}

/// The key of a number in the queue of conflicts.
fn key_of(device: &str, n: i64) -> Uuid {
    let digest = Sha256::new().chain_update(device).chain_update(n.to_be_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
