//! Checking in and out. Nobody is in two places: whoever appears at another site has left the one before, and a check-in
//! that a phone sends late is written down as the past that it is.

use domain::{
    Id, Moment, PostRole,
    things::{Attendance, Order, Site, Volunteer},
};
use store::{Result, Tx};
use uuid::Uuid;

use crate::store::attendances::{self, Attended, Newly};

/// Somebody arrives.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// Made by whoever records it (a phone too): the same id again changes nothing.
    pub id: Id<Attendance>,
    pub volunteer: Id<Volunteer>,
    pub order: Id<Order>,
    pub site: Id<Site>,
    /// The site's name, kept with the stay: own records are read long after.
    pub site_name: String,
    pub role: Option<PostRole>,
    /// When the person was due, if anybody had sent them.
    pub due: Option<Moment>,
    pub at: Moment,
    /// Who records it.
    pub by: Uuid,
}

/// What a check-in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckedIn {
    New,
    /// New here; the stay at that other site, under that order, ended with it.
    Moved {
        from: Id<Site>,
        order: Id<Order>,
    },
    /// Sent late: meanwhile the person has appeared elsewhere, so this stay is over already.
    Past,
    /// This check-in is known, or the person is here already; of two phones the earlier one says since when.
    Already,
}

/// Records an arrival.
pub fn check_in(tx: &mut Tx, arrival: CheckIn) -> Result<CheckedIn> {
    if attendances::by_id(tx, arrival.id)?.is_some() {
        return Ok(CheckedIn::Already);
    }
    let lasting = attendances::open_of(tx, arrival.volunteer)?;
    let (mut stay, by) = stay_of(arrival);
    let outcome = match lasting {
        None => CheckedIn::New,
        Some(now) if (now.site, now.order) == (stay.site, stay.order) => {
            attendances::begin_earlier(tx, &now, stay.in_at)?;
            return Ok(CheckedIn::Already);
        }
        Some(now) if now.in_at > stay.in_at => {
            stay.out_at = Some(now.in_at);
            CheckedIn::Past
        }
        Some(now) => {
            attendances::end(tx, now.id, stay.in_at, by)?;
            CheckedIn::Moved { from: now.site, order: now.order }
        }
    };
    attendances::add(tx, &Newly { attended: &stay, by })?;
    Ok(outcome)
}

fn stay_of(arrival: CheckIn) -> (Attended, Uuid) {
    let stay = Attended {
        id: arrival.id,
        volunteer: arrival.volunteer,
        order: arrival.order,
        site: arrival.site,
        site_name: arrival.site_name,
        role: arrival.role,
        due_at: arrival.due,
        in_at: arrival.at,
        out_at: None,
    };
    (stay, arrival.by)
}

/// Records that somebody goes; gives the stay that ended, none when the person was nowhere.
pub fn check_out(tx: &mut Tx, volunteer: Id<Volunteer>, at: Moment, by: Uuid) -> Result<Option<Attended>> {
    let Some(lasting) = attendances::open_of(tx, volunteer)? else { return Ok(None) };
    attendances::end(tx, lasting.id, at, by)?;
    Ok(Some(Attended { out_at: Some(at.max(lasting.in_at)), ..lasting }))
}

/// Takes a check-in back; gives the stay that is undone, none when there is none to undo.
pub fn undo(tx: &mut Tx, id: Id<Attendance>) -> Result<Option<Attended>> {
    let Some(stay) = attendances::by_id(tx, id)? else { return Ok(None) };
    Ok(attendances::undo(tx, id)?.then_some(stay))
}

/// The stay of somebody that lasts now.
pub fn lasting(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Option<Attended>> {
    attendances::open_of(tx, volunteer)
}

/// The newest stays of a volunteer, newest first, at most a hundred.
pub fn of_volunteer(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Vec<Attended>> {
    attendances::of_volunteer(tx, volunteer, 100)
}

pub use crate::store::attendances::{came, people_who_came, present};
