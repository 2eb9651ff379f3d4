//! Bringing a file in without a browser: the same passes, in large pieces, while somebody waits.

use std::{path::PathBuf, sync::Arc};

use domain::{Actor, District, Id, Origin, things::Import};
use jiff::tz::TimeZone;
use sheets::{Format, TableFault, fingerprint};
use store::{Act, Store};
use web::{Fault, Locale, Words};

use crate::{
    bring::{MANY, Pass, Stopped},
    file::Place,
    finding::{Found, find_table},
    jobs::ask_to_forget,
    rejected,
    rules::{
        register::Register,
        rejection::{Said, Voice},
        tally::{Choice, Tally},
    },
    store::{self as books, Bringing, State, Told},
};

/// A file at hand and the district it belongs to.
#[derive(Clone)]
pub struct Direct {
    pub store: Store,
    pub words: Arc<Words>,
    pub district: District,
    pub zone: TimeZone,
    pub actor: Actor,
    pub register: Register,
    pub path: PathBuf,
    pub origin: Origin,
    /// Heading and key, where the headings do not speak for themselves.
    pub mapping: Vec<(String, String)>,
}

impl Direct {
    /// Says what would become of each row. Changes no register.
    pub async fn judge(&self, on_piece: impl FnMut(&Tally)) -> Result<(Id<Import>, Tally), Stopped> {
        self.pass(None, on_piece).await
    }

    /// Takes the rows that are chosen.
    pub async fn apply(&self, choice: Choice, on_piece: impl FnMut(&Tally)) -> Result<(Id<Import>, Tally), Stopped> {
        self.pass(Some(choice), on_piece).await
    }

    /// Writes the rejected rows of an import with their reasons, and says how many they are.
    pub async fn write_rejected(
        &self,
        import: Id<Import>,
        format: Format,
        locale: Locale,
        file: std::fs::File,
    ) -> Result<u64, Fault> {
        let written = self.store.look_long(move |tx| {
            let it = books::find(tx, import)?.ok_or_else(|| Fault::Bug("an import that was just made".to_owned()))?;
            rejected::write(tx, &it, format, locale, std::io::BufWriter::new(file))
        });
        written.await
    }

    /// Headings of an import's file that mean nothing to the register.
    pub async fn not_read(&self, import: Id<Import>) -> Result<Vec<String>, store::Error> {
        self.store.look(move |tx| Ok(books::find(tx, import)?.map(|it| it.told.not_read).unwrap_or_default())).await
    }

    /// Why a file was refused, in both languages.
    pub fn say(&self, fault: &TableFault) -> Said {
        Voice::new(self.words.clone()).of_table(fault)
    }

    async fn pass(&self, choice: Option<Choice>, on_piece: impl FnMut(&Tally)) -> Result<(Id<Import>, Tally), Stopped> {
        let place = Place::Plain(self.path.clone());
        let found = find_table(&self.store, self.register, &self.district, self.told(), &place).await?;
        let (table, told) = match found {
            Found::Table(table, told) => (table, told),
            Found::Unknown(told) => return Err(self.missing(&told).into()),
        };
        let import = self.begin(choice, told).await?;
        let pass = Pass {
            store: self.store.clone(),
            voice: Voice::new(self.words.clone()),
            district: self.district.clone(),
            zone: self.zone.clone(),
            actor: self.actor,
            import,
            register: self.register,
            origin: self.origin,
            choice,
            rows_at_once: MANY,
        };
        let outcome = pass.over(*table, on_piece).await;
        let state = match (&outcome, choice) {
            (Err(_), _) => State::Interrupted,
            (Ok(_), Some(_)) => State::Done,
            (Ok(_), None) => State::Discarded,
        };
        self.end(import, state).await?;
        outcome.map(|tally| (import, tally))
    }

    fn told(&self) -> Told {
        let file_name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mapping = self.mapping.iter().map(|(heading, key)| (heading.clone(), Some(key.clone()))).collect();
        Told { file_name, mapping, ..Told::default() }
    }

    fn missing(&self, told: &Told) -> TableFault {
        let means = |heading: &String| {
            let given = self.mapping.iter().find(|(known, _)| known == heading).map(|(_, key)| key.as_str());
            given.or_else(|| self.register.meaning(heading))
        };
        let found: Vec<&str> = told.headings.iter().filter_map(means).collect();
        let columns = self.register.columns();
        let missing = columns.iter().filter(|(key, _, required)| *required && !found.contains(key));
        TableFault::MissingHeadings {
            missing: missing.map(|(key, ..)| (*key).to_owned()).collect(),
            found: told.headings.clone(),
        }
    }

    async fn begin(&self, choice: Option<Choice>, told: Told) -> Result<Id<Import>, store::Error> {
        let now = self.store.clock().now();
        let (import, is_mapped) = (Id::fresh(now), !self.mapping.is_empty());
        let it = Bringing {
            id: import,
            district: self.district.clone(),
            register: self.register,
            origin: self.origin,
            state: if choice.is_some() { State::Applying } else { State::Reading },
            choice,
            asked_by: self.actor,
            asked_at: now,
            heard_at: now,
            tally: Tally::default(),
            told,
        };
        let begun = self.store.change(Act::new(self.actor, now), move |tx| {
            if is_mapped {
                books::save_mapping(tx, &it.district, it.register, &fingerprint(&it.told.headings), &it.told.mapping)?;
            }
            books::begin(tx, &it)
        });
        begun.await?;
        Ok(import)
    }

    async fn end(&self, import: Id<Import>, state: State) -> Result<(), store::Error> {
        let act = Act::new(self.actor, self.store.clock().now());
        let ended = self.store.change(act, move |tx| {
            books::move_on(tx, import, &[State::Reading, State::Applying], state)?;
            ask_to_forget(tx, import)
        });
        ended.await
    }
}
