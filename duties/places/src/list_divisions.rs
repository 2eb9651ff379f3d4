//! The divisions of the district with a map of our own, and adding or correcting one by hand.

use domain::{Division, Event, Jurisdiction, Origin, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault, Page, Undo, refusal::Refused as House, view};

use crate::{
    drawing::{self, Drawing},
    refused::{self, Refused},
    rules::{
        boundary,
        intake::{DivisionRow, Verdict},
    },
    store::{
        divisions::{self, DivisionLine},
        register, sites,
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListAsk {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DivisionsPage {
    divisions: Vec<DivisionLine>,
    with_boundary: usize,
    most_mib: u64,
    #[serde(skip)]
    drawing: Drawing,
}
view!(DivisionsPage, "places_divisions.html");

pub async fn list(desk: Desk, _: ListAsk) -> Result<Page<DivisionsPage>, Fault> {
    let district = desk.district().clone();
    let page = desk.look(move |tx| {
        let lines = divisions::lines(tx, &district)?;
        let shapes = divisions::boundaries(tx, &district)?;
        let heads: Vec<_> = lines.iter().map(|line| line.division.clone()).collect();
        let drawing = drawing::of_divisions(&heads, &shapes, &sites::sites(tx, &district)?);
        let most_mib = boundary::MAX_BYTES >> 20;
        Ok(DivisionsPage { divisions: lines, with_boundary: shapes.len(), most_mib, drawing })
    });
    Ok(Page(page.await?))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct DivisionAsk {
    code: String,
    name: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    #[serde(default)]
    origin: Origin,
    /// Takes out a division in which no site lies.
    #[serde(default)]
    off: bool,
}

pub async fn put(desk: Desk, ask: DivisionAsk) -> Result<Done<()>, Fault> {
    let position = match (ask.latitude, ask.longitude) {
        (Some(latitude), Some(longitude)) => {
            Some(Position::from_origin(latitude, longitude, ask.origin).map_err(|_| Refused::BadPosition)?)
        }
        (None, None) => None,
        _ => return Err(Refused::BadPosition.into()),
    };
    if ask.off {
        return take_out(&desk, &ask).await;
    }
    let (district, asked, code) = (desk.district().clone(), desk.clone(), ask.code.clone());
    let rows = [DivisionRow { code: ask.code, name: ask.name, position }];
    let before = desk.change(move |tx| {
        let before =
            divisions::divisions(tx, &district)?.into_iter().find(|it| it.code.as_str() == rows[0].code.trim());
        let verdicts = register::judge_divisions(tx, &district, &rows)?;
        if let Some(Verdict::Rejected(reason)) = verdicts.first() {
            return Err(refused::row(&asked, reason));
        }
        register::apply_divisions(tx, &district, &rows)?;
        let here = Jurisdiction::district(district.clone());
        tx.record(&here, uuid::Uuid::nil(), &Event::DivisionsChanged { divisions: 1 })?;
        Ok(before.map(|it| (it.name, it.position.map(|position| (position.latitude, position.longitude)))))
    });
    let undo = as_before(&code, before.await?);
    Ok(Done::at("/divisions", ()).saying("places-division-saved").undone_by(undo))
}

/// The same form with what stood there; a new division goes.
fn as_before(code: &str, before: Option<(String, Option<(f64, f64)>)>) -> Undo {
    let Some((name, position)) = before else {
        return Undo::by("/divisions", &[("code", code), ("name", code), ("off", "true")]);
    };
    let mut undo = Undo::by("/divisions", &[("code", code), ("name", &name)]);
    if let Some((latitude, longitude)) = position {
        let place = [("latitude", latitude), ("longitude", longitude)];
        undo.fields.extend(place.map(|(field, degrees)| (field.to_owned(), degrees.to_string())));
    }
    undo
}

/// A code that was typed wrong goes again, as long as no site needs it.
async fn take_out(desk: &Desk, ask: &DivisionAsk) -> Result<Done<()>, Fault> {
    let code: Division = ask.code.trim().parse().map_err(|_| House::NotThere)?;
    let district = desk.district().clone();
    desk.change(move |tx| {
        if !divisions::is_in(tx, &district, &code)? {
            return Err(House::NotThere.into());
        }
        if !divisions::remove(tx, &code)? {
            return Err(Refused::DivisionHasSites.into());
        }
        let here = Jurisdiction::district(district.clone());
        Ok(tx.record(&here, uuid::Uuid::nil(), &Event::DivisionsChanged { divisions: 1 })?)
    })
    .await?;
    Ok(Done::at("/divisions", ()).saying("places-division-gone"))
}
