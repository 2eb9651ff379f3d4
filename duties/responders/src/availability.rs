//! When a volunteer can come: stated by themselves, heard by the next allocation.

use domain::{Event, Moment};
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault};

use crate::{refusals::Refused, store::volunteers};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct State {
    /// A date and time; left out: from now on.
    from: Option<String>,
    /// A date and time; left out: without an end.
    until: Option<String>,
}

pub async fn state(desk: Desk, ask: State) -> Result<Done<()>, Fault> {
    let (id, mut place) = (desk.volunteer()?, desk.here().clone());
    place.person = Some(id.uuid());
    let (from, until) = (moment(&desk, ask.from.as_deref())?, moment(&desk, ask.until.as_deref())?);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(Refused::WindowTurned.into());
    }
    desk.change(move |tx| {
        volunteers::set_availability(tx, id, from, until)?;
        Ok(tx.record(&place, id.uuid(), &Event::AvailabilityStated { volunteer: id })?)
    })
    .await?;
    Ok(Done::at("/record", ()).saying("responders-availability-stated"))
}

/// A date and time as a person or a browser wrote it, on the clock of the place.
pub fn moment(desk: &Desk, text: Option<&str>) -> Result<Option<Moment>, Fault> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    Ok(Some(Moment::parse(text, desk.zone()).ok_or(Refused::NotATime)?))
}
