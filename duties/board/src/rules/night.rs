//! The night told by its journal: what happened, how often, how long it took.

use std::collections::HashMap;

use domain::{
    Event, Group, Id, Moment,
    things::{Order, Problem},
};
use schemars::JsonSchema;
use serde::Serialize;

/// What the journal says of one order's night.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Night {
    pub plans_published: u32,
    pub people_told: u64,
    pub replans: u32,
    pub people_moved: u64,
    pub people_called: u64,
    pub shortages: u32,
    pub acknowledged: u32,
    pub declined: u32,
    pub check_ins: u32,
    pub check_outs: u32,
    pub first_set_up: Option<Moment>,
    pub last_set_up: Option<Moment>,
    pub first_check_in: Option<Moment>,
    pub last_check_in: Option<Moment>,
    pub requests: Vec<GroupNight>,
}

/// The requests of one group, with how long people waited at the median.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GroupNight {
    pub group: Group,
    pub raised: u32,
    pub closed: u32,
    pub escalated: u32,
    pub taken_after_s: Option<i64>,
    pub done_after_s: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Trip {
    group: Group,
    raised_at: Moment,
    taken_at: Option<Moment>,
    done_at: Option<Moment>,
    is_closed: bool,
    was_loud: bool,
}

impl Trip {
    /// A step was taken back: what it had brought is not counted.
    fn stand_again(&mut self, state: &str, group: Group) {
        self.group = group;
        self.is_closed = state == "confirmed";
        self.done_at = self.done_at.filter(|_| matches!(state, "done" | "confirmed"));
        self.taken_at = self.taken_at.filter(|_| state != "raised");
    }
}

/// Gathers entry after entry.
#[derive(Default)]
pub struct Teller {
    night: Night,
    trips: HashMap<Id<Problem>, Trip>,
}

impl Teller {
    pub fn hear(&mut self, order: Id<Order>, at: Moment, event: &Event) {
        self.hear_people(order, at, event);
        self.hear_requests(at, event);
    }

    fn hear_people(&mut self, order: Id<Order>, at: Moment, event: &Event) {
        let night = &mut self.night;
        match event {
            Event::PlanPublished { order: of, told, .. } if *of == order => {
                night.plans_published += 1;
                night.people_told += told;
            }
            Event::Replanned { order: of, moved, called, .. } if *of == order => {
                night.replans += 1;
                night.people_moved += moved;
                night.people_called += called;
            }
            Event::ShortageReported { order: of, .. } if *of == order => night.shortages += 1,
            Event::Acknowledged { order: of, .. } if *of == order => night.acknowledged += 1,
            Event::Declined { order: of, .. } if *of == order => night.declined += 1,
            Event::CheckedIn { order: of, .. } if *of == order => {
                night.check_ins += 1;
                night.first_check_in.get_or_insert(at);
                night.last_check_in = Some(at);
            }
            Event::CheckedOut { order: of, .. } if *of == order => night.check_outs += 1,
            Event::SiteSetUp { order: of, .. } if *of == order => {
                night.first_set_up.get_or_insert(at);
                night.last_set_up = Some(at);
            }
            _ => {}
        }
    }

    fn hear_requests(&mut self, at: Moment, event: &Event) {
        if let Event::RequestRaised { problem, group, .. } = event {
            let trip =
                Trip { group: *group, raised_at: at, taken_at: None, done_at: None, is_closed: false, was_loud: false };
            self.trips.insert(*problem, trip);
            return;
        }
        let (Event::RequestTaken { problem }
        | Event::RequestAnswered { problem, .. }
        | Event::RequestDone { problem }
        | Event::RequestConfirmed { problem }
        | Event::RequestReopened { problem }
        | Event::RequestTakenBack { problem, .. }
        | Event::RequestHandedOver { problem, .. }
        | Event::RequestEscalated { problem, .. }) = event
        else {
            return;
        };
        let Some(trip) = self.trips.get_mut(problem) else { return };
        match event {
            Event::RequestTaken { .. } | Event::RequestAnswered { .. } => {
                trip.taken_at.get_or_insert(at);
            }
            Event::RequestDone { .. } => {
                trip.done_at.get_or_insert(at);
            }
            Event::RequestConfirmed { .. } => trip.is_closed = true,
            Event::RequestReopened { .. } => trip.is_closed = false,
            Event::RequestHandedOver { to, .. } => trip.group = *to,
            Event::RequestTakenBack { state, group, .. } => trip.stand_again(state, *group),
            _ => trip.was_loud = true,
        }
    }

    pub fn end(self) -> Night {
        let trips: Vec<Trip> = self.trips.into_values().collect();
        let requests = Group::ALL.into_iter().map(|group| {
            let own: Vec<&Trip> = trips.iter().filter(|trip| trip.group == group).collect();
            let count =
                |is: fn(&Trip) -> bool| u32::try_from(own.iter().filter(|trip| is(trip)).count()).unwrap_or(u32::MAX);
            let waits = |end: fn(&Trip) -> Option<Moment>| {
                median(own.iter().filter_map(|trip| end(trip).map(|at| at.since_s(trip.raised_at))).collect())
            };
            GroupNight {
                group,
                raised: count(|_| true),
                closed: count(|trip| trip.is_closed),
                escalated: count(|trip| trip.was_loud),
                taken_after_s: waits(|trip| trip.taken_at),
                done_after_s: waits(|trip| trip.done_at),
            }
        });
        Night { requests: requests.collect(), ..self.night }
    }
}

fn median(mut waits: Vec<i64>) -> Option<i64> {
    waits.sort_unstable();
    waits.get(waits.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::things::Site;

    #[test]
    fn waits_run_from_the_raising_and_other_orders_do_not_count() {
        let (t0, order, other) = (Moment::default(), Id::fresh(Moment::from_ms(1)), Id::fresh(Moment::from_ms(2)));
        let (one, site) = (Id::<Problem>::fresh(t0), Id::<Site>::fresh(t0));
        let mut teller = Teller::default();
        teller.hear(order, t0, &Event::RequestRaised { problem: one, site: Some(site), group: Group::Prevention });
        teller.hear(order, t0.plus_min(11), &Event::RequestEscalated { problem: one, level: 1 });
        teller.hear(order, t0.plus_min(12), &Event::RequestTaken { problem: one });
        teller.hear(order, t0.plus_min(40), &Event::RequestDone { problem: one });
        teller.hear(order, t0.plus_min(41), &Event::RequestConfirmed { problem: one });
        let plan = Id::fresh(t0);
        teller.hear(order, t0, &Event::Replanned { plan, order, moved: 2, called: 3, unmet: 0 });
        teller.hear(order, t0, &Event::Replanned { plan, order: other, moved: 50, called: 0, unmet: 0 });
        let night = teller.end();
        assert_eq!((night.replans, night.people_moved, night.people_called), (1, 2, 3));
        let group = night.requests.iter().find(|g| g.group == Group::Prevention).unwrap();
        assert_eq!((group.raised, group.closed, group.escalated), (1, 1, 1));
        assert_eq!((group.taken_after_s, group.done_after_s), (Some(720), Some(2400)));
    }
}
