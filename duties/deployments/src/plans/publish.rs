//! Publishing: from here on people are told. Assignments, tallies and notices are one change: all of it or none.

use std::sync::Arc;

use domain::{Event, Id, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx};
use web::{Desk, Done, Fault, House, Undo};

use super::change::{self, Change};
use crate::{
    orders,
    refusals::Refused,
    rules::{mishap::Cause, standing::Standing},
    store::{
        assignments,
        orders::{self as order_rows, Order},
        plans::{self, Plan},
        posts, tallies,
    },
    telling,
};

/// By when people who are called in the night are expected.
const ON_THEIR_WAY_MIN: i64 = 30;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    plan: Id<things::Plan>,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// People who are told: newly posted, moved, or sent home.
    pub told: u64,
    pub moved: u64,
    pub released: u64,
}

pub async fn publish(desk: Desk, ask: Ask) -> Result<Done<Published>, Fault> {
    let (order, plan, house) = (ask.order, ask.plan, desk.house().clone());
    let published = desk.change(move |tx| of_plan(tx, &house, order, plan)).await?;
    let undo = Undo::by(format!("/orders/{order}/plans/{plan}/withdrawal"), &[]);
    Ok(Done::at(format!("/orders/{order}"), published).saying("deployments-plan-published").undone_by(undo))
}

/// Publishes a plan, whole or mending.
pub fn of_plan(
    tx: &mut Tx,
    house: &Arc<House>,
    order: Id<things::Order>,
    plan: Id<things::Plan>,
) -> Result<Published, Fault> {
    let order = orders::open(tx, order)?;
    let plan = super::named(tx, order.id, plan)?;
    match (plan.score(), plan.published_at) {
        (None, _) => return Err(Refused::PlanNotReady.into()),
        (_, Some(_)) => return Err(Refused::AlreadyDecided.into()),
        _ => {}
    }
    let change = change::of_plan(tx, &order, &plan)?;
    let at = tx.at();
    carry_out(tx, &order, &plan, &change)?;
    settle_posts(tx, &order, &plan)?;
    tallies::recount(tx, &order)?;
    plans::set_published(tx, plan.id, Some(at), None)?;
    order_rows::set_plan(tx, order.id, Some(plan.id))?;
    telling::tell(tx, house, &order, &change)?;
    orders::calling::tell_groups(tx, house, &order, &plan)?;
    answer_call(tx, &order, &plan, &change)?;
    let released = change.released().count() as u64;
    let told = change.postings.len() as u64 + released;
    let event = Event::PlanPublished { plan: plan.id, order: order.id, told };
    tx.record(&order.jurisdiction(), plan.id.uuid(), &event)?;
    Ok(Published { told, moved: change.moved(), released })
}

/// Whoever called for these people hears that they come, by when, and how many of those asked for.
fn answer_call(tx: &mut Tx, order: &Order, plan: &Plan, change: &Change) -> Result<(), Fault> {
    let Cause::Shortage { site, role, count } = plan.cause else { return Ok(()) };
    let sent = change.postings.iter().filter(|posting| (posting.site, posting.role) == (site, role)).count();
    if sent == 0 {
        return Ok(());
    }
    let promised_for = tx.at().plus_min(ON_THEIR_WAY_MIN).max(order.milestones.in_place_at);
    Ok(problems::people_sent(tx, &order.district, plan.id.uuid(), promised_for, &format!("+{sent} / {count}"))?)
}

/// Ends and gives assignments.
pub fn carry_out(tx: &mut Tx, order: &Order, plan: &Plan, change: &Change) -> Result<(), Fault> {
    let ended: Vec<_> = change.ended.iter().map(|held| held.id).collect();
    if assignments::withdraw(tx, &ended, plan.id, plan.cause.dropped_site())? < ended.len() as u64 {
        return Err(Refused::PlanIsStale.into());
    }
    for held in change.ended.iter().filter(|held| matches!(held.standing, Standing::Arrived { .. })) {
        let gone = tallies::Step { arrived: -1, ..tallies::Step::default() };
        tallies::step(tx, order, held.site, held.role, gone)?;
    }
    match assignments::add(tx, order, &change.postings) {
        Err(Error::Duplicate { .. }) => Err(Refused::HeldElsewhere.with("count", 1).into()),
        done => Ok(done?),
    }
}

/// What the plan changed about posts: a grown need, a site that drops out, and what one more person is worth now.
fn settle_posts(tx: &mut Tx, order: &Order, plan: &Plan) -> Result<(), Fault> {
    match plan.cause {
        Cause::Shortage { site, role, count } => {
            let headcount = posts::headcount(tx, order.id, site, role)? + count;
            posts::set(tx, order, &[(site, role, headcount)])?;
        }
        Cause::SiteClosed { site } => {
            let at = tx.at();
            order_rows::set_site_closed(tx, order.id, site, Some(at))?;
        }
        Cause::Whole | Cause::Gaps | Cause::TeamLate { .. } | Cause::NoShows { .. } | Cause::TooLate { .. } => {}
    }
    let known: std::collections::HashMap<_, _> =
        posts::all(tx, order.id)?.into_iter().map(|post| ((post.site, post.role), post.price)).collect();
    let prices = plans::posts(tx, plan.id)?.into_iter().map(|post| (post.site, post.role, post.price));
    let changed: Vec<_> = prices.filter(|(site, role, price)| known.get(&(*site, *role)) != Some(price)).collect();
    Ok(posts::set_prices(tx, order.id, &order.district, &changed)?)
}
