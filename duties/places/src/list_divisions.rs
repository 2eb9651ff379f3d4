//! The divisions of the district with a map of our own, and adding or correcting one by hand.

use domain::{Event, Jurisdiction, Origin, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault, Page, view};

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
}

pub async fn put(desk: Desk, ask: DivisionAsk) -> Result<Done<()>, Fault> {
    let position = match (ask.latitude, ask.longitude) {
        (Some(latitude), Some(longitude)) => {
            Some(Position::from_origin(latitude, longitude, ask.origin).map_err(|_| Refused::BadPosition)?)
        }
        (None, None) => None,
        _ => return Err(Refused::BadPosition.into()),
    };
    let (district, asked) = (desk.district().clone(), desk.clone());
    let rows = [DivisionRow { code: ask.code, name: ask.name, position }];
    desk.change(move |tx| {
        let verdicts = register::judge_divisions(tx, &district, &rows)?;
        if let Some(Verdict::Rejected(reason)) = verdicts.first() {
            return Err(refused::row(&asked, reason));
        }
        register::apply_divisions(tx, &district, &rows)?;
        let here = Jurisdiction::district(district.clone());
        Ok(tx.record(&here, uuid::Uuid::nil(), &Event::DivisionsChanged { divisions: 1 })?)
    })
    .await?;
    Ok(Done::at("/divisions", ()).saying("places-division-saved"))
}
