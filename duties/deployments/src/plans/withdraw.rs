//! Undoing a published plan: what stood before stands again, as far as people have not arrived meanwhile.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{Event, Id, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, House};

use super::{change::Change, publish};
use crate::{
    orders,
    refusals::Refused,
    rules::mishap::Cause,
    store::{
        assignments::{self, Posting},
        orders::{self as order_rows, Order},
        plans::{self, Plan},
        posts, tallies,
    },
    telling,
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    plan: Id<things::Plan>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawn {
    pub told: u64,
    /// People who have arrived under the plan: they stay.
    pub stay: u64,
}

pub async fn withdraw(desk: Desk, ask: Ask) -> Result<Done<Withdrawn>, Fault> {
    let (order, plan, house) = (ask.order, ask.plan, desk.house().clone());
    let withdrawn = desk.change(move |tx| of_plan(tx, &house, order, plan)).await?;
    Ok(Done::at(format!("/orders/{order}"), withdrawn).saying("deployments-plan-withdrawn"))
}

/// Undoes the newest published plan of an order.
pub fn of_plan(
    tx: &mut Tx,
    house: &Arc<House>,
    order: Id<things::Order>,
    plan: Id<things::Plan>,
) -> Result<Withdrawn, Fault> {
    let order = orders::open(tx, order)?;
    let plan = super::named(tx, order.id, plan)?;
    if !plan.is_published() {
        return Err(Refused::NothingPublished.into());
    }
    if plans::last_published(tx, order.id)?.is_some_and(|last| last.id != plan.id) {
        return Err(Refused::NewerStands.into());
    }
    let (change, stay) = backwards(tx, &plan)?;
    let at = tx.at();
    publish::carry_out(tx, &order, &plan, &change)?;
    unsettle_posts(tx, &order, &plan)?;
    tallies::recount(tx, &order)?;
    plans::set_published(tx, plan.id, plan.published_at, Some(at))?;
    let before = plans::last_published(tx, order.id)?.map(|plan| plan.id);
    order_rows::set_plan(tx, order.id, before)?;
    telling::tell(tx, house, &order, &change)?;
    problems::people_called_back(tx, &order.district, plan.id.uuid())?;
    tx.record(&order.jurisdiction(), plan.id.uuid(), &Event::PlanWithdrawn { plan: plan.id, order: order.id })?;
    Ok(Withdrawn { told: (change.postings.len() + change.released().count()) as u64, stay })
}

/// The steps back: who was posted by the plan goes home or to the post held before.
fn backwards(tx: &mut Tx, plan: &Plan) -> Result<(Change, u64), Fault> {
    let given = assignments::given_by(tx, plan.id)?;
    let (stay, ended): (Vec<_>, Vec<_>) = given.into_iter().partition(|held| held.standing.has_arrived());
    let staying: HashSet<_> = stay.iter().map(|held| held.volunteer).collect();
    let replaced: HashMap<_, _> = ended.iter().map(|held| (held.volunteer, held.id)).collect();
    let before = assignments::ended_by(tx, plan.id)?.into_iter().filter(|before| !staying.contains(&before.volunteer));
    let postings = before.map(|before| Posting {
        id: Id::fresh(tx.at()),
        volunteer: before.volunteer,
        site: before.site,
        role: before.role,
        plan: before.plan,
        distance_m: before.distance_m,
        reason: before.reason,
        replaces: replaced.get(&before.volunteer).copied(),
    });
    Ok((Change { postings: postings.collect(), ended }, stay.len() as u64))
}

fn unsettle_posts(tx: &mut Tx, order: &Order, plan: &Plan) -> Result<(), Fault> {
    match plan.cause {
        Cause::Shortage { site, role, count } => {
            let headcount = posts::headcount(tx, order.id, site, role)?.saturating_sub(count);
            posts::set(tx, order, &[(site, role, headcount)])?;
        }
        Cause::SiteClosed { site } => order_rows::set_site_closed(tx, order.id, site, None)?,
        Cause::Whole | Cause::Gaps | Cause::TeamLate { .. } | Cause::NoShows { .. } | Cause::TooLate { .. } => {}
    }
    Ok(())
}
