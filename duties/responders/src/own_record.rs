//! A volunteer's own record, on a phone: hours and duties, availability, what was told of me, what I have objected to.

use std::collections::HashSet;

use domain::{Id, Moment, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, refusal::Refused as House, view};

use crate::{
    attend, badges, commending,
    rules::commending::{Bar, Ground, Merits},
    store::{
        attendances::{self, Attended},
        corrections::{self, Asked},
        deeds::{self, DeedState, DeedTold},
        volunteers,
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

/// One of my duties.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StayLine {
    pub stay: Attended,
    pub minutes: i64,
    pub punctual: Option<bool>,
    /// An objection to it waits to be settled.
    pub contested: bool,
}

/// What somebody told of me. Who told it is not said: deeds are told freely.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeedLine {
    pub id: Id<things::Deed>,
    pub told_at: Moment,
    pub story: String,
    pub state: DeedState,
}

impl From<DeedTold> for DeedLine {
    fn from(deed: DeedTold) -> Self {
        Self { id: deed.id, told_at: deed.told_at, story: deed.story, state: deed.state }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordPage {
    name: String,
    team_name: String,
    badge: String,
    merits: Merits,
    hours: i64,
    /// Why the rules put me on the commendation list, if they do.
    grounds: Vec<Ground>,
    bar: Bar,
    available_from: Option<Moment>,
    available_until: Option<Moment>,
    stays: Vec<StayLine>,
    deeds: Vec<DeedLine>,
    corrections: Vec<Asked>,
}
view!(RecordPage, "record.html");

pub async fn show(desk: Desk, _: Nothing) -> Result<Page<RecordPage>, Fault> {
    let (id, at, settings) = (desk.volunteer()?, desk.at(), commending::settings(&desk)?);
    Ok(Page(desk.look(move |tx| page(tx, id, at, settings)).await?))
}

fn page(
    tx: &mut Tx,
    id: Id<things::Volunteer>,
    now: Moment,
    settings: commending::Settings,
) -> Result<RecordPage, Fault> {
    let person = volunteers::person(tx, id)?.ok_or(House::NotThere)?;
    let head = volunteers::head_by_id(tx, id)?.ok_or(House::NotThere)?;
    let corrections = corrections::of_volunteer(tx, id)?;
    let contested: HashSet<_> =
        corrections.iter().filter(|it| it.settled_at.is_none()).filter_map(|it| it.attendance).collect();
    let line = |stay: Attended| StayLine {
        minutes: stay.minutes(&now),
        punctual: stay.was_punctual(),
        contested: contested.contains(&stay.id),
        stay,
    };
    let merits = commending::merits_of(tx, &person, settings, now)?;
    Ok(RecordPage {
        name: person.name,
        team_name: person.team_name,
        badge: badges::grouped(&person.badge),
        hours: attendances::merits_of(tx, id)?.minutes / 60,
        grounds: crate::rules::commending::grounds(settings.bar, merits),
        merits,
        bar: settings.bar,
        available_from: head.available_from,
        available_until: head.available_until,
        stays: attend::of_volunteer(tx, id)?.into_iter().map(line).collect(),
        deeds: deeds::of_volunteer(tx, id)?.into_iter().map(DeedLine::from).collect(),
        corrections,
    })
}
