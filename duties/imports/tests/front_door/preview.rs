//! What somebody sees of new and changed rows before they decide: what comes and what goes, and nothing personal in full.

use serde_json::{Value, json};

use crate::district::{Place, SITES, TEAMS};

const HEADINGS: &str = "code,name,phone,team,latitude,longitude,roles,languages,reserve,available_from,email\n";
const BEFORE: &str = "V1,陈小明,19900000001,T1,21.66,110.92,gatekeeper,cmn,0,2022-09-15 06:00,xiaoming@example.org\n";
const AFTER: &str =
    "V1,陈晓明,19912340001,T2,21.67,110.92,gatekeeper;runner,cmn yue,1,2022-09-15 07:30,chen@example.org\n";

fn changed(column: &str, before: &str, after: &str) -> Value {
    json!({"column": column, "before": before, "after": after})
}

fn brought(column: &str, after: &str) -> Value {
    json!({"column": column, "after": after})
}

#[tokio::test]
async fn a_changed_site_shows_each_column_before_and_after() {
    let place = Place::sqlite().await;
    place.take("sites", SITES).await;
    let file = SITES.replace("城南小学", "城北小学").replace("110.92,2,2", "110.92,5,2");
    let looked = place.send("sites", "sites.csv", file.as_bytes()).await;
    let wanted = json!([changed("name", "城南小学", "城北小学"), changed("gatekeeper", "2", "5")]);
    assert_eq!(looked["lines"][0]["said"], wanted, "and nothing that stays as it is");
}

#[tokio::test]
async fn a_changed_team_shows_each_column_before_and_after() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let file = TEAMS.replace("区教育局", "区民政局");
    let looked = place.send("teams", "teams.csv", file.as_bytes()).await;
    assert_eq!(looked["lines"][0]["said"], json!([changed("organisation", "区教育局", "区民政局")]));
}

#[tokio::test]
async fn a_new_person_shows_what_matters_and_a_changed_one_before_and_after_with_nothing_personal_in_full() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let looked = place.send("volunteers", "one.csv", format!("{HEADINGS}{BEFORE}").as_bytes()).await;
    let wanted = json!([
        brought("team", "T1"),
        brought("phone", "199****0001"),
        brought("roles", "gatekeeper"),
        brought("languages", "cmn"),
        brought("reserve", "0"),
    ]);
    assert_eq!(looked["lines"][0]["said"], wanted);
    place.apply(&looked, "all").await;

    let looked = place.send("volunteers", "two.csv", format!("{HEADINGS}{AFTER}").as_bytes()).await;
    let wanted = json!([
        changed("name", "陈小明", "陈晓明"),
        changed("phone", "199****0001", "199****0001"),
        changed("email", "x****@example.org", "c****@example.org"),
        changed("team", "T1", "T2"),
        changed("position", "", ""),
        changed("roles", "gatekeeper", "gatekeeper;runner"),
        changed("languages", "cmn", "cmn yue"),
        changed("reserve", "false", "true"),
        changed("available_from", "2022-09-15 06:00", "2022-09-15 07:30"),
    ]);
    assert_eq!(looked["lines"][0]["said"], wanted);
    let import = looked["id"].as_str().unwrap();
    let page = place.officer.page(&format!("/imports/{import}"), "zh-CN").await.text;
    for shown in [
        "<del>陈小明</del> → <ins>陈晓明</ins>",
        "<del>点位守门员</del> → <ins>点位守门员 · 物资配送员</ins>",
        "坐标 有变化",
    ] {
        assert!(page.contains(shown), "{shown} is missing: {page}");
    }
    for hidden in ["19900000001", "19912340001", "xiaoming@", "chen@", "21.67", "gatekeeper"] {
        assert!(!page.contains(hidden), "{hidden} is shown");
    }
    let whole = looked.to_string();
    assert!(!whole.contains("19912340001") && !whole.contains("21.67"), "nor told to a program: {whole}");
}

/// Control: a row that says the same in other words changes nothing and shows nothing.
#[tokio::test]
async fn what_is_said_in_other_words_shows_no_change() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    place.take("volunteers", &format!("{HEADINGS}{BEFORE}")).await;
    let same = BEFORE.replace("gatekeeper", "守门员").replace(",0,", ",否,");
    let looked = place.send("volunteers", "two.csv", format!("{HEADINGS}{same}").as_bytes()).await;
    assert_eq!((looked["counts"]["changed"].as_u64(), &looked["lines"][0]["said"]), (Some(1), &json!([])));
}
