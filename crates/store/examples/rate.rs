//! How fast the gate is: `cargo run --release -p store --example rate`.
//!
//! Many callers, one row (and one journal entry) a change, on a real folder so that syncs are real; then bulk rows and
//! looks. Prints one line per measurement; with the word `bulk` only that one.

use std::time::Instant;

use domain::{Clock, Event, Id, Jurisdiction, things::Site};
use store::{Act, Address, Error, Keyring, Migration, Options, Result, Store, Tx, Value, params, testing};
use uuid::Uuid;

const TABLES: Migration = Migration {
    name: "rate/0001_tables",
    sql: "create table visits (id uuid primary key, site uuid not null, at bigint not null); \
          create index visits_site on visits (site, at);",
};
const CALLERS: usize = 64;
const CHANGES: usize = 20_000;
const BULK: u32 = 1_000_000;

fn one_row(tx: &mut Tx, journal: bool) -> Result<()> {
    let (at, site) = (tx.at(), Id::<Site>::from_uuid(Uuid::from_u128(7)));
    tx.execute("insert into visits (id, site, at) values ($1, $2, $3)", params![Uuid::now_v7(), site, at])?;
    if journal {
        let here = Jurisdiction::district("440902".parse().map_err(|_| Error::Closed)?);
        tx.record(&here, site.uuid(), &Event::SiteChanged { site })?;
    }
    Ok(())
}

async fn changes(store: &Store, callers: usize, journal: bool) -> f64 {
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..CHANGES / callers {
                    store.change(Act::system(store.clock().now()), move |tx| one_row(tx, journal)).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no caller panics").expect("every change succeeds");
    }
    CHANGES as f64 / started.elapsed().as_secs_f64()
}

async fn looks(store: &Store) -> f64 {
    let started = Instant::now();
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..CHANGES / CALLERS {
                    let one = "select id from visits where site = $1 order by at limit 1";
                    let site = Uuid::from_u128(7);
                    store.look(move |tx| tx.first(one, params![site], |row| row.get::<Uuid>(0))).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no caller panics").expect("every look succeeds");
    }
    CHANGES as f64 / started.elapsed().as_secs_f64()
}

async fn bulk(store: &Store) -> f64 {
    let started = Instant::now();
    let insert = |tx: &mut Tx| {
        let rows = (0..BULK)
            .map(|n| [Value::from(Uuid::now_v7()), Value::from(Uuid::from_u128(u128::from(n % 139))), Value::from(n)]);
        tx.insert_many("insert into visits (id, site, at)", "on conflict (id) do nothing", rows)
    };
    store.change(Act::system(store.clock().now()), insert).await.expect("the rows go in");
    f64::from(BULK) / started.elapsed().as_secs_f64()
}

async fn backup_and_restore(name: &str, store: &Store) {
    let file = std::env::temp_dir().join(format!("rate-{}", Uuid::new_v4()));
    let started = Instant::now();
    let made = store.backup(file.clone()).await.expect("a backup is made");
    let (rows, taken_s) = (made.total_rows() as f64, started.elapsed().as_secs_f64());
    println!("{name}: {:8.0} rows/s into a backup, {rows} rows, {} MB", rows / taken_s, made.bytes / 1_000_000);
    let into = match store.address() {
        Address::Sqlite(_) => Address::Sqlite(file.with_extension("db")),
        Address::Postgres(_) => testing::empty_postgres(),
    };
    let started = Instant::now();
    let restored = tokio::task::spawn_blocking(move || {
        let restored = store::backup::restore(&file, &into, &[TABLES], testing::MIDNIGHT);
        for path in
            [file.clone(), file.with_extension("db"), file.with_extension("db-wal"), file.with_extension("db-shm")]
        {
            std::fs::remove_file(path).ok();
        }
        restored
    });
    let (_, report) = restored.await.expect("no panic").expect("the backup is restored");
    assert!(report.is_whole(), "{report:?}");
    println!("{name}: {:8.0} rows/s restored and proven", rows / started.elapsed().as_secs_f64());
}

async fn measure(name: &str, store: Store) {
    if std::env::args().any(|word| word == "bulk") {
        println!("{name}: {:8.0} rows/s in bulk", bulk(&store).await);
        return store.close();
    }
    println!("{name}: {:8.0} changes/s, {CALLERS} callers, one row each", changes(&store, CALLERS, false).await);
    println!(
        "{name}: {:8.0} changes/s, {CALLERS} callers, one row and one journal entry each",
        changes(&store, CALLERS, true).await
    );
    println!("{name}: {:8.0} changes/s, 1 caller", changes(&store, 1, false).await);
    println!("{name}: {:8.0} looks/s, {CALLERS} callers", looks(&store).await);
    println!("{name}: {:8.0} rows/s in bulk", bulk(&store).await);
    backup_and_restore(name, &store).await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{name}: {}", status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("VmRSS unknown"));
    store.close();
}

#[tokio::main]
async fn main() {
    let folder = std::env::current_dir().expect("a folder").join(format!("rate-{}", Uuid::new_v4()));
    std::fs::create_dir(&folder).expect("the folder can be written");
    let address = Address::Sqlite(folder.join("rate.db"));
    let options = Options::new(Clock::system(), Keyring::random());
    measure("sqlite", Store::open(&address, vec![TABLES], options.clone()).expect("SQLite opens")).await;
    measure("postgres", testing::postgres_with(vec![TABLES], options)).await;
    std::fs::remove_dir_all(&folder).ok();
}
