//! All SQL of this duty: samples for the trends, outlooks for the forecast.

use std::collections::HashMap;

use deployments::Outlook;
use domain::{
    District, Id, Moment,
    things::{Order, Site},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Tx, Value, params};

use crate::rules::summary::Totals;

/// The figures of one minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sample {
    pub at: Moment,
    pub set_up: u32,
    pub arrived: u32,
    pub acknowledged: u32,
    pub assigned: u32,
    pub short: u32,
    pub open_requests: u32,
}

pub fn add_sample(
    tx: &mut Tx,
    district: &District,
    order: Id<Order>,
    at: Moment,
    totals: &Totals,
    open_requests: u32,
) -> Result<(), Error> {
    tx.execute(
        "insert into board_samples (order_id, at, district, set_up, arrived, acknowledged, assigned, short, open_requests)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (order_id, at) do nothing",
        params![
            order, at, district, totals.set_up, totals.arrived, totals.acknowledged, totals.assigned,
            totals.short_people, open_requests
        ],
    )?;
    Ok(())
}

/// The samples of an order, oldest first.
pub fn samples(tx: &mut Tx, order: Id<Order>) -> Result<Vec<Sample>, Error> {
    let sql = "select at, set_up, arrived, acknowledged, assigned, short, open_requests from board_samples
               where order_id = $1 order by at limit 3000";
    tx.rows(sql, params![order], |row| {
        Ok(Sample {
            at: row.get("at")?,
            set_up: row.get("set_up")?,
            arrived: row.get("arrived")?,
            acknowledged: row.get("acknowledged")?,
            assigned: row.get("assigned")?,
            short: row.get("short")?,
            open_requests: row.get("open_requests")?,
        })
    })
}

/// Keeps how people are coming, site by site.
pub fn set_outlooks(
    tx: &mut Tx,
    district: &District,
    order: Id<Order>,
    at: Moment,
    outlooks: &[(Id<Site>, Outlook, f64)],
) -> Result<(), Error> {
    let mut rows: Vec<[Value; 6]> = Vec::with_capacity(outlooks.len());
    for (site, outlook, expected) in outlooks {
        let text = serde_json::to_string(outlook).map_err(|e| Error::Bug(e.to_string()))?;
        rows.push([order.into(), (*site).into(), district.into(), at.into(), text.into(), (*expected).into()]);
    }
    tx.insert_many(
        "insert into board_outlooks (order_id, site, district, at, in_place, expected)",
        "on conflict (order_id, site) do update set at = excluded.at, in_place = excluded.in_place, expected = excluded.expected",
        rows,
    )?;
    Ok(())
}

pub fn outlooks(tx: &mut Tx, order: Id<Order>) -> Result<HashMap<Id<Site>, Outlook>, Error> {
    let rows = tx.rows("select site, in_place from board_outlooks where order_id = $1", params![order], |row| {
        let text: serde_json::Value = row.get("in_place")?;
        let outlook = serde_json::from_value(text).map_err(|e| Error::Bug(format!("board_outlooks.in_place: {e}")))?;
        Ok((row.get("site")?, outlook))
    })?;
    Ok(rows.into_iter().collect())
}
