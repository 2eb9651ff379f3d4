//! One request with its whole chain of steps.

use domain::{Actor, ActorKind, Group, Id, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx};
use web::{Desk, Fault, Page, access::accounts, refusal::Refused};

use crate::{line::Line, rules::state::State, store as table};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    request: String,
}

/// A step as people see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StepLine {
    at: Moment,
    step: String,
    /// The name of who did it, when it was somebody with an account.
    who: Option<String>,
    note: Option<String>,
    promised_for: Option<Moment>,
}

impl StepLine {
    fn word(&self) -> String {
        format!("problems-step-{}", self.step)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Chain {
    line: Line,
    steps: Vec<StepLine>,
    groups: Vec<Group>,
    /// Shown to whoever asked: they confirm or contest, they do not work the queue.
    to_asker: bool,
}
web::view!(Chain, "problems_chain.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<Chain>, Fault> {
    chain(desk, ask, false).await
}

pub async fn show_to_asker(desk: Desk, ask: Ask) -> Result<Page<Chain>, Fault> {
    chain(desk, ask, true).await
}

async fn chain(desk: Desk, ask: Ask, to_asker: bool) -> Result<Page<Chain>, Fault> {
    let here = desk.here().clone();
    let chain = desk.look(move |tx| {
        let stored = table::find_named(tx, &here.district, &ask.request)?.ok_or(Refused::NotThere)?;
        if to_asker && stored.here.site != here.site {
            return Err(Refused::NotThere.into());
        }
        let mut steps = Vec::new();
        for step in table::steps(tx, stored.id)? {
            let note = step.note.as_ref().map(|sealed| tx.open(table::NOTE, sealed)).transpose()?;
            let promised_for = if let State::Answered { promised_for, .. } = step.state { promised_for } else { None };
            steps.push(StepLine { at: step.at, step: step.step, who: who(tx, step.actor)?, note, promised_for });
        }
        Ok(Chain { line: Line::open(tx, stored)?, steps, groups: Group::ALL.to_vec(), to_asker })
    });
    Ok(Page(chain.await?))
}

fn who(tx: &mut Tx, actor: Actor) -> Result<Option<String>, Error> {
    if actor.kind != ActorKind::Account {
        return Ok(None);
    }
    let account = Id::from_uuid(actor.id);
    Ok(accounts::contacts(tx, &[account])?.remove(&account).map(|contact| contact.name))
}
