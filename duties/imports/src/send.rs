//! Sending a file: it is looked at at once, so that what is no table is refused before anything else happens; then it is
//! judged in the background.

use std::io;

use domain::{Id, Origin, things::Import};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheets::{Mapping, TableFault};
use web::{Desk, Done, Fault, Upload};

use crate::{
    file::Place,
    finding::open_apart,
    jobs,
    refused::Refused,
    rules::{
        register::Register,
        rejection::{Voice, in_language},
        tally::Tally,
    },
    spool::Spool,
    store::{self as books, Bringing, State, Told},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ask {
    register: Register,
    /// The system the positions of the file are in.
    #[serde(default)]
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Begun {
    pub import: Id<Import>,
}

pub async fn send(desk: Desk, ask: Ask, file: Upload) -> Result<Done<Begun>, Fault> {
    let place = Place::Sealed(file.path().to_owned());
    match open_apart(&place, ask.register, Mapping::new()).await {
        Ok(_) | Err(TableFault::MissingHeadings { .. } | TableFault::SameHeadingTwice { .. }) => {}
        Err(fault) => {
            let said = Voice::new(desk.house().words.clone()).of_table(&fault);
            return Err(Refused::NotATable.with("reason", in_language(&said, desk.locale())).into());
        }
    }
    let import = Id::fresh(desk.at());
    let spool = Spool::of(desk.store().address());
    let (into, file_name) = (spool.clone(), file.name.chars().take(200).collect());
    let taken = tokio::task::spawn_blocking(move || into.take(import, file.path())).await;
    taken.map_err(io::Error::other).flatten().map_err(|e| Fault::Bug(format!("spool: {e}")))?;
    let it = Bringing {
        id: import,
        district: desk.district().clone(),
        register: ask.register,
        origin: ask.origin,
        state: State::Reading,
        choice: None,
        asked_by: desk.actor(),
        asked_at: desk.at(),
        heard_at: desk.at(),
        tally: Tally::default(),
        told: Told { file_name, ..Told::default() },
    };
    let begun = desk.change(move |tx| {
        books::begin(tx, &it)?;
        jobs::ask_for_pass(tx, it.id)?;
        Ok(Begun { import: it.id })
    });
    let begun = begun.await;
    // Refused, or sent twice: the first one's file lies there already.
    if !begun.as_ref().is_ok_and(|begun| begun.import == import) {
        spool.forget(import);
    }
    let begun = begun?;
    Ok(Done::at(format!("/imports/{}", begun.import), begun))
}
