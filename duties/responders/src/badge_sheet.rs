//! Badges of a team on A4: name, team, short code, and a QR code that anybody at a site can check.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, qr, refusal::Refused, view};

use crate::{
    badges,
    store::{
        teams::{self, Team},
        volunteers,
    },
};

/// Four sheets of eight.
const PAGE: usize = 32;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Badges after this volunteer's code.
    #[serde(default)]
    after: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Badge {
    name: String,
    code: String,
    /// The badge's code as it is read aloud.
    badge: String,
    qr: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct BadgesPage {
    team: Team,
    badges: Vec<Badge>,
    next: Option<String>,
}
view!(BadgesPage, "badges.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<BadgesPage>, Fault> {
    let (district, team) = (desk.district().clone(), desk.here().team.ok_or(Refused::NotThere)?);
    let found = desk.look(move |tx| {
        let team = teams::by_id(tx, &district, team)?.ok_or(Refused::NotThere)?;
        Ok((volunteers::of_team(tx, team.id, &ask.after, PAGE as i64)?, team))
    });
    let (people, team) = found.await?;
    desk.note_list("badges", people.iter().map(|person| person.id.uuid()));
    let next = people.last().filter(|_| people.len() == PAGE).map(|last| last.code.clone());
    let badge = |person: volunteers::Person| Badge {
        qr: qr::svg(&desk.public_url(&address(&person.badge))),
        badge: badges::grouped(&person.badge),
        name: person.name,
        code: person.code,
    };
    Ok(Page(BadgesPage { team, badges: people.into_iter().map(badge).collect(), next }))
}

/// Where a badge is checked.
pub fn address(badge: &str) -> String {
    format!("/b/{badge}")
}
