//! Each entry of a phone becomes the act it stands for, with the right that act needs.

use domain::{
    Id, Moment, PostRole, Right,
    things::{Attendance, Problem, Volunteer},
};
use places::readiness::{self, Mark};
use store::Tx;
use web::{Fault, refusal::Refused as WebRefused};

use super::outbox::{Item, Turn, Verdict, What, blank};
use crate::{
    announcing,
    gate::{
        CheckedIn, Entry, Gate,
        batch::{self, Outcome},
    },
    mending::{self, Wanted},
    refusals::Refused,
    rules::clocks,
    settings::Settings,
    store::{
        check_ins::Way,
        orders::{self, Order},
    },
};

pub fn act(tx: &mut Tx, turn: &Turn<'_>, item: &Item) -> Result<Verdict, Fault> {
    let (right, n) = (right_of(&item.what), item.n);
    if !turn.desk.standing().may(right, turn.desk.here()) {
        return Err(WebRefused::NotThere.into());
    }
    let unreadable = || WebRefused::NotUnderstood.with("reason", "at: neither milliseconds nor RFC 3339");
    let said_at = batch::read_moment(turn.desk, &item.at).ok_or_else(unreadable)?;
    let at = clocks::moment_of(said_at, turn.sent_at, tx.at());
    let order = order_of(tx, turn, item, at)?;
    match &item.what {
        What::CheckIn { badge, volunteer, way, role } => {
            let person = batch::identify(tx, turn.desk.district(), *volunteer, badge.as_deref())?;
            check(tx, turn, &order, n, Came { volunteer: person, way: *way, role: *role, said_at, at })
        }
        What::Mark { item, done } => {
            readiness::mark(tx, order.id, turn.site, *item, Mark { done: *done, at })?;
            Ok(blank(n))
        }
        What::Stage { stage, undo: false } => {
            readiness::declare(tx, turn.desk, order.id, turn.site, *stage, at)?;
            Ok(blank(n))
        }
        What::Stage { stage, undo: true } => {
            readiness::take_back(tx, order.id, turn.site, *stage)?;
            Ok(blank(n))
        }
        What::Request { request, role, count, details } => {
            let wanted = Wanted { kind: *request, role: *role, count: *count };
            Ok(Verdict { number: Some(raise(tx, turn, &order, wanted, details.as_deref())?), ..blank(n) })
        }
        What::Announcement { role, text } => {
            announcing::say(tx, turn.desk, &order, turn.site, *role, text)?;
            Ok(blank(n))
        }
    }
}

const fn right_of(what: &What) -> Right {
    match what {
        What::CheckIn { .. } => Right::CheckPeopleIn,
        What::Mark { .. } | What::Stage { .. } | What::Announcement { .. } => Right::RunSite,
        What::Request { .. } => Right::RaiseRequests,
    }
}

/// The order that was on the screen, if the site had part in it and it was open then: what comes in after an order was
/// closed still happened under it.
fn order_of(tx: &mut Tx, turn: &Turn<'_>, item: &Item, at: Moment) -> Result<Order, Fault> {
    if let Some(named) = item.order
        && readiness::state(tx, named, turn.site)?.is_some()
        && let Some(order) = orders::order(tx, named)?
        && order.closed_at.is_none_or(|closed_at| at <= closed_at)
    {
        return Ok(order);
    }
    orders::of_site(tx, turn.site)?.ok_or_else(|| Refused::SiteIsIdle.into())
}

#[derive(Debug, Clone, Copy)]
struct Came {
    volunteer: Id<Volunteer>,
    way: Way,
    role: Option<PostRole>,
    said_at: Moment,
    at: Moment,
}

fn check(tx: &mut Tx, turn: &Turn<'_>, order: &Order, n: i64, came: Came) -> Result<Verdict, Fault> {
    let Came { volunteer, way, role, said_at, at } = came;
    let entry = Entry {
        id: entry_id(tx.at(), n).uuid(),
        volunteer,
        way,
        role,
        said_at,
        at,
        device: Some(turn.device.to_owned()),
        n: Some(n),
        off_m: None,
        fingerprint: [0; 32],
    };
    let verdict = Verdict { volunteer: Some(volunteer), ..blank(n) };
    Ok(match Gate::of(tx, order, turn.site)?.pass(tx, &entry)? {
        CheckedIn::New { walk_in } => Verdict { walk_in, ..verdict },
        CheckedIn::Already | CheckedIn::Conflict => Verdict { outcome: Outcome::Duplicate, ..verdict },
    })
}

/// A fresh id that sorts by the phone's number within one turn: "the last entry of this person" is asked by id when many
/// were received in the same millisecond.
fn entry_id(at: Moment, n: i64) -> Id<Attendance> {
    let mut bytes = *Id::<Attendance>::fresh(at).uuid().as_bytes();
    // A UUIDv7 has 12 bits behind its version and 62 behind its variant: the number goes into the first 18 of them.
    let [.., low] = n.to_be_bytes();
    let middle = n >> 6;
    bytes[6] = 0x70 | u8::try_from((middle >> 8) & 0x0f).unwrap_or(0);
    bytes[7] = u8::try_from(middle & 0xff).unwrap_or(0);
    bytes[8] = 0x80 | (low & 0x3f);
    Id::from_uuid(uuid::Uuid::from_bytes(bytes))
}

fn raise(tx: &mut Tx, turn: &Turn<'_>, order: &Order, wanted: Wanted, details: Option<&str>) -> Result<String, Fault> {
    let names_people = wanted.role.is_some() && wanted.count.is_some_and(|count| (1..=mending::MOST).contains(&count));
    if wanted.kind == problems::Kind::People && !names_people {
        return Err(Refused::SaysNotWhom.into());
    }
    let id = Id::<Problem>::fresh(tx.at());
    let asked = wanted.at_site(tx, id, turn.site, Some(order), details, turn.desk.actor())?;
    if wanted.kind != problems::Kind::People && asked.details.is_none() {
        return Err(Refused::SaysNotWhat.into());
    }
    let weights = Settings::at(turn.desk)?.weights;
    Ok(mending::raise(tx, turn.desk.here(), Some(order), &asked, &weights)?.number)
}
