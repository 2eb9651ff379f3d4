//! Asking for a plan. The answer comes from a job: a large district takes longer than a request should.

use domain::{Id, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault};

use super::solving;
use crate::{orders, rules::mishap::Cause, settings::Settings};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    pub plan: Id<things::Plan>,
}

pub async fn ask(desk: Desk, ask: Ask) -> Result<Done<Asked>, Fault> {
    let (id, weights) = (ask.order, Settings::at(&desk)?.weights);
    let asked = desk.change(move |tx| {
        let order = orders::open(tx, id)?;
        Ok(Asked { plan: solving::begin(tx, &order, &Cause::Whole, &weights)? })
    });
    let asked = asked.await?;
    Ok(Done::at(format!("/orders/{id}/plans/{}", asked.plan), asked))
}
