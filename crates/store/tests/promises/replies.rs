//! Lost replies, repeats, reordering, and keys used twice (R9, R10, R11).

use domain::{Actor, ActorKind};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use store::{
    Act, Reply, Result, Store, Tx,
    conflicts::{self, Decision},
    params,
    replies::{self, Asked},
    testing,
};
use uuid::Uuid;

use crate::common::{TABLES, act, here, visit, visits};

/// Something a phone sends: its key, and what it says.
#[derive(Debug, Clone)]
struct Sent {
    key: Uuid,
    site: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Done(String),
    Conflict,
}

fn volunteer() -> Actor {
    Actor::new(ActorKind::Volunteer, Uuid::from_u128(1))
}

/// As an action does it.
fn take(tx: &mut Tx, by: &Actor, sent: &Sent) -> Result<Answer> {
    let fingerprint = Sha256::digest(&sent.site).into();
    let asked = Asked { key: sent.key, by, fingerprint, path: "/visits", body: &sent.site };
    match tx.reply(sent.key, by, fingerprint)? {
        Reply::Same(answer) => Ok(Answer::Done(answer)),
        Reply::Other => {
            tx.keep_conflict(&here().district, asked, None)?;
            Ok(Answer::Conflict)
        }
        Reply::New => {
            visit(tx, Uuid::new_v4(), &sent.site)?;
            let answer = format!("welcome to {}", sent.site);
            tx.keep_reply(asked, &answer)?;
            Ok(Answer::Done(answer))
        }
    }
}

fn send(store: &Store, by: Actor, sent: Sent) -> Answer {
    store.change_blocking(act(), move |tx| take(tx, &by, &sent)).unwrap()
}

fn sites(store: &Store) -> Vec<String> {
    store.look_blocking(|tx| tx.rows("select site from visits order by site", params![], |row| row.get(0))).unwrap()
}

fn empty(store: &Store) {
    store
        .change_blocking(act(), |tx| -> Result<()> {
            for table in ["visits", "replies", "conflicts"] {
                tx.execute(&format!("delete from {table}"), params![])?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn thrice_and_shuffled_is_once() {
    let stores = [testing::sqlite(vec![TABLES]), testing::postgres(vec![TABLES])];
    let items = || (0..20_u128).map(|n| Sent { key: Uuid::from_u128(n), site: format!("site {n:02}") });
    let thrice: Vec<Sent> = items().chain(items()).chain(items()).collect();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 8, ..ProptestConfig::default() });
    runner
        .run(&Just(thrice).prop_shuffle(), |arrivals| {
            for store in &stores {
                empty(store);
                for sent in &arrivals {
                    let welcome = Answer::Done(format!("welcome to {}", sent.site));
                    prop_assert_eq!(send(store, volunteer(), sent.clone()), welcome);
                }
                prop_assert_eq!(sites(store), items().map(|sent| sent.site).collect::<Vec<_>>());
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn two_at_the_same_moment_are_one() {
    testing::each_engine(vec![TABLES], |store| async move {
        let sending: Vec<_> = (0..50_u128)
            .map(|n| {
                let (store, sent) = (store.clone(), Sent { key: Uuid::from_u128(n / 5), site: "A".to_owned() });
                tokio::spawn(async move { store.change(act(), move |tx| take(tx, &volunteer(), &sent)).await })
            })
            .collect();
        for sent in sending {
            assert_eq!(sent.await.unwrap(), Ok(Answer::Done("welcome to A".to_owned())));
        }
        assert_eq!(visits(&store).await, 10);
    })
    .await;
}

#[test]
fn a_used_key_with_other_content_is_kept_and_changes_nothing() {
    for store in [testing::sqlite(vec![TABLES]), testing::postgres(vec![TABLES])] {
        let key = Uuid::from_u128(9);
        let sent = |site: &str| Sent { key, site: site.to_owned() };
        send(&store, volunteer(), sent("A"));
        for _ in 0..2 {
            assert_eq!(send(&store, volunteer(), sent("13800000000")), Answer::Conflict);
        }
        // Another sender learns nothing from a key that is not theirs.
        assert_eq!(send(&store, Actor::system(), sent("A")), Answer::Conflict);
        assert_eq!(sites(&store), ["A"]);

        let open = || store.look_blocking(|tx| conflicts::unsettled(tx, &here().district, 10)).unwrap();
        let kept = open();
        let versions = |at: usize| (kept[at].first.as_ref().unwrap().body.as_str(), kept[at].second.body.as_str());
        assert_eq!((kept.len(), versions(0), versions(1)), (2, ("A", "13800000000"), ("A", "A")));
        let id = kept[0].id;
        let settle = || store.change_blocking(act(), move |tx| conflicts::settle(tx, id, Decision::First)).unwrap();
        assert!(settle() && !settle());
        assert_eq!(open().len(), 1);
        let sealed = "select body from conflicts union all select first_body from conflicts \
                      union all select body from replies";
        let stored: Vec<Vec<u8>> =
            store.look_blocking(move |tx| tx.rows(sealed, params![], |row| row.get::<Vec<u8>>(0))).unwrap();
        assert!(stored.len() == 5 && stored.iter().all(|body| !body.windows(11).any(|part| part == b"13800000000")));
    }
}

#[test]
fn a_failed_change_leaves_its_key_free() {
    let store = testing::sqlite(vec![TABLES]);
    let failed = store.change_blocking(act(), |tx| {
        take(tx, &volunteer(), &Sent { key: Uuid::nil(), site: "A".to_owned() })?;
        tx.execute("insert into nowhere (x) values (1)", params![])
    });
    assert!(failed.is_err());
    send(&store, volunteer(), Sent { key: Uuid::nil(), site: "B".to_owned() });
    assert_eq!(sites(&store), ["B"]);
}

#[test]
fn old_answers_are_forgotten() {
    let store = testing::sqlite(vec![TABLES]);
    let later = testing::MIDNIGHT.plus_h(24);
    send(&store, volunteer(), Sent { key: Uuid::nil(), site: "A".to_owned() });
    let forget = |at| store.change_blocking(Act::system(later), move |tx| replies::forget_before(tx, at)).unwrap();
    assert_eq!(forget(testing::MIDNIGHT), 0);
    assert_eq!(forget(later), 1);
}
