//! SQLite: one file, WAL, `synchronous=FULL`.
//!
//! FULL and not NORMAL: with NORMAL a power cut loses changes that were already acknowledged. The price of a sync per
//! commit is shared by all changes of a group (see [`crate::gate`]).

use std::{ops::ControlFlow, path::Path, time::Duration};

use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    config::DbConfig,
    ffi,
    types::{ToSqlOutput, ValueRef},
};

use super::{Bulk, OnRow, Purpose, Session};
use crate::{Cell, Error, Result, Row, Value, dialect, error::brief, plant, row::Cells, value::Mismatch};

/// The first version without the WAL-reset bug, which can corrupt a database.
const OLDEST: i32 = 3_051_003;
/// The planted fault of the tests that cut the power.
const HURRIED: &str = "synchronous-normal";
const BUSY_MS: u64 = 5_000;
const ROWS_AT_ONCE: usize = 2_048;
/// A statement opens the table and each of its indexes anew, so some rows share one.
const ROWS_A_STATEMENT: usize = 64;
const STATEMENTS_KEPT: usize = 256;
/// Bytes of a page of a new file; a file keeps the size it was made with. With twice the usual 4,096, half as many pages
/// are split while a register of people and its indexes come in.
const PAGE: u32 = 8_192;
/// Pages of the log that are worth a sync of the file.
const GROWN_LOG: i64 = 500;
/// Pages of the log after which a commit moves them to their place itself, and the log begins anew: 64 MiB.
pub(crate) const LONGEST_LOG: i64 = 8_192;

pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(crate) fn open(file: &Path, purpose: Purpose) -> Result<Self> {
        if rusqlite::version_number() < OLDEST {
            return Err(Error::Unsafe(format!(
                "SQLite {} can corrupt its write-ahead log; use 3.51.3 or newer",
                rusqlite::version()
            )));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(|cause| Error::file(file, cause))?;
        prepare(&connection, purpose).map_err(|cause| Error::file(file, cause))?;
        check_pragmas(&connection)?;
        Ok(Self { connection })
    }

    /// Inserts by statements of so many rows each.
    fn insert_by(&self, at_once: usize, bulk: Bulk<'_>, rows: &[Cell<'_>]) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        let sql = statement(at_once, bulk);
        let run = || -> rusqlite::Result<usize> {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut inserted = 0;
            for rows in rows.chunks(at_once * bulk.width) {
                bind(&mut statement, rows.iter().copied())?;
                inserted += statement.raw_execute()?;
            }
            Ok(inserted)
        };
        run().map(|rows| rows as u64).map_err(|cause| failed(&cause, &sql))
    }
}

fn prepare(connection: &Connection, purpose: Purpose) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // PostgreSQL reads "x" only as a name; so shall SQLite.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    let cache_kib = match purpose {
        Purpose::Change => 16_384,
        Purpose::Look => 4_096,
    };
    connection.execute_batch(&format!(
        "pragma page_size = {PAGE}; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
         pragma cache_size = -{cache_kib}; pragma temp_store = memory; pragma journal_size_limit = 67108864; \
         pragma trusted_schema = off; pragma secure_delete = on; pragma wal_autocheckpoint = {LONGEST_LOG};"
    ))?;
    if plant::has(HURRIED) {
        connection.execute_batch("pragma synchronous = normal")?;
    }
    if purpose == Purpose::Look {
        connection.execute_batch("pragma query_only = on")?;
    }
    Ok(())
}

/// Reads back what decides whether an acknowledged change survives.
fn check_pragmas(connection: &Connection) -> Result<()> {
    let read = |name: &str| -> Result<String> {
        let value = connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        match value.map_err(|cause| failed(&cause, name))? {
            rusqlite::types::Value::Text(text) => Ok(text),
            rusqlite::types::Value::Integer(number) => Ok(number.to_string()),
            other => Err(Error::Unsafe(format!("pragma {name} is {other:?}"))),
        }
    };
    for (name, wanted) in
        [("journal_mode", "wal"), ("synchronous", if plant::has(HURRIED) { "1" } else { "2" }), ("foreign_keys", "1")]
    {
        let found = read(name)?;
        if found != wanted {
            return Err(Error::Unsafe(format!(
                "pragma {name} is {found} and must be {wanted}: is the file on a network share?"
            )));
        }
    }
    Ok(())
}

impl Session for Sqlite {
    fn wait_for_disk(&mut self, waits: bool) -> Result<()> {
        let level = if waits && !plant::has(HURRIED) { "full" } else { "normal" };
        self.batch(&format!("pragma synchronous = {level};"))
    }

