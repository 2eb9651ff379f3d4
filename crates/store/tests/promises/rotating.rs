//! A new sealing key, while everybody works.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use store::{
    Error, Migration, Result, Sealed, Tx, params,
    rotate::{SealedColumn, finish, rotate},
    testing,
};
use uuid::Uuid;

use crate::common::act;

const PEOPLE: Migration = Migration {
    name: "test/0001_people",
    sql: "create table people (id uuid primary key, phone bytea, phone_blind bytea not null); \
          create unique index people_phone on people (phone_blind); \
          create table steps (person uuid not null, nth bigint not null, note bytea, primary key (person, nth));",
};
const PHONE: SealedColumn = SealedColumn { table: "people", column: "phone", id: "id", label: "people.phone" };
const NOTE: SealedColumn = SealedColumn { table: "steps", column: "note", id: "person, nth", label: "steps.note" };

fn add(tx: &mut Tx, phone: &str) -> Result<()> {
    let (sealed, blind) = (tx.seal("people.phone", phone), tx.blind("people.phone", phone));
    let insert = "insert into people (id, phone, phone_blind) values ($1, $2, $3)";
    tx.execute(insert, params![Uuid::new_v4(), sealed, blind])?;
    Ok(())
}

fn find(tx: &mut Tx, phone: &str) -> Result<Option<String>> {
    let blind = tx.blind("people.phone", phone);
    let sealed =
        tx.first("select phone from people where phone_blind = $1", params![blind], |row| row.get::<Sealed>(0))?;
    sealed.map(|sealed| tx.open("people.phone", sealed)).transpose()
}

#[tokio::test]
async fn everything_is_under_the_new_key_and_still_found() {
    testing::each_engine(vec![PEOPLE], |store| async move {
        let phone = |n: u32| format!("+86138{n:08}");
        store.change(act(), move |tx| (0..500).try_for_each(|n| add(tx, &phone(n)))).await.unwrap();
        let old = store.keyring();
        store.use_keyring(old.with_new_key().unwrap());

        let (busy, stop) = (store.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let working = tokio::spawn(async move {
            let mut added = 0;
            while !stopped.load(Ordering::SeqCst) {
                let new = phone(1_000 + added);
                busy.change(act(), move |tx| add(tx, &new)).await.unwrap();
                let looked = phone(added % 500);
                let found = busy.look(move |tx| find(tx, &looked)).await.unwrap();
                assert_eq!(found, Some(phone(added % 500)));
                added += 1;
            }
            added
        });
        assert_eq!(rotate(&store, &[PHONE]).await, Ok(500));
        stop.store(true, Ordering::SeqCst);
        let added = working.await.unwrap();

        assert_eq!(store.look(|tx| tx.under_old_keys(PHONE)).await, Ok(0));
        assert_eq!(rotate(&store, &[PHONE]).await, Ok(0));
        store.use_keyring(finish(&store, &[PHONE]).await.unwrap());
        for n in (0..500).chain(1_000..1_000 + added) {
            assert_eq!(store.look(move |tx| find(tx, &phone(n))).await, Ok(Some(phone(n))));
        }
        // The control: the old key alone opens nothing any more.
        store.use_keyring((*old).clone());
        assert!(matches!(store.look(move |tx| find(tx, &phone(0))).await, Err(Error::Sealed(_))));
    })
    .await;
}

#[tokio::test]
async fn a_key_goes_only_when_nothing_is_under_it() {
    testing::each_engine(vec![PEOPLE], |store| async move {
        let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
        let note = move |tx: &mut Tx, person, nth: i64| {
            let sealed = tx.seal("steps.note", &format!("note {nth}"));
            tx.execute("insert into steps (person, nth, note) values ($1, $2, $3)", params![person, nth, sealed])
        };
        let all =
            move |tx: &mut Tx| (0..150).try_for_each(|nth| note(tx, first, nth).and(note(tx, second, nth)).map(drop));
        store.change(act(), all).await.unwrap();
        store.use_keyring(store.keyring().with_new_key().unwrap());
        let refused = finish(&store, &[PHONE, NOTE]).await;
        assert!(matches!(&refused, Err(Error::Key(why)) if why.contains("300 values of steps.note")), "{refused:?}");
        // A key of two columns, in pages that end within one of them.
        assert_eq!(rotate(&store, &[PHONE, NOTE]).await, Ok(300));
        store.use_keyring(finish(&store, &[PHONE, NOTE]).await.unwrap());
        let read = store.look(move |tx| {
            tx.rows("select note from steps where nth = 149", params![], |row| row.get::<Sealed>(0))?
                .iter()
                .map(|sealed| tx.open("steps.note", sealed))
                .collect::<Result<Vec<_>>>()
        });
        assert_eq!(read.await.unwrap(), ["note 149"; 2]);
    })
    .await;
}
