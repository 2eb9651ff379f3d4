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
/// What is printed in one go: 125 sheets.
const PRINTED: usize = 1_000;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Badges after this volunteer's code.
    #[serde(default)]
    after: String,
    /// The whole team at once, for printing.
    #[serde(default)]
    whole: bool,
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
    /// Others come before or after these.
    is_part: bool,
    is_for_print: bool,
}
view!(BadgesPage, "badges.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<BadgesPage>, Fault> {
    let (district, team) = (desk.district().clone(), desk.here().team.ok_or(Refused::NotThere)?);
    let (most, is_later, is_for_print) = (if ask.whole { PRINTED } else { PAGE }, !ask.after.is_empty(), ask.whole);
    let found = desk.look(move |tx| {
        let team = teams::by_id(tx, &district, team)?.ok_or(Refused::NotThere)?;
        Ok((volunteers::of_team(tx, team.id, &ask.after, most as i64)?, team))
    });
    let (people, team) = found.await?;
    desk.note_list("badges", people.iter().map(|person| person.id.uuid()));
    let next = people.last().filter(|_| people.len() == most).map(|last| last.code.clone());
    let badge = |person: volunteers::Person| Badge {
        qr: qr::svg(&desk.public_url(&address(&person.badge))),
        badge: badges::grouped(&person.badge),
        name: person.name,
        code: person.code,
    };
    let badges = people.into_iter().map(badge).collect();
    Ok(Page(BadgesPage { team, badges, is_part: is_later || next.is_some(), next, is_for_print }))
}

/// Where a badge is checked.
pub fn address(badge: &str) -> String {
    format!("/b/{badge}")
}
