//! Lots: volunteers in stretches of some thousands, so that somebody is found by a name or number that lies sealed.
//!
//! A lot keeps one keyed fingerprint a person, four bytes each, in the order of their ids, which count up from the lot's
//! first. A search runs through them all: 4 MB for a million people. No index has to be kept for it, and four bytes say
//! less to a thief than a longer fingerprint would; whoever is found is opened and compared.

use std::collections::HashMap;

use domain::{District, Id, things::Volunteer};
use store::{Result, Tx, params};
use uuid::Uuid;

/// A keyed fingerprint of a name or a number.
pub type Print = [u8; 4];

/// How many people a lot takes before the next one is begun.
const LOT: usize = 16_000;

/// A column of fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Phones,
    Names,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Phones => "phones",
            Self::Names => "names",
        }
    }
}

/// The fingerprints of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prints {
    pub phone: Print,
    pub name: Print,
}

#[derive(Clone)]
struct Lot {
    number: i64,
    first: Uuid,
    phones: Vec<u8>,
    names: Vec<u8>,
}

/// Takes people in, and says their lot and the id of the first: theirs count up from it.
pub fn add(tx: &mut Tx, district: &District, people: impl IntoIterator<Item = Prints>) -> Result<(i64, Id<Volunteer>)> {
    let last = tx.first(&format!("{LOTS} order by lot desc limit 1"), params![district], read)?;
    let mut lot = match last {
        Some(lot) if lot.phones.len() / size_of::<Print>() < LOT => lot,
        before => Lot::begun_after(before, tx),
    };
    let (number, first) = (lot.number, id_at(lot.first, lot.phones.len() / size_of::<Print>()));
    for person in people {
        lot.phones.extend(person.phone);
        lot.names.extend(person.name);
    }
    keep(tx, district, lot)?;
    Ok((number, first))
}

/// The ids of people who were taken in together.
pub fn ids_from(first: Id<Volunteer>) -> impl Iterator<Item = Id<Volunteer>> {
    (0..).map(move |place| id_at(first.uuid(), place))
}

/// Puts other fingerprints in the place of some people's.
pub fn change(tx: &mut Tx, district: &District, number: i64, people: &[(Id<Volunteer>, Prints)]) -> Result<()> {
    let mut lot = tx.one(&format!("{LOTS} and lot = $2"), params![district, number], read)?;
    let before = lot.clone();
    for (id, prints) in people {
        let place = usize::try_from(id.uuid().as_u128() - lot.first.as_u128()).unwrap_or(usize::MAX);
        put(&mut lot.phones, place, prints.phone);
        put(&mut lot.names, place, prints.name);
    }
    let is_other = (&lot.phones, &lot.names) != (&before.phones, &before.names);
    if is_other { keep(tx, district, lot) } else { Ok(()) }
}

/// Whoever may be meant by a fingerprint.
pub fn find(tx: &mut Tx, district: &District, column: Column, print: Print) -> Result<Vec<Id<Volunteer>>> {
    let sql = format!("select first_id, {} from volunteer_lots where district = $1", column.name());
    let mut found = Vec::new();
    tx.each(&sql, params![district], |row| {
        let (first, prints): (Uuid, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let places = prints.as_chunks().0.iter().zip(0..).filter(|(known, _)| **known == print);
        found.extend(places.map(|(_, place)| id_at(first, place)));
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Whether nobody was ever taken in.
pub fn none(tx: &mut Tx, district: &District) -> Result<bool> {
    let any =
        tx.first("select 1 from volunteer_lots where district = $1", params![district], |row| row.get::<i64>(0))?;
    Ok(any.is_none())
}

/// The lots of some people.
pub fn sorted<T>(people: impl IntoIterator<Item = (i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut lots: HashMap<i64, Vec<T>> = HashMap::new();
    for (lot, person) in people {
        lots.entry(lot).or_default().push(person);
    }
    lots
}

const LOTS: &str = "select lot, first_id, phones, names from volunteer_lots where district = $1";

fn read(row: &store::Row<'_>) -> Result<Lot> {
    Ok(Lot { number: row.get(0)?, first: row.get(1)?, phones: row.get(2)?, names: row.get(3)? })
}

fn keep(tx: &mut Tx, district: &District, lot: Lot) -> Result<()> {
    tx.execute(
        "insert into volunteer_lots (district, lot, first_id, phones, names) values ($1, $2, $3, $4, $5)
         on conflict (district, lot) do update set phones = excluded.phones, names = excluded.names",
        params![district, lot.number, lot.first, lot.phones, lot.names],
    )?;
    Ok(())
}

impl Lot {
    /// The last 32 bits of its ids count its people (RFC 9562, section 6.2, a counter of fixed length).
    fn begun_after(before: Option<Self>, tx: &Tx) -> Self {
        let number = before.map_or(1, |before| before.number + 1);
        let fresh = Id::<Volunteer>::fresh(tx.at()).uuid().as_u128();
        let first = Uuid::from_u128(fresh & !u128::from(u32::MAX));
        Self { number, first, phones: Vec::new(), names: Vec::new() }
    }
}

fn id_at(first: Uuid, place: usize) -> Id<Volunteer> {
    Id::from_uuid(Uuid::from_u128(first.as_u128() + place as u128))
}

fn put(prints: &mut [u8], place: usize, print: Print) {
    if let Some(known) = prints.as_chunks_mut().0.get_mut(place) {
        *known = print;
    }
}