    fn begin(&mut self, purpose: Purpose) -> Result<()> {
        match purpose {
            Purpose::Change => self.batch("begin immediate"),
            Purpose::Look => self.batch("begin"),
        }
    }

    fn commit(&mut self) -> Result<()> {
        self.batch("commit")
    }

    fn rollback(&mut self) {
        if self.in_transaction()
            && let Err(cause) = self.batch("rollback")
        {
            tracing::warn!(%cause, "rollback failed");
        }
    }

    fn in_transaction(&mut self) -> bool {
        !self.connection.is_autocommit()
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        // One word each and many a second: worth the statement cache.
        if sql.contains(';') {
            return self.connection.execute_batch(sql).map_err(|cause| failed(&cause, sql));
        }
        self.execute(sql, &[]).map(drop)
    }

    fn later(&mut self, sql: &str) -> Result<()> {
        self.batch(sql)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let run = || -> rusqlite::Result<usize> {
            let mut statement = self.connection.prepare_cached(&dialect::placeholders(sql))?;
            bind(&mut statement, params.iter().map(Value::cell))?;
            if statement.column_count() == 0 {
                return statement.raw_execute();
            }
            drain(statement.raw_query())
        };
        run().map(|rows| rows as u64).map_err(|cause| failed(&cause, sql))
    }

    fn each(&mut self, sql: &str, params: &[Value], on_row: &mut OnRow<'_>) -> Result<()> {
        let fail = |cause: rusqlite::Error| failed(&cause, sql);
        let mut statement = self.connection.prepare_cached(&dialect::placeholders(sql)).map_err(fail)?;
        bind(&mut statement, params.iter().map(Value::cell)).map_err(fail)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(fail)? {
            if on_row(&Row::new(Cells::Sqlite(row), sql))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn insert(&mut self, bulk: Bulk<'_>, rows: &[Cell<'_>]) -> Result<u64> {
        let (many, few) = rows.split_at(rows.len() - rows.len() % (ROWS_A_STATEMENT * bulk.width));
        Ok(self.insert_by(ROWS_A_STATEMENT, bulk, many)? + self.insert_by(1, bulk, few)?)
    }

    fn rows_at_once(&self) -> usize {
        ROWS_AT_ONCE
    }

    fn define(&mut self, sql: &str) -> Result<()> {
        let sql = dialect::schema(sql);
        self.connection.execute_batch(&sql).map_err(|cause| failed(&cause, &sql))
    }

    fn mend(&mut self) -> Result<()> {
        Ok(())
    }

    fn version(&mut self) -> Result<String> {
        Ok(format!("SQLite {}", rusqlite::version()))
    }

    fn catalog(&self) -> &'static str {
        "select m.name as table_name, c.name as column_name from sqlite_schema m join pragma_table_info(m.name) c \
         where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' order by m.name, c.cid"
    }

    fn loosen(&mut self) -> Result<()> {
        self.batch("pragma defer_foreign_keys = on")
    }

    fn tighten(&mut self) -> Result<()> {
        Ok(())
    }

    fn full_scans(&mut self, sql: &str) -> Result<Vec<String>> {
        let explain = format!("explain query plan {}", dialect::placeholders(sql));
        let steps = || -> rusqlite::Result<Vec<String>> {
            // Parameters that are not bound count as null; the plan does not depend on them.
            let mut statement = self.connection.prepare(&explain)?;
            let mut rows = statement.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next()? {
                steps.push(row.get("detail")?);
            }
            Ok(steps)
        };
        let mut steps = steps().map_err(|cause| failed(&cause, &explain))?;
        let ends_early = sql.contains(" limit ");
        steps.retain(|step| {
            let walks_in_order = ends_early && step.contains(" USING ") && !step.contains("AUTOMATIC");
            step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW" && !walks_in_order
        });
        Ok(steps)
    }

    fn tidy(&mut self) -> Result<()> {
        let mut waiting = 0;
        self.each("pragma wal_checkpoint(noop)", &[], &mut |row| {
            waiting = row.get::<i64>(1)? - row.get::<i64>(2)?;
            Ok(ControlFlow::Continue(()))
        })?;
        if waiting < GROWN_LOG {
            return Ok(());
        }
        // Passive: whoever reads or writes meanwhile is not waited for, and keeps nobody waiting.
        self.each("pragma wal_checkpoint(passive)", &[], &mut |_| Ok(ControlFlow::Continue(())))
    }

