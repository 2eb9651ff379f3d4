//! Gathers the case of a plan from the registers: who could serve, what is wanted, what officers wish, what stands.

use std::collections::{HashMap, HashSet};

use domain::{
    Id, Moment, PostRole,
    things::{Site, Volunteer},
};
use jiff::tz::TimeZone;
use responders::{Lately, Rest, VolunteerHead};
use store::{Error, Tx};
use web::House;

use crate::{
    rules::{
        case::{Absence, Candidate, Case, Held, Spot, Want},
        forecast::{Comer, Rates},
        mishap::Cause,
        standing::Standing,
        weights::Weights,
    },
    settings,
    store::{
        assignments::{self, Assignment},
        links,
        orders::{self, Order},
        posts, wishes,
    },
};

type Post = (Id<Site>, PostRole);

/// What this house was set up with.
#[derive(Debug, Clone)]
pub struct HouseRules {
    pub zone: TimeZone,
    pub rest: Rest,
    pub rates: Rates,
}

impl HouseRules {
    pub fn of(house: &House) -> Result<Self, Error> {
        let rest = responders::rest_rules(house).map_err(Error::Bug)?;
        Ok(Self { zone: house.settings.zone.clone(), rest, rates: settings::rates(house)? })
    }
}

/// Reads everything a plan of this order depends on, in one snapshot.
pub fn gather(tx: &mut Tx, order: &Order, cause: &Cause, weights: Weights, house: &HouseRules) -> Result<Case, Error> {
    let live = assignments::live_by_volunteer(tx, order.id)?;
    let pins = wishes::pins(tx, order.id)?;
    let ground = Ground::read(tx, order, cause, &live, &pins, &house.rates)?;
    let links = links::all(tx, &order.district)?;
    let links = links.into_iter().filter_map(|(team, site)| Some((team, *ground.spot_of.get(&site)?))).collect();
    let too_late_at = match cause {
        Cause::TooLate { site } => ground.spot_of.get(site).copied(),
        _ => None,
    };
    let candidates = Calling::read(tx, order, cause, live, pins, house)?.candidates(tx, &ground)?;
    let is_mending = cause.is_mending();
    let mut case = Case { spots: ground.spots, wants: ground.wants, candidates, links, is_mending, weights };
    if let Some(spot) = too_late_at {
        bar_who_comes_too_late(&mut case, spot, order, tx.at(), &house.rates);
    }
    Ok(case)
}

/// Nobody is called to a site for being in time who would not be.
fn bar_who_comes_too_late(case: &mut Case, spot: usize, order: &Order, now: Moment, rates: &Rates) {
    let Some(want) = case.wants.iter().position(|want| want.spot == spot) else { return };
    for at in 0..case.candidates.len() {
        let is_of_site = case.candidates[at].held.is_some_and(|held| case.wants[held.want].spot == spot);
        let called = Comer {
            role: case.wants[want].role,
            told_at: now,
            has_acknowledged: false,
            distance_m: case.distance_m(at, want),
            arrived_at: None,
        };
        if !is_of_site && called.earliest(now, rates) > order.milestones.in_place_at {
            case.candidates[at].barred.push(spot);
        }
    }
}

/// Sites and posts, with their places in the case.
struct Ground {
    spots: Vec<Spot>,
    wants: Vec<Want>,
    spot_of: HashMap<Id<Site>, usize>,
    want_of: HashMap<Post, usize>,
}

impl Ground {
    fn read(
        tx: &mut Tx,
        order: &Order,
        cause: &Cause,
        live: &HashMap<Id<Volunteer>, Assignment>,
        pins: &HashMap<Id<Volunteer>, Post>,
        rates: &Rates,
    ) -> Result<Self, Error> {
        let taking_part = orders::sites(tx, order.id)?;
        let shut: HashSet<_> =
            taking_part.iter().filter(|(_, closed_at)| closed_at.is_some()).map(|(site, _)| *site).collect();
        let mut spots: Vec<Spot> = places::sites(tx, &order.district)?
            .into_iter()
            .filter(|site| taking_part.binary_search_by_key(&site.id, |(id, _)| *id).is_ok())
            .map(|site| {
                let is_open = !shut.contains(&site.id) && *cause != Cause::SiteClosed { site: site.id };
                Spot { site: site.id, position: site.position, priority: site.priority, is_open }
            })
            .collect();
        spots.sort_unstable_by_key(|spot| spot.site);
        let spot_of: HashMap<_, _> = spots.iter().enumerate().map(|(at, spot)| (spot.site, at)).collect();
        let wanted = wanted(tx, order, cause, live, pins, rates)?;
        let want = |((site, role), (headcount, price)): (Post, (u32, i64))| {
            let spot = *spot_of.get(&site)?;
            let headcount = if spots[spot].is_open { headcount } else { 0 };
            Some(Want { spot, role, headcount, price })
        };
        let mut wants: Vec<Want> = wanted.into_iter().filter_map(want).collect();
        wants.sort_unstable_by_key(|want| (want.spot, want.role));
        let want_of = wants.iter().enumerate().map(|(at, want)| ((spots[want.spot].site, want.role), at)).collect();
        Ok(Self { spots, wants, spot_of, want_of })
    }
}

