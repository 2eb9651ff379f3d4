//! Plans: asked for, solved and proven off the request's thread, read, compared, published and undone.

pub mod ask;
pub mod change;
pub mod compare;
pub mod gather;
pub mod person;
pub mod publish;
pub mod sheet;
pub mod show;
pub mod solving;
pub mod wishes;
pub mod withdraw;

use domain::{Id, things};
use store::Tx;
use web::{Fault, refusal::Refused};

use crate::store::plans::{self, Plan};

/// The plan named in the address, which belongs to the order named there.
pub fn named(tx: &mut Tx, order: Id<things::Order>, plan: Id<things::Plan>) -> Result<Plan, Fault> {
    plans::of_order(tx, order, plan)?.ok_or_else(|| Refused::NotThere.into())
}
