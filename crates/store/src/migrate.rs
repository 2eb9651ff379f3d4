//! Migrations: forward only, all pending ones in one transaction, so a database is old or new and never half.
//!
//! What was applied is remembered by name and by the hash of its text. A server refuses a database that is newer than
//! itself, whose migrations were edited afterwards, or that misses one from the middle of a duty's row. Changes that
//! would break the servers still running go in three releases: expand, move, contract.

use sha2::{Digest, Sha256};

use crate::{Act, Error, Result, Tx, engine::Purpose, epoch, journal, params, plant};

/// One step of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// `places/0001_sites`: whose, which, what. Never renamed.
    pub name: &'static str,
    /// In PostgreSQL's words; see [`crate::dialect`] for what SQLite makes of them.
    pub sql: &'static str,
}

/// The store's own tables, before everybody else's.
pub(crate) const GROUND: [Migration; 4] = [
    Migration { name: "store/0001_ground", sql: include_str!("ground.sql") },
    Migration { name: "store/0002_versions", sql: include_str!("versions.sql") },
    Migration { name: "store/0003_visitors", sql: include_str!("visitors.sql") },
    Migration { name: "store/0004_backups", sql: include_str!("backups.sql") },
];

const LEDGER: &str = "create table if not exists migrations \
                      (name text primary key, hash bytea not null, position bigint not null, applied_at bigint not null)";

/// What a database already has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub name: String,
    pub hash: [u8; 32],
}

/// How a database and this program fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub applied: Vec<Applied>,
    pub pending: Vec<Migration>,
}

impl Standing {
    pub const fn is_empty_database(&self) -> bool {
        self.applied.is_empty()
    }
}

/// All migrations in order: the store's, then the duties'.
pub(crate) fn whole(duties: &[Migration]) -> Vec<Migration> {
    GROUND.iter().chain(duties).copied().collect()
}

/// Compares a database with the migrations of this program.
pub fn standing(tx: &mut Tx, all: &[Migration]) -> Result<Standing> {
    let applied = match tx.attempt(applied) {
        Ok(applied) => applied,
        // No such table: nothing was ever applied.
        Err(Error::Statement { .. }) => Vec::new(),
        Err(cause) => return Err(cause),
    };
    check(&applied, all)?;
    let is_pending = |migration: &&Migration| applied.iter().all(|done| done.name != migration.name);
    let pending = all.iter().filter(is_pending).copied().collect();
    Ok(Standing { applied, pending })
}

pub(crate) fn applied(tx: &mut Tx) -> Result<Vec<Applied>> {
    tx.rows("select name, hash from migrations order by position", params![], |row| {
        Ok(Applied { name: row.get("name")?, hash: row.get("hash")? })
    })
}

/// Applies what is pending, in one transaction, and says what it was.
pub(crate) fn apply(
    tx: &mut Tx,
    all: &[Migration],
    act: Act,
    may: impl Fn(&Standing) -> bool,
) -> Result<Vec<Migration>> {
    tx.begin(Purpose::Change)?;
    tx.act_for(act);
    let outcome = apply_pending(tx, all, &may).and_then(|pending| tx.commit().map(|_| pending));
    if outcome.is_err() {
        tx.rollback();
    }
    outcome
}

fn apply_pending(tx: &mut Tx, all: &[Migration], may: &impl Fn(&Standing) -> bool) -> Result<Vec<Migration>> {
    let standing = standing(tx, all)?;
    if !standing.pending.is_empty() && !may(&standing) {
        let names: Vec<&str> = standing.pending.iter().map(|migration| migration.name).collect();
        return Err(Error::Migration(format!("not applied yet: {}; run muster migrate", names.join(", "))));
    }
    define_all(tx, &standing.pending, standing.applied.len())?;
    if standing.is_empty_database() {
        begin_history(tx)?;
    }
    Ok(standing.pending)
}

