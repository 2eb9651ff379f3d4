//! Backups under load, and the way back.
//!
//! One file format for both engines: a header (migrations, tables, the journal's head), the rows of every table, and
//! a seal over all of it. It is written from one snapshot, so it is consistent while everybody works, and copied from
//! no live file. Because rows and not pages are kept, nothing of what was erased is in it, and a district that grows
//! out of SQLite restores its backup into PostgreSQL.
//!
//! The keyring is **not** in it: somebody who finds a backup reads no name and no number. Keep the keyring elsewhere,
//! and keep it: without it a backup's sealed columns are noise.

mod file;
mod restore;

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use domain::Moment;
use serde::{Deserialize, Serialize};

pub use file::check;
pub use restore::restore;

use crate::{
    Address, Error, Keyring, Result, Store, Tx, engine,
    engine::{Purpose, apart},
    hex, journal,
    journal::Head,
    migrate, params,
    seal::SharedKeyring,
};

/// What a backup says about itself before its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub made_at: Moment,
    /// The engine it was taken from.
    pub engine: String,
    /// Names and hashes of the migrations, in the order they were applied.
    pub migrations: Vec<(String, String)>,
    pub tables: Vec<Table>,
    /// The journal's head, as on the daily sheet.
    pub head: String,
}

/// A table and its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
}

/// What a backup holds, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub header: Header,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    pub bytes: u64,
}

impl Summary {
    pub fn total_rows(&self) -> u64 {
        self.rows.values().sum()
    }

    /// The journal's head at the moment of the backup.
    pub fn head(&self) -> Result<Head> {
        self.header.head.parse()
    }
}

/// Writes a backup of a database, also of one that is in use. The file appears only when it is whole and on the disk.
pub fn write(address: &Address, file: &Path, at: Moment) -> Result<Summary> {
    if let Address::Sqlite(database) = address
        && !database.exists()
    {
        return Err(Error::Backup(format!("there is no database {}", database.display())));
    }
    // The keyring of this connection opens nothing: a backup never does.
    apart(|| {
        let session = engine::connect(address, Purpose::Look)?;
        let mut tx = Tx::new(session, SharedKeyring::new(Keyring::random()));
        tx.begin(Purpose::Look)?;
        let written = write_snapshot(&mut tx, file, at);
        tx.rollback();
        if written.is_ok()
            && let Err(cause) = note(address, at)
        {
            // The file is whole all the same, and before a migration there is no place to note it.
            tracing::warn!(%cause, "that a backup was made is not noted");
        }
        written
    })
}

/// When this database was last copied whole; none if it never was.
pub fn last(tx: &mut Tx) -> Result<Option<Moment>> {
    tx.one("select max(at) from backups", params![], |row| row.get(0))
}

fn note(address: &Address, at: Moment) -> Result<()> {
    let session = engine::connect(address, Purpose::Change)?;
    let mut tx = Tx::new(session, SharedKeyring::new(Keyring::random()));
    tx.begin(Purpose::Change)?;
    // Also what a clock that was ahead has noted.
    tx.execute("delete from backups", params![])?;
    tx.execute("insert into backups (at) values ($1)", params![at])?;
    tx.commit().map(drop)
}

impl Store {
    /// [`write`] from a running server.
    pub async fn backup(&self, file: PathBuf) -> Result<Summary> {
        let (address, at) = (self.address().clone(), self.clock().now());
        let written = tokio::task::spawn_blocking(move || write(&address, &file, at)).await;
        written.unwrap_or_else(|panic| Err(Error::Bug(panic.to_string())))
    }
}

fn write_snapshot(tx: &mut Tx, file: &Path, at: Moment) -> Result<Summary> {
    let header = header(tx, at)?;
    let mut out = file::Writer::create(file, &header)?;
    let mut rows = BTreeMap::new();
    for table in &header.tables {
        out.begin_table(table)?;
        tx.each(&select(table), params![], |row| {
            (0..row.width()).try_for_each(|place| out.cell(row.cell_at(place)?))?;
            out.end_row()?;
            Ok(ControlFlow::Continue(()))
        })?;
        rows.insert(table.name.clone(), out.end_table(table)?);
    }
    let bytes = out.finish(file)?;
    Ok(Summary { header, rows, bytes })
}

fn header(tx: &mut Tx, at: Moment) -> Result<Header> {
    let missing = |cause| match cause {
        Error::Statement { .. } => Error::Backup("this database holds nothing of Muster".to_owned()),
        other => other,
    };
    let applied = migrate::applied(tx).map_err(missing)?;
    Ok(Header {
        made_at: at,
        engine: tx.engine(|session| session.version())?,
        migrations: applied.into_iter().map(|done| (done.name, hex::write(&done.hash))).collect(),
        tables: tables(tx)?,
        head: journal::head(tx)?.to_string(),
    })
}

/// All tables but the ledger of migrations, which the header carries, and the note of the last backup.
pub(crate) fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let catalog = tx.engine(|session| Ok(session.catalog()))?;
    let mut tables: Vec<Table> = Vec::new();
    tx.each(catalog, params![], |row| {
        let (name, column): (String, String) = (row.get("table_name")?, row.get("column_name")?);
        match tables.last_mut() {
            Some(table) if table.name == name => table.columns.push(column),
            _ => tables.push(Table { name, columns: vec![column] }),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    tables.retain(|table| !["migrations", "backups"].contains(&table.name.as_str()));
    Ok(tables)
}

/// In the order of the first column, so that equal databases give equal backups, whichever the engine.
fn select(table: &Table) -> String {
    format!("select {} from {} order by 1", quoted(&table.columns), quote(&table.name))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
