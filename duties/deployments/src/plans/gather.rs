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
        mishap::Cause,
        weights::Weights,
    },
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
}

impl HouseRules {
    pub fn of(house: &House) -> Result<Self, Error> {
        let rest = responders::rest_rules(house).map_err(Error::Bug)?;
        Ok(Self { zone: house.settings.zone.clone(), rest })
    }
}

/// Reads everything a plan of this order depends on, in one snapshot.
pub fn gather(tx: &mut Tx, order: &Order, cause: &Cause, weights: Weights, house: &HouseRules) -> Result<Case, Error> {
    let live = assignments::live_by_volunteer(tx, order.id)?;
    let pins = wishes::pins(tx, order.id)?;
    let ground = Ground::read(tx, order, cause, &live, &pins)?;
    let links = links::all(tx, &order.district)?;
    let links = links.into_iter().filter_map(|(team, site)| Some((team, *ground.spot_of.get(&site)?))).collect();
    let candidates = Calling::read(tx, order, cause, live, pins, house)?.candidates(tx, &ground)?;
    Ok(Case { spots: ground.spots, wants: ground.wants, candidates, links, is_mending: cause.is_mending(), weights })
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
    ) -> Result<Self, Error> {
        let taking_part = orders::sites(tx, order.id)?;
        let shut: HashSet<_> =
            taking_part.iter().filter(|(_, closed_at)| closed_at.is_some()).map(|(site, _)| *site).collect();
        let mut spots: Vec<Spot> = places::sites(tx, &order.district)?
            .into_iter()
            .filter(|site| taking_part.binary_search_by_key(&site.id, |(id, _)| *id).is_ok())
            .map(|site| Spot { site: site.id, position: site.position, priority: site.priority })
            .collect();
        spots.sort_unstable_by_key(|spot| spot.site);
        let spot_of: HashMap<_, _> = spots.iter().enumerate().map(|(at, spot)| (spot.site, at)).collect();
        let wanted = wanted(tx, order, cause, live, pins)?;
        let is_shut = |site: Id<Site>| shut.contains(&site) || *cause == Cause::SiteClosed { site };
        let want = |((site, role), (headcount, price)): (Post, (u32, i64))| {
            let headcount = if is_shut(site) { 0 } else { headcount };
            Some(Want { spot: *spot_of.get(&site)?, role, headcount, price })
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
    Ok(wanted)
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