    fn integrity(&mut self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.each("pragma integrity_check", &[], &mut |row| {
            found.push(row.get::<String>(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        found.retain(|line| line != "ok");
        Ok(found)
    }
}

/// `insert or fail … values (?1, ?2), (?3, ?4) on conflict …`. A statement that fails leaves the rows before the bad one
/// behind: the savepoint that every piece of work runs in undoes them, and a journal for each statement, which costs as
/// much as an index, is spared.
fn statement(rows: usize, bulk: Bulk<'_>) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=bulk.width).map(|place| format!("?{}", row * bulk.width + place)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    let head = bulk.head.replacen("insert into", "insert or fail into", 1);
    format!("{head} values {} {}", rows.join(", "), bulk.tail)
}

fn bind<'v>(
    statement: &mut rusqlite::Statement<'_>,
    params: impl ExactSizeIterator<Item = Cell<'v>>,
) -> rusqlite::Result<()> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), wanted));
    }
    for (index, value) in params.enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

/// Runs a statement that answers rows nobody looks at (`… returning`), and counts them.
fn drain(mut rows: rusqlite::Rows<'_>) -> rusqlite::Result<usize> {
    let mut count = 0;
    while rows.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}

impl rusqlite::ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(it) => ValueRef::Integer(i64::from(*it)),
            Self::Int(it) => ValueRef::Integer(*it),
            Self::Real(it) => ValueRef::Real(*it),
            Self::Text(it) => ValueRef::Text(it.as_bytes()),
            Self::Bytes(it) => ValueRef::Blob(it),
            Self::Id(it) => ValueRef::Blob(it.as_bytes()),
        }))
    }
}

pub(crate) fn width(row: &rusqlite::Row<'_>) -> usize {
    row.as_ref().column_count()
}

pub(crate) fn place(row: &rusqlite::Row<'_>, name: &str) -> Option<usize> {
    row.as_ref().column_index(name).ok()
}

pub(crate) fn cell<'r>(row: &'r rusqlite::Row<'_>, place: usize) -> Result<Cell<'r>, Mismatch> {
    match row.get_ref(place).map_err(|cause| Mismatch(cause.to_string()))? {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(it) => Ok(Cell::Int(it)),
        ValueRef::Real(it) => Ok(Cell::Real(it)),
        ValueRef::Text(it) => {
            std::str::from_utf8(it).map(Cell::Text).map_err(|_| Mismatch("text that is not UTF-8".to_owned()))
        }
        ValueRef::Blob(it) => Ok(Cell::Bytes(it)),
    }
}

/// Says in our words what SQLite reports.
pub(crate) fn failed(cause: &rusqlite::Error, sql: &str) -> Error {
    let statement = brief(sql);
    let text = cause.to_string();
    let Some(found) = cause.sqlite_error() else { return Error::Statement { statement, cause: text } };
    match found.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
        ErrorCode::DiskFull => Error::Full,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Error::Unavailable(text),
        ErrorCode::ConstraintViolation => match found.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                Error::Duplicate { statement, cause: text }
            }
            _ => Error::Forbidden { statement, cause: text },
        },
        _ => Error::Statement { statement, cause: text },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_may_forget_is_refused() {
        let folder = crate::testing::Folder::new();
        for forgetful in ["synchronous = normal", "synchronous = off", "foreign_keys = off", "journal_mode = delete"] {
            let session = Sqlite::open(&folder.path().join("night.db"), Purpose::Change).unwrap();
            assert_eq!(check_pragmas(&session.connection), Ok(()));
            session.connection.execute_batch(&format!("pragma {forgetful}")).unwrap();
            let refused = check_pragmas(&session.connection);
            assert!(matches!(refused, Err(Error::Unsafe(_))), "{forgetful}: {refused:?}");
        }
    }

    #[test]
    fn whoever_begins_again_need_not_wait_for_the_disk_and_all_others_do() {
        let folder = crate::testing::Folder::new();
        let mut session = Sqlite::open(&folder.path().join("night.db"), Purpose::Change).unwrap();
        let level = |session: &Sqlite| -> i64 {
            session.connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap()
        };
        assert_eq!(level(&session), 2);
        session.wait_for_disk(false).unwrap();
        assert_eq!(level(&session), 1, "never 0: a database must stay whole");
        session.wait_for_disk(true).unwrap();
        assert_eq!(level(&session), 2);
    }

    #[test]
    fn a_bulk_insert_numbers_its_parameters() {
        let bulk = Bulk { head: "insert into a (x, y)", tail: "on conflict (x) do nothing", width: 2 };
        let sql = "insert or fail into a (x, y) values (?1, ?2), (?3, ?4) on conflict (x) do nothing";
        assert_eq!(statement(2, bulk), sql);
    }
}
