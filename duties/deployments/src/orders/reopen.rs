//! Opening an order again that was closed by mistake: soon, and only while everybody it holds is still free for it. Whoever
//! the closing had sent home stands where they stood.

use std::collections::HashSet;

use domain::{Event, Id, things};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Tx;
use uuid::Uuid;
use web::{Desk, Done, Fault};

use crate::{
    gate::{self, Entry, Gate},
    refusals::Refused,
    store::{
        assignments,
        check_ins::{self, Way},
        orders::{self, Order},
    },
};

/// How long a closing can be taken back.
const REOPEN_MIN: i64 = 10;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
}

pub async fn reopen(desk: Desk, ask: Ask) -> Result<Done<()>, Fault> {
    let id = ask.order;
    desk.change(move |tx| {
        let order = super::named(tx, id)?;
        let Some(closed_at) = order.closed_at.filter(|at| tx.at() <= at.plus_min(REOPEN_MIN)) else {
            return Err(Refused::StaysClosed.into());
        };
        let elsewhere: HashSet<_> = assignments::held_elsewhere(tx, &order)?.into_iter().collect();
        let held = assignments::live(tx, id)?;
        let taken = held.iter().filter(|held| elsewhere.contains(&held.volunteer)).count();
        if taken > 0 {
            return Err(Refused::HeldElsewhere.with("count", taken).into());
        }
        orders::reopen(tx, id)?;
        for (site, volunteer) in check_ins::went_at(tx, id, closed_at)? {
            call_back(tx, &order, site, volunteer)?;
        }
        Ok(tx.record(&order.jurisdiction(), id.uuid(), &Event::OrderReopened { order: id })?)
    })
    .await?;
    Ok(Done::at(format!("/orders/{id}"), ()).saying("deployments-order-reopened"))
}

/// Whoever has come somewhere else meanwhile stays there.
fn call_back(
    tx: &mut Tx,
    order: &Order,
    site: Id<things::Site>,
    volunteer: Id<things::Volunteer>,
) -> Result<(), Fault> {
    if gate::stay_of(tx, volunteer)?.is_some() {
        return Ok(());
    }
    let entry = Entry {
        id: Uuid::now_v7(),
        volunteer,
        way: Way::Undo,
        role: None,
        said_at: tx.at(),
        at: tx.at(),
        device: None,
        n: None,
        off_m: None,
        fingerprint: [0; 32],
    };
    Gate::of(tx, order, site)?.pass(tx, &entry)?;
    Ok(())
}
