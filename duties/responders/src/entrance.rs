//! Coming in with a badge: its code and the last four digits of the own telephone number. For whoever has lost the
//! personal link; no password.

use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, access::pages::admit_volunteer, view};

use crate::{badges, refusals::Refused, store::volunteers};

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
    let badge = badges::read(&ask.badge);
    desk.try_once(&format!("enter {}", badge.as_deref().unwrap_or("?")))?;
    let (district, digits) = (desk.district().clone(), ask.digits.trim().to_owned());
    let found = desk.look(move |tx| {
        let Some(badge) = badge else { return Ok(None) };
        let person = volunteers::by_badge(tx, &district, &badge)?;
        let fits = |person: &volunteers::Person| {
            !person.has_left && digits.len() == 4 && person.phone.as_str().ends_with(&digits)
        };
        Ok(person.filter(fits).map(|person| person.id))
    });
    let volunteer = found.await?.ok_or(Refused::NotRecognised)?;
    admit_volunteer(&desk, volunteer, "/duty").await
}
