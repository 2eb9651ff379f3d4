//! Backups: taken under load, whole or refused, restored and proven, from one engine into the other.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use store::{
    Address, Error, Job, Migration, Result, Store, Value,
    backup::{self, Summary},
    epoch, journal, params, testing,
};
use uuid::Uuid;

use crate::common::{TABLES, act, record, visit, visits};

/// A table that comes before the one it points at, and rows of a migration.
const LINKED: Migration = Migration {
    name: "test/0002_linked",
    sql: "create table attendance (id uuid primary key, visit uuid not null references visits (id), hours double precision); \
          create table words (word text primary key, yes boolean); insert into words (word, yes) values ('hello', true);",
};

fn migrations() -> Vec<Migration> {
    vec![TABLES, LINKED]
}

async fn fill(store: &Store) {
    let work = |tx: &mut store::Tx| -> Result<()> {
        for n in 1..=300_u128 {
            visit(tx, Uuid::from_u128(n), "陈村 \"A\"")?;
        }
        let linked = (1..=300_u128).map(|n| {
            let hours = if n == 7 { Value::Null } else { Value::from(0.25) };
            [Value::from(Uuid::from_u128(1_000 - n)), Value::from(Uuid::from_u128(n)), hours]
        });
        tx.insert_many("insert into attendance (id, visit, hours)", "", linked)?;
        (0..5).try_for_each(|_| record(tx))?;
        tx.enqueue(Job { kind: "test.job", key: "a".into(), due: testing::MIDNIGHT, body: serde_json::json!({}) })
    };
    store.change(act(), work).await.unwrap();
}

/// Every row of every table but the epoch, as text.
async fn content(store: &Store) -> Vec<String> {
    store
        .look(|tx| {
            let mut rows = Vec::new();
            for (sql, width) in [
                ("select id, site, at, seen from visits order by id", 4),
                ("select id, visit, hours from attendance order by id", 3),
                ("select word, yes from words order by word", 2),
                ("select number, hash, details from journal order by number", 3),
                ("select kind, key, due, lease from jobs order by key", 4),
            ] {
                rows.extend(tx.rows(sql, params![], |row| {
                    let cells = (0..width).map(|place| row.get::<Value>(place).map(alike));
                    Ok(format!("{:?}", cells.collect::<Result<Vec<_>>>()?))
                })?);
            }
            Ok::<_, Error>(rows)
        })
        .await
        .unwrap()
}

/// Booleans and ids look different in the two engines' own types.
fn alike(value: Value) -> Value {
    match value {
        Value::Bool(it) => Value::Int(it.into()),
        Value::Id(it) => Value::Bytes(it.as_bytes().to_vec()),
        other => other,
    }
}

struct Place {
    folder: testing::Folder,
}

