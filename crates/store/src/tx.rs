//! One transaction, the same on both engines.
//!
//! A statement that failed spoils the transaction: every later statement of the same piece of work fails too, and it
//! cannot succeed by ignoring the failure. PostgreSQL works like that; SQLite is made to, so that nothing passes on one
//! engine only. Where a failure is expected, [`Tx::attempt`] fences it.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{Actor, Event, Jurisdiction, Moment};
use uuid::Uuid;

use crate::{
    Blind, Cell, Error, Keyring, Result, Row, Sealed, Value,
    engine::{Bulk, Purpose, Session},
    error::brief,
    journal::{self, Head},
    seal::SharedKeyring,
};

/// On whose behalf something is changed, and when: the one reading of the clock for all of it.
#[must_use]
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub actor: Actor,
    pub at: Moment,
    /// Names the request in the log.
    pub request: Option<Uuid>,
    /// See [`Act::as_part`].
    pub(crate) is_part: bool,
}

impl Act {
    pub const fn new(actor: Actor, at: Moment) -> Self {
        Self { actor, at, request: None, is_part: false }
    }

    pub const fn of_request(self, request: Uuid) -> Self {
        Self { request: Some(request), ..self }
    }

    /// A part of a longer work that ends with an act of its own: its answer does not wait for the disk. A power cut may take
    /// the last parts until a later act, at the latest that end, has waited for it; never one from among the others. Only for
    /// what is begun again when it has not come to its end.
    pub const fn as_part(self) -> Self {
        Self { is_part: true, ..self }
    }

    /// Muster itself, at that moment.
    pub const fn system(at: Moment) -> Self {
        Self::new(Actor::system(), at)
    }
}

/// Statements as they were written, and how often each has run.
pub(crate) type Statements = Arc<Mutex<BTreeMap<String, u64>>>;

/// An open transaction.
pub struct Tx {
    session: Box<dyn Session>,
    keyring: Arc<Keyring>,
    keyrings: SharedKeyring,
    act: Act,
    /// The journal's head as this transaction has moved it; read when first needed.
    head: Option<Head>,
    moved: bool,
    enqueued: bool,
    spoiled: Option<Error>,
    depth: u32,
    statements: Option<Statements>,
    waits_for_disk: bool,
}

/// What a savepoint brings back.
#[derive(Clone)]
struct Mark {
    depth: u32,
    head: Option<Head>,
    moved: bool,
    enqueued: bool,
}

/// What a committed group changed that others wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct News {
    pub tail: Option<i64>,
    pub jobs: bool,
}

