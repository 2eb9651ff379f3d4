//! The assessment group's desk: objections that wait, deeds that may be published.

use std::collections::HashMap;

use domain::{Event, Id, Jurisdiction, Moment, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Page, Undo, refusal::Refused as House, view};

use crate::{
    refusals::Refused,
    store::{
        attendances::{self, Attended},
        corrections::{self, Asked},
        deeds::{self, DeedState, DeedTold},
        volunteers::{self, Person},
    },
};

/// Sites where somebody stood within so many days are proposed for a missing duty.
const LOOKED_BACK_DAYS: i64 = 30;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

/// An objection with whom and what it is about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Waiting {
    asked: Asked,
    name: String,
    team_name: String,
    stay: Option<Attended>,
}

/// A deed as the group sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeedCase {
    id: Id<things::Deed>,
    name: String,
    team_name: String,
    told_at: Moment,
    story: String,
    state: DeedState,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct AssessmentPage {
    waiting: Vec<Waiting>,
    /// Where people stood lately: a missing duty is added at one of these.
    sites: Vec<String>,
    /// Consented: ready to be published.
    ready: Vec<DeedCase>,
    /// Told: the person has not answered yet.
    unanswered: Vec<DeedCase>,
    published: Vec<DeedCase>,
}
view!(AssessmentPage, "assessment.html");

pub async fn show(desk: Desk, _: Nothing) -> Result<Page<AssessmentPage>, Fault> {
    let place = desk.here().clone();
    let page = desk.look(move |tx| page(tx, &place)).await?;
    let cases = page.ready.iter().chain(&page.unanswered).chain(&page.published).map(|deed| deed.id.uuid());
    desk.note_list("assessment", page.waiting.iter().map(|it| it.asked.volunteer.uuid()).chain(cases));
    Ok(Page(page))
}

fn page(tx: &mut Tx, place: &Jurisdiction) -> Result<AssessmentPage, Fault> {
    let cases = |tx: &mut Tx, state| -> Result<Vec<DeedCase>, Fault> {
        let told = deeds::in_state(tx, &place.district, state)?;
        let people = volunteers::persons(tx, &told.iter().map(|deed| deed.volunteer).collect::<Vec<_>>())?;
        Ok(told.into_iter().filter_map(|deed| case(deed, &people)).collect())
    };
    let (ready, unanswered) = (cases(tx, DeedState::Consented)?, cases(tx, DeedState::Told)?);
    let published = cases(tx, DeedState::Published)?;
    let waiting = waiting(tx, place)?;
    let is_missing = |line: &Waiting| line.asked.attendance.is_none();
    let since = tx.at().plus_h(-24 * LOOKED_BACK_DAYS);
    let sites =
        if waiting.iter().any(is_missing) { attendances::site_names(tx, &place.district, since)? } else { Vec::new() };
    Ok(AssessmentPage { waiting, sites, ready, unanswered, published })
}

fn waiting(tx: &mut Tx, place: &Jurisdiction) -> Result<Vec<Waiting>, Fault> {
    let asked = corrections::waiting(tx, &place.district)?;
    let people = volunteers::persons(tx, &asked.iter().map(|it| it.volunteer).collect::<Vec<_>>())?;
    let mut waiting = Vec::with_capacity(asked.len());
    for asked in asked {
        let Some(person) = people.get(&asked.volunteer) else { continue };
        let stay = asked.attendance.map(|id| attendances::by_id(tx, id)).transpose()?.flatten();
        waiting.push(Waiting { name: person.name.clone(), team_name: person.team_name.clone(), stay, asked });
    }
    Ok(waiting)
}

fn case(deed: DeedTold, people: &HashMap<Id<things::Volunteer>, Person>) -> Option<DeedCase> {
    let person = people.get(&deed.volunteer)?;
    let (name, team_name) = (person.name.clone(), person.team_name.clone());
    Some(DeedCase { id: deed.id, name, team_name, told_at: deed.told_at, story: deed.story, state: deed.state })
}

#[derive(Deserialize, JsonSchema)]
pub struct DecideDeed {
    deed: Id<things::Deed>,
    /// Publish it, or withdraw it.
    publish: bool,
    /// Takes the decision back, to be decided anew.
    #[serde(default)]
    anew: bool,
}

/// Publishes a deed whose person has consented, withdraws one, or takes either back.
pub async fn decide_deed(desk: Desk, ask: DecideDeed) -> Result<Done<()>, Fault> {
    let (actor, place) = (desk.actor(), desk.here().clone());
    let (deed, is_taken_back) = (ask.deed, ask.anew && !ask.publish);
    desk.change(move |tx| {
        let deed = deeds::by_id(tx, &place.district, ask.deed)?.ok_or(House::NotThere)?;
        if deeds::is_oneself(actor, deed.volunteer) {
            return Err(Refused::OwnDeed.into());
        }
        let next = decided(deed.state, &ask)?;
        deeds::set_state(tx, deed.id, next)?;
        let place = Jurisdiction { person: Some(deed.volunteer.uuid()), ..place.clone() };
        let event = Event::DeedDecided { deed: deed.id, volunteer: deed.volunteer, state: next.name().to_owned() };
        Ok(tx.record(&place, deed.id.uuid(), &event)?)
    })
    .await?;
    let done = Done::at("/assessment", ()).saying("responders-deed-decided");
    let undo = Undo::by(format!("/deeds/{deed}"), &[("publish", "false"), ("anew", "true")]);
    Ok(if is_taken_back { done } else { done.undone_by(undo) })
}

/// Where a deed goes. A withdrawn one is asked about again: whether its person had agreed is not taken for granted.
fn decided(now: DeedState, ask: &DecideDeed) -> Result<DeedState, Refused> {
    let next = match (ask.publish, ask.anew, now) {
        (true, ..) => DeedState::Published,
        (false, true, DeedState::Published) => return Ok(DeedState::Consented),
        (false, true, DeedState::Withdrawn) => return Ok(DeedState::Told),
        (false, true, _) => return Err(Refused::AlreadySettled),
        (false, false, _) => DeedState::Withdrawn,
    };
    match now.leads_to(next) {
        true => Ok(next),
        false if ask.publish => Err(Refused::NoConsent),
        false => Err(Refused::AlreadySettled),
    }
}
