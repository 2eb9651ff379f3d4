//! Taking in a file of boundaries: each feature is a division, found by its code, or by a name only one has.

use std::io::Read as _;

use domain::{District, Event, Jurisdiction, Origin};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx};

use tokio::sync::Semaphore;
use web::{Desk, Done, Fault, Upload};

use crate::{
    refused::Refused,
    rules::{
        boundary::{self, NotBoundaries, Outline},
        intake::Divisions,
    },
    store::divisions,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ImportAsk {
    /// The system the map was drawn in.
    #[serde(default)]
    origin: Origin,
}

/// What became of the features of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Imported {
    pub taken: u64,
    /// Codes or names of features that are no division of this district, as far as a message has room.
    pub unknown: Vec<String>,
}

/// How many unknown features are named.
const MOST_NAMED: usize = 20;

pub async fn import(desk: Desk, ask: ImportAsk, file: Upload) -> Result<Done<Imported>, Fault> {
    let refuse = |reason: NotBoundaries| {
        Fault::from(Refused::NotBoundaries.with("reason", reason.say(&desk.house().words, desk.locale())))
    };
    let outlines = read(file, ask.origin).await?.map_err(refuse)?;
    let district = desk.district().clone();
    let imported = desk.change(move |tx| {
        let imported = take(tx, &district, &outlines)?;
        if imported.taken == 0 {
            return Err(Refused::NoBoundaryFits.with("unknown", imported.unknown.join(" ")).into());
        }
        Ok(imported)
    });
    let imported = imported.await?;
    let word = if imported.unknown.is_empty() { "places-boundaries-taken" } else { "places-boundaries-partly" };
    Ok(Done::at("/divisions", imported).saying(word))
}

/// Stores the outlines of known divisions and names the others.
pub fn take(tx: &mut Tx, district: &District, outlines: &[Outline]) -> Result<Imported, Error> {
    let known = divisions::divisions(tx, district)?;
    let by_name = known.iter().map(|division| (division.code.as_str(), division.name.as_str()));
    let divisions = Divisions::new(district, by_name);
    let mut imported = Imported::default();
    for outline in outlines {
        let named = [&outline.code, &outline.name].into_iter().flatten();
        let found = named.clone().filter_map(|text| divisions.find(text).ok()).find(|(_, is_new)| !is_new);
        match found {
            Some((code, _)) => {
                divisions::set_boundary(tx, &code, &outline.shape)?;
                imported.taken += 1;
            }
            None if imported.unknown.len() < MOST_NAMED => {
                imported.unknown.extend(named.last().map(|text| text.chars().take(40).collect()));
            }
            None => {}
        }
    }
    if imported.taken > 0 {
        let event = Event::BoundariesImported { divisions: imported.taken };
        tx.record(&Jurisdiction::district(district.clone()), uuid::Uuid::nil(), &event)?;
    }
    Ok(imported)
}

/// Reads a file as a whole: not on a thread that serves others, and one at a time, for many at once would take much memory.
async fn read(file: Upload, origin: Origin) -> Result<Result<Vec<Outline>, NotBoundaries>, Fault> {
    static ONE: Semaphore = Semaphore::const_new(1);
    let broken = |e: &dyn std::fmt::Display| Fault::Bug(format!("temporary file: {e}"));
    let _turn = ONE.acquire().await.map_err(|e| broken(&e))?;
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::with_capacity(usize::try_from(boundary::MAX_BYTES).unwrap_or_default());
        // One byte more than is taken tells a larger file.
        file.open()?.take(boundary::MAX_BYTES + 1).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(boundary::read(&bytes, origin))
    });
    read.await.map_err(|e| broken(&e))?.map_err(|e| broken(&e))
}
