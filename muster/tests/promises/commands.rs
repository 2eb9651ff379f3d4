//! What the commands understand, and what they say to people and to programs.

use std::fs;

use serde_json::{Value, json};

use crate::ground::Ground;

/// A file of this text in the ground's folder.
fn file(ground: &Ground, name: &str, text: &str) -> String {
    let path = ground.path().join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn import(ground: &Ground, arguments: &[&str]) -> Value {
    let said = ground.run(&[&["import"], arguments, &["--json"]].concat());
    serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"))
}

fn refused(ground: &Ground, arguments: &[&str]) -> String {
    ground.try_run(arguments).expect_err("it is refused")
}

const TEAMS: &str = "code,name,organisation,latitude,longitude\n";

#[test]
fn an_import_says_to_a_program_what_became_of_each_row_and_gives_the_rejected_ones_back() {
    let ground = Ground::sqlite().with_district();
    let rows = format!("{TEAMS}T1,新名,教育局,21.66,110.92\nT8,八队,教育局,21.66,110.92\nT9,九队,教育局,91,110.92\n");
    let (teams, back) = (file(&ground, "teams.csv", &rows), ground.path().join("back.csv").display().to_string());

    let looked = import(&ground, &["teams", &teams]);
    let counts = |said: &Value| ["new", "changed", "same", "rejected"].map(|kind| said[kind].as_u64().unwrap());
    assert_eq!((counts(&looked), &looked["applied"], &looked["rows"]), ([1, 1, 0, 1], &json!(false), &json!(3)));
    assert_eq!(counts(&import(&ground, &["teams", &teams])), [1, 1, 0, 1], "looking has changed nothing");

    let done = import(&ground, &["teams", &teams, "--yes", "--only-new", "--rejected", &back]);
    assert_eq!((counts(&done), &done["applied"]), ([1, 1, 0, 1], &json!(true)));
    let (_, why) = done["reasons"].as_object().unwrap().iter().next().unwrap();
    assert_eq!((&why["rows"], &why["first_row"]), (&json!(1), &json!(4)), "{done}");
    let rejected = fs::read_to_string(&back).unwrap();
    assert!(rejected.contains("九队") && !rejected.contains("八队"), "{rejected}");

    let now = import(&ground, &["teams", &teams]);
    assert_eq!(counts(&now), [0, 1, 1, 1], "what is known was left as it was");
    let mended = file(&ground, "mended.csv", &rejected.replace(",91,", ",21.66,"));
    assert_eq!(counts(&import(&ground, &["teams", &mended, "--yes"])), [1, 0, 0, 0]);
}

#[test]
fn headings_of_ones_own_are_explained_and_what_is_explained_wrongly_is_refused_with_the_choice() {
    let ground = Ground::sqlite().with_district();
    let teams = file(&ground, "teams.csv", "code,呼号,organisation,latitude,longitude\nT7,七队,教育局,21.66,110.92\n");
    let unexplained = refused(&ground, &["import", "teams", &teams, "--yes"]);
    assert!(unexplained.contains("name"), "it names what is missing: {unexplained}");
    let wrong = refused(&ground, &["import", "teams", &teams, "--map", "呼号=callsign"]);
    assert!(wrong.contains("code, name, organisation"), "{wrong}");
    let done = import(&ground, &["teams", &teams, "--map", "呼号=name", "--yes"]);
    assert_eq!(done["new"], 1, "{done}");
}

#[test]
fn boundaries_come_in_and_the_unknown_ones_are_named() {
    let ground = Ground::sqlite().with_district();
    let outline = |name: &str| {
        json!({"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon",
            "coordinates": [[[110.8, 21.6], [110.9, 21.6], [110.9, 21.7], [110.8, 21.6]]]}})
    };
    let all = json!({"type": "FeatureCollection", "features": [outline("河西街道"), outline("别处")]});
    let known = file(&ground, "a.geojson", &all.to_string());
    assert_eq!(import(&ground, &["boundaries", &known, "--origin", "gcj02"]), json!({"taken": 1, "unknown": ["别处"]}));
    let broken = file(&ground, "b.geojson", "{");
    assert!(refused(&ground, &["import", "boundaries", &broken]).contains("b.geojson"));
}

#[test]
fn what_is_no_table_or_not_there_is_refused_by_name() {
    let ground = Ground::sqlite().with_district();
    let picture = file(&ground, "teams.png", "\u{89}PNG\r\n\u{1a}\n\0\0");
    for path in [picture.as_str(), "nowhere.csv"] {
        let said = refused(&ground, &["import", "teams", path, "--yes"]);
        assert!(said.contains(path) && !said.contains("panicked"), "{said}");
    }
    assert!(refused(&ground, &["import", "helicopters", &picture]).contains("volunteers"), "it names the registers");
}

#[test]
fn a_token_is_for_the_district_one_zone_or_one_site() {
    let ground = Ground::sqlite().with_district();
    for role in ["site_chief", "zone_lead"] {
        let said = refused(&ground, &["token", "--role", role]);
        assert!(said.contains(if role == "zone_lead" { "--zone" } else { "--site" }), "{said}");
    }
    assert!(refused(&ground, &["token", "--role", "site_chief", "--site", "S99"]).contains("no site S99"));
    assert!(refused(&ground, &["token", "--role", "zone_lead", "--zone", "南片"]).contains("no zone 南片"));
    assert!(!ground.run(&["token", "--role", "site_chief", "--site", "S1"]).trim().is_empty());
    let zone = "insert into zones (id, district, name) values (x'01900000000070008000000000000001', '440902', '南片')";
    rusqlite::Connection::open(ground.file()).unwrap().execute(zone, []).unwrap();
    assert!(!ground.run(&["token", "--role", "zone_lead", "--zone", "南片"]).trim().is_empty());
}
