//! What the gate promises: all or nothing per change, one commit per group, answers after commits; on both engines.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use store::{Error, Options, Result, Store, Tx, params, testing};
use uuid::Uuid;

use crate::common::{Held, TABLES, act, queued, record, visit, visits};

#[tokio::test]
async fn what_was_changed_is_seen() {
    testing::each_engine(vec![TABLES], |store| async move {
        let id = Uuid::new_v4();
        store.change(act(), move |tx| visit(tx, id, "A")).await.unwrap();
        let found: Vec<(Uuid, String, bool)> = store
            .look(move |tx| {
                tx.rows("select id, site, seen from visits where id = $1", params![id], |row| {
                    Ok((row.get("id")?, row.get("site")?, row.get("seen")?))
                })
            })
            .await
            .unwrap();
        assert_eq!(found, [(id, "A".to_owned(), false)]);
    })
    .await;
}

#[tokio::test]
async fn only_the_change_that_failed_is_undone() {
    testing::each_engine(vec![TABLES], |store| async move {
        let twice = Uuid::new_v4();
        let changes = (0..40).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let id = if number % 4 == 0 { twice } else { Uuid::new_v4() };
                store
                    .change(act(), move |tx| {
                        record(tx)?;
                        visit(tx, id, "A")
                    })
                    .await
            })
        });
        let mut failed = 0;
        for change in changes.collect::<Vec<_>>() {
            match change.await.unwrap() {
                Ok(()) => {}
                Err(Error::Duplicate { .. }) => failed += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(failed, 9);
        assert_eq!(visits(&store).await, 31);
        // The failed ones left no entry and no gap.
        let report = store.look(|tx| store::journal::verify(tx, None)).await.unwrap();
        assert!(report.is_whole() && report.entries == 31, "{report:?}");
        assert_eq!(*store.tail().borrow(), 31);
    })
    .await;
}

#[tokio::test]
async fn what_waits_shares_one_commit() {
    testing::each_engine(vec![TABLES], |store| async move {
        let held = Held::gate(&store).await;
        let waiting: Vec<_> = (0..50)
            .map(|_| {
                let (store, outside) = (store.clone(), store.clone());
                tokio::spawn(async move { store.change(act(), move |tx| visit_and_compare(tx, &outside)).await })
            })
            .collect();
        queued(&store, 50).await;
        held.let_go().await;
        let mut unseen_by_others = Vec::new();
        for change in waiting {
            unseen_by_others.push(change.await.unwrap().unwrap());
        }
        unseen_by_others.sort_unstable();
        assert_eq!(unseen_by_others, (1..=50).collect::<Vec<_>>());
        assert_eq!(visits(&store).await, 50);
    })
    .await;
}

/// How many visits the transaction holds that are not yet committed.
fn visit_and_compare(tx: &mut Tx, outside: &Store) -> Result<i64> {
    visit(tx, Uuid::new_v4(), "A")?;
    let count = |tx: &mut Tx| tx.one("select count(*) from visits", params![], |row| row.get::<i64>(0));
    Ok(count(tx)? - outside.look_blocking(count)?)
}

