//! Two check-ins under one id that say different things: both are kept for the duty officer. The second is kept as the
//! batch that would make it true: take back the first, then do the second, under ids of their own.

use domain::{Actor, Event, Id, things::Site};
use serde_json::{Value, json};
use store::{Tx, conflicts::Version, replies::Asked};
use uuid::Uuid;
use web::{Desk, Fault};

use super::{
    batch::{self, Item},
    is_of_district,
};
use crate::store::check_ins::{self, CheckIn, Way};

pub fn keep(tx: &mut Tx, desk: &Desk, site: Id<Site>, item: &Item, fingerprint: [u8; 32]) -> Result<(), Fault> {
    let path = format!("/sites/{site}/check-ins");
    let first = check_ins::known(tx, item.id)?;
    let body = instead(tx, desk, site, item, first.as_ref())?.to_string();
    let first = first.map(|line| first_version(tx, &path, &line)).transpose()?;
    let by = desk.actor();
    let asked = Asked { key: item.id, by: &by, fingerprint, path: &path, body: &body };
    tx.keep_conflict(desk.district(), asked, first)?;
    let place = places::jurisdiction(tx, site)?.unwrap_or_else(|| desk.here().clone());
    Ok(tx.record(&place, item.id, &Event::ConflictKept {})?)
}

/// What would have to be done for the second version to be true.
fn instead(tx: &mut Tx, desk: &Desk, site: Id<Site>, item: &Item, first: Option<&CheckIn>) -> Result<Value, Fault> {
    let mut check_ins = Vec::new();
    if let Some(first) = first.filter(|line| line.site == site && line.way != Way::Undo) {
        let person = name(tx, first.volunteer)?;
        let at = desk.at().ms();
        let undo =
            json!({"id": Uuid::now_v7(), "way": "undo", "volunteer": first.volunteer, "person": person, "at": at});
        check_ins.push(undo);
    }
    let mut second = serde_json::to_value(item).map_err(|e| Fault::Bug(e.to_string()))?;
    second["id"] = json!(Uuid::now_v7());
    // The phone's running number belongs to the first version.
    second["n"] = Value::Null;
    if let Ok(volunteer) = batch::identify(tx, desk.district(), item.volunteer, item.badge.as_deref())
        && is_of_district(tx, desk.district(), volunteer)?
    {
        second["person"] = json!(name(tx, volunteer)?);
    }
    check_ins.push(second);
    Ok(json!({ "check_ins": check_ins }))
}

fn first_version(tx: &mut Tx, path: &str, line: &CheckIn) -> Result<Version, Fault> {
    let said = json!({
        "person": name(tx, line.volunteer)?,
        "volunteer": line.volunteer,
        "way": line.way,
        "role": line.role,
        "at": line.said_at.ms(),
        "device": line.device,
    });
    // Who held the phone is in the journal; the ledger knows the phone.
    let by = Actor::system();
    Ok(Version { by, at: line.received_at, path: path.to_owned(), body: said.to_string() })
}

fn name(tx: &mut Tx, volunteer: Id<domain::things::Volunteer>) -> Result<Option<String>, Fault> {
    Ok(responders::person(tx, volunteer)?.map(|person| person.name))
}
