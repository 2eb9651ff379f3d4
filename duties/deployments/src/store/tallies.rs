//! Counts per post. They change in the transaction that changes what they count, so a page never has to count people.

use domain::{
    Id, PostRole,
    things::{Order as AnOrder, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, params};

use super::{orders::Order, plans};
use crate::rules::weights::Weights;

/// One post in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    pub site: Id<Site>,
    pub role: PostRole,
    pub need: u32,
    pub assigned: u32,
    pub acknowledged: u32,
    pub declined: u32,
    /// Standing there now: those assigned, and those who turned up by themselves.
    pub arrived: u32,
}

impl Tally {
    pub const fn missing(&self) -> u32 {
        self.need.saturating_sub(self.arrived)
    }

    /// Those lacking to the minimum crew that the post can work with.
    pub const fn below_crew(&self, weights: &Weights) -> u32 {
        weights.crew(self.need).saturating_sub(self.arrived)
    }

    pub const fn unmet(&self) -> u32 {
        self.need.saturating_sub(self.assigned)
    }

    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            site: row.get("site")?,
            role: row.parse("role")?,
            need: row.get("need")?,
            assigned: row.get("assigned")?,
            acknowledged: row.get("acknowledged")?,
            declined: row.get("declined")?,
            arrived: row.get("arrived")?,
        })
    }
}

const COLUMNS: &str = "select site, role, need, assigned, acknowledged, declined, arrived from tallies";

/// By site and role.
pub fn all(tx: &mut Tx, order: Id<AnOrder>) -> Result<Vec<Tally>, Error> {
    let mut tallies = tx.rows(&format!("{COLUMNS} where order_id = $1"), params![order], Tally::read)?;
    tallies.sort_unstable_by_key(|tally| (tally.site, tally.role));
    Ok(tallies)
}

pub fn of_site(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>) -> Result<Vec<Tally>, Error> {
    let sql = format!("{COLUMNS} where order_id = $1 and site = $2");
    let mut tallies = tx.rows(&sql, params![order, site], Tally::read)?;
    tallies.sort_unstable_by_key(|tally| tally.role);
    Ok(tallies)
}

/// The weights of the plan that people were told of: they say how large the minimum crew of a post is.
pub fn weights(tx: &mut Tx, order: &Order) -> Result<Weights, Error> {
    let plan = order.plan.map(|plan| plans::plan(tx, plan)).transpose()?.flatten();
    Ok(plan.map(|plan| plan.weights).unwrap_or_default())
}

/// A change to the counts of one post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    pub assigned: i64,
    pub acknowledged: i64,
    pub declined: i64,
    pub arrived: i64,
}

pub fn step(tx: &mut Tx, order: &Order, site: Id<Site>, role: PostRole, step: Step) -> Result<(), Error> {
    let Step { assigned, acknowledged, declined, arrived } = step;
    tx.execute(
        "insert into tallies (order_id, district, site, role, assigned, acknowledged, declined, arrived) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (order_id, site, role) do update set \
         assigned = tallies.assigned + excluded.assigned, acknowledged = tallies.acknowledged + excluded.acknowledged, \
         declined = tallies.declined + excluded.declined, arrived = tallies.arrived + excluded.arrived",
        params![order.id, &order.district, site, role.name(), assigned, acknowledged, declined, arrived],
    )?;
    Ok(())
}

/// Counts again what assignments say, after a plan changed many at once. Arrivals are left: plans do not touch them.
pub fn recount(tx: &mut Tx, order: &Order) -> Result<(), Error> {
    tx.execute(
        "update tallies set assigned = 0, acknowledged = 0, declined = 0 where order_id = $1",
        params![order.id],
    )?;
    tx.execute(
        "insert into tallies (order_id, district, site, role, assigned, acknowledged, declined) \
         select order_id, district, site, role, \
           sum(case when ended_at is null then 1 else 0 end), \
           sum(case when ended_at is null and acknowledged_at is not null then 1 else 0 end), \
           sum(case when state = 'declined' then 1 else 0 end) \
         from assignments where order_id = $1 group by order_id, district, site, role \
         on conflict (order_id, site, role) do update set assigned = excluded.assigned, \
           acknowledged = excluded.acknowledged, declined = excluded.declined",
        params![order.id],
    )?;
    Ok(())
}