/// Creates what some migrations say, behind those that are there already.
pub(crate) fn define_all(tx: &mut Tx, migrations: &[Migration], after: usize) -> Result<()> {
    tx.define(LEDGER)?;
    migrations.iter().zip(after..).try_for_each(|(migration, position)| {
        define(tx, migration, position)?;
        step(tx, migration)
    })
}

/// For the tests that kill a migration: it tells its steps and takes its time, and for their control it commits each.
fn step(tx: &mut Tx, migration: &Migration) -> Result<()> {
    let is_in_pieces = plant::has("migrate-in-pieces");
    if is_in_pieces {
        tx.commit()?;
        tx.begin(Purpose::Change)?;
    }
    if is_in_pieces || plant::has("migrate-slowly") {
        println!("step {}", migration.name);
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    Ok(())
}

/// An empty journal and a first epoch.
fn begin_history(tx: &mut Tx) -> Result<()> {
    let head = journal::Head::empty();
    tx.execute("insert into journal_head (one, number, hash) values (1, $1, $2)", params![head.number, head.hash])?;
    epoch::begin(tx)
}

fn define(tx: &mut Tx, migration: &Migration, position: usize) -> Result<()> {
    let failed = |cause| Error::Migration(format!("{} failed and nothing was changed: {cause}", migration.name));
    tx.define(migration.sql).map_err(failed)?;
    let at = tx.at();
    tx.execute(
        "insert into migrations (name, hash, position, applied_at) values ($1, $2, $3, $4)",
        params![migration.name, hash(migration), position, at],
    )?;
    Ok(())
}

fn check(applied: &[Applied], all: &[Migration]) -> Result<()> {
    for done in applied {
        let known = all.iter().find(|migration| migration.name == done.name);
        let known = known.ok_or_else(|| {
            let text = format!("the database has {}, which this program does not know: it is newer", done.name);
            Error::Migration(format!("{text}; start the newer program"))
        })?;
        if hash(known) != done.hash {
            return Err(Error::Migration(format!("{} was edited after it was applied; undo the edit", done.name)));
        }
    }
    all.iter().try_fold(Vec::<&str>::new(), |missing, migration| in_row(missing, migration, applied)).map(drop)
}

/// Within one duty the applied migrations come first; one missing before an applied one means a half database.
fn in_row<'a>(mut missing: Vec<&'a str>, migration: &'a Migration, applied: &[Applied]) -> Result<Vec<&'a str>> {
    let duty = |name: &'a str| name.split('/').next().unwrap_or(name);
    if applied.iter().all(|done| done.name != migration.name) {
        missing.push(migration.name);
    } else if let Some(hole) = missing.iter().find(|name| duty(name) == duty(migration.name)) {
        return Err(Error::Migration(format!(
            "the database has {} but not {hole}: it is half migrated",
            migration.name
        )));
    }
    Ok(missing)
}

pub(crate) fn hash(migration: &Migration) -> [u8; 32] {
    Sha256::digest(migration.sql.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration = Migration { name: "a/1", sql: "1" };
    const TWO: Migration = Migration { name: "a/2", sql: "2" };
    const OTHER: Migration = Migration { name: "b/1", sql: "3" };

    fn done(migration: &Migration) -> Applied {
        Applied { name: migration.name.to_owned(), hash: hash(migration) }
    }

    #[test]
    fn a_database_fits_when_each_duty_is_a_prefix() {
        for applied in [vec![], vec![done(&ONE)], vec![done(&OTHER)], vec![done(&ONE), done(&OTHER), done(&TWO)]] {
            assert_eq!(check(&applied, &[ONE, TWO, OTHER]), Ok(()));
        }
    }

    #[test]
    fn holes_edits_and_newer_databases_are_refused() {
        let edited = Applied { hash: [9; 32], ..done(&ONE) };
        for (applied, why) in [(vec![done(&TWO)], "half"), (vec![edited], "edited"), (vec![done(&OTHER)], "newer")] {
            let refused = check(&applied, &[ONE, TWO]).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
