//! What a person decides about an import: what its headings mean, what is taken, or that nothing is.

use domain::{Id, things::Import};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheets::fingerprint;
use web::{Desk, Done, Fault};

use crate::{
    jobs,
    refused::Refused,
    rules::{register::Register, tally::Choice},
    spool::Spool,
    store::{self as books, State},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Meaning {
    import: Id<Import>,
    /// For each heading of the file in its order the key of the column it means; empty when it means none.
    means: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Apply {
    import: Id<Import>,
    choice: Choice,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct The {
    import: Id<Import>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Now {
    pub state: State,
}

/// Says what the headings mean; it is remembered for the next file with the same ones.
pub async fn mapping(desk: Desk, ask: Meaning) -> Result<Done<Now>, Fault> {
    let there = lies_here(&desk, ask.import)?;
    desk.change(move |tx| {
        let mut it = books::find(tx, ask.import)?.ok_or(Refused::FileGone)?;
        if ask.means.len() != it.told.headings.len() {
            return Err(Refused::MappingIncomplete.into());
        }
        check_meaning(it.register, &ask.means)?;
        let key = |key: &String| Some(key.clone()).filter(|key| !key.is_empty());
        it.told.mapping = it.told.headings.iter().cloned().zip(ask.means.iter().map(key)).collect();
        books::save_mapping(tx, &it.district, it.register, &fingerprint(&it.told.headings), &it.told.mapping)?;
        books::tell(tx, ask.import, &it.told)?;
        step(tx, ask.import, &[State::Unmapped, State::Judged], State::Reading)?;
        Ok(jobs::ask_for_pass(tx, ask.import)?)
    })
    .await?;
    Ok(Done::at(there, Now { state: State::Reading }))
}

/// Takes what was judged.
pub async fn apply(desk: Desk, ask: Apply) -> Result<Done<Now>, Fault> {
    let there = lies_here(&desk, ask.import)?;
    desk.change(move |tx| {
        step(tx, ask.import, &[State::Judged], State::Applying)?;
        books::choose(tx, ask.import, ask.choice)?;
        Ok(jobs::ask_for_pass(tx, ask.import)?)
    })
    .await?;
    Ok(Done::at(there, Now { state: State::Applying }))
}

/// Takes nothing.
pub async fn discard(desk: Desk, ask: The) -> Result<Done<Now>, Fault> {
    desk.change(move |tx| {
        if !books::move_on(tx, ask.import, &[State::Judged, State::Unmapped], State::Discarded)? {
            return Err(Refused::NotNow.into());
        }
        Ok(jobs::ask_to_forget(tx, ask.import)?)
    })
    .await?;
    Spool::of(desk.store().address()).forget(ask.import);
    Ok(Done::at("/imports", Now { state: State::Discarded }).saying("imports-discarded"))
}

fn step(tx: &mut store::Tx, import: Id<Import>, from: &[State], to: State) -> Result<(), Fault> {
    if books::move_on(tx, import, from, to)? { Ok(()) } else { Err(Refused::NotNow.into()) }
}

/// Its page, if its file still lies here.
fn lies_here(desk: &Desk, import: Id<Import>) -> Result<String, Fault> {
    if Spool::of(desk.store().address()).path(import).exists() {
        Ok(format!("/imports/{import}"))
    } else {
        Err(Refused::FileGone.into())
    }
}

/// Each key is known and stands once; all that are needed are there.
fn check_meaning(register: Register, means: &[String]) -> Result<(), Fault> {
    let columns = register.columns();
    let given: Vec<&str> = means.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
    let all_known = given.iter().all(|key| columns.iter().any(|(known, ..)| known == key));
    let all_once = given.iter().all(|key| given.iter().filter(|other| *other == key).count() == 1);
    let none_missing = columns.iter().all(|(key, _, required)| !required || given.contains(key));
    if all_known && all_once && none_missing { Ok(()) } else { Err(Refused::MappingIncomplete.into()) }
}