/// Every post that is wanted, held or pinned: headcount and price.
fn wanted(
    tx: &mut Tx,
    order: &Order,
    cause: &Cause,
    live: &HashMap<Id<Volunteer>, Assignment>,
    pins: &HashMap<Id<Volunteer>, Post>,
    rates: &Rates,
) -> Result<HashMap<Post, (u32, i64)>, Error> {
    let posts = posts::all(tx, order.id)?;
    let mut wanted: HashMap<_, _> =
        posts.into_iter().map(|post| ((post.site, post.role), (post.headcount, post.price))).collect();
    let spoken_of = live.values().map(|held| (held.site, held.role)).chain(pins.values().copied());
    for post in spoken_of {
        wanted.entry(post).or_default();
    }
    if let Cause::Shortage { site, role, count } = *cause {
        wanted.entry((site, role)).or_default().0 += count;
    }
    let now = tx.at();
    let is_of = |held: &Assignment, site| held.site == site && !held.standing.has_arrived();
    if let Cause::TooLate { site } = *cause {
        for held in live.values().filter(|held| is_of(held, site) && is_too_late(held, order, now, rates)) {
            wanted.entry((site, held.role)).or_default().0 += 1;
        }
    }
    if cause.is_mending() && now < order.milestones.shift_until {
        // Whoever went home early is not sent anywhere else, and another is called besides.
        for held in live.values().filter(|held| matches!(held.standing, Standing::Left { .. })) {
            wanted.entry((held.site, held.role)).or_default().0 += 1;
        }
    }
    Ok(wanted)
}

/// Leaving as soon as they are ready, they would still miss the moment to be in place.
fn is_too_late(held: &Assignment, order: &Order, now: Moment, rates: &Rates) -> bool {
    let comer = Comer {
        role: held.role,
        told_at: held.told_at,
        has_acknowledged: held.acknowledged_at.is_some(),
        distance_m: held.distance_m,
        arrived_at: None,
    };
    comer.earliest(now, rates) > order.milestones.in_place_at
}

/// Who is called on, and why others are not.
struct Calling<'o> {
    order: &'o Order,
    cause: Cause,
    live: HashMap<Id<Volunteer>, Assignment>,
    pins: HashMap<Id<Volunteer>, Post>,
    exclusions: HashMap<Id<Volunteer>, Vec<Option<Id<Site>>>>,
    declined: HashSet<Id<Volunteer>>,
    elsewhere: HashSet<Id<Volunteer>>,
    lately: HashMap<Id<Volunteer>, Lately>,
    /// When the next duty begins that somebody was told of, after this one.
    next: HashMap<Id<Volunteer>, Moment>,
    rest: Rest,
}

impl<'o> Calling<'o> {
    fn read(
        tx: &mut Tx,
        order: &'o Order,
        cause: &Cause,
        live: HashMap<Id<Volunteer>, Assignment>,
        pins: HashMap<Id<Volunteer>, Post>,
        house: &HouseRules,
    ) -> Result<Self, Error> {
        let declined = assignments::declined(tx, order.id)?.into_iter().map(|held| held.volunteer);
        let ahead = assignments::ahead(tx, order)?;
        let (from, until) = order.shift();
        let mut next: HashMap<_, Moment> = HashMap::new();
        for (volunteer, duty) in ahead.duties.iter().filter(|(_, duty)| duty.from >= until) {
            next.entry(*volunteer).and_modify(|at| *at = (*at).min(duty.from)).or_insert(duty.from);
        }
        Ok(Self {
            order,
            cause: *cause,
            live,
            pins,
            exclusions: wishes::exclusions(tx, order.id)?,
            declined: declined.collect(),
            elsewhere: assignments::held_elsewhere(tx, order)?.into_iter().collect(),
            lately: responders::lately(tx, &order.district, from, &house.zone, &ahead)?,
            next,
            rest: house.rest,
        })
    }