impl Tx {
    /// Runs a statement and says how many rows it touched.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.note(sql);
        self.run(|session| session.execute(sql, params))
    }

    /// All rows of an answer.
    pub fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, params, |row| {
            found.push(map(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// The first row of an answer, if there is one.
    pub fn first<T>(
        &mut self,
        sql: &str,
        params: &[Value],
        map: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let (mut map, mut found) = (Some(map), None);
        self.each(sql, params, |row| {
            found = map.take().map(|map| map(row)).transpose()?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// The row that must be there; [`Error::Missing`] names the statement.
    pub fn one<T>(&mut self, sql: &str, params: &[Value], map: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        self.first(sql, params, map)?.ok_or_else(|| Error::Missing { statement: brief(sql) })
    }

    /// Streams the rows of an answer in bounded memory, until told to stop.
    pub fn each(
        &mut self,
        sql: &str,
        params: &[Value],
        mut on_row: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.note(sql);
        self.run(|session| session.each(sql, params, &mut on_row))
    }

    /// Inserts many rows with few statements: `insert_many("insert into a (x, y)", "on conflict (x) do nothing", rows)`.
    /// With a tail that updates, no two rows may have the same key. Sorted rows are faster.
    pub fn insert_many<const N: usize>(
        &mut self,
        head: &str,
        tail: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Result<u64> {
        let (at_once, mut rows, mut inserted) = (self.session.rows_at_once(), rows.into_iter(), 0);
        loop {
            let waiting: Vec<[Value; N]> = rows.by_ref().take(at_once).collect();
            if waiting.is_empty() {
                return Ok(inserted);
            }
            let cells = waiting.iter().map(|row| row.each_ref().map(Value::cell));
            inserted += self.insert_cells(head, tail, cells)?;
        }
    }

    /// [`Tx::insert_many`] of values that lie elsewhere: nothing is copied on the way to the engine.
    pub fn insert_cells<'a, const N: usize>(
        &mut self,
        head: &str,
        tail: &str,
        rows: impl IntoIterator<Item = [Cell<'a>; N]>,
    ) -> Result<u64> {
        let bulk = Bulk { head, tail, width: N };
        let (at_once, mut rows) = (self.session.rows_at_once(), rows.into_iter());
        let (mut waiting, mut inserted) = (Vec::with_capacity(at_once * N), 0);
        loop {
            waiting.clear();
            waiting.extend(rows.by_ref().take(at_once).flatten());
            if waiting.is_empty() {
                return Ok(inserted);
            }
            inserted += self.run(|session| session.insert(bulk, &waiting))?;
        }
    }

    /// Tries something that may fail: what it did is undone if it does, and the transaction goes on.
    pub fn attempt<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let mark = self.savepoint()?;
        let outcome = work(self).and_then(|done| self.unspoiled().map(|()| done).map_err(E::from));
        match &outcome {
            Ok(_) => self.release(&mark)?,
            Err(_) => self.go_back(mark)?,
        }
        outcome
    }

    /// The moment of this act.
    pub const fn at(&self) -> Moment {
        self.act.at
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.act.actor
    }

    /// Writes an entry into the journal.
    pub fn record(&mut self, jurisdiction: &Jurisdiction, subject: Uuid, event: &Event) -> Result<()> {
        let head = match &self.head {
            Some(head) => head.clone(),
            None => journal::head(self)?,
        };
        let entry = journal::Entry::after(&head, self.act, jurisdiction, subject, event);
        let next = entry.head();
        journal::append(self, &entry)?;
        self.head = Some(next);
        self.moved = true;
        Ok(())
    }

    /// Seals a text under a label, by convention `table.column`.
    pub fn seal(&self, label: &'static str, text: &str) -> Sealed {
        self.keyring.seal(label, text)
    }

    /// Seals a text behind others that lie together.
    pub fn seal_onto(&self, sealed: &mut Vec<u8>, label: &'static str, parts: &[&str]) {
        self.keyring.seal_onto(sealed, label, parts);
    }

    /// Opens what was sealed under that label.
    pub fn open(&self, label: &'static str, sealed: impl AsRef<[u8]>) -> Result<String> {
        self.keyring.open(label, sealed)
    }

    /// The blind index of a text, to store beside its seal and to find it by.
    pub fn blind(&self, label: &'static str, text: &str) -> Blind {
        self.keyring.blind(label, text)
    }

    /// The number of the key that seals now.
    pub(crate) fn active_key(&self) -> u8 {
        self.keyring.active()
    }

    pub(crate) fn note_job(&mut self) {
        self.enqueued = true;
    }

    /// A statement about many things as the engine takes it.
    pub(crate) fn among(&self, sql: &str, named: usize) -> String {
        let sql = self.session.among(sql, named);
        self.note(&sql);
        sql
    }

    pub(crate) fn run<T>(&mut self, statement: impl FnOnce(&mut dyn Session) -> Result<T>) -> Result<T> {
        if let Some(cause) = &self.spoiled {
            return Err(cause.clone());
        }
        statement(&mut *self.session).inspect_err(|cause| self.spoiled = Some(cause.clone()))
    }

    fn note(&self, sql: &str) {
        if let Some(statements) = &self.statements {
            let mut seen = statements.lock().unwrap_or_else(PoisonError::into_inner);
            match seen.get_mut(sql) {
                Some(runs) => *runs += 1,
                None => drop(seen.insert(sql.to_owned(), 1)),
            }
        }
    }

    fn unspoiled(&self) -> Result<()> {
        match &self.spoiled {
            Some(cause) if cause.is_passing() => Err(cause.clone()),
            Some(cause) => Err(Error::Bug(format!("a failed statement was ignored; fence it with attempt: {cause}"))),
            None => Ok(()),
        }
    }
}

/// What the gate and the readers do around the caller's work.
impl Tx {
    pub(crate) fn new(session: Box<dyn Session>, keyrings: SharedKeyring) -> Self {
        let act = Act::system(Moment::default());
        Self {
            session,
            keyring: keyrings.get(),
            keyrings,
            act,
            head: None,
            moved: false,
            enqueued: false,
            spoiled: None,
            depth: 0,
            statements: None,
            waits_for_disk: true,
        }
    }

    /// Writes down every statement from now on, for a test that explains them.
    pub(crate) fn write_down(mut self, statements: Option<Statements>) -> Self {
        self.statements = statements;
        self
    }

    /// Whether commits from now on wait for the disk, as they do at first.
    pub(crate) fn wait_for_disk(&mut self, waits: bool) -> Result<()> {
        if self.waits_for_disk != waits {
            self.session.wait_for_disk(waits)?;
            self.waits_for_disk = waits;
        }
        Ok(())
    }

    pub(crate) fn begin(&mut self, purpose: Purpose) -> Result<()> {
        self.head = None;
        self.moved = false;
        self.enqueued = false;
        self.spoiled = None;
        self.depth = 0;
        self.keyring = self.keyrings.get();
        self.session.begin(purpose)
    }

    pub(crate) const fn act_for(&mut self, act: Act) {
        self.act = act;
    }

    /// Runs one caller's work inside a savepoint of the group's transaction. `Err` when the whole group must be tried
    /// again or given up; the caller's own failure is inside `Ok`.
    pub(crate) fn fenced<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Result<T, E>> {
        let mark = self.savepoint()?;
        let outcome = work(self).and_then(|done| self.unspoiled().map(|()| done).map_err(E::from));
        if let Some(cause) = self.spoiled.clone().filter(Error::is_passing) {
            return Err(cause);
        }
        match &outcome {
            Ok(_) => self.release(&mark)?,
            Err(_) => self.go_back(mark)?,
        }
        Ok(outcome)
    }

    pub(crate) fn commit(&mut self) -> Result<News> {
        self.unspoiled()?;
        let tail = self.head.clone().filter(|_| self.moved);
        if let Some(head) = &tail {
            journal::move_head(self, head)?;
        }
        self.session.commit()?;
        Ok(News { tail: tail.map(|head| head.number), jobs: self.enqueued })
    }

    pub(crate) fn rollback(&mut self) {
        self.session.rollback();
        self.spoiled = None;
    }

    pub(crate) fn mend(&mut self) -> Result<()> {
        self.session.mend()
    }

    pub(crate) fn define(&mut self, sql: &str) -> Result<()> {
        self.run(|session| session.define(sql))
    }

    /// Something only the engine itself can do.
    pub(crate) fn engine<T>(&mut self, work: impl FnOnce(&mut dyn Session) -> Result<T>) -> Result<T> {
        self.run(work)
    }

    fn savepoint(&mut self) -> Result<Mark> {
        if let Some(cause) = &self.spoiled {
            return Err(cause.clone());
        }
        self.depth += 1;
        let name = format!("savepoint p{}", self.depth);
        self.run(|session| session.later(&name))?;
        Ok(Mark { depth: self.depth, head: self.head.clone(), moved: self.moved, enqueued: self.enqueued })
    }

    fn release(&mut self, mark: &Mark) -> Result<()> {
        let name = format!("release savepoint p{}", mark.depth);
        self.depth = mark.depth - 1;
        self.run(|session| session.later(&name))
    }

    fn go_back(&mut self, mark: Mark) -> Result<()> {
        if !self.session.in_transaction() {
            return Err(self.spoiled.clone().unwrap_or(Error::Busy));
        }
        self.spoiled = None;
        // A panic may have left inner savepoints behind: they end with this one.
        let name = format!("rollback to savepoint p{0}; release savepoint p{0}", mark.depth);
        self.depth = mark.depth - 1;
        self.head = mark.head;
        self.moved = mark.moved;
        self.enqueued = mark.enqueued;
        self.run(|session| session.later(&name))
    }
}
