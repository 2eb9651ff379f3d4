//! The way back: into an empty database, all or nothing, and proven before it counts.

use std::path::Path;

use domain::Moment;

use super::{Header, Summary, Table, file, quote, quoted, tables};
use crate::{
    Act, Address, Cell, Error, Keyring, Migration, Result, Tx, Value, engine,
    engine::{Bulk, Purpose, apart},
    epoch, hex, journal,
    journal::Report,
    migrate, params,
    seal::SharedKeyring,
};

/// Restores a backup into an empty database and proves it: the file's hash, the counts of every table, the engine's
/// own check, the journal's chain up to the head in the backup. If anything is wrong the database stays empty.
/// Migrations newer than the backup are applied afterwards, by [`Store::migrate`](crate::Store::migrate).
pub fn restore(from: &Path, into: &Address, migrations: &[Migration], at: Moment) -> Result<(Summary, Report)> {
    apart(|| {
        let session = engine::connect(into, Purpose::Change)?;
        let mut tx = Tx::new(session, SharedKeyring::new(Keyring::random()));
        tx.begin(Purpose::Change)?;
        tx.act_for(Act::system(at));
        let restored = load(&mut tx, from, &migrate::whole(migrations)).and_then(|restored| {
            tx.commit()?;
            Ok(restored)
        });
        if restored.is_err() {
            tx.rollback();
        }
        restored
    })
}

fn load(tx: &mut Tx, from: &Path, migrations: &[Migration]) -> Result<(Summary, Report)> {
    if !tables(tx)?.is_empty() {
        return Err(Error::Backup("the database is not empty; restore into a new one".to_owned()));
    }
    let summary = file::read(from, &mut Loader { tx, migrations })?;
    tx.engine(|session| session.tighten())?;
    let report = prove(tx, &summary)?;
    epoch::begin(tx)?;
    Ok((summary, report))
}

/// The program's migrations that the backup had.
fn matching(header: &Header, migrations: &[Migration]) -> Result<Vec<Migration>> {
    let find = |(name, hash): &(String, String)| {
        let known = migrations.iter().find(|migration| migration.name == *name);
        let same = known.filter(|migration| hex::write(&migrate::hash(migration)) == *hash);
        same.copied()
            .ok_or_else(|| Error::Backup(format!("it needs {name}, which this program has not: use the newer program")))
    };
    header.migrations.iter().map(find).collect()
}

struct Loader<'t> {
    tx: &'t mut Tx,
    migrations: &'t [Migration],
}

impl file::Taker for Loader<'_> {
    fn begin(&mut self, header: &Header) -> Result<()> {
        migrate::define_all(self.tx, &matching(header, self.migrations)?, 0)?;
        self.tx.engine(|session| session.loosen())?;
        for table in &header.tables {
            // Rows that a migration put there are in the backup as well.
            self.tx.execute(&format!("delete from {}", quote(&table.name)), params![])?;
        }
        Ok(())
    }

    fn rows(&mut self, table: &Table, rows: Vec<Value>) -> Result<()> {
        let head = format!("insert into {} ({})", quote(&table.name), quoted(&table.columns));
        let bulk = Bulk { head: &head, tail: "", width: table.columns.len() };
        let cells: Vec<Cell<'_>> = rows.iter().map(Value::cell).collect();
        self.tx.engine(|session| {
            let at_once = session.rows_at_once() * bulk.width;
            cells.chunks(at_once).try_for_each(|chunk| session.insert(bulk, chunk).map(drop))
        })
    }
}

fn prove(tx: &mut Tx, summary: &Summary) -> Result<Report> {
    for (table, rows) in &summary.rows {
        let found: u64 = tx.one(&format!("select count(*) from {}", quote(table)), params![], |row| row.get(0))?;
        if found != *rows {
            return Err(Error::Backup(format!("{table} has {found} rows and should have {rows}")));
        }
    }
    if let Some(fault) = tx.engine(|session| session.integrity())?.first() {
        return Err(Error::Backup(format!("the restored database is damaged: {fault}")));
    }
    journal::verify(tx, Some(&summary.head()?))
}