#[tokio::test]
async fn a_panic_is_the_callers_error_and_the_gate_lives() {
    testing::each_engine(vec![TABLES], |store| async move {
        let panicked = store
            .change(act(), |tx| -> Result<()> {
                visit(tx, Uuid::new_v4(), "A")?;
                let _: Result<()> = tx.attempt(|_| panic!("planted"));
                Ok(())
            })
            .await;
        assert_eq!(panicked, Err(Error::Bug("planted".to_owned())));
        assert_eq!(
            store.look(|_| -> Result<()> { panic!("planted {}", 2) }).await,
            Err(Error::Bug("planted 2".into()))
        );
        store.change(act(), |tx| visit(tx, Uuid::new_v4(), "A")).await.unwrap();
        assert_eq!(visits(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_ignored_failure_fails_the_change() {
    testing::each_engine(vec![TABLES], |store| async move {
        let ignored = store
            .change(act(), |tx| -> Result<()> {
                visit(tx, Uuid::from_u128(1), "A")?;
                visit(tx, Uuid::from_u128(1), "A").ok();
                Ok(())
            })
            .await;
        assert!(matches!(ignored, Err(Error::Bug(_))), "{ignored:?}");
        assert_eq!(visits(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_fenced_failure_undoes_only_what_is_fenced() {
    testing::each_engine(vec![TABLES], |store| async move {
        store
            .change(act(), |tx| -> Result<()> {
                visit(tx, Uuid::from_u128(1), "A")?;
                record(tx)?;
                let fenced: Result<()> = tx.attempt(|tx| {
                    record(tx)?;
                    visit(tx, Uuid::from_u128(2), "B")?;
                    visit(tx, Uuid::from_u128(1), "twice")
                });
                assert!(matches!(fenced, Err(Error::Duplicate { .. })), "{fenced:?}");
                tx.attempt(|tx| visit(tx, Uuid::from_u128(3), "C"))
            })
            .await
            .unwrap();
        assert_eq!(visits(&store).await, 2);
        let report = store.look(|tx| store::journal::verify(tx, None)).await.unwrap();
        assert!(report.is_whole() && report.entries == 1, "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn looking_changes_nothing() {
    testing::each_engine(vec![TABLES], |store| async move {
        let refused = store.look(|tx| visit(tx, Uuid::new_v4(), "A")).await;
        assert!(matches!(refused, Err(Error::Statement { .. })), "{refused:?}");
        assert_eq!(visits(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_look_sees_one_snapshot() {
    testing::each_engine(vec![TABLES], |store| async move {
        let changing = store.clone();
        let (before, after) = store
            .look(move |tx| {
                let count = |tx: &mut Tx| tx.one("select count(*) from visits", params![], |row| row.get::<u64>(0));
                let before = count(tx)?;
                changing.change_blocking(act(), |tx| visit(tx, Uuid::new_v4(), "A"))?;
                Ok::<_, Error>((before, count(tx)?))
            })
            .await
            .unwrap();
        assert_eq!((before, after), (0, 0));
        assert_eq!(visits(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_long_queue_is_busy_at_once() {
    let store = testing::sqlite_with(vec![TABLES], Options { max_queued: 3, ..testing::options() });
    let held = Held::gate(&store).await;
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.change(act(), |tx| visit(tx, Uuid::new_v4(), "A")).await })
        })
        .collect();
    queued(&store, 3).await;
    assert_eq!(store.change(act(), |tx| visit(tx, Uuid::new_v4(), "A")).await, Err(Error::Busy));
    held.let_go().await;
    for change in waiting {
        change.await.unwrap().unwrap();
    }
    assert_eq!(visits(&store).await, 3);
}

#[test]
fn a_closed_store_finishes_what_it_took() {
    let store = testing::sqlite(vec![TABLES]);
    let (done, address) = (Arc::new(AtomicUsize::new(0)), store.address().clone());
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (store, done) = (store.clone(), Arc::clone(&done));
            std::thread::spawn(move || {
                while store.change_blocking(act(), |tx| visit(tx, Uuid::new_v4(), "A")).is_ok() {
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while done.load(Ordering::SeqCst) < 100 {
        std::thread::yield_now();
    }
    let reopened = store.clone();
    store.close();
    for caller in callers {
        caller.join().unwrap();
    }
    assert_eq!(reopened.change_blocking(act(), |tx| visit(tx, Uuid::new_v4(), "A")), Err(Error::Closed));
    let again = Store::open(&address, vec![TABLES], testing::options()).unwrap();
    let kept: usize = again
        .look_blocking(|tx| tx.one("select count(*) from visits", params![], |row| row.get(0)))
        .map_err(|cause: Error| cause)
        .unwrap();
    assert_eq!(kept, done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn other_servers_entries_are_heard_of() {
    testing::each_engine(vec![TABLES], |store| async move {
        let other = Store::open(store.address(), vec![TABLES], testing::options()).unwrap();
        let mut tail = store.tail();
        other.change(act(), record).await.unwrap();
        let heard = tokio::time::timeout(std::time::Duration::from_secs(5), tail.wait_for(|number| *number == 1)).await;
        assert!(heard.is_ok(), "the entry was not heard of");
    })
    .await;
}

#[tokio::test]
async fn two_servers_never_pass_the_gate_together() {
    const TICKET: store::Migration = store::Migration {
        name: "test/0002_ticket",
        sql: "create table ticket (next bigint not null); insert into ticket (next) values (0);",
    };
    testing::each_engine(vec![TICKET], |store| async move {
        let other = Store::open(store.address(), vec![TICKET], testing::options()).unwrap();
        // Reading and then writing what was read: safe only if changes are serial.
        let take = |store: Store| async move {
            for _ in 0..50 {
                store
                    .change(act(), |tx| {
                        let next: i64 = tx.one("select next from ticket", params![], |row| row.get(0))?;
                        record(tx)?;
                        tx.execute("update ticket set next = $1", params![next + 1])
                    })
                    .await
                    .unwrap();
            }
        };
        let (one, two) = tokio::join!(tokio::spawn(take(store.clone())), tokio::spawn(take(other)));
        one.and(two).unwrap();
        let next: i64 = store.look(|tx| tx.one("select next from ticket", params![], |row| row.get(0))).await.unwrap();
        assert_eq!(next, 100);
        let report = store.look(|tx| store::journal::verify(tx, None)).await.unwrap();
        assert!(report.is_whole() && report.entries == 100, "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn waiting_for_oneself_is_refused() {
    let store = testing::sqlite(vec![TABLES]);
    let (inner, looking) = (store.clone(), store.clone());
    let inside = move |_: &mut Tx| inner.change_blocking(act(), |tx| visit(tx, Uuid::new_v4(), "A"));
    assert!(matches!(store.change(act(), inside).await, Err(Error::Bug(_))));
    let inside = move |_: &mut Tx| looking.look_blocking(store::journal::head);
    assert!(matches!(store.look(inside).await, Err(Error::Bug(_))));
}

#[tokio::test]
async fn an_export_delays_no_page() {
    testing::each_engine(vec![TABLES], |store| async move {
        let (open, held) = std::sync::mpsc::channel::<()>();
        let exporting: Vec<_> = [Some(held), None, None, None]
            .into_iter()
            .map(|held| {
                let store = store.clone();
                tokio::spawn(async move {
                    let export = move |_: &mut Tx| -> Result<()> {
                        held.map_or(Ok(()), |held| held.recv().map_err(|_| Error::Closed))
                    };
                    store.look_long(export).await
                })
            })
            .collect();
        assert_eq!(visits(&store).await, 0);
        open.send(()).unwrap();
        for export in exporting {
            export.await.unwrap().unwrap();
        }
    })
    .await;
}
