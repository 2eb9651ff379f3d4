//! The doctor finds each danger, and nothing where there is none.

use std::{fs, os::unix::fs::PermissionsExt as _};

use domain::Moment;
use store::{
    Act, Address, Job, Keyring, Migration, Result, Store,
    doctor::{Finding, Weight, examine},
    params,
    replies::Asked,
    testing,
};

use crate::common::{TABLES, act, here, record};

fn worst<'a>(findings: &'a [Finding], about: &str) -> &'a Finding {
    findings.iter().filter(|finding| finding.about == about).max_by_key(|finding| finding.weight).unwrap()
}

fn weight(store: &Store, migrations: &[Migration], now: Moment, about: &str) -> Weight {
    worst(&examine(store.address(), migrations, None, now), about).weight
}

fn back_up(store: &Store, at: Moment) {
    let folder = testing::Folder::new();
    store::backup::write(store.address(), &folder.path().join("whole.backup"), at).unwrap();
}

#[test]
fn a_healthy_database_is_fine() {
    for store in [testing::sqlite(vec![TABLES]), testing::postgres(vec![TABLES])] {
        store.change_blocking(act(), record).unwrap();
        back_up(&store, testing::MIDNIGHT);
        let findings = examine(store.address(), &[TABLES], None, testing::MIDNIGHT);
        assert!(findings.iter().all(|finding| finding.weight == Weight::Fine), "{findings:?}");
        assert!(findings.iter().any(|finding| finding.about == "backup" && finding.text.contains("keyring")));
    }
}

#[test]
fn a_backup_that_is_a_day_old_or_was_never_made_is_named() {
    for store in [testing::sqlite(vec![TABLES]), testing::postgres(vec![TABLES])] {
        let look = |hours: i64| {
            let findings = examine(store.address(), &[TABLES], None, testing::MIDNIGHT.plus_h(hours));
            let found = worst(&findings, "backup").clone();
            (found.weight, found.text)
        };
        let (weight, text) = look(0);
        assert_eq!(weight, Weight::Care);
        assert!(text.contains("none was ever made"), "{text}");
        back_up(&store, testing::MIDNIGHT.plus_h(9_000));
        let (weight, text) = look(1);
        assert_eq!(weight, Weight::Care);
        assert!(text.contains("clock"), "{text}");
        back_up(&store, testing::MIDNIGHT.plus_h(1));
        assert_eq!(look(24).0, Weight::Fine);
        let (weight, text) = look(27);
        assert_eq!(weight, Weight::Care);
        assert!(text.contains("26 h ago"), "{text}");
        let noted = store.look_blocking(|tx| tx.one("select count(*) from backups", &[], |row| row.get::<i64>(0)));
        assert_eq!(noted, Ok(1), "one is enough");
    }
}

#[test]
fn each_danger_is_found() {
    for store in [testing::sqlite(vec![TABLES]), testing::postgres(vec![TABLES])] {
        let now = testing::MIDNIGHT;
        store.change_blocking(Act::system(now.plus_h(1)), record).unwrap();
        assert_eq!(weight(&store, &[TABLES], now, "clock"), Weight::Danger);
        assert_eq!(weight(&store, &[TABLES], now.plus_h(1), "clock"), Weight::Fine);

        let more = Migration { name: "test/0002_more", sql: "create table more (id uuid primary key)" };
        assert_eq!(weight(&store, &[TABLES, more], now, "migrations"), Weight::Danger);
        assert_eq!(weight(&store, &[], now, "migrations"), Weight::Danger);

        let job = Job { kind: "test.job", key: String::new(), due: now, body: serde_json::Value::Null };
        let stuck = move |tx: &mut store::Tx| -> Result<()> {
            tx.enqueue(job.clone())?;
            let hour_ago = tx.at().plus_h(-1);
            tx.execute("update jobs set lease = id, lease_until = $1", params![hour_ago])?;
            Ok(())
        };
        store.change_blocking(act(), stuck).unwrap();
        assert_eq!(weight(&store, &[TABLES], now, "jobs"), Weight::Care);

        store
            .change_blocking(act(), |tx| {
                let by = *tx.actor();
                let asked = Asked { key: uuid::Uuid::nil(), by: &by, fingerprint: [0; 32], path: "", body: "other" };
                tx.keep_conflict(&here().district, asked, None)
            })
            .unwrap();
        assert_eq!(weight(&store, &[TABLES], now, "conflicts"), Weight::Care);
    }
}

#[test]
fn the_keyring_file_is_looked_at() {
    let (store, folder) = (testing::sqlite(vec![TABLES]), testing::Folder::new());
    let path = folder.path().join("muster.key");
    let look = || {
        let findings = examine(store.address(), &[TABLES], Some(&path), testing::MIDNIGHT);
        worst(&findings, "keyring").weight
    };
    assert_eq!(look(), Weight::Danger);
    Keyring::load_or_create(&path).unwrap();
    assert_eq!(look(), Weight::Fine);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(look(), Weight::Danger);
}

#[test]
fn what_is_not_there_is_a_danger() {
    let folder = testing::Folder::new();
    let missing = Address::Sqlite(folder.path().join("none.db"));
    let findings = examine(&missing, &[], None, testing::MIDNIGHT);
    assert_eq!(worst(&findings, "database").weight, Weight::Danger);
    assert!(!folder.path().join("none.db").exists(), "looking makes nothing");
    let empty = testing::empty_postgres();
    assert_eq!(worst(&examine(&empty, &[], None, testing::MIDNIGHT), "migrations").weight, Weight::Danger);
}
