//! The two passes over a file as jobs: judging it, and applying what was decided. The file lies at one server; another
//! one that takes the job gives it back.

use std::{sync::Arc, time::Duration};

use domain::{Id, Moment, things::Import};
use store::{
    Act, Address, Job, Store, Tx, age,
    jobs::{Leased, Outcome, Runner, back_off},
};
use web::{Fault, House};

use crate::{
    bring::{FEW, Pass, Stopped},
    file::Place,
    finding::{Found, find_table},
    rules::{
        rejection::{Said, Voice},
        tally::Tally,
    },
    spool::Spool,
    store::{self as books, Bringing, State, Told},
};

const PASS: &str = "imports.pass";
const FORGET: &str = "imports.forget";

/// How long the rows of an import can be looked at and taken away.
const KEPT_DAYS: u32 = 14;
/// How long to wait when that many days have passed by the calendar only.
const NOT_LIVED: Duration = Duration::from_hours(6);

/// A server that has not told of its file for so long has ended.
const SILENT_S: i64 = 120;

pub fn jobs(runner: Runner, house: &Arc<House>) -> Runner {
    Spool::of(house.store.address()).clear();
    let here = house.clone();
    runner
        .on(PASS, move |_, job| {
            let house = here.clone();
            async move { pass(&house, &job).await }
        })
        .on(FORGET, |store, job| async move { forget(store, job).await })
}

/// Asks for a pass over an import's file.
pub fn ask_for_pass(tx: &mut Tx, import: Id<Import>) -> Result<(), store::Error> {
    let due = tx.at();
    tx.enqueue(Job { kind: PASS, key: import.to_string(), due, body: serde_json::Value::Null })
}

/// Asks for an import's rows to be taken away in time.
pub fn ask_to_forget(tx: &mut Tx, import: Id<Import>) -> Result<(), store::Error> {
    let due = tx.at().plus_h(24 * i64::from(KEPT_DAYS));
    tx.enqueue(Job { kind: FORGET, key: import.to_string(), due, body: serde_json::Value::Null })
}

async fn forget(store: Store, job: Leased) -> Outcome {
    let Ok(import) = job.key.parse::<uuid::Uuid>() else { return Outcome::Never { why: "no import".to_owned() } };
    match forget_old(&store, Id::from_uuid(import)).await {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::Again { after: NOT_LIVED, why: "old by the calendar only".to_owned() },
        Err(cause) => Outcome::Again { after: back_off(job.attempts), why: cause.to_string() },
    }
}

/// Takes away what an import's file said, once it is old by hours lived: a clock that jumps ahead takes nothing away.
async fn forget_old(store: &Store, import: Id<Import>) -> Result<bool, store::Error> {
    let is_old = store.look(move |tx| {
        let Some(before) = age::older_than(tx, KEPT_DAYS)? else { return Ok(false) };
        Ok::<_, store::Error>(books::find(tx, import)?.is_none_or(|it| it.heard_at < before))
    });
    if !is_old.await? {
        return Ok(false);
    }
    forget_lines(store, import).await?;
    let act = Act::system(store.clock().now());
    store.change(act, move |tx| books::forget_words(tx, import)).await?;
    Ok(true)
}

/// Takes an import's kept rows away in lots, so that nobody waits long at the gate.
pub async fn forget_lines(store: &Store, import: Id<Import>) -> Result<(), store::Error> {
    loop {
        let act = Act::system(store.clock().now());
        if !store.change(act, move |tx| books::forget_some_lines(tx, import)).await? {
            return Ok(());
        }
    }
}

async fn pass(house: &Arc<House>, job: &Leased) -> Outcome {
    let Ok(import) = job.key.parse::<uuid::Uuid>() else { return Outcome::Never { why: "no import".to_owned() } };
    match at_work(house, Id::from_uuid(import)).await {
        Ok(outcome) => outcome,
        Err(stopped) => Outcome::Again { after: back_off(job.attempts), why: stopped.to_string() },
    }
}

