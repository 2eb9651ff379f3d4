//! What publishing a plan changes: who is newly posted, who is moved, who is sent home. Worked out from what stands at
//! this moment, inside the transaction that changes it.

use std::collections::{HashMap, HashSet};

use domain::{
    Id, PostRole,
    things::{self, Site, Volunteer},
};
use store::Tx;
use web::Fault;

use crate::{
    refusals::Refused,
    rules::draining::Drain,
    store::{
        assignments::{self, Assignment, Posting},
        orders::Order,
        plans::{self, Line, Plan, PlanPost, Release},
    },
};

type Post = (Id<Site>, PostRole);

/// The steps from what stands to what the plan says.
#[derive(Debug, Default)]
pub struct Change {
    pub postings: Vec<Posting>,
    /// Assignments that end: of people who move, and of people who go home.
    pub ended: Vec<Assignment>,
}

impl Change {
    /// People who held a post and get another.
    pub fn moved(&self) -> u64 {
        self.postings.iter().filter(|posting| posting.replaces.is_some()).count() as u64
    }

    /// People who go home.
    pub fn released(&self) -> impl Iterator<Item = &Assignment> {
        let posted: HashSet<_> = self.postings.iter().map(|posting| posting.volunteer).collect();
        self.ended.iter().filter(move |held| !posted.contains(&held.volunteer))
    }
}

/// Works out the change and refuses what must not be: a plan made of facts that are no longer true, a site drained below
/// its need, somebody held elsewhere, somebody moved who stands there already.
pub fn of_plan(tx: &mut Tx, order: &Order, plan: &Plan) -> Result<Change, Fault> {
    let live = assignments::live_by_volunteer(tx, order.id)?;
    let lines = plans::lines(tx, plan.id)?;
    let change = if plan.cause.is_mending() {
        let released = plans::releases(tx, plan.id)?;
        mended(tx, plan, &live, &lines, &released)?
    } else {
        whole(tx, plan, &live, &lines)?
    };
    refuse_asking_again(tx, order, &change)?;
    refuse_moving_the_arrived(plan, &change)?;
    refuse_held_elsewhere(tx, order, &change)?;
    let posts = plans::post_map(tx, plan.id)?;
    refuse_draining(tx, &live, &posts, &change)?;
    Ok(change)
}

/// The whole plan against whatever stands.
fn whole(tx: &Tx, plan: &Plan, live: &HashMap<Id<Volunteer>, Assignment>, lines: &[Line]) -> Result<Change, Fault> {
    let mut change = Change::default();
    for (line, id) in lines.iter().zip(Id::in_order(tx.at(), lines.len())) {
        let held = live.get(&line.volunteer);
        if held.is_some_and(|held| (held.site, held.role) == (line.site, line.role)) {
            continue;
        }
        change.ended.extend(held.cloned());
        change.postings.push(posting(id, plan, line, held));
    }
    let planned: HashSet<_> = lines.iter().map(|line| line.volunteer).collect();
    let mut released: Vec<_> = live.values().filter(|held| !planned.contains(&held.volunteer)).cloned().collect();
    released.sort_unstable_by_key(|held| held.id);
    // Who has come although the plan sends them home has done nothing wrong: they stay.
    change.ended.extend(released.into_iter().filter(|held| !held.standing.has_arrived()));
    Ok(change)
}

/// A re-plan names its steps; each must still begin where it was made.
fn mended(
    tx: &Tx,
    plan: &Plan,
    live: &HashMap<Id<Volunteer>, Assignment>,
    lines: &[Line],
    released: &[Release],
) -> Result<Change, Fault> {
    let mut change = Change::default();
    for (line, id) in lines.iter().zip(Id::in_order(tx.at(), lines.len())) {
        let held = live.get(&line.volunteer);
        if held.map(|held| (held.site, held.role)) != line.from {
            return Err(Refused::PlanIsStale.into());
        }
        change.ended.extend(held.cloned());
        change.postings.push(posting(id, plan, line, held));
    }
    for (volunteer, site, role) in released {
        match live.get(volunteer) {
            Some(held) if (held.site, held.role) == (*site, *role) => change.ended.push(held.clone()),
            _ => return Err(Refused::PlanIsStale.into()),
        }
    }
    Ok(change)
}

fn posting(id: Id<things::Assignment>, plan: &Plan, line: &Line, held: Option<&Assignment>) -> Posting {
    Posting {
        id,
        volunteer: line.volunteer,
        site: line.site,
        role: line.role,
        plan: plan.id,
        distance_m: line.distance_m,
        reason: line.reason,
        replaces: held.map(|held| held.id),
    }
}

/// Whoever declined since the plan was made is not asked again.
fn refuse_asking_again(tx: &mut Tx, order: &Order, change: &Change) -> Result<(), Fault> {
    let declined: HashSet<_> = assignments::declined(tx, order.id)?.into_iter().map(|held| held.volunteer).collect();
    let is_asked_again = change.postings.iter().any(|posting| declined.contains(&posting.volunteer));
    if is_asked_again { Err(Refused::PlanIsStale.into()) } else { Ok(()) }
}

/// Of a site that drops out, those who stand there must be freed; of others nobody who has arrived is moved.
fn refuse_moving_the_arrived(plan: &Plan, change: &Change) -> Result<(), Fault> {
    let dropped = plan.cause.dropped_site();
    let arrived = change.ended.iter().filter(|held| held.standing.has_arrived() && Some(held.site) != dropped).count();
    if arrived > 0 { Err(Refused::StandsThere.with("count", arrived).into()) } else { Ok(()) }
}

fn refuse_held_elsewhere(tx: &mut Tx, order: &Order, change: &Change) -> Result<(), Fault> {
    let elsewhere: HashSet<_> = assignments::held_elsewhere(tx, order)?.into_iter().collect();
    let twice = change.postings.iter().filter(|posting| elsewhere.contains(&posting.volunteer)).count();
    if twice > 0 { Err(Refused::HeldElsewhere.with("count", twice).into()) } else { Ok(()) }
}

fn refuse_draining(
    tx: &mut Tx,
    live: &HashMap<Id<Volunteer>, Assignment>,
    posts: &HashMap<Post, PlanPost>,
    change: &Change,
) -> Result<(), Fault> {
    let mut before: HashMap<Post, u32> = HashMap::new();
    for held in live.values() {
        *before.entry((held.site, held.role)).or_default() += 1;
    }
    let mut after = before.clone();
    for held in &change.ended {
        *after.entry((held.site, held.role)).or_default() -= 1;
    }
    for posting in &change.postings {
        *after.entry((posting.site, posting.role)).or_default() += 1;
    }
    let drained = before.iter().find(|(post, before)| {
        let after = after.get(post).copied().unwrap_or(0);
        let (need, proven) = posts.get(post).map_or((0, 0), |post| (post.need, post.filled));
        Drain { need, before: **before, after, proven }.is_refused()
    });
    match drained {
        Some(((site, _), _)) => {
            let name = places::site(tx, *site)?.map_or_else(String::new, |site| site.name);
            Err(Refused::Draining.with("site", name).into())
        }
        None => Ok(()),
    }
}
