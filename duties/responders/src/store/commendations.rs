//! Decisions of the assessment group about the commendation list. Without a decision the rules speak.

use std::collections::HashMap;

use domain::{District, Id, things::Volunteer};
use store::{Result, Tx, params};
use uuid::Uuid;

/// The label under which reasons are sealed.
pub const REASON: &str = "commendations.reason";

/// Somebody put on the list by decision, or taken off it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub listed: bool,
    pub reason: Option<String>,
}

pub fn decide(tx: &mut Tx, district: &District, volunteer: Id<Volunteer>, decision: &Decision) -> Result<()> {
    let (at, by) = (tx.at(), tx.actor().id);
    let reason = decision.reason.as_ref().map(|reason| tx.seal(REASON, reason));
    tx.execute(
        "insert into commendations (id, district, volunteer, listed, decided_at, decided_by, reason)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (volunteer) do update set listed = excluded.listed, decided_at = excluded.decided_at,
           decided_by = excluded.decided_by, reason = excluded.reason",
        params![Uuid::now_v7(), district, volunteer, decision.listed, at, by, reason],
    )?;
    Ok(())
}

/// Without a decision the rules speak.
pub fn forget(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<()> {
    tx.execute("delete from commendations where volunteer = $1", params![volunteer])?;
    Ok(())
}

pub fn decisions(tx: &mut Tx, district: &District) -> Result<HashMap<Id<Volunteer>, Decision>> {
    let sql = "select volunteer, listed, reason from commendations where district = $1";
    let rows = tx.rows(sql, params![district], |row| {
        Ok((row.get::<Id<Volunteer>>("volunteer")?, row.get::<bool>("listed")?, row.get::<Option<Vec<u8>>>("reason")?))
    })?;
    let open = |(volunteer, listed, sealed): (_, bool, Option<Vec<u8>>)| {
        let reason = sealed.map(|sealed| tx.open(REASON, &sealed)).transpose()?;
        Ok((volunteer, Decision { listed, reason }))
    };
    rows.into_iter().map(open).collect()
}
