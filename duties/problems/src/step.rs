//! The steps of a request: take, answer, hand over, done, confirm, contest. Each is one change: state, step, event, alarm.

use domain::{
    Event, Group, Id, Moment,
    things::{Problem, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Undo};

use crate::{
    jobs,
    refused::Refused,
    rules::{
        escalation,
        state::{self, State},
    },
    store::{self as table, Stored},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// The id or number of the request.
    request: String,
    /// A few words, where they help.
    note: Option<String>,
    /// When it will be there: local time `2022-09-15T06:30`, or minutes from now in `minutes`.
    promised_for: Option<String>,
    minutes: Option<i64>,
    /// The group that gets it.
    group: Option<Group>,
}

/// How a request stands after a step.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Stands {
    pub id: Id<Problem>,
    pub number: i64,
    pub state: State,
    pub owner: Group,
    pub site: Option<Id<Site>>,
}

impl Stands {
    pub const fn of(found: &Stored, state: State, owner: Group) -> Self {
        Self { id: found.id, number: found.number, state, owner, site: found.here.site }
    }

    /// Where whoever works it looks at it.
    pub fn in_queue(&self) -> String {
        format!("/requests/{}", self.id)
    }

    /// Where whoever asked looks at it.
    pub fn at_site(&self) -> String {
        self.site.map_or_else(|| self.in_queue(), |site| format!("/sites/{site}/requests/{}", self.id))
    }
}

pub async fn take(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    let by = desk.actor();
    step(
        desk,
        ask,
        "taken",
        |id, _| Event::RequestTaken { problem: id },
        move |found, _, at| Ok((state::take(found.state, by, at).map_err(Refused::from)?, found.owner)),
    )
    .await
}

pub async fn answer(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    if ask.note.as_ref().is_none_or(|note| note.trim().is_empty()) {
        return Err(Refused::NeedsWords.into());
    }
    let (by, zone) = (desk.actor(), desk.zone().clone());
    let event = |id, state| {
        let promised_for = if let State::Answered { promised_for, .. } = state { promised_for } else { None };
        Event::RequestAnswered { problem: id, promised_for }
    };
    step(desk, ask, "answered", event, move |found, ask, at| {
        let written = ask.promised_for.as_ref().and_then(|text| Moment::parse(text, &zone));
        let promise = ask.minutes.map(|minutes| at.plus_min(minutes)).or(written);
        Ok((state::answer(found.state, by, promise, at).map_err(Refused::from)?, found.owner))
    })
    .await
}

pub async fn hand_over(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    let to = ask.group.unwrap_or(Group::Prevention);
    let from = desk.here().group.unwrap_or(to);
    step(
        desk,
        ask,
        "handed_over",
        move |id, _| Event::RequestHandedOver { problem: id, from, to },
        move |found, _, at| Ok((state::hand_over(found.state, at).map_err(Refused::from)?, to)),
    )
    .await
}

pub async fn report_done(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    let by = desk.actor();
    step(
        desk,
        ask,
        "done",
        |id, _| Event::RequestDone { problem: id },
        move |found, _, at| Ok((state::report_done(found.state, by, at).map_err(Refused::from)?, found.owner)),
    )
    .await
}

pub async fn confirm(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    let by = desk.actor();
    step(
        desk,
        ask,
        "confirmed",
        |id, _| Event::RequestConfirmed { problem: id },
        move |found, _, at| Ok((state::confirm(found.state, by, at).map_err(Refused::from)?, found.owner)),
    )
    .await
    .map(to_asker)
}

pub async fn contest(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    step(
        desk,
        ask,
        "reopened",
        |id, _| Event::RequestReopened { problem: id },
        move |found, _, at| Ok((state::contest(found.state, at).map_err(Refused::from)?, found.owner)),
    )
    .await
    .map(to_asker)
}

/// Whoever gives the asker's word goes back to the site's page, and takes it back with the asker's right.
fn to_asker(done: Done<Stands>) -> Done<Stands> {
    let undo = Undo::by(format!("/requests/{}/verdict/withdrawal", done.body.id), &[]);
    Done { to: done.body.at_site(), ..done }.undone_by(undo)
}

/// What every step does around its rule.
async fn step(
    desk: Desk,
    ask: Ask,
    name: &'static str,
    event: impl Fn(Id<Problem>, State) -> Event + Send + 'static,
    rule: impl Fn(&Stored, &Ask, Moment) -> Result<(State, Group), Fault> + Send + 'static,
) -> Result<Done<Stands>, Fault> {
    let district = desk.district().clone();
    let stands = desk
        .change(move |tx| {
            let found = table::find_named(tx, &district, &ask.request)?.ok_or(web::refusal::Refused::NotThere)?;
            let (state, owner) = rule(&found, &ask, tx.at())?;
            let before = found.owner;
            if state != found.state || owner != found.owner {
                apply(tx, &found, state, owner, name, ask.note.as_deref(), &event(found.id, state))?;
            }
            Ok((Stands::of(&found, state, owner), before))
        })
        .await?;
    let (stands, before) = stands;
    let undo = Undo::by(format!("{}/withdrawal", stands.in_queue()), &[("group", before.name())]);
    Ok(Done::at(stands.in_queue(), stands).saying("problems-said").undone_by(undo))
}

fn apply(
    tx: &mut Tx,
    found: &Stored,
    state: State,
    owner: Group,
    name: &str,
    note: Option<&str>,
    event: &Event,
) -> Result<(), Fault> {
    table::set_state(tx, found.id, state, owner, 0)?;
    table::add_step(tx, found.id, name, state, note.map(str::trim).filter(|text| !text.is_empty()))?;
    let here = domain::Jurisdiction { group: Some(owner), ..found.here.clone() };
    tx.record(&here, found.id.uuid(), event)?;
    jobs::watch(tx, found.id, escalation::next_due(state, 0))?;
    Ok(())
}
