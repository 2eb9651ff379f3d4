//! "I am coming" (or "I have seen the change"), "I cannot come", and "I can come after all".

use domain::{Event, Id, things};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Error, Tx};
use web::{Desk, Done, Fault, Undo};

use crate::{
    gate,
    refusals::Refused,
    rules::standing::{DeclineReason, Standing, Step},
    store::{
        assignments::{self, Assignment},
        orders::{self, Order},
        tallies,
    },
};

/// More than anybody writes on a phone at night.
const MOST_CHARS: usize = 500;

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct Acknowledge {
    /// The assignment that was on the screen: an old screen cannot answer for a new duty.
    assignment: Id<things::Assignment>,
}

pub async fn acknowledge(desk: Desk, ask: Acknowledge) -> Result<Done<()>, Fault> {
    let volunteer = desk.volunteer()?;
    desk.change(move |tx| {
        let (order, held) = on_screen(tx, volunteer, ask.assignment)?;
        match held.standing.acknowledge(tx.at()) {
            Step::Already => return Ok(()),
            Step::No => return Err(Refused::DutyIsOver.into()),
            Step::Becomes(standing) => assignments::set_standing(tx, held.id, &standing)?,
        }
        let step = tallies::Step { acknowledged: 1, ..tallies::Step::default() };
        tallies::step(tx, &order, held.site, held.role, step)?;
        notices::seen(tx, &order.district, volunteer, Some(order.id.uuid()))?;
        let event = Event::Acknowledged { assignment: held.id, order: order.id, site: held.site };
        gate::record(tx, &order, held.site, held.id.uuid(), &event)
    })
    .await?;
    Ok(Done::at("/duty", ()).saying("deployments-acknowledged"))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Decline {
    assignment: Id<things::Assignment>,
    why: DeclineReason,
    /// In their own words; sealed.
    note: Option<String>,
}

pub async fn decline(desk: Desk, ask: Decline) -> Result<Done<()>, Fault> {
    let volunteer = desk.volunteer()?;
    let undo = Undo::by("/duty/return".to_owned(), &[("assignment", &ask.assignment.to_string())]);
    desk.change(move |tx| {
        let (order, held) = on_screen(tx, volunteer, ask.assignment)?;
        match held.standing.decline(tx.at(), ask.why) {
            Step::Already => return Ok(()),
            Step::No if held.standing.has_arrived() => return Err(Refused::HasArrived.into()),
            Step::No => return Err(Refused::DutyIsOver.into()),
            Step::Becomes(standing) => assignments::set_standing(tx, held.id, &standing)?,
        }
        if let Some(note) = ask.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
            let note: String = note.chars().take(MOST_CHARS).collect();
            assignments::note_refusal(tx, held.id, &note)?;
        }
        let acknowledged = -i64::from(held.acknowledged_at.is_some());
        let step = tallies::Step { assigned: -1, acknowledged, declined: 1, arrived: 0 };
        tallies::step(tx, &order, held.site, held.role, step)?;
        let reason = ask.why.name().to_owned();
        let event = Event::Declined { assignment: held.id, order: order.id, site: held.site, reason };
        gate::record(tx, &order, held.site, held.id.uuid(), &event)
    })
    .await?;
    Ok(Done::at("/duty", ()).saying("deployments-declined").undone_by(undo))
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct Return {
    /// The duty that was declined.
    assignment: Id<things::Assignment>,
}

/// "I can come after all": while nobody else has the post.
pub async fn come_after_all(desk: Desk, ask: Return) -> Result<Done<()>, Fault> {
    let volunteer = desk.volunteer()?;
    let why = desk.change(move |tx| {
        let (order, held) = on_screen(tx, volunteer, ask.assignment)?;
        let Standing::Declined { why, .. } = held.standing else {
            // Sent twice: they come already.
            return if held.standing.is_live() { Ok(None) } else { Err(Refused::DutyIsOver.into()) };
        };
        if !is_still_open(tx, &order, &held)? {
            return Err(Refused::PostIsTaken.into());
        }
        match assignments::come_back(tx, held.id) {
            Err(Error::Duplicate { .. }) => return Err(Refused::PostIsTaken.into()),
            done => done?,
        }
        let step = tallies::Step { assigned: 1, acknowledged: 1, declined: -1, arrived: 0 };
        tallies::step(tx, &order, held.site, held.role, step)?;
        let event = Event::Acknowledged { assignment: held.id, order: order.id, site: held.site };
        gate::record(tx, &order, held.site, held.id.uuid(), &event)?;
        Ok(Some(why))
    });
    let done = Done::at("/duty", ()).saying("deployments-acknowledged");
    let assignment = ask.assignment.to_string();
    let undo = |why: DeclineReason| {
        Undo::by("/duty/refusal".to_owned(), &[("assignment", assignment.as_str()), ("why", why.name())])
    };
    Ok(match why.await? {
        Some(why) => done.undone_by(undo(why)),
        None => done,
    })
}

/// Whether the post of somebody who declined still lacks somebody, and is still wanted.
pub fn is_still_open(tx: &mut Tx, order: &Order, held: &Assignment) -> Result<bool, Fault> {
    if !order.is_open() || tx.at() >= held.shift_until {
        return Ok(false);
    }
    let is_wanted = orders::sites(tx, order.id)?.contains(&(held.site, None));
    let is_free = tallies::of_site(tx, order.id, held.site)?
        .iter()
        .any(|tally| tally.role == held.role && tally.assigned < tally.need);
    let holds_another = assignments::held(tx, order.id, held.volunteer)?.is_some();
    Ok(is_wanted && is_free && !holds_another)
}

/// The own assignment that was on the screen.
fn on_screen(
    tx: &mut Tx,
    volunteer: Id<things::Volunteer>,
    shown: Id<things::Assignment>,
) -> Result<(Order, Assignment), Fault> {
    let held = assignments::by_id(tx, shown)?.filter(|held| held.volunteer == volunteer).ok_or(Refused::NoDuty)?;
    let order = orders::known(tx, held.order)?;
    if order.is_open() { Ok((order, held)) } else { Err(Refused::DutyIsOver.into()) }
}
