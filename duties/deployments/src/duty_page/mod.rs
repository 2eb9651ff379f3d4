//! A volunteer's own day: where, when, what, whom to ask; answering, coming and going.

pub mod answer;
pub mod calendar;
pub mod presence;
pub mod show;

use domain::{Id, things::Volunteer};
use store::Tx;
use web::Fault;

use crate::{
    refusals::Refused,
    store::{
        assignments::{self, Assignment},
        orders::{self, Order},
    },
};

/// The duty somebody has now, under an open order.
pub fn own(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<(Order, Assignment), Fault> {
    let held = assignments::of_volunteer(tx, volunteer)?.ok_or(Refused::NoDuty)?;
    let order = orders::known(tx, held.order)?;
    if order.is_open() { Ok((order, held)) } else { Err(Refused::NoDuty.into()) }
}
