//! The job that makes a plan: reads a snapshot, lets the engine work on a thread of its own, writes the answer down.

use std::{sync::Arc, time::Instant};

use domain::{Event, Id, things};
use serde_json::json;
use store::{
    Act, Error, Job, Store, Tx,
    jobs::{Leased, Outcome, Runner, back_off},
};
use web::House;

use super::gather::{HouseRules, gather};
use crate::{
    rules::{
        case::{Answer, Case},
        mishap::Cause,
        weights::Weights,
    },
    store::{
        orders::{self, Order},
        plans::{self, Plan},
    },
};

const KIND: &str = "deployments.solve";

pub fn jobs(runner: Runner, house: &Arc<House>) -> Runner {
    let rules = HouseRules::of(house);
    runner.on(KIND, move |store, job| {
        // A mistake in the settings was refused when the server started.
        let rules = rules.as_ref().map_err(ToString::to_string).cloned();
        async move {
            match rules {
                Ok(rules) => solve(store, job, rules).await,
                Err(why) => Outcome::Never { why },
            }
        }
    })
}

/// Asks for a plan; the job does the rest.
pub fn begin(tx: &mut Tx, order: &Order, cause: &Cause, weights: &Weights) -> Result<Id<things::Plan>, Error> {
    let plan = plans::ask(tx, order, cause, weights)?;
    let due = tx.at();
    tx.enqueue(Job { kind: KIND, key: plan.to_string(), due, body: json!({ "plan": plan }) })?;
    Ok(plan)
}

async fn solve(store: Store, job: Leased, rules: HouseRules) -> Outcome {
    let Ok(id) = serde_json::from_value::<Id<things::Plan>>(job.body["plan"].clone()) else {
        return Outcome::Never { why: "the job names no plan".to_owned() };
    };
    match work(&store, &job, id, rules).await {
        Ok(()) => Outcome::Done,
        Err(cause) => Outcome::Again { after: back_off(job.attempts), why: cause.to_string() },
    }
}

async fn work(store: &Store, job: &Leased, id: Id<things::Plan>, rules: HouseRules) -> Result<(), Error> {
    let Some((plan, order)) = store.look(move |tx| asked(tx, id)).await? else { return Ok(()) };
    let began = Instant::now();
    if !plan.cause.is_mending() {
        stage(store, id, "reading").await?;
    }
    let (mishap, weights, of) = (plan.cause, plan.weights, order.clone());
    let question = store.look(move |tx| gather(tx, &of, &mishap, weights, &rules)).await?;
    if !plan.cause.is_mending() {
        stage(store, id, "solving").await?;
    }
    let solved = tokio::task::spawn_blocking(move || {
        let answer = question.solve();
        (question, answer)
    });
    let (question, answer) = solved.await.map_err(|panic| Error::Bug(panic.to_string()))?;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let job = job.clone();
    let act = Act::system(store.clock().now());
    let (question, answer) = (Arc::new(question), Arc::new(answer));
    store.change(act, move |tx| keep(tx, &job, &order, &plan, &question, &answer, took_ms)).await
}

/// The plan that is still to be made, with its order.
fn asked(tx: &mut Tx, id: Id<things::Plan>) -> Result<Option<(Plan, Order)>, Error> {
    let Some(plan) = plans::plan(tx, id)?.filter(Plan::is_at_work) else { return Ok(None) };
    let order = orders::known(tx, plan.order)?;
    Ok(Some((plan, order)))
}

async fn stage(store: &Store, id: Id<things::Plan>, stage: &'static str) -> Result<(), Error> {
    let act = Act::system(store.clock().now());
    store.change(act, move |tx| plans::set_stage(tx, id, stage, None)).await
}

fn keep(
    tx: &mut Tx,
    job: &Leased,
    order: &Order,
    plan: &Plan,
    case: &Case,
    answer: &Result<Answer, flow::Error>,
    took_ms: u64,
) -> Result<(), Error> {
    match answer {
        Ok(answer) => {
            plans::keep(tx, order, plan.id, case, answer, took_ms)?;
            tx.record(&order.jurisdiction(), plan.id.uuid(), &made(order, plan, answer))?;
        }
        Err(why) => plans::set_stage(tx, plan.id, "failed", Some(&why.to_string()))?,
    }
    job.end(tx)
}

fn made(order: &Order, plan: &Plan, answer: &Answer) -> Event {
    let figures = answer.figures;
    if plan.cause.is_mending() {
        let crate::rules::case::Figures { moved, called, unmet, .. } = figures;
        Event::Replanned { plan: plan.id, order: order.id, moved, called, unmet }
    } else {
        let crate::rules::case::Figures { assigned, unmet, objective, .. } = figures;
        Event::PlanMade { plan: plan.id, order: order.id, assigned, unmet, objective }
    }
}
