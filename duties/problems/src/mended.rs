//! What was proposed for a request, decided: people are on their way, or are called back.

use domain::{District, Event, Jurisdiction, Moment};
use store::{Error, Tx};
use uuid::Uuid;

use crate::{
    jobs,
    rules::{
        escalation,
        state::{self, State, TAKEN_BACK},
    },
    store::{self as table, Stored},
};

const PEOPLE_SENT: &str = "people_sent";

/// Answers the open requests that this proposal belongs to: people are sent, and will be there by `promised_for`.
pub fn people_sent(
    tx: &mut Tx,
    district: &District,
    proposal: Uuid,
    promised_for: Moment,
    note: &str,
) -> Result<(), Error> {
    let (by, at) = (*tx.actor(), tx.at());
    for found in table::open_with(tx, district, proposal)? {
        let Ok(state) = state::answer(found.state, by, Some(promised_for), at) else { continue };
        let event = Event::RequestAnswered { problem: found.id, promised_for: Some(promised_for) };
        keep(tx, &found, state, PEOPLE_SENT, Some(note), &event)?;
    }
    Ok(())
}

/// The proposal was taken back. A request that nothing else has happened to stands as before.
pub fn people_called_back(tx: &mut Tx, district: &District, proposal: Uuid) -> Result<(), Error> {
    for found in table::open_with(tx, district, proposal)? {
        let steps = table::steps(tx, found.id)?;
        if let [.., before, last] = steps.as_slice()
            && last.step == PEOPLE_SENT
        {
            let (state, group) = (before.state, found.owner);
            let event = Event::RequestTakenBack { problem: found.id, state: state.name().to_owned(), group };
            keep(tx, &found, state, TAKEN_BACK, None, &event)?;
        }
    }
    Ok(())
}

fn keep(tx: &mut Tx, found: &Stored, state: State, step: &str, note: Option<&str>, event: &Event) -> Result<(), Error> {
    let level = escalation::level_at(state, 0, tx.at());
    table::set_state(tx, found.id, state, found.owner, level)?;
    table::add_step(tx, found.id, step, state, note)?;
    let here = Jurisdiction { group: Some(found.owner), ..found.here.clone() };
    tx.record(&here, found.id.uuid(), event)?;
    jobs::watch(tx, found.id, escalation::next_due(state, level))
}
