//! The chain: whatever is done to it behind the gate's back is found.

use domain::{Event, Id, Jurisdiction, Moment, things::Site};
use proptest::prelude::*;
use store::{
    Act, Error, Result, Store, Tx,
    journal::{self, Fault, Head, Report},
    params, testing,
};
use uuid::Uuid;

use crate::common::{act, here, record};

const LENGTH: i64 = 40;

async fn filled() -> [(Store, Head); 2] {
    let fill = async |store: Store| {
        for number in 1..=LENGTH {
            let at = Moment::from_ms(number);
            let site: Id<Site> = Id::from_uuid(Uuid::from_u128(number.unsigned_abs().into()));
            let work = move |tx: &mut Tx| tx.record(&here(), site.uuid(), &Event::SiteChanged { site });
            store.change(Act::system(at), work).await.unwrap();
        }
        let head = store.look(journal::head).await.unwrap();
        (store, head)
    };
    [fill(testing::sqlite(vec![])).await, fill(testing::postgres(vec![])).await]
}

fn verified(store: &Store, head: &Head) -> Report {
    let head = head.clone();
    store.look_blocking(move |tx| journal::verify(tx, Some(&head))).unwrap()
}

#[tokio::test]
async fn both_engines_write_the_same_chain() {
    let [(sqlite, one), (postgres, other)] = filled().await;
    assert_eq!(one, other);
    for store in [sqlite, postgres] {
        let report = verified(&store, &one);
        assert!(report.is_whole() && report.head == one && report.entries == LENGTH.unsigned_abs(), "{report:?}");
    }
}

