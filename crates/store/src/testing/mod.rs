//! Stores for tests: real ones, empty, gone with the last clone (or, for PostgreSQL, with the test process).

mod cluster;

use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use domain::{Clock, Moment};
use uuid::Uuid;

use crate::{
    Address, Keyring, Migration, Options, Store, engine,
    engine::{Purpose, apart},
};

/// 2022-09-15T00:00:00+08:00, the night of the report: where tests' clocks stand.
pub const MIDNIGHT: Moment = Moment::from_ms(1_663_171_200_000);

/// An SQLite store in a temporary folder, its clock standing at [`MIDNIGHT`].
pub fn sqlite(migrations: Vec<Migration>) -> Store {
    sqlite_with(migrations, options())
}

/// An SQLite store with other options.
pub fn sqlite_with(migrations: Vec<Migration>, options: Options) -> Store {
    let folder = Folder::new();
    let address = Address::Sqlite(folder.path().join("muster.db"));
    let store = Store::open(&address, migrations, options).expect("a fresh SQLite store opens");
    store.keep(folder)
}

/// A PostgreSQL store: a fresh database of a cluster that this test process runs for itself.
pub fn postgres(migrations: Vec<Migration>) -> Store {
    postgres_with(migrations, options())
}

/// A PostgreSQL store with other options.
pub fn postgres_with(migrations: Vec<Migration>, options: Options) -> Store {
    let address = cluster::fresh_database(&migrations);
    Store::open(&address, migrations, options).expect("a fresh PostgreSQL store opens")
}

/// The address of an empty PostgreSQL database.
pub fn empty_postgres() -> Address {
    cluster::empty_database()
}

/// Runs a test on both engines, one after the other.
pub async fn each_engine<F, Fut>(migrations: Vec<Migration>, test: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    println!("on SQLite");
    test(sqlite(migrations.clone())).await;
    println!("on PostgreSQL");
    test(postgres(migrations)).await;
}

/// Options of a test store: few readers, a clock that stands at [`MIDNIGHT`], a keyring of its own.
pub fn options() -> Options {
    Options { readers: 2, write_down: true, ..Options::new(Clock::movable(MIDNIGHT, 0.0), Keyring::random()) }
}

/// The statements run so far on a test store that read one of these tables from end to end: each with the step of its
/// plan. A test that has walked through a duty's actions compares this with the few it means.
pub fn full_scans(store: &Store, big_tables: &[&str]) -> Vec<String> {
    let names =
        |sql: &str| sql.split(|c: char| c != '_' && !c.is_alphanumeric()).any(|word| big_tables.contains(&word));
    let plannable =
        |sql: &str| ["select", "with", "update", "delete"].iter().any(|verb| sql.trim_start().starts_with(verb));
    apart(|| {
        let mut session = engine::connect(store.address(), Purpose::Change).expect("the test's database is there");
        let statements = store.statements().into_keys().filter(|sql| names(sql) && plannable(sql));
        let explained = statements.map(|sql| (session.full_scans(&sql).expect("what ran can be explained"), sql));
        explained
            .filter(|(steps, _)| !steps.is_empty())
            .map(|(steps, sql)| format!("{}: {sql}", steps.join(", ")))
            .collect()
    })
}

/// How many statements have run so far on a test store. A test that looks at few things and then at many sees whether a
/// page asks for them one by one.
pub fn statements_run(store: &Store) -> u64 {
    store.statements().into_values().sum()
}

/// A folder that goes when it is dropped; in memory where the machine offers that.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    #[expect(clippy::new_without_default, reason = "making a folder is an act, not a default")]
    pub fn new() -> Self {
        let path = roomy_folder().join(format!("muster-test-{}", Uuid::new_v4()));
        std::fs::create_dir(&path).expect("the temporary folder can be written");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Keeps what is made from now on, PostgreSQL too, on a disk: for whoever measures.
pub fn keep_on_disk() {
    ON_DISK.store(true, Ordering::Relaxed);
}

static ON_DISK: AtomicBool = AtomicBool::new(false);

/// Memory, where syncing is free, if there is a gigabyte of it; else the usual place.
fn roomy_folder() -> PathBuf {
    if ON_DISK.load(Ordering::Relaxed) {
        // Unlike `/tmp`, never in memory.
        return PathBuf::from("/var/tmp");
    }
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory).map_or(0, |about| about.f_bavail * about.f_frsize);
    if room > 1 << 30 { memory.to_owned() } else { std::env::temp_dir() }
}
