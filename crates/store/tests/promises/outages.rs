//! The database goes away, fills up, or was set up so that it could forget.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use store::{Address, Error, Result, Store, Tx, params, testing};
use uuid::Uuid;

use crate::common::{TABLES, act, record, visit, visits};

/// Breaks every connection to a store's database, from another database of the same cluster.
async fn cut_off(store: &Store, other: &Store) {
    let Address::Postgres(url) = store.address() else { panic!("only PostgreSQL has connections to cut") };
    let name = url.rsplit('/').next().unwrap().to_owned();
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    other.change(act(), move |tx| tx.execute(cut, params![&name])).await.map_err(|cause: Error| cause).unwrap();
}

/// A connection may break at any point, also between a commit and its answer. Nothing here has a key, so what is done
/// twice shows as two rows.
#[tokio::test]
async fn broken_connections_lose_nothing_and_double_nothing() {
    let (store, other) = (testing::postgres(vec![TABLES]), testing::postgres(vec![]));
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let workers: Vec<_> = (0..16)
        .map(|_| {
            let (store, stop, done) = (store.clone(), Arc::clone(&stop), Arc::clone(&done));
            tokio::spawn(async move {
                let mut acked = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    let key = Uuid::new_v4();
                    let work = move |tx: &mut Tx| {
                        record(tx)?;
                        visit(tx, Uuid::new_v4(), &key.to_string())
                    };
                    match store.change(act(), work).await {
                        Ok(()) => {
                            done.fetch_add(1, Ordering::SeqCst);
                            acked.push(key);
                        }
                        Err(cause) => assert!(cause.is_passing(), "{cause}"),
                    }
                }
                acked
            })
        })
        .collect();
    for round in 1..=20 {
        // At a different point of a group each time.
        while done.load(Ordering::SeqCst) < round * 17 {
            tokio::task::yield_now().await;
        }
        cut_off(&store, &other).await;
    }
    stop.store(true, Ordering::SeqCst);
    let mut acked = Vec::new();
    for worker in workers {
        acked.extend(worker.await.unwrap());
    }
    let mut there: Vec<Uuid> =
        store.look(|tx| tx.rows("select site from visits", params![], |row| row.parse("site"))).await.unwrap();
    there.sort_unstable();
    assert!(there.windows(2).all(|pair| pair[0] != pair[1]), "doubled");
    assert!(acked.iter().all(|key| there.binary_search(key).is_ok()), "lost");
    let report = store.look(|tx| store::journal::verify(tx, None)).await.unwrap();
    assert!(report.is_whole() && report.entries == there.len() as u64, "{report:?}");
}

#[tokio::test]
async fn a_full_disk_stops_writing_only_and_only_as_long_as_it_is_full() {
    let store = testing::sqlite(vec![TABLES]);
    let limit = async |pages: &'static str| {
        let pragma = format!("pragma max_page_count = {pages}");
        store.change(act(), move |tx| tx.execute(&pragma, params![])).await.map_err(|cause: Error| cause).unwrap();
    };
    let write = async || {
        let work = |tx: &mut Tx| -> Result<()> {
            let note = "x".repeat(2_000);
            (0..50).try_for_each(|_| visit(tx, Uuid::new_v4(), &note))
        };
        store.change(act(), work).await
    };
    limit("60").await;
    let mut written = 0;
    let full = loop {
        match write().await {
            Ok(()) => written += 50,
            Err(cause) => break cause,
        }
        assert!(written < 10_000, "the limit did not hold");
    };
    assert_eq!(full, Error::Full);
    assert_eq!(visits(&store).await, written);
    limit("1000000").await;
    write().await.unwrap();
    assert_eq!(visits(&store).await, written + 50);
}

#[tokio::test]
async fn a_postgres_that_may_forget_is_refused() {
    let store = testing::postgres(vec![TABLES]);
    let Address::Postgres(url) = store.address().clone() else { panic!("asked for PostgreSQL") };
    let name = url.rsplit('/').next().unwrap();
    let forgetful = format!("alter database {name} set synchronous_commit = off");
    store.change(act(), move |tx| tx.execute(&forgetful, params![])).await.map_err(|cause: Error| cause).unwrap();
    let refused = Store::open(store.address(), vec![TABLES], testing::options());
    assert!(matches!(refused, Err(Error::Unsafe(why)) if why.contains("synchronous_commit")));
}

#[test]
fn a_database_that_is_not_there_is_said_so() {
    let nowhere = Address::Postgres("postgres://muster@127.0.0.1:1/night".to_owned());
    assert!(matches!(Store::open(&nowhere, vec![], testing::options()), Err(Error::Unavailable(_))));
    let nowhere = Address::Sqlite("/nowhere/at/all/night.db".into());
    assert!(matches!(Store::open(&nowhere, vec![], testing::options()), Err(Error::File { .. })));
}
