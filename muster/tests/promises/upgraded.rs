//! R14: a database of release 1 becomes one of this program, and everything that was in it is in it still. The fixture is a
//! backup that release 1 wrote of a small night (invented people), with its keys; being of no engine it serves for both.
//! A migration that has been released is never edited again: then this fixture could not be restored, and no district either.

use std::{fmt::Write as _, fs, io::BufRead as _, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use sha2::{Digest as _, Sha256};

use crate::ground::Ground;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
/// What release 1 holds of what it wrote, as [`content`] digests it.
const RELEASE_1: &str = include_str!("../fixtures/release-1.sha256");

fn with_keys_of_release_1(ground: Ground) -> Ground {
    fs::copy(format!("{FIXTURES}/release-1.keys"), ground.key_file()).unwrap();
    fs::set_permissions(ground.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
    ground
}

fn restored(ground: Ground) -> Ground {
    let ground = with_keys_of_release_1(ground);
    ground.run(&["restore", &format!("{FIXTURES}/release-1.backup")]);
    ground
}

/// Tables and columns of a file.
fn columns(file: &Path) -> Vec<(String, Vec<String>)> {
    let database = rusqlite::Connection::open(file).unwrap();
    let names = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name";
    let mut statement = database.prepare(names).unwrap();
    let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    // A restore begins a new epoch, and the ledger of migrations grows: these two may differ.
    let tables = tables.into_iter().filter(|name| !["epoch", "migrations"].contains(&name.as_str()));
    let columns_of = |table: &str| -> Vec<String> {
        let mut statement = database.prepare("select name from pragma_table_info(?1) order by cid").unwrap();
        statement.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    tables.map(|table| (table.clone(), columns_of(&table))).collect()
}

/// Every cell of these columns, digested in an order that no engine can change.
fn content(file: &Path, columns: &[(String, Vec<String>)]) -> String {
    let database = rusqlite::Connection::open(file).unwrap();
    let mut digest = Sha256::new();
    for (table, columns) in columns {
        let cells = columns.iter().map(|name| format!("quote(\"{name}\")")).collect::<Vec<_>>().join(" || ',' || ");
        let mut statement =
            database.prepare(&format!("select {cells} as line from \"{table}\" order by line")).unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        digest.update(table);
        lines.for_each(|line| digest.update(line.unwrap()));
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn release_1_becomes_this_one_with_everything_in_it() {
    let ground = restored(Ground::sqlite());
    let before = columns(&ground.file());
    let at_first = content(&ground.file(), &before);
    if std::env::var_os("MUSTER_WRITE").is_some() {
        fs::write(format!("{FIXTURES}/release-1.sha256"), format!("{at_first}\n")).unwrap();
    }
    assert_eq!(at_first, RELEASE_1.trim(), "the fixture is what release 1 wrote");
    assert!(
        ground.try_run(&["verify"]).is_err_and(|cause| cause.contains("muster migrate")),
        "old until it is migrated"
    );
    ground.run(&["migrate"]);
    assert_eq!(content(&ground.file(), &before), at_first, "something changed on the way");
    assert!(ground.run(&["verify"]).contains("16 entries"));

    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    assert!(officer.get("/volunteers/V07").await.unwrap().text.contains("合成人07"), "sealed columns open");
    let waiting = officer.get("/conflicts").await.unwrap().json();
    assert_eq!(waiting["conflicts"].as_array().unwrap().len(), 1, "what waited for a decision still waits");
    let roster = officer.get("/sites/S1/roster").await.unwrap().text;
    assert!(roster.contains("合成人"), "{roster}");
}

/// Through PostgreSQL and back: the same content.
#[test]
fn release_1_becomes_this_one_on_postgres_too() {
    let store::Address::Postgres(url) = store::testing::empty_postgres() else { panic!("asked for PostgreSQL") };
    let ground = restored(Ground::over(&url));
    ground.run(&["migrate"]);
    let backup = ground.path().join("backup").display().to_string();
    ground.run(&["backup", &backup]);
    let back = with_keys_of_release_1(Ground::sqlite());
    back.run(&["restore", &backup]);
    let first = restored(Ground::sqlite());
    assert_eq!(content(&back.file(), &columns(&first.file())), RELEASE_1.trim());
}

/// The control: one changed cell is another digest.
#[test]
fn one_changed_cell_is_noticed() {
    let ground = restored(Ground::sqlite());
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    database.execute("update check_ins set said_at = said_at + 1 where role = 'gatekeeper'", []).unwrap();
    drop(database);
    assert_ne!(content(&ground.file(), &columns(&ground.file())), RELEASE_1.trim());
}

/// A migration that tells each of its steps and takes its time, killed when the first is done. Says whether something of
/// it was left.
fn is_half_after_a_kill(fault: &'static str) -> bool {
    const APPLIED: &str = "select count(*) from migrations";
    let ground = restored(Ground::sqlite()).planting(fault);
    let (before, applied) = (columns(&ground.file()), ground.count(APPLIED));
    let mut child = ground.command(&["migrate"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let said = std::io::BufReader::new(child.stdout.take().unwrap());
    let first = said.lines().map_while(Result::ok).find(|line| line.starts_with("step "));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.is_some(), "it told no step");
    // Opened and closed, so that what the log holds is taken in or thrown away.
    let cause = ground.try_run(&["verify"]).expect_err("it was killed before its end");
    assert!(cause.contains("muster migrate"), "{cause}");
    let is_half = ground.count(APPLIED) != applied || columns(&ground.file()) != before;
    ground.run(&["migrate"]);
    assert_eq!(content(&ground.file(), &before), RELEASE_1.trim());
    is_half
}

#[test]
fn a_migration_that_is_killed_is_old_or_new() {
    assert!(!is_half_after_a_kill("migrate-slowly"));
}

/// The control: without the one transaction, half of it is found.
#[test]
fn a_migration_in_pieces_is_found_half() {
    assert!(is_half_after_a_kill("migrate-in-pieces"));
}

#[test]
#[ignore = "long: fifty kills"]
fn a_migration_killed_at_fifty_moments_is_old_or_new() {
    let (mut cut_short, mut went_through) = (0, 0);
    for moment in 0..50 {
        let ground = restored(Ground::sqlite());
        let before = columns(&ground.file());
        let mut child = ground.command(&["migrate"]).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment * 120 / 50));
        child.kill().unwrap();
        child.wait().unwrap();
        match ground.try_run(&["verify"]) {
            Ok(_) => went_through += 1,
            Err(cause) => {
                assert!(cause.contains("muster migrate"), "{cause}");
                assert_eq!(columns(&ground.file()), before, "half a migration");
                cut_short += 1;
            }
        }
        ground.run(&["migrate"]);
        assert_eq!(content(&ground.file(), &before), RELEASE_1.trim());
    }
    println!("{cut_short} cut short, {went_through} went through");
    assert!(cut_short > 0 && went_through > 0, "{cut_short} cut short, {went_through} went through: nothing is proven");
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let ground = restored(Ground::sqlite());
    ground.run(&["migrate"]);
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let newer =
        "insert into migrations select 'places/9999_later', hash, position + 1000, applied_at from migrations limit 1";
    database.execute(newer, []).unwrap();
    drop(database);
    for command in ["verify", "migrate"] {
        assert!(ground.try_run(&[command]).is_err_and(|cause| cause.contains("newer")), "{command}");
    }
}
