//! Closing an order: it stays to be read, nothing more is done under it.

use domain::{Event, Id, things};
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault};

use crate::{refusals::Refused, store::orders};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
}

pub async fn close(desk: Desk, ask: Ask) -> Result<Done<()>, Fault> {
    let id = ask.order;
    desk.change(move |tx| {
        let order = super::named(tx, id)?;
        if !orders::close(tx, id)? {
            return Err(Refused::OrderIsClosed.into());
        }
        Ok(tx.record(&order.jurisdiction(), id.uuid(), &Event::OrderClosed { order: id })?)
    })
    .await?;
    Ok(Done::at(format!("/orders/{id}"), ()).saying("deployments-order-closed"))
}
