//! A new sealing key, while everybody works.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use store::{
    Error, Migration, Result, Sealed, Tx, params,
    rotate::{SealedColumn, rotate},
    testing,
};
use uuid::Uuid;

use crate::common::act;

const PEOPLE: Migration = Migration {
    name: "test/0001_people",
    sql: "create table people (id uuid primary key, phone bytea, phone_blind bytea not null); \
          create unique index people_phone on people (phone_blind);",
};
const PHONE: SealedColumn = SealedColumn { table: "people", column: "phone", id: "id", label: "people.phone" };

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
        store.use_keyring(store.keyring().without_old_keys());
        for n in (0..500).chain(1_000..1_000 + added) {
            assert_eq!(store.look(move |tx| find(tx, &phone(n))).await, Ok(Some(phone(n))));
        }
        // The control: the old key alone opens nothing any more.
        store.use_keyring((*old).clone());
        assert!(matches!(store.look(move |tx| find(tx, &phone(0))).await, Err(Error::Sealed(_))));
    })
    .await;
}
