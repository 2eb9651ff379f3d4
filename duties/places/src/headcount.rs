//! The headcount rule with this server's configuration, on the day of asking.

use domain::Moment;
use web::{Fault, House};

use crate::rules::headcount::{Guidelines, Proposal};

/// What a site that expects so many people needs, by the guideline in force at that moment.
pub fn proposal(house: &House, people: u32, at: Moment) -> Result<Proposal, Fault> {
    let guidelines: Guidelines = house.settings.of("places").map_err(Fault::Bug)?;
    let guideline = guidelines.on(at.in_zone(&house.settings.zone).date()).map_err(Fault::Bug)?;
    Ok(guideline.propose(people))
}

/// Says what is wrong with `[places]`.
pub fn check(settings: &web::Settings) -> Result<(), String> {
    settings.of::<Guidelines>("places").map(drop)
}
