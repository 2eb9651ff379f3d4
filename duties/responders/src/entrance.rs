//! Coming in with a badge: its code and the last four digits of the own telephone number. For whoever has lost the
//! personal link; no password.

use axum::response::Response;
use domain::{Event, Id, Jurisdiction, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx};
use web::{
    Desk, Done, Fault, Page,
    access::{
        guard::{self, Counted},
        pages::admit_volunteer,
    },
    view,
};

use crate::{
    badges,
    refusals::Refused,
    rules::entrance::{self as rules, Entrance},
    store::{entrances, volunteers},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct EntrancePage {
    badge_letters: usize,
}
view!(EntrancePage, "entrance.html");

pub async fn form(_: Desk, _: Nothing) -> Result<Page<EntrancePage>, Fault> {
    Ok(Page(EntrancePage { badge_letters: badges::LENGTH }))
}

#[derive(Deserialize, JsonSchema)]
pub struct Enter {
    badge: String,
    /// The last four digits of the telephone number.
    digits: String,
}

pub async fn enter(desk: Desk, ask: Enter) -> Result<Response, Fault> {
    let taken = guard::take(&desk, vec![Counted::address(&desk)]).await?;
    let (place, badge, digits) = (desk.here().clone(), badges::read(&ask.badge), ask.digits.trim().to_owned());
    // In the gate, so that of many tries at once each sees the mistakes of those before it.
    let found = desk.change(move |tx| {
        let known = badge.as_deref().map(|badge| volunteers::by_badge(tx, &place.district, badge)).transpose()?;
        let Some(person) = known.flatten().filter(|person| !person.has_left) else { return Ok(None) };
        refuse_while_shut(tx, person.id)?;
        if digits.len() == 4 && person.phone.as_str().ends_with(&digits) {
            entrances::forget(tx, person.id)?;
            guard::give_back(tx, taken)?;
            return Ok(Some(person.id));
        }
        if entrances::add_mistake(tx, person.id)? == rules::MOST {
            let event = Event::EntranceShut { volunteer: person.id };
            tx.record(&place, person.id.uuid(), &event)?;
        }
        Ok(None)
    });
    let volunteer = found.await?.ok_or(Refused::NotRecognised)?;
    admit_volunteer(&desk, volunteer, "/duty").await
}

fn refuse_while_shut(tx: &mut Tx, volunteer: Id<things::Volunteer>) -> Result<(), Fault> {
    let (wrong, last_at) = entrances::mistakes(tx, volunteer)?;
    match rules::entrance(wrong, last_at, tx.at()) {
        Entrance::Open => Ok(()),
        Entrance::Rests { until } => {
            let minutes = (until.since_s(tx.at()) + 59) / 60;
            Err(Refused::EntranceRests.with("minutes", minutes).into())
        }
        Entrance::Shut => Err(Refused::EntranceShut.into()),
    }
}

/// Whether nobody can come in by this person's badge until it is opened again.
pub fn is_shut(tx: &mut Tx, volunteer: Id<things::Volunteer>) -> Result<bool, Error> {
    let (wrong, last_at) = entrances::mistakes(tx, volunteer)?;
    Ok(rules::entrance(wrong, last_at, tx.at()) == Entrance::Shut)
}

/// Somebody who knows the person opens the entrance again.
pub fn open_again(tx: &mut Tx, place: &Jurisdiction, volunteer: Id<things::Volunteer>) -> Result<(), Error> {
    if entrances::forget(tx, volunteer)? {
        tx.record(place, volunteer.uuid(), &Event::EntranceOpened { volunteer })?;
    }
    Ok(())
}

pub async fn reopen(desk: Desk, _: Nothing) -> Result<Done<()>, Fault> {
    let (volunteer, place) = (Id::from_uuid(desk.person()?), desk.here().clone());
    desk.change(move |tx| Ok(open_again(tx, &place, volunteer)?)).await?;
    Ok(Done::at(format!("/volunteers/{volunteer}"), ()).saying("responders-entrance-open"))
}
