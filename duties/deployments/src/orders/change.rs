//! Changing an order: name and milestones. The shift stays once people were told of it.

use domain::{Event, Id, Moment, things};
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault, Undo};

use super::give::read_moment;
use crate::{
    refusals::Refused,
    rules::milestones::Milestones,
    store::orders::{self, Order},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ChangeOrder {
    order: Id<things::Order>,
    name: Option<String>,
    order_at: Option<String>,
    set_up_at: Option<String>,
    in_place_at: Option<String>,
    close_at: Option<String>,
    shift_from: Option<String>,
    shift_until: Option<String>,
    /// It is meant to run at sites and hours that another open order has, too.
    #[serde(default)]
    beside: bool,
}

pub async fn change(desk: Desk, ask: ChangeOrder) -> Result<Done<()>, Fault> {
    let (id, at_desk) = (ask.order, desk.clone());
    // Read apart: what a change answers is kept, and names do not lie open.
    let before = desk.look(move |tx| super::open(tx, id)).await?;
    desk.change(move |tx| {
        let mut order = super::open(tx, id)?;
        let milestones = milestones(&at_desk, &ask, order.milestones)?;
        milestones.check().map_err(|why| Refused::OutOfOrder.with("why", why))?;
        let shift = (milestones.shift_from, milestones.shift_until);
        if order.plan.is_some() && shift != order.shift() {
            return Err(Refused::PeopleAreTold.into());
        }
        if let Some(name) = ask.name.as_deref().filter(|name| !name.trim().is_empty()) {
            order.name = super::name_of(&at_desk, name, order.is_drill)?;
        }
        let has_moved = shift != order.shift();
        (order.day, order.milestones) = (milestones.day(at_desk.zone()), milestones);
        if has_moved {
            let sites: Vec<_> = orders::sites(tx, id)?.into_iter().map(|(site, _)| site).collect();
            super::refuse_taken(tx, &order, &sites, ask.beside)?;
        }
        orders::change(tx, &order)?;
        Ok(tx.record(&order.jurisdiction(), id.uuid(), &Event::OrderChanged { order: id })?)
    })
    .await?;
    Ok(Done::at(format!("/orders/{id}"), ()).saying("web-saved").undone_by(as_before(&before)))
}

/// The same form with what stood there.
fn as_before(order: &Order) -> Undo {
    let Milestones { order_at, set_up_at, in_place_at, close_at, shift_from, shift_until } = order.milestones;
    let times = [order_at, set_up_at, in_place_at, close_at, shift_from, shift_until].map(Moment::rfc3339);
    let names = ["order_at", "set_up_at", "in_place_at", "close_at", "shift_from", "shift_until"];
    let mut fields = vec![("name", order.name.as_str()), ("beside", "true")];
    fields.extend(names.into_iter().zip(times.iter().map(String::as_str)));
    Undo::by(format!("/orders/{}", order.id), &fields)
}

fn milestones(desk: &Desk, ask: &ChangeOrder, now: Milestones) -> Result<Milestones, Fault> {
    let read = |text: &Option<String>, now| read_moment(desk, text.as_deref(), now);
    Ok(Milestones {
        order_at: read(&ask.order_at, now.order_at)?,
        set_up_at: read(&ask.set_up_at, now.set_up_at)?,
        in_place_at: read(&ask.in_place_at, now.in_place_at)?,
        close_at: read(&ask.close_at, now.close_at)?,
        shift_from: read(&ask.shift_from, now.shift_from)?,
        shift_until: read(&ask.shift_until, now.shift_until)?,
    })
}
