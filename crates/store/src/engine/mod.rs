//! What differs between the engines, behind one small trait. Nothing outside this folder knows which engine runs.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::ops::ControlFlow;

use crate::{Address, Cell, Result, Row, Value, among};

/// Looks at one row and says whether to go on.
pub(crate) type OnRow<'f> = dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>> + 'f;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Changing things, alone: nobody else changes anything until the end.
    Change,
    /// Reading one snapshot.
    Look,
}

/// One connection with its prepared statements.
pub(crate) trait Session: Send {
    /// Whether commits from now on are answered only when they are on the disk, as they are at first and after
    /// [`Session::mend`]. Whichever is said, none is there without those before it. Not within a transaction.
    fn wait_for_disk(&mut self, waits: bool) -> Result<()>;
    fn begin(&mut self, purpose: Purpose) -> Result<()>;
    fn commit(&mut self) -> Result<()>;
    /// Ends the transaction without a trace; a connection that is already gone has done so itself.
    fn rollback(&mut self);
    /// Whether a transaction is still open: some failures end it without being asked.
    fn in_transaction(&mut self) -> bool;
    /// Several statements without parameters.
    fn batch(&mut self, sql: &str) -> Result<()>;
    /// The same, when nobody waits for its answer: it may go out with whatever comes next.
    fn later(&mut self, sql: &str) -> Result<()>;
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64>;
    fn each(&mut self, sql: &str, params: &[Value], on_row: &mut OnRow<'_>) -> Result<()>;
    /// A statement that says `in (:these)`, as [`Session::each_among`] and [`Session::execute_among`] take it.
    fn among(&self, sql: &str, named: usize) -> String {
        among::with_places(sql, named)
    }
    fn each_among(&mut self, sql: &str, named: &[Value], these: &[Value], on_row: &mut OnRow<'_>) -> Result<()> {
        among::handfuls(named, these).try_for_each(|asked| self.each(sql, &asked, on_row))
    }
    fn execute_among(&mut self, sql: &str, named: &[Value], these: &[Value]) -> Result<u64> {
        among::handfuls(named, these).try_fold(0, |changed, asked| Ok(changed + self.execute(sql, &asked)?))
    }
    /// Inserts `rows.len() / width` rows with as few statements as the engine likes best.
    fn insert(&mut self, bulk: Bulk<'_>, rows: &[Cell<'_>]) -> Result<u64>;
    /// How many rows at a time suit [`Session::insert`].
    fn rows_at_once(&self) -> usize;
    /// Creates what a migration says.
    fn define(&mut self, sql: &str) -> Result<()>;
    /// Connects anew after a failure, where that can help.
    fn mend(&mut self) -> Result<()>;
    /// The engine and its version, as people write it.
    fn version(&mut self) -> Result<String>;
    /// A query for every `table_name, column_name` of the database, in order.
    fn catalog(&self) -> &'static str;
    /// Lets rows be loaded in any order, within this transaction, until [`Session::tighten`].
    fn loosen(&mut self) -> Result<()>;
    /// Foreign keys hold again, also for what was loaded; SQLite says so at the commit.
    fn tighten(&mut self) -> Result<()>;
    /// The steps of a statement's plan that read a table or index from end to end.
    fn full_scans(&mut self, sql: &str) -> Result<Vec<String>>;
    /// Moves what was committed from a log that has grown to its place, where the engine leaves that to us.
    fn tidy(&mut self) -> Result<()> {
        Ok(())
    }
    /// What the engine finds wrong with its own files.
    fn integrity(&mut self) -> Result<Vec<String>>;
}

/// The two ends of an insert of many rows: `insert into a (x, y)` and `on conflict (x) do nothing`.
#[derive(Clone, Copy)]
pub(crate) struct Bulk<'a> {
    pub head: &'a str,
    pub tail: &'a str,
    pub width: usize,
}

/// Connects, and refuses an engine or setting that could lose acknowledged changes.
pub(crate) fn connect(address: &Address, purpose: Purpose) -> Result<Box<dyn Session>> {
    match address {
        Address::Sqlite(file) => Ok(Box::new(sqlite::Sqlite::open(file, purpose)?)),
        Address::Postgres(url) => Ok(Box::new(postgres::Postgres::connect(url, purpose)?)),
    }
}

/// How the line to a database is kept, in words; none where there is no line.
pub(crate) fn line(address: &Address) -> Option<&'static str> {
    match address {
        Address::Sqlite(_) => None,
        Address::Postgres(url) => postgres::line(url).ok(),
    }
}

/// Runs blocking work on a thread of its own, so that it may be called from inside an async runtime: a
/// PostgreSQL connection brings its own, which refuses to run within another.
pub(crate) fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
