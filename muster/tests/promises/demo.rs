//! `muster demo --headless --json`: what a program that plays a night is told, and that it is told of books that differ.

use std::{
    collections::BTreeSet,
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::ground::Ground;

/// Each is a count but the last two.
const PROMISED: [&str; 14] = [
    "sites",
    "teams",
    "volunteers",
    "assigned",
    "unmet",
    "sites_set_up_by_0500",
    "in_place_by_0800",
    "notices_sent",
    "notices_lost",
    "duplicate_checkins",
    "replans",
    "people_moved",
    "books_balance",
    "wall_s",
];
const PATIENCE: Duration = Duration::from_mins(5);

/// Plays a small night; `meanwhile` has the running program to itself.
fn play(ground: &Ground, meanwhile: impl FnOnce()) -> Output {
    let mut command = ground.command(&["demo", "--headless", "--json", "--divisions", "1", "--seed", "3"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    meanwhile();
    child.wait_with_output().unwrap()
}

/// The one object that it says; nothing else stands on its output.
fn figures(done: &Output) -> Value {
    let said = String::from_utf8_lossy(&done.stdout);
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert_eq!(said.lines().count(), 1, "{said} {complaint}");
    let figures: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
    let keys: BTreeSet<&str> = figures.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(PROMISED), "{figures}");
    for key in &PROMISED[..12] {
        assert!(figures[key].is_u64(), "{key} is a count: {figures}");
    }
    assert!(figures["books_balance"].is_boolean() && figures["wall_s"].as_f64().is_some_and(|s| s > 0.0), "{figures}");
    figures
}

#[test]
fn a_night_says_its_figures_to_a_program_and_ends_well_when_the_books_balance() {
    let began = Instant::now();
    let done = play(&Ground::sqlite(), || ());
    let night = figures(&done);
    assert!(
        done.status.success() && night["books_balance"] == true,
        "{night} {}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(night["wall_s"].as_f64().unwrap() <= began.elapsed().as_secs_f64(), "{night}");
    let count = |key: &str| night[key].as_u64().unwrap();
    assert!(count("sites") > 0 && count("teams") > 0 && count("notices_sent") > 0, "{night}");
    assert!(count("assigned") > 0 && count("assigned") <= count("volunteers"), "{night}");
    assert!(count("sites_set_up_by_0500") <= count("sites"), "{night}");
    assert!(count("in_place_by_0800") > 0 && count("in_place_by_0800") <= count("volunteers"), "{night}");
    assert_eq!((count("notices_lost"), count("duplicate_checkins")), (0, 0), "{night}");
}

/// While the night is played, somebody writes another hour into its journal.
#[test]
fn a_night_whose_books_were_meddled_with_says_so_and_fails() {
    let ground = Ground::sqlite();
    let done = play(&ground, || {
        let began = Instant::now();
        while !meddle(&ground) {
            assert!(began.elapsed() < PATIENCE, "nothing was written: {}", ground.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert_eq!(figures(&done)["books_balance"], false, "{complaint}");
    assert_eq!(done.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("entry 5 was altered") && complaint.contains("do not balance"), "{complaint}");
}

/// Whether there was an entry to alter already.
fn meddle(ground: &Ground) -> bool {
    if !ground.file().exists() {
        return false;
    }
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    database.execute("update journal set at = at + 3600000 where number = 5", []).is_ok_and(|entries| entries == 1)
}