    fn candidates(&self, tx: &mut Tx, ground: &Ground) -> Result<Vec<Candidate>, Error> {
        let mut candidates = Vec::new();
        responders::each_for_allocation(tx, &self.order.district, |person| {
            candidates.push(self.candidate(person, ground));
        })?;
        candidates.sort_unstable_by_key(|person| person.volunteer);
        let (mean, from) = (responders::mean_duties(&self.lately, candidates.len()), self.order.milestones.shift_from);
        for person in &mut candidates {
            let lately = self.lately.get(&person.volunteer);
            person.turn_points = lately.map_or(0, |lately| responders::turn_points(*lately, mean, from));
        }
        Ok(candidates)
    }

    fn candidate(&self, person: VolunteerHead, ground: &Ground) -> Candidate {
        let held = self.live.get(&person.id);
        let lately = self.lately.get(&person.id);
        let left_out = self.exclusions.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let spot = |site: &Option<Id<Site>>| ground.spot_of.get(&(*site)?).copied();
        Candidate {
            volunteer: person.id,
            position: person.position,
            team: Some(person.team),
            roles: person.roles,
            is_reserve: person.reserve,
            // Whoever served yesterday comes after those who did not, by day as by night.
            nights_in_a_row: person
                .nights_in_a_row
                .max(lately.map_or(0, |lately| lately.nights_in_a_row.max(lately.days_in_a_row))),
            // Known once everybody is: it compares with the mean.
            turn_points: 0,
            absence: self.absence(&person, held),
            held: held.and_then(|held| self.held(held, ground)),
            pinned: self.pins.get(&person.id).and_then(|post| ground.want_of.get(post).copied()),
            barred: left_out.iter().filter_map(spot).collect(),
        }
    }

    /// Arrived people stay – unless their site drops out.
    fn held(&self, held: &Assignment, ground: &Ground) -> Option<Held> {
        let want = *ground.want_of.get(&(held.site, held.role))?;
        let site_drops_out = self.cause == Cause::SiteClosed { site: held.site };
        Some(Held { want, is_fixed: held.standing.has_arrived() && !site_drops_out })
    }

    fn absence(&self, person: &VolunteerHead, held: Option<&Assignment>) -> Option<Absence> {
        let (from, until) = self.order.shift();
        let is_left_out = self.exclusions.get(&person.id).is_some_and(|sites| sites.contains(&None));
        let is_free =
            person.available_from.is_none_or(|at| at <= from) && person.available_until.is_none_or(|at| at >= until);
        match held {
            _ if self.declined.contains(&person.id) => Some(Absence::Declined),
            _ if is_left_out => Some(Absence::Excluded),
            Some(held) if self.is_missing(person, held) => Some(Absence::Missing),
            // Who was told to come is counted on.
            Some(_) if self.cause.is_mending() => None,
            _ if self.elsewhere.contains(&person.id) => Some(Absence::Elsewhere),
            _ if !is_free => Some(Absence::Away),
            _ if !self.is_rested(person) => Some(Absence::Resting),
            _ => None,
        }
    }

    fn is_missing(&self, person: &VolunteerHead, held: &Assignment) -> bool {
        let is_meant = match self.cause {
            Cause::TeamLate { team } => person.team == team,
            Cause::NoShows { site } => held.site == site,
            _ => false,
        };
        is_meant && !held.standing.has_arrived()
    }

    fn is_rested(&self, person: &VolunteerHead) -> bool {
        let lately = self.lately.get(&person.id);
        let nights = person.nights_in_a_row.max(lately.map_or(0, |lately| lately.nights_in_a_row));
        let last_end = lately.and_then(|lately| lately.last_end).filter(|_| !self.live.contains_key(&person.id));
        let (from, until) = self.order.shift();
        let sleeps_after = self.next.get(&person.id).is_none_or(|next| *next >= until.plus_h(self.rest.least_h));
        sleeps_after && responders::is_rested(self.rest, last_end, nights, from)
    }
}
