//! The gate of a site: who comes, who goes. Nobody is turned away by software; nothing counts twice.

pub mod batch;
mod conflict;
pub mod form;

use domain::{
    Event, Id, Moment, PostRole,
    things::{Attendance, Order as AnOrder, Site, Volunteer},
};
use responders::attendance::{self, Attended};
use store::Tx;
use uuid::Uuid;
use web::Fault;

use crate::{
    refusals::Refused,
    rules::standing::Step,
    store::{
        assignments,
        check_ins::{self, CheckIn, Way},
        orders::{self, Order},
        tallies,
    },
};

/// How long a check-in can be taken back.
const UNDO_H: i64 = 24;

/// Somebody at the gate, as a phone tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Given by whoever records it: the same id again changes nothing.
    pub id: Uuid,
    pub volunteer: Id<Volunteer>,
    pub way: Way,
    /// What they do here, when it is not what they were sent for.
    pub role: Option<PostRole>,
    pub said_at: Moment,
    /// When it happened, by our clock.
    pub at: Moment,
    pub device: Option<String>,
    pub n: Option<i64>,
    /// How far from the site the phone said it was.
    pub off_m: Option<i64>,
    pub fingerprint: [u8; 32],
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckedIn {
    New {
        /// Turned up by themselves: nobody had sent them to this site.
        walk_in: bool,
    },
    /// Known already, or here already.
    Already,
    /// The same id came with other content.
    Conflict,
}

/// Somebody comes.
pub fn check_in(tx: &mut Tx, order: &Order, site: Id<Site>, entry: &Entry) -> Result<CheckedIn, Fault> {
    if let Some(known) = known(tx, entry)? {
        return Ok(known);
    }
    let held = assignments::held(tx, order.id, entry.volunteer)?;
    let is_sent_here = held.as_ref().is_some_and(|held| held.site == site);
    let role = entry.role.or(held.as_ref().map(|held| held.role));
    let before = check_ins::last_of(tx, order.id, entry.volunteer)?;
    let came = arrive(tx, order, site, entry, role)?;
    let stay = match came {
        attendance::CheckedIn::Already => attendance::lasting(tx, entry.volunteer)?.map(|stay| stay.id),
        _ => Some(Id::from_uuid(entry.id)),
    };
    keep(tx, order, site, entry, role, stay)?;
    match came {
        attendance::CheckedIn::Already => return Ok(CheckedIn::Already),
        attendance::CheckedIn::Past => return Ok(CheckedIn::New { walk_in: !is_sent_here }),
        attendance::CheckedIn::New => {}
        attendance::CheckedIn::Moved { from, order: of } => leave_tally(tx, order, of, from, entry.volunteer, before)?,
    }
    if let Some(held) = &held {
        let elsewhere = (!is_sent_here).then_some(site);
        match held.standing.arrive(entry.at, elsewhere) {
            Step::Becomes(standing) => assignments::set_standing(tx, held.id, &standing)?,
            Step::Already => assignments::set_place(tx, held.id, elsewhere)?,
            Step::No => {}
        }
    }
    count(tx, order, site, role, 1)?;
    places::heard(tx, site)?;
    let event = Event::CheckedIn { volunteer: entry.volunteer, order: order.id, site, role, at: entry.at };
    record(tx, order, site, entry.volunteer.uuid(), &event)?;
    Ok(CheckedIn::New { walk_in: !is_sent_here })
}

/// Somebody goes.
pub fn check_out(tx: &mut Tx, order: &Order, site: Id<Site>, entry: &Entry) -> Result<CheckedIn, Fault> {
    if let Some(known) = known(tx, entry)? {
        return Ok(known);
    }
    let lasting = attendance::lasting(tx, entry.volunteer)?.filter(|stay| stay.site == site && stay.order == order.id);
    let Some(stay) = lasting else { return Err(Refused::NotKnownHere.into()) };
    let came = check_ins::last_of(tx, order.id, entry.volunteer)?;
    attendance::check_out(tx, entry.volunteer, entry.at, tx.actor().id)?;
    let role = came.and_then(|came| came.role).or(stay.role);
    keep(tx, order, site, entry, role, Some(stay.id))?;
    if let Some(held) = assignments::held(tx, order.id, entry.volunteer)?
        && let Step::Becomes(standing) = held.standing.leave(entry.at)
    {
        assignments::set_standing(tx, held.id, &standing)?;
    }
    count(tx, order, site, role, -1)?;
    places::heard(tx, site)?;
    let event = Event::CheckedOut { volunteer: entry.volunteer, order: order.id, site, at: entry.at };
    record(tx, order, site, entry.volunteer.uuid(), &event)?;
    Ok(CheckedIn::New { walk_in: false })
}

