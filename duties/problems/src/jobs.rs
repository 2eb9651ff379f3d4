//! The clock of silence: a job per request wakes when its next step is due and raises it: from
//! then on it stands on top of the pages of whoever comes next. No message is sent.

use std::{sync::Arc, time::Duration};

use domain::{Event, Id, Moment, things::Problem};
use serde_json::json;
use store::{
    Act, Error, Job, Store, Tx,
    jobs::{Leased, Outcome, Runner},
};
use web::House;

use crate::{rules::escalation, store as table};

const WATCH: &str = "problems.watch";

/// Sets the alarm of a request; an earlier one of the same request is overtaken.
pub fn watch(tx: &mut Tx, id: Id<Problem>, due: Option<Moment>) -> Result<(), Error> {
    let Some(due) = due else { return Ok(()) };
    tx.enqueue(Job { kind: WATCH, key: format!("{id}@{}", due.ms()), due, body: json!({"problem": id}) })
}

pub fn register(runner: Runner, _: &Arc<House>) -> Runner {
    runner.on(WATCH, wake)
}

async fn wake(store: Store, job: Leased) -> Outcome {
    let Some(id) = job.body["problem"].as_str().and_then(|text| text.parse::<Id<Problem>>().ok()) else {
        return Outcome::Never { why: "names no request".to_owned() };
    };
    let now = store.clock().now();
    let act = Act::system(now);
    match store.change(act, move |tx| escalate(tx, id, now)).await {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Again { after: Duration::from_secs(10), why: error.to_string() },
    }
}

/// Raises the level as far as silence has lasted and sets the next alarm.
fn escalate(tx: &mut Tx, id: Id<Problem>, now: Moment) -> Result<(), Error> {
    let Some(found) = table::find(tx, id)? else { return Ok(()) };
    let level = escalation::level_at(found.state, found.level, now);
    if level == found.level {
        return Ok(());
    }
    table::set_state(tx, id, found.state, found.owner, level)?;
    table::add_step(tx, id, "escalated", found.state, None)?;
    tx.record(&found.here, id.uuid(), &Event::RequestEscalated { problem: id, level })?;
    watch(tx, id, escalation::next_due(found.state, level))
}
