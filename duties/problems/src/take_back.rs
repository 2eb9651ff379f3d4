//! Taking back the step of a request that one has just made: it stands as before, and the chain shows both.

use domain::{Event, Group, Jurisdiction};
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault};

use crate::{
    jobs,
    refused::Refused,
    rules::{
        escalation,
        state::{self, TAKEN_BACK},
    },
    step::Stands,
    store as table,
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// The id or number of the request.
    request: String,
    /// After a handover: the group that had it.
    group: Option<Group>,
}

/// For whoever works the request.
pub async fn step(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    let stands = take_back(desk, ask).await?;
    Ok(Done::at(stands.in_queue(), stands).saying("problems-taken-back"))
}

/// For whoever confirmed or contested it.
pub async fn verdict(desk: Desk, ask: Ask) -> Result<Done<Stands>, Fault> {
    let stands = take_back(desk, ask).await?;
    Ok(Done::at(stands.at_site(), stands).saying("problems-taken-back"))
}

async fn take_back(desk: Desk, ask: Ask) -> Result<Stands, Fault> {
    let (district, by) = (desk.district().clone(), desk.actor());
    desk.change(move |tx| {
        let found = table::find_named(tx, &district, &ask.request)?.ok_or(web::refusal::Refused::NotThere)?;
        let steps = table::steps(tx, found.id)?;
        let chain: Vec<_> = steps.iter().map(|it| (it.step.as_str(), it.actor, it.at, it.state)).collect();
        let state = state::take_back(&chain, by, tx.at()).map_err(Refused::from)?;
        let was_handed_over = steps.last().is_some_and(|step| step.step == "handed_over");
        let owner = ask.group.filter(|_| was_handed_over).unwrap_or(found.owner);
        // Its clock runs on from when it began, as if nothing had been done.
        let level = escalation::level_at(state, 0, tx.at());
        table::set_state(tx, found.id, state, owner, level)?;
        table::add_step(tx, found.id, TAKEN_BACK, state, None)?;
        let here = Jurisdiction { group: Some(owner), ..found.here.clone() };
        let event = Event::RequestTakenBack { problem: found.id, state: state.name().to_owned(), group: owner };
        tx.record(&here, found.id.uuid(), &event)?;
        jobs::watch(tx, found.id, escalation::next_due(state, level))?;
        Ok(Stands::of(&found, state, owner))
    })
    .await
}