/// The last check-in or check-out of somebody at this site was a mistake.
pub fn undo(tx: &mut Tx, order: &Order, site: Id<Site>, entry: &Entry) -> Result<CheckedIn, Fault> {
    if let Some(known) = known(tx, entry)? {
        return Ok(known);
    }
    let earliest = tx.at().plus_h(-UNDO_H);
    // Whoever stands somewhere came last; whoever does not went last.
    let way = if stay_of(tx, entry.volunteer)?.is_some() { Way::In } else { Way::Out };
    let last = check_ins::last_way(tx, order.id, entry.volunteer, way)?;
    let Some(last) = last.filter(|last| last.site == site && last.received_at >= earliest) else {
        return Err(Refused::NothingToUndo.into());
    };
    let held = assignments::held(tx, order.id, entry.volunteer)?;
    let stay = last.attendance.unwrap_or(Id::from_uuid(last.id));
    if last.way == Way::In {
        if attendance::undo(tx, stay)?.is_none_or(|undone| undone.out_at.is_some()) {
            return Err(Refused::NothingToUndo.into());
        }
        if let Some(held) = &held {
            assignments::unset_arrival(tx, held.id)?;
        }
        count(tx, order, site, last.role, -1)?;
    } else {
        come_back(tx, order, site, &last, entry)?;
        if let Some(held) = &held {
            assignments::unset_leaving(tx, held.id)?;
        }
        count(tx, order, site, last.role, 1)?;
    }
    check_ins::set_undone(tx, last.id)?;
    keep(tx, order, site, entry, last.role, Some(stay))?;
    let event = Event::CheckInUndone { volunteer: entry.volunteer, order: order.id, site };
    record(tx, order, site, entry.volunteer.uuid(), &event)?;
    Ok(CheckedIn::New { walk_in: false })
}

/// A stay that ended by mistake goes on as a new one from the moment it had ended.
fn come_back(tx: &mut Tx, order: &Order, site: Id<Site>, left: &CheckIn, entry: &Entry) -> Result<(), Fault> {
    let again = Entry { id: Id::<Attendance>::fresh(tx.at()).uuid(), at: left.received_at, ..entry.clone() };
    arrive(tx, order, site, &again, left.role)?;
    Ok(())
}

fn known(tx: &mut Tx, entry: &Entry) -> Result<Option<CheckedIn>, Fault> {
    let known = check_ins::known(tx, entry.id)?;
    let same =
        |line: CheckIn| if line.fingerprint == entry.fingerprint { CheckedIn::Already } else { CheckedIn::Conflict };
    Ok(known.map(same))
}

fn arrive(
    tx: &mut Tx,
    order: &Order,
    site: Id<Site>,
    entry: &Entry,
    role: Option<PostRole>,
) -> Result<attendance::CheckedIn, Fault> {
    let held = assignments::held(tx, order.id, entry.volunteer)?.filter(|held| held.site == site);
    let site_name = places::site(tx, site)?.map_or_else(String::new, |site| site.name);
    let arrival = attendance::CheckIn {
        id: Id::from_uuid(entry.id),
        volunteer: entry.volunteer,
        order: order.id,
        site,
        site_name,
        role,
        due: held.map(|held| held.shift_from),
        at: entry.at,
        by: tx.actor().id,
    };
    Ok(attendance::check_in(tx, arrival)?)
}

/// Whoever appears here no longer stands where they stood before, perhaps under another order.
fn leave_tally(
    tx: &mut Tx,
    order: &Order,
    of: Id<AnOrder>,
    from: Id<Site>,
    volunteer: Id<Volunteer>,
    before: Option<CheckIn>,
) -> Result<(), Fault> {
    if of == order.id {
        return count(tx, order, from, before.and_then(|line| line.role), -1);
    }
    let Some(other) = orders::order(tx, of)? else { return Ok(()) };
    let role = check_ins::last_of(tx, of, volunteer)?.and_then(|line| line.role);
    count(tx, &other, from, role, -1)
}

fn count(tx: &mut Tx, order: &Order, site: Id<Site>, role: Option<PostRole>, arrived: i64) -> Result<(), Fault> {
    let Some(role) = role else { return Ok(()) };
    Ok(tallies::step(tx, order, site, role, tallies::Step { arrived, ..tallies::Step::default() })?)
}

fn keep(
    tx: &mut Tx,
    order: &Order,
    site: Id<Site>,
    entry: &Entry,
    role: Option<PostRole>,
    attendance: Option<Id<Attendance>>,
) -> Result<(), Fault> {
    let line = CheckIn {
        id: entry.id,
        site,
        way: entry.way,
        volunteer: entry.volunteer,
        role,
        said_at: entry.said_at,
        received_at: tx.at(),
        device: entry.device.clone(),
        n: entry.n,
        off_m: entry.off_m,
        fingerprint: entry.fingerprint,
        attendance,
    };
    Ok(check_ins::add(tx, order, &line)?)
}

/// Writes down what happened at a site, where the site belongs.
pub fn record(tx: &mut Tx, order: &Order, site: Id<Site>, subject: Uuid, event: &Event) -> Result<(), Fault> {
    let place = places::jurisdiction(tx, site)?.unwrap_or_else(|| order.jurisdiction());
    Ok(tx.record(&place, subject, event)?)
}

/// The stay that lasts now, of somebody who looks at their own page.
pub fn stay_of(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Option<Attended>, Fault> {
    Ok(attendance::lasting(tx, volunteer)?)
}
