//! The gate of a site: who comes, who goes. Nobody is turned away by software; nothing counts twice.

pub mod batch;
mod conflict;
pub mod form;

use domain::{
    District, Event, Id, Jurisdiction, Moment, PostRole,
    things::{Attendance, Order as AnOrder, Site, Volunteer},
};
use places::SiteHead;
use responders::attendance::{self, Attended};
use store::Tx;
use uuid::Uuid;
use web::Fault;

use crate::{
    refusals::Refused,
    rules::standing::Step,
    store::{
        assignments::{self, Assignment},
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

/// Somebody comes. The face for duties above; see [`Gate::come`].
pub fn check_in(tx: &mut Tx, order: &Order, site: Id<Site>, entry: &Entry) -> Result<CheckedIn, Fault> {
    Gate::of(tx, order, site)?.come(tx, entry)
}

/// Somebody goes. The face for duties above; see [`Gate::go`].
pub fn check_out(tx: &mut Tx, order: &Order, site: Id<Site>, entry: &Entry) -> Result<CheckedIn, Fault> {
    Gate::of(tx, order, site)?.go(tx, entry)
}

/// The gate of one site under one order: read once, for however many people pass it.
pub struct Gate<'o> {
    order: &'o Order,
    site: SiteHead,
    place: Jurisdiction,
}

impl<'o> Gate<'o> {
    pub fn of(tx: &mut Tx, order: &'o Order, site: Id<Site>) -> Result<Self, Fault> {
        let place = places::jurisdiction(tx, site)?.unwrap_or_else(|| order.jurisdiction());
        let site = places::site(tx, site)?.ok_or(Refused::SiteIsIdle)?;
        Ok(Self { order, site, place })
    }

    /// Does what the entry says.
    pub fn pass(&self, tx: &mut Tx, entry: &Entry) -> Result<CheckedIn, Fault> {
        match entry.way {
            Way::In => self.come(tx, entry),
            Way::Out => self.go(tx, entry),
            Way::Undo => self.take_back(tx, entry),
        }
    }

    /// Somebody comes.
    fn come(&self, tx: &mut Tx, entry: &Entry) -> Result<CheckedIn, Fault> {
        if let Some(known) = known(tx, entry)? {
            return Ok(known);
        }
        let held = assignments::held(tx, self.order.id, entry.volunteer)?;
        if held.is_none() && !is_of_district(tx, &self.order.district, entry.volunteer)? {
            return Err(Refused::NotKnownHere.into());
        }
        let is_sent_here = held.as_ref().is_some_and(|held| held.site == self.site.id);
        // Whoever is sent here has their post; what the gate was asked about walk-ins does not change it.
        let own = held.as_ref().map(|held| held.role);
        let role = if is_sent_here { own } else { entry.role.or(own) };
        let came = self.arrive(tx, entry, role, held.as_ref().filter(|_| is_sent_here))?;
        if let attendance::CheckedIn::Moved { from, order } = came {
            self.leave_tally(tx, order, from, entry.volunteer)?;
        }
        let stay = match came {
            attendance::CheckedIn::Already => attendance::lasting(tx, entry.volunteer)?.map(|stay| stay.id),
            _ => Some(Id::from_uuid(entry.id)),
        };
        self.keep(tx, entry, role, stay)?;
        match came {
            attendance::CheckedIn::Already => {
                if let Some(held) = held.filter(|_| is_sent_here) {
                    assignments::arrived_earlier(tx, held.id, entry.at)?;
                }
                return Ok(CheckedIn::Already);
            }
            attendance::CheckedIn::Past => return Ok(CheckedIn::New { walk_in: !is_sent_here }),
            attendance::CheckedIn::New | attendance::CheckedIn::Moved { .. } => {}
        }
        if let Some(held) = &held {
            self.note_arrival(tx, held, entry.at)?;
        }
        count(tx, self.order, self.site.id, role, 1)?;
        let (order, site) = (self.order.id, self.site.id);
        let event = Event::CheckedIn { volunteer: entry.volunteer, order, site, role, at: entry.at };
        tx.record(&self.place, entry.volunteer.uuid(), &event)?;
        Ok(CheckedIn::New { walk_in: !is_sent_here })
    }

    /// The assignment knows who has arrived, and where they really stand.
    fn note_arrival(&self, tx: &mut Tx, held: &Assignment, at: Moment) -> Result<(), Fault> {
        let elsewhere = (held.site != self.site.id).then_some(self.site.id);
        match held.standing.arrive(at, elsewhere) {
            Step::Becomes(standing) => assignments::set_standing(tx, held.id, &standing)?,
            Step::Already => assignments::set_place(tx, held.id, elsewhere)?,
            Step::No => {}
        }
        Ok(())
    }

    /// Somebody goes.
    fn go(&self, tx: &mut Tx, entry: &Entry) -> Result<CheckedIn, Fault> {
        if let Some(known) = known(tx, entry)? {
            return Ok(known);
        }
        let (order, site) = (self.order.id, self.site.id);
        let lasting = attendance::lasting(tx, entry.volunteer)?;
        let Some(stay) = lasting.filter(|stay| stay.site == site && stay.order == order) else {
            return Err(Refused::NotKnownHere.into());
        };
        let came = check_ins::last_of(tx, order, entry.volunteer)?;
        attendance::check_out(tx, entry.volunteer, entry.at, tx.actor().id)?;
        let role = came.and_then(|came| came.role).or(stay.role);
        self.keep(tx, entry, role, Some(stay.id))?;
        if let Some(held) = assignments::held(tx, order, entry.volunteer)?
            && let Step::Becomes(standing) = held.standing.leave(entry.at)
        {
            assignments::set_standing(tx, held.id, &standing)?;
        }
        count(tx, self.order, site, role, -1)?;
        let event = Event::CheckedOut { volunteer: entry.volunteer, order, site, at: entry.at };
        tx.record(&self.place, entry.volunteer.uuid(), &event)?;
        Ok(CheckedIn::New { walk_in: false })
    }

    /// The last check-in or check-out of somebody at this site was a mistake.
    fn take_back(&self, tx: &mut Tx, entry: &Entry) -> Result<CheckedIn, Fault> {
        if let Some(known) = known(tx, entry)? {
            return Ok(known);
        }
        let (order, site, earliest) = (self.order.id, self.site.id, tx.at().plus_h(-UNDO_H));
        // Whoever stands somewhere came last; whoever does not went last.
        let way = if stay_of(tx, entry.volunteer)?.is_some() { Way::In } else { Way::Out };
        let last = check_ins::last_way(tx, order, entry.volunteer, way)?;
        let Some(last) = last.filter(|last| last.site == site && last.received_at >= earliest) else {
            return Err(Refused::NothingToUndo.into());
        };
        let held = assignments::held(tx, order, entry.volunteer)?;
        let stay = last.attendance.unwrap_or(Id::from_uuid(last.id));
        let (step, stay) = match last.way {
            Way::In => (self.unarrive(tx, stay, held.as_ref())?, stay),
            Way::Out | Way::Undo => self.come_back(tx, &last, entry, held.as_ref())?,
        };
        count(tx, self.order, site, last.role, step)?;
        check_ins::set_undone(tx, last.id)?;
        self.keep(tx, entry, last.role, Some(stay))?;
        let event = Event::CheckInUndone { volunteer: entry.volunteer, order, site };
        tx.record(&self.place, entry.volunteer.uuid(), &event)?;
        Ok(CheckedIn::New { walk_in: false })
    }

    /// Only a stay that lasts can be taken back; one fewer stands here.
    fn unarrive(&self, tx: &mut Tx, stay: Id<Attendance>, held: Option<&Assignment>) -> Result<i64, Fault> {
        if attendance::undo(tx, stay)?.is_none_or(|undone| undone.out_at.is_some()) {
            return Err(Refused::NothingToUndo.into());
        }
        if let Some(held) = held {
            assignments::unset_arrival(tx, held.id)?;
        }
        Ok(-1)
    }

    /// A stay that ended by mistake goes on as a new one from the moment it had ended; one more stands here.
    fn come_back(
        &self,
        tx: &mut Tx,
        left: &CheckIn,
        entry: &Entry,
        held: Option<&Assignment>,
    ) -> Result<(i64, Id<Attendance>), Fault> {
        let stay = Id::<Attendance>::fresh(tx.at());
        let again = Entry { id: stay.uuid(), at: left.received_at, ..entry.clone() };
        self.arrive(tx, &again, left.role, held.filter(|held| held.site == self.site.id))?;
        if let Some(held) = held {
            assignments::unset_leaving(tx, held.id)?;
        }
        Ok((1, stay))
    }

    fn arrive(
        &self,
        tx: &mut Tx,
        entry: &Entry,
        role: Option<PostRole>,
        sent: Option<&Assignment>,
    ) -> Result<attendance::CheckedIn, Fault> {
        let arrival = attendance::CheckIn {
            id: Id::from_uuid(entry.id),
            volunteer: entry.volunteer,
            order: self.order.id,
            site: self.site.id,
            site_name: self.site.name.clone(),
            role,
            due: sent.map(|held| held.shift_from),
            at: entry.at,
            by: tx.actor().id,
        };
        Ok(attendance::check_in(tx, arrival)?)
    }

    /// Whoever appears here no longer stands where they stood before, perhaps under another order.
    fn leave_tally(&self, tx: &mut Tx, of: Id<AnOrder>, from: Id<Site>, volunteer: Id<Volunteer>) -> Result<(), Fault> {
        let role = check_ins::last_of(tx, of, volunteer)?.and_then(|line| line.role);
        if of == self.order.id {
            return count(tx, self.order, from, role, -1);
        }
        let Some(other) = orders::order(tx, of)? else { return Ok(()) };
        count(tx, &other, from, role, -1)
    }

    fn keep(
        &self,
        tx: &mut Tx,
        entry: &Entry,
        role: Option<PostRole>,
        attendance: Option<Id<Attendance>>,
    ) -> Result<(), Fault> {
        let line = CheckIn {
            id: entry.id,
            site: self.site.id,
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
        Ok(check_ins::add(tx, self.order, &line)?)
    }
}

/// Whoever holds a post of the district belongs to it; others by their team.
pub fn is_of_district(tx: &mut Tx, district: &District, volunteer: Id<Volunteer>) -> Result<bool, Fault> {
    if let Some(held) = assignments::of_volunteer(tx, volunteer)? {
        return Ok(orders::known(tx, held.order)?.district == *district);
    }
    let Some(head) = responders::head(tx, volunteer)? else { return Ok(false) };
    Ok(responders::teams(tx, district)?.iter().any(|team| team.id == head.team))
}

fn known(tx: &mut Tx, entry: &Entry) -> Result<Option<CheckedIn>, Fault> {
    let known = check_ins::known(tx, entry.id)?;
    let same =
        |line: CheckIn| if line.fingerprint == entry.fingerprint { CheckedIn::Already } else { CheckedIn::Conflict };
    Ok(known.map(same))
}

fn count(tx: &mut Tx, order: &Order, site: Id<Site>, role: Option<PostRole>, arrived: i64) -> Result<(), Fault> {
    let Some(role) = role else { return Ok(()) };
    Ok(tallies::step(tx, order, site, role, tallies::Step { arrived, ..tallies::Step::default() })?)
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