async fn at_work(house: &Arc<House>, import: Id<Import>) -> Result<Outcome, Stopped> {
    let Some(it) = house.store.look(move |tx| books::find(tx, import)).await? else { return Ok(Outcome::Done) };
    if !it.state.is_running() {
        return Ok(Outcome::Done);
    }
    let work = Work { house, spool: Spool::of(house.store.address()), it };
    if !work.spool.path(import).exists() {
        return work.without_its_file().await;
    }
    match work.go().await {
        Ok(()) => Ok(Outcome::Done),
        Err(Stopped::Fault(Fault::Store(cause))) if cause.is_transient() => Err(cause.into()),
        Err(stopped) => work.refuse(stopped).await,
    }
}

struct Work<'a> {
    house: &'a Arc<House>,
    spool: Spool,
    it: Bringing,
}

impl Work<'_> {
    /// It lies at another server, or it was lost with this one.
    async fn without_its_file(self) -> Result<Outcome, Stopped> {
        let silent_s = self.now().since_s(self.it.heard_at);
        if matches!(self.house.store.address(), Address::Postgres(_)) && silent_s < SILENT_S {
            return Ok(Outcome::Again {
                after: Duration::from_secs(1),
                why: "the file lies at another server".to_owned(),
            });
        }
        self.end(State::Interrupted, None).await?;
        Ok(Outcome::Done)
    }

    async fn go(&self) -> Result<(), Stopped> {
        let place = Place::Sealed(self.spool.path(self.it.id));
        let (register, store) = (self.it.register, &self.house.store);
        let (district, told) = (self.it.district.clone(), self.it.told.clone());
        let table = match find_table(store, self.it.register, &district, told, &place).await? {
            Found::Table(table, told) => {
                self.remember(told).await?;
                table
            }
            Found::Unknown(told) => {
                self.remember(told).await?;
                return Ok(self.leave(State::Unmapped).await?);
            }
        };
        let import = self.it.id;
        forget_lines(store, import).await?;
        let act = Act::system(self.now());
        store.change(act, move |tx| books::put_tally(tx, import, &Tally::default())).await?;
        let pass = Pass {
            store: store.clone(),
            voice: Voice::new(self.house.words.clone()),
            district,
            zone: self.house.settings.zone.clone(),
            actor: self.it.asked_by,
            import,
            register,
            origin: self.it.origin,
            choice: self.it.choice,
            rows_at_once: FEW,
        };
        pass.over(*table, |_| {}).await?;
        match self.it.state {
            State::Applying => Ok(self.end(State::Done, None).await?),
            _ => Ok(self.leave(State::Judged).await?),
        }
    }

    async fn refuse(&self, stopped: Stopped) -> Result<Outcome, Stopped> {
        let voice = Voice::new(self.house.words.clone());
        let said = match &stopped {
            Stopped::File(fault) => voice.of_table(fault),
            Stopped::Fault(Fault::Refused(refusal)) => voice.say(&refusal.word, &refusal.args),
            Stopped::Fault(fault) => {
                tracing::error!(import = %self.it.id, %fault, "an import broke off");
                voice.say("imports-broke-off", &[])
            }
        };
        self.end(State::Refused, Some(said)).await?;
        Ok(Outcome::Done)
    }

    async fn remember(&self, told: Told) -> Result<(), store::Error> {
        let import = self.it.id;
        self.house.store.change(Act::system(self.now()), move |tx| books::tell(tx, import, &told)).await
    }

    /// Waits for a person.
    async fn leave(&self, state: State) -> Result<(), store::Error> {
        let (import, from) = (self.it.id, self.it.state);
        let act = Act::system(self.now());
        self.house.store.change(act, move |tx| books::move_on(tx, import, &[from], state).map(drop)).await
    }

    /// Nothing more follows: the file goes.
    async fn end(&self, state: State, refusal: Option<Said>) -> Result<(), store::Error> {
        let (import, from) = (self.it.id, self.it.state);
        let act = Act::system(self.now());
        let ended = self.house.store.change(act, move |tx| {
            if let Some(mut it) = books::find(tx, import)?.filter(|_| refusal.is_some()) {
                it.told.refusal.clone_from(&refusal);
                books::tell(tx, import, &it.told)?;
            }
            books::move_on(tx, import, &[from], state)?;
            ask_to_forget(tx, import)
        });
        ended.await?;
        self.spool.forget(import);
        Ok(())
    }

    fn now(&self) -> Moment {
        self.house.clock().now()
    }
}
