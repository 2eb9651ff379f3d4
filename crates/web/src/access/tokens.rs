//! API tokens of devices and programs: what there is, and taking one back.

use domain::{ActorKind, District, Event, Id, Jurisdiction, Moment, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx, params};
use uuid::Uuid;

use super::{Standing, sessions, standing};
use crate::{Desk, Done, Fault, refusal::Refused};

#[derive(Debug, Serialize, JsonSchema)]
pub struct TokenLine {
    pub id: Uuid,
    /// What it was made for.
    pub label: String,
    pub roles: Vec<Role>,
    pub made_at: Moment,
}

/// The tokens in use, newest first.
pub fn list(tx: &mut Tx, district: &District) -> Result<Vec<TokenLine>, Error> {
    let found = tx.rows(
        "select holder, label, started_at from sessions
         where actor_kind = 'device' and district = $1 and ended_at is null order by started_at desc, holder limit 200",
        params![district],
        |row| Ok((row.get::<Uuid>("holder")?, row.get::<Option<String>>("label")?, row.get("started_at")?)),
    )?;
    let mut lines = Vec::with_capacity(found.len());
    for (id, label, made_at) in found {
        let roles = standing::grants_of(tx, ActorKind::Device, id)?.into_iter().map(|grant| grant.role).collect();
        lines.push(TokenLine { id, label: label.unwrap_or_default(), roles, made_at });
    }
    Ok(lines)
}

/// `{token}` of a path: the id of its device, never the secret.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let Ok(id) = text.parse::<Id<Standing>>() else { return Ok(None) };
    let sql = "select district from sessions where holder = $1 and district = $2 and actor_kind = 'device'";
    let found = tx.first(sql, params![id, district], |row| row.get("district"))?;
    Ok(found.map(|district| Jurisdiction { person: Some(id.uuid()), ..Jurisdiction::district(district) }))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

/// The token stops working with the next request.
pub async fn withdraw(desk: Desk, _: Ask) -> Result<Done<()>, Fault> {
    let (place, device) = (desk.here().clone(), desk.person()?);
    desk.change(move |tx| {
        if sessions::end_all(tx, device)? == 0 {
            return Err(Refused::LinkIsOver.into());
        }
        Ok(tx.record(&place, device, &Event::TokenWithdrawn {})?)
    })
    .await?;
    Ok(Done::at("/accounts", ()).saying("web-token-withdrawn"))
}
