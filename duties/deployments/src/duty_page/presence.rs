//! Checking in and out by oneself. Where the phone says it is may be told; it decides nothing.

use domain::{Moment, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use web::{Desk, Done, Fault};

use crate::{
    gate::{self, Entry},
    store::check_ins::{self, Way},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ask {
    /// Given by a phone that may send it twice.
    id: Option<Uuid>,
    /// When it happened, milliseconds or RFC 3339, if it is sent later.
    at: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Noted {
    pub at: Moment,
    /// How far from the site the phone said it was.
    pub off_m: Option<i64>,
}

pub async fn come(desk: Desk, ask: Ask) -> Result<Done<Noted>, Fault> {
    Ok(Done::at("/duty", note(desk, ask, Way::In).await?).saying("deployments-you-are-in"))
}

pub async fn go(desk: Desk, ask: Ask) -> Result<Done<Noted>, Fault> {
    Ok(Done::at("/duty", note(desk, ask, Way::Out).await?).saying("deployments-you-are-out"))
}

async fn note(desk: Desk, ask: Ask, way: Way) -> Result<Noted, Fault> {
    let volunteer = desk.volunteer()?;
    let id = ask.id.unwrap_or_else(Uuid::now_v7);
    let said_at = said(&desk, ask.at.as_deref())?;
    let stands =
        ask.latitude.zip(ask.longitude).and_then(|(latitude, longitude)| Position::new(latitude, longitude).ok());
    let received_at = desk.at();
    desk.change(move |tx| {
        let (order, held) = super::own(tx, volunteer)?;
        let id = check_ins::own_id(tx, &order.district, held.site, id)?;
        let place = places::site(tx, held.site)?.map(|site| site.position);
        #[expect(clippy::cast_possible_truncation, reason = "half the earth's girth fits")]
        let off_m = stands.zip(place).map(|(here, there)| here.distance_m(there) as i64);
        let at = crate::rules::clocks::moment_of(said_at, None, received_at);
        let mut digest = Sha256::new();
        digest.update(volunteer.uuid().as_bytes());
        digest.update(way.name());
        let fingerprint = digest.finalize().into();
        let entry = Entry { id, volunteer, way, role: None, said_at, at, device: None, n: None, off_m, fingerprint };
        let site = gate::stay_of(tx, volunteer)?.map_or(held.site, |stay| stay.site);
        match way {
            Way::In => gate::check_in(tx, &order, held.site, &entry)?,
            Way::Out | Way::Undo => gate::check_out(tx, &order, site, &entry)?,
        };
        Ok(Noted { at, off_m })
    })
    .await
}

fn said(desk: &Desk, at: Option<&str>) -> Result<Moment, Fault> {
    let Some(text) = at.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(desk.at()) };
    let moment = text.parse().ok().map(Moment::from_ms).or_else(|| Moment::parse(text, desk.zone()));
    let unreadable = || web::refusal::Refused::NotUnderstood.with("reason", "at: neither milliseconds nor RFC 3339");
    Ok(moment.ok_or_else(unreadable)?)
}