#[tokio::test]
async fn entries_are_read_on_from_a_number() {
    testing::each_engine(vec![], |store| async move {
        store.change(act(), record).await.unwrap();
        let elsewhere = Jurisdiction::district("440903".parse().unwrap());
        store.change(act(), move |tx| tx.record(&elsewhere, Uuid::nil(), &Event::SignedIn {})).await.unwrap();
        store.change(act(), record).await.unwrap();
        let numbers = async |after, limit, district: Option<&str>| {
            let district = district.map(|code| code.parse().unwrap());
            let entries = store.journal_after(after, limit, district).await.unwrap();
            entries.iter().map(|entry| entry.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(0, 10, None).await, [1, 2, 3]);
        assert_eq!(numbers(1, 1, None).await, [2]);
        assert_eq!(numbers(0, 10, Some("440902")).await, [1, 3]);
        let entry = store.journal_after(1, 1, None).await.unwrap().remove(0);
        assert_eq!(entry.event().unwrap(), Event::SignedIn {});
        assert_eq!(entry.jurisdiction().unwrap().district.as_str(), "440903");
        assert_eq!((entry.at, entry.actor), (testing::MIDNIGHT, domain::Actor::system()));
    })
    .await;
}

/// What somebody with the database's password could do.
#[derive(Debug, Clone)]
enum Tampering {
    Edit {
        number: i64,
        column: usize,
    },
    /// One letter of a text becomes another one.
    Letter {
        number: i64,
        column: usize,
        place: i64,
    },
    /// A hash becomes another one.
    Hash {
        number: i64,
        column: usize,
        value: [u8; 32],
    },
    /// A text is cut off.
    Truncate {
        number: i64,
        column: usize,
        place: i64,
    },
    Delete {
        number: i64,
    },
    Swap {
        number: i64,
    },
    Cut {
        from: i64,
    },
    /// The whole chain from there on is written anew, hashes and head included.
    Rewrite {
        from: i64,
    },
}

fn tampering() -> impl Strategy<Value = Tampering> {
    prop_oneof![
        (1..=LENGTH, 0..EDITS.len()).prop_map(|(number, column)| Tampering::Edit { number, column }),
        (1..=LENGTH, 0..TEXTS.len(), 1..60_i64).prop_map(|(number, column, place)| Tampering::Letter {
            number,
            column,
            place
        }),
        (1..=LENGTH, 0..HASHES.len(), any::<[u8; 32]>()).prop_map(|(number, column, value)| Tampering::Hash {
            number,
            column,
            value
        }),
        (1..=LENGTH, 0..TEXTS.len(), 0..10_i64).prop_map(|(number, column, place)| Tampering::Truncate {
            number,
            column,
            place
        }),
        (1..=LENGTH).prop_map(|number| Tampering::Delete { number }),
        (1..LENGTH).prop_map(|number| Tampering::Swap { number }),
        (1..=LENGTH).prop_map(|from| Tampering::Cut { from }),
        (1..=LENGTH).prop_map(|from| Tampering::Rewrite { from }),
    ]
}

const TEXTS: [&str; 3] = ["jurisdiction", "kind", "details"];
const HASHES: [&str; 2] = ["previous", "hash"];

const EDITS: [&str; 11] = [
    "at = at + 1",
    "actor_kind = 'visitor'",
    "actor_kind = 'nobody'",
    "district = '440903'",
    "jurisdiction = jurisdiction || ' '",
    "kind = 'places.site_opened'",
    "details = replace(details, '0', '1')",
    "subject = actor_id",
    "actor_id = subject",
    "hash = previous",
    "previous = hash",
];

fn tamper(tx: &mut Tx, how: &Tampering) -> Result<()> {
    match *how {
        Tampering::Edit { number, column } => {
            tx.execute(&format!("update journal set {} where number = $1", EDITS[column]), params![number])?;
        }
        Tampering::Letter { number, column, place } => {
            let text = TEXTS[column];
            // No text of the chain holds this mark.
            let edit = format!("{text} = substr({text}, 1, {place} - 1) || '~' || substr({text}, {place} + 1)");
            tx.execute(&format!("update journal set {edit} where number = $1"), params![number])?;
        }
        Tampering::Hash { number, column, value } => {
            let edit = format!("update journal set {} = $2 where number = $1", HASHES[column]);
            tx.execute(&edit, params![number, value.to_vec()])?;
        }
        Tampering::Truncate { number, column, place } => {
            let text = TEXTS[column];
            let edit = format!(
                "update journal set {text} = substr({text}, 1, length({text}) - 1 - {place}) where number = $1"
            );
            tx.execute(&edit, params![number])?;
        }
        Tampering::Delete { number } => {
            tx.execute("delete from journal where number = $1", params![number])?;
        }
        Tampering::Swap { number } => {
            for (from, to) in [(number, -1), (number + 1, number), (-1, number + 1)] {
                tx.execute("update journal set number = $1 where number = $2", params![to, from])?;
            }
        }
        Tampering::Cut { from } => cut(tx, from)?,
        Tampering::Rewrite { from } => {
            cut(tx, from)?;
            for _ in from..=LENGTH {
                record(tx)?;
            }
            let last = "(select hash from journal where number = $1)";
            tx.execute(&format!("update journal_head set number = $1, hash = {last}"), params![LENGTH])?;
        }
    }
    Ok(())
}

/// Removes the end and sets the head as if it had never been there.
fn cut(tx: &mut Tx, from: i64) -> Result<()> {
    tx.execute("delete from journal where number >= $1", params![from])?;
    let hash =
        tx.first("select hash from journal where number = $1", params![from - 1], |row| row.get::<[u8; 32]>(0))?;
    let hash = hash.unwrap_or_default();
    tx.execute("update journal_head set number = $1, hash = $2", params![from - 1, hash])?;
    Ok(())
}

/// Does it, verifies, and leaves everything as it was.
fn after_tampering(store: &Store, head: &Head, how: &Tampering) -> Report {
    let (head, how) = (head.clone(), how.clone());
    let undone = store.change_blocking(act(), move |tx| {
        tamper(tx, &how)?;
        Err::<(), Undone>(Undone::With(journal::verify(tx, Some(&head))?))
    });
    match undone {
        Err(Undone::With(report)) => report,
        Err(Undone::Failed(cause)) => panic!("{cause}"),
        Ok(()) => panic!("it was not undone"),
    }
}

enum Undone {
    With(Report),
    Failed(Error),
}

impl From<Error> for Undone {
    fn from(cause: Error) -> Self {
        Self::Failed(cause)
    }
}

#[test]
fn every_tampering_is_found() {
    all_are_found_of(300);
}

#[test]
#[ignore = "long: ten thousand ways to tamper"]
fn every_tampering_of_ten_thousand_is_found() {
    all_are_found_of(10_000);
}

fn all_are_found_of(cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let stores = runtime.block_on(filled());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases, ..ProptestConfig::default() });
    runner
        .run(&tampering(), |how| {
            for (store, head) in &stores {
                let report = after_tampering(store, head, &how);
                prop_assert!(!report.is_whole(), "{how:?} was not found");
                // The control: what was undone is not found, so a finding means something.
                prop_assert!(verified(store, head).is_whole());
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn only_a_head_held_elsewhere_shows_a_cut_or_rewritten_end() {
    for (store, head) in filled().await {
        for how in [Tampering::Cut { from: 5 }, Tampering::Rewrite { from: 5 }] {
            let report = after_tampering(&store, &head, &how);
            assert_eq!(report.faults, [Fault::NotTheHeadWeKnow { expected: LENGTH }], "{how:?}");
        }
        let older = store.journal_after(3, 1, None).await.unwrap()[0].head();
        assert!(verified(&store, &older).is_whole(), "yesterday's sheet still fits today's chain");
    }
}