impl Place {
    fn new() -> Self {
        Self { folder: testing::Folder::new() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn empty(&self, engine: &str) -> Address {
        match engine {
            "sqlite" => Address::Sqlite(self.file(&format!("{}.db", Uuid::new_v4()))),
            _ => testing::empty_postgres(),
        }
    }
}

fn store(engine: &str) -> Store {
    match engine {
        "sqlite" => testing::sqlite(migrations()),
        _ => testing::postgres(migrations()),
    }
}

fn restore(file: &std::path::Path, into: &Address) -> Result<(Summary, journal::Report)> {
    backup::restore(file, into, &migrations(), testing::MIDNIGHT)
}

#[tokio::test]
async fn what_was_backed_up_comes_back_on_either_engine() {
    for (from, to) in [("sqlite", "sqlite"), ("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")] {
        let (place, original) = (Place::new(), store(from));
        fill(&original).await;
        let file = place.file("night.backup");
        let made = original.backup(file.clone()).await.unwrap();
        assert_eq!(backup::check(&file).unwrap(), made);
        assert_eq!((made.rows["visits"], made.rows["attendance"], made.rows["words"]), (300, 300, 1));

        let into = place.empty(to);
        let (restored, report) = restore(&file, &into).unwrap();
        assert_eq!(restored, made);
        assert!(report.is_whole() && report.head == made.head().unwrap(), "{report:?}");
        let copy = Store::open(&into, migrations(), testing::options()).unwrap();
        assert_eq!(content(&copy).await, content(&original).await, "{from} to {to}");
        assert_ne!(copy.look(epoch::current).await.unwrap().id, original.look(epoch::current).await.unwrap().id);
        // It is a whole store: foreign keys hold, and the journal goes on.
        let dangling = "insert into attendance (id, visit) values ($1, $2)";
        let refused = copy.change(act(), move |tx| tx.execute(dangling, params![Uuid::max(), Uuid::max()])).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
        copy.change(act(), record).await.unwrap();
        assert!(copy.look(|tx| journal::verify(tx, None)).await.unwrap().is_whole());
    }
}

#[tokio::test]
async fn a_backup_under_load_is_one_moment() {
    for engine in ["sqlite", "postgres"] {
        let (place, original) = (Place::new(), store(engine));
        let (busy, stop) = (original.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let working = tokio::spawn(async move {
            while !stopped.load(Ordering::SeqCst) {
                // A visit and its attendance and an entry: together or not at all.
                let work = |tx: &mut store::Tx| {
                    let id = Uuid::new_v4();
                    visit(tx, id, "A")?;
                    tx.execute("insert into attendance (id, visit) values ($1, $1)", params![id])?;
                    record(tx)
                };
                busy.change(act(), work).await.unwrap();
            }
        });
        for round in 0..5 {
            while visits(&original).await < 20 * (round + 1) {
                tokio::task::yield_now().await;
            }
            let file = place.file(&format!("{round}.backup"));
            let made = original.backup(file.clone()).await.unwrap();
            assert_eq!(made.rows["visits"], made.rows["attendance"]);
            assert_eq!(made.rows["visits"], made.rows["journal"]);
            let (_, report) = restore(&file, &place.empty("sqlite")).unwrap();
            assert!(report.is_whole(), "{report:?}");
        }
        stop.store(true, Ordering::SeqCst);
        working.await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_or_cut_backup_is_refused_and_leaves_nothing() {
    let (place, original) = (Place::new(), store("sqlite"));
    fill(&original).await;
    let file = place.file("whole");
    original.backup(file.clone()).await.unwrap();
    let whole = fs::read(&file).unwrap();
    let into = place.empty("sqlite");
    let refused = |bytes: &[u8], how: String| {
        let spoiled = place.file("spoiled");
        fs::write(&spoiled, bytes).unwrap();
        assert!(backup::check(&spoiled).is_err(), "{how} passed the check");
        how
    };
    for at in (0..whole.len()).step_by(whole.len() / 97) {
        let mut altered = whole.clone();
        altered[at] ^= 0x10;
        refused(&altered, format!("byte {at} altered"));
        refused(&whole[..at], format!("cut at {at}"));
    }
    refused(&[whole.as_slice(), b"Z"].concat()[..whole.len() - 1], "the last byte missing".to_owned());
    assert!(restore(&place.file("spoiled"), &into).is_err());
    // Nothing was left behind: the whole one still goes in.
    restore(&file, &into).unwrap();
    let again = restore(&file, &into);
    assert!(matches!(&again, Err(Error::Backup(why)) if why.contains("not empty")), "{again:?}");
}

#[tokio::test]
async fn a_tampered_journal_is_told_at_the_restore() {
    let (place, original) = (Place::new(), store("sqlite"));
    fill(&original).await;
    original.change(act(), |tx| tx.execute("update journal set at = 0 where number = 3", params![])).await.unwrap();
    let file = place.file("night");
    original.backup(file.clone()).await.unwrap();
    let (_, report) = restore(&file, &place.empty("sqlite")).unwrap();
    assert_eq!(report.faults, [journal::Fault::Altered { number: 3 }]);
}

#[tokio::test]
async fn a_newer_backup_needs_the_newer_program() {
    let (place, original) = (Place::new(), store("sqlite"));
    let file = place.file("night");
    original.backup(file.clone()).await.unwrap();
    let older = backup::restore(&file, &place.empty("sqlite"), &[TABLES], testing::MIDNIGHT);
    assert!(matches!(&older, Err(Error::Backup(why)) if why.contains("test/0002_linked")), "{older:?}");
}

#[tokio::test]
async fn nothing_readable_of_a_person_is_in_the_file() {
    let (place, original) = (Place::new(), testing::sqlite(vec![PEOPLE]));
    original
        .change(act(), |tx| {
            let sealed = tx.seal("people.phone", "+8613812345678");
            tx.execute("insert into people (id, phone) values ($1, $2)", params![Uuid::nil(), sealed])
        })
        .await
        .map_err(|cause: Error| cause)
        .unwrap();
    let file = place.file("night");
    original.backup(file.clone()).await.unwrap();
    let bytes = fs::read(&file).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    assert!(!holds(b"13812345678"));
    assert!(holds(b"people"), "the control: what is not sealed can be seen");
}

const PEOPLE: Migration =
    Migration { name: "test/0001_people", sql: "create table people (id uuid primary key, phone bytea not null)" };
