//! Closing an order: it stays to be read, nothing more is done under it. Whoever forgot to check out went home when the
//! shift ended, so that nobody's hours run on and nobody's rest never begins.

use domain::{Event, Id, things};
use responders::attendance;
use schemars::JsonSchema;
use serde::Deserialize;
use store::Tx;
use uuid::Uuid;
use web::{Desk, Done, Fault, Undo};

use crate::{
    gate::{self, Entry},
    refusals::Refused,
    store::{
        check_ins::Way,
        orders::{self, Order},
    },
};

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
        send_home(tx, &order)?;
        Ok(tx.record(&order.jurisdiction(), id.uuid(), &Event::OrderClosed { order: id })?)
    })
    .await?;
    let undo = Undo::by(format!("/orders/{id}/reopening"), &[]);
    Ok(Done::at(format!("/orders/{id}"), ()).saying("deployments-order-closed").undone_by(undo))
}

fn send_home(tx: &mut Tx, order: &Order) -> Result<(), Fault> {
    let shift_ended = order.milestones.shift_until.min(tx.at());
    for (site, _) in orders::sites(tx, order.id)? {
        for stay in attendance::present(tx, order.id, site)? {
            let at = shift_ended.max(stay.in_at);
            let entry = Entry {
                id: Uuid::now_v7(),
                volunteer: stay.volunteer,
                way: Way::Out,
                role: None,
                said_at: at,
                at,
                device: None,
                n: None,
                off_m: None,
                fingerprint: [0; 32],
            };
            gate::check_out(tx, order, site, &entry)?;
        }
    }
    Ok(())
}
