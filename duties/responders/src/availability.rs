//! When a volunteer can come: stated by themselves, heard by the next allocation.

use domain::{Event, Moment};
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault, Undo};

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
    let before = desk.change(move |tx| {
        let before = volunteers::head_by_id(tx, id)?.map_or((None, None), |it| (it.available_from, it.available_until));
        volunteers::set_availability(tx, id, from, until)?;
        tx.record(&place, id.uuid(), &Event::AvailabilityStated { volunteer: id })?;
        Ok(before)
    });
    let (from, until) = before.await?;
    let written = |at: Option<Moment>| at.map_or_else(String::new, Moment::rfc3339);
    let undo = Undo::by("/record/availability", &[("from", &written(from)), ("until", &written(until))]);
    Ok(Done::at("/record", ()).saying("responders-availability-stated").undone_by(undo))
}

/// A date and time as a person or a browser wrote it, on the clock of the place.
pub fn moment(desk: &Desk, text: Option<&str>) -> Result<Option<Moment>, Fault> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    Ok(Some(Moment::parse(text, desk.zone()).ok_or(Refused::NotATime)?))
}
