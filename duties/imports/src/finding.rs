//! Finding the table in a file: under its own headings, or under the meaning that somebody once gave them.

use domain::District;
use sheets::{Mapping, TableFault, fingerprint};
use store::Store;

use crate::{
    bring::Stopped,
    file::{self, OpenTable, Place},
    rules::register::Register,
    store::{self as books, Told},
};

pub enum Found {
    Table(Box<OpenTable>, Told),
    /// Nobody has said yet what these headings mean.
    Unknown(Told),
}

/// Opens the table under the mapping that was given with it, or one that was saved for its headings.
pub async fn find_table(
    store: &Store,
    register: Register,
    district: &District,
    mut told: Told,
    place: &Place,
) -> Result<Found, Stopped> {
    let given = told.mapping();
    let headings = match open_apart(place, register, given.clone()).await {
        Ok(table) if given != Mapping::new() => return Ok(found(table, told)),
        Ok(table) => table.headings().cells().to_vec(),
        Err(TableFault::MissingHeadings { found, .. }) => found,
        Err(fault) => return Err(fault.into()),
    };
    let (district, print) = (district.clone(), fingerprint(&headings));
    let saved = store.look(move |tx| books::saved_mapping(tx, &district, register, &print)).await?;
    if given == Mapping::new() {
        told.mapping = saved.unwrap_or_default();
    }
    told.headings = headings;
    match open_apart(place, register, told.mapping()).await {
        Ok(table) => Ok(found(table, told)),
        Err(TableFault::MissingHeadings { .. } | TableFault::SameHeadingTwice { .. }) => Ok(Found::Unknown(told)),
        Err(fault) => Err(fault.into()),
    }
}

fn found(table: OpenTable, mut told: Told) -> Found {
    told.headings = table.headings().cells().to_vec();
    let means_none = |heading: &String| told.mapping.iter().any(|(known, key)| known == heading && key.is_none());
    let unknown = table.headings().unknown().into_iter();
    told.not_read = unknown.filter(|it| told.headings.contains(it) && !means_none(it)).collect();
    Found::Table(Box::new(table), told)
}

/// Opening a hostile workbook may take a second: not on a thread that serves others.
pub async fn open_apart(place: &Place, register: Register, mapping: Mapping) -> Result<OpenTable, TableFault> {
    let place = place.clone();
    let opened = tokio::task::spawn_blocking(move || file::open(&place, register, mapping)).await;
    opened.unwrap_or_else(|e| Err(TableFault::Unreadable { detail: e.to_string() }))
}
