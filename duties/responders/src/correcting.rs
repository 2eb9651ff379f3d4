//! A volunteer objects to the own record; the assessment group settles it, never the one who asked.

use domain::{District, Event, Id, Jurisdiction, Moment, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use uuid::Uuid;
use web::{Desk, Done, Fault, refusal::Refused as House};

use crate::{
    availability::moment,
    refusals::Refused,
    store::{
        attendances::{self, Attended, Newly as NewStay},
        corrections::{self, Asked, Newly},
    },
};

/// The longest text that is taken.
pub const MOST_CHARS: usize = 2_000;
const MOST_CHARS_OF_A_NAME: usize = 100;
/// As many of somebody's newest stays are compared with one that is added.
const LOOKED_THROUGH: i64 = 1_000;

#[derive(Deserialize, JsonSchema)]
pub struct Ask {
    /// The stay it is about; left out when one is missing.
    attendance: Option<Id<things::Attendance>>,
    /// What is wrong.
    objection: String,
    /// Where I stood, when a stay is missing: the site's name.
    site: Option<String>,
    /// When I really came.
    in_at: Option<String>,
    /// When I really went.
    out_at: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    correction: Id<things::Correction>,
}

/// A volunteer asks for the own record.
pub async fn ask(desk: Desk, ask: Ask) -> Result<Done<Written>, Fault> {
    let volunteer = desk.volunteer()?;
    Ok(Done::at("/record", write(&desk, volunteer, ask).await?).saying("responders-correction-asked"))
}

/// Somebody of the assessment group writes down what a volunteer asks for by telephone. A colleague settles it.
pub async fn ask_for(desk: Desk, ask: Ask) -> Result<Done<Written>, Fault> {
    let volunteer = Id::from_uuid(desk.person()?);
    let to = format!("/volunteers/{volunteer}");
    Ok(Done::at(to, write(&desk, volunteer, ask).await?).saying("responders-correction-asked"))
}

async fn write(desk: &Desk, volunteer: Id<things::Volunteer>, ask: Ask) -> Result<Written, Fault> {
    let place = Jurisdiction { person: Some(volunteer.uuid()), ..desk.here().clone() };
    let (objection, wanted_site) = (text(&ask.objection)?, name(ask.site.as_deref()));
    let (wanted_in_at, wanted_out_at) = (moment(desk, ask.in_at.as_deref())?, moment(desk, ask.out_at.as_deref())?);
    let is_turned = wanted_in_at.zip(wanted_out_at).is_some_and(|(from, until)| until <= from);
    if is_turned || wanted_in_at.is_some_and(|from| from > desk.at()) {
        return Err(Refused::TimesTurned.into());
    }
    let written = desk.change(move |tx| {
        if let Some(id) = ask.attendance {
            let stay = attendances::by_id(tx, id)?.filter(|stay| stay.volunteer == volunteer);
            stay.ok_or(House::NotThere)?;
        }
        let newly = Newly {
            volunteer,
            attendance: ask.attendance,
            objection: &objection,
            wanted_site: wanted_site.as_deref(),
            wanted_in_at,
            wanted_out_at,
        };
        let correction = corrections::add(tx, &place.district, &newly)?;
        tx.record(&place, correction.uuid(), &Event::CorrectionAsked { correction, volunteer })?;
        Ok(Written { correction })
    });
    written.await
}

/// A site's name as somebody wrote it.
fn name(written: Option<&str>) -> Option<String> {
    let name: String = written.unwrap_or_default().trim().chars().take(MOST_CHARS_OF_A_NAME).collect();
    Some(name).filter(|name| !name.is_empty())
}

/// What a person wrote: something, and not a book.
pub fn text(written: &str) -> Result<String, Fault> {
    let written = written.trim();
    if written.is_empty() {
        return Err(Refused::NothingWritten.into());
    }
    Ok(written.chars().take(MOST_CHARS).collect())
}

#[derive(Deserialize, JsonSchema)]
pub struct Settle {
    correction: Id<things::Correction>,
    upheld: bool,
    /// What the volunteer is told.
    answer: String,
    /// Filled in by whoever settles, where a stay is missing: the site's name, from, until.
    site: Option<String>,
    in_at: Option<String>,
    out_at: Option<String>,
}

pub async fn settle(desk: Desk, ask: Settle) -> Result<Done<()>, Fault> {
    let (answer, actor, place) = (text(&ask.answer)?, desk.actor(), desk.here().clone());
    let filled_in =
        (name(ask.site.as_deref()), moment(&desk, ask.in_at.as_deref())?, moment(&desk, ask.out_at.as_deref())?);
    desk.change(move |tx| {
        let asked = corrections::by_id(tx, &place.district, ask.correction)?.ok_or(House::NotThere)?;
        if actor.id == asked.asked_by || actor.id == asked.volunteer.uuid() {
            return Err(Refused::OwnCorrection.into());
        }
        if !corrections::settle(tx, asked.id, ask.upheld, &answer)? {
            return Err(Refused::AlreadySettled.into());
        }
        if ask.upheld {
            let (site, in_at, out_at) = filled_in.clone();
            let asked = Asked {
                wanted_site: site.or_else(|| asked.wanted_site.clone()),
                wanted_in_at: in_at.or(asked.wanted_in_at),
                wanted_out_at: out_at.or(asked.wanted_out_at),
                ..asked.clone()
            };
            uphold(tx, &place.district, &asked, actor.id)?;
        }
        let place = Jurisdiction { person: Some(asked.volunteer.uuid()), ..place.clone() };
        let event = Event::CorrectionSettled { correction: asked.id, upheld: ask.upheld };
        Ok(tx.record(&place, asked.id.uuid(), &event)?)
    })
    .await?;
    Ok(Done::at("/assessment", ()).saying("responders-correction-settled"))
}

/// An upheld objection with times corrects the stay it is about; one about no stay adds the one that is missing.
fn uphold(tx: &mut Tx, district: &District, asked: &Asked, by: Uuid) -> Result<(), Fault> {
    let Some(stay) = asked.attendance.map(|id| attendances::by_id(tx, id)).transpose()?.flatten() else {
        return add_missing(tx, district, asked, by);
    };
    let in_at = asked.wanted_in_at.unwrap_or(stay.in_at);
    let out_at = asked.wanted_out_at.or(stay.out_at);
    if out_at.is_some_and(|out| out < in_at) {
        return Err(Refused::TimesTurned.into());
    }
    if (in_at, out_at) == (stay.in_at, stay.out_at) {
        return Ok(());
    }
    replace(tx, stay, in_at, out_at, by)
}

/// What was recorded is not rewritten: the old stay is undone and the corrected one is added beside it.
fn replace(tx: &mut Tx, stay: Attended, in_at: Moment, out_at: Option<Moment>, by: Uuid) -> Result<(), Fault> {
    attendances::undo(tx, stay.id)?;
    let corrected = Attended { id: Id::fresh(tx.at()), in_at, out_at, ..stay };
    Ok(attendances::add(tx, &NewStay { attended: &corrected, by })?)
}

/// The stay that nobody had recorded: at a site where others stood that day, and not while the person stood elsewhere.
fn add_missing(tx: &mut Tx, district: &District, asked: &Asked, by: Uuid) -> Result<(), Fault> {
    let (Some(site_name), Some(in_at), Some(out_at)) = (&asked.wanted_site, asked.wanted_in_at, asked.wanted_out_at)
    else {
        return Err(Refused::SaysNotWhere.into());
    };
    if out_at <= in_at || out_at > tx.at() {
        return Err(Refused::TimesTurned.into());
    }
    let stays = attendances::of_volunteer(tx, asked.volunteer, LOOKED_THROUGH)?;
    if stays.iter().any(|stay| stay.in_at < out_at && stay.out_at.is_none_or(|gone_at| gone_at > in_at)) {
        return Err(Refused::StoodThen.into());
    }
    let place = attendances::place_named(tx, district, site_name, in_at)?;
    let (order, site) = place.ok_or(Refused::NobodyStoodThere)?;
    let missing = Attended {
        id: Id::fresh(tx.at()),
        volunteer: asked.volunteer,
        order,
        site,
        site_name: site_name.clone(),
        role: None,
        due_at: None,
        in_at,
        out_at: Some(out_at),
    };
    Ok(attendances::add(tx, &NewStay { attended: &missing, by })?)
}
