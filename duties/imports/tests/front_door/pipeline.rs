use domain::{Role, Scope};
use serde_json::json;

use crate::district::{Place, SITES, TEAMS, counts, migrations};

const VOLUNTEERS: &str = "编码,姓名,手机号,队伍,纬度,经度,岗位\n\
    V1,陈小明,19900000001,T1,21.66,110.92,gatekeeper\n\
    V2,李四,19900000002,T9,21.66,110.92,runner\n\
    V3,王五,号码,T2,21.66,110.92,runner\n\
    V1,重名,19900000004,T1,21.66,110.92,runner\n";

async fn whole_district(place: &Place) {
    assert_eq!(counts(&place.take("sites", SITES).await), [2, 0, 0, 0]);
    assert_eq!(counts(&place.take("teams", TEAMS).await), [2, 0, 0, 0]);
    assert_eq!(counts(&place.take("links", "team,site\nT1,001\nT2,002\nT1,999\n").await), [2, 0, 0, 1]);
    let looked = place.send("volunteers", "名单.csv", VOLUNTEERS.as_bytes()).await;
    assert_eq!((looked["state"].as_str(), counts(&looked)), (Some("judged"), [1, 0, 0, 3]));
    assert!(
        place.officer.get("/volunteers").await.json()["people"].as_array().unwrap().is_empty(),
        "looking writes nothing"
    );
    let done = place.apply(&looked, "all").await;
    assert_eq!((done["state"].as_str(), counts(&done)), (Some("done"), [1, 0, 0, 3]));
    let again = place.take("volunteers", VOLUNTEERS).await;
    assert_eq!(counts(&again), [0, 0, 1, 3], "the same file changes nothing");
}

#[tokio::test]
async fn a_district_comes_in_on_sqlite() {
    whole_district(&Place::sqlite().await).await;
}

#[tokio::test]
async fn a_district_comes_in_on_postgres() {
    whole_district(&Place::new(store::testing::postgres(migrations())).await).await;
}

#[tokio::test]
async fn what_is_rejected_comes_back_to_be_mended_and_sent_again() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let looked = place.send("volunteers", "list.csv", VOLUNTEERS.as_bytes()).await;
    let import = looked["id"].as_str().unwrap();
    let back = place.rejected(import).await;
    assert_eq!(back.lines().count(), 5, "headings, rows, and a foot that is passed over: {back}");
    assert!(back.contains("退回原因") && back.contains("V3,王五"), "{back}");
    let mended = back.replace("T9", "T2").replace("号码", "19900000003");
    let page = place.send("volunteers", "mended.csv", mended.as_bytes()).await;
    assert_eq!(counts(&page), [3, 0, 0, 0], "the reason column is passed over: {page}");
}

/// R8: two weeks by a clock that jumped are none; two weeks that were lived take away all that the file said.
#[tokio::test]
async fn rows_go_after_two_weeks_that_were_lived() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let judged = place.send("volunteers", "list.csv", VOLUNTEERS.as_bytes()).await;
    let begun = place.house.clock.now();
    let import = place.apply(&judged, "all").await["id"].as_str().unwrap().to_owned();
    let kept = async || {
        let rejected = place.rejected(&import).await;
        (rejected.matches("王五").count(), place.look(&import).await.to_string().contains("T9"))
    };
    assert_eq!(kept().await, (1, true));
    place.house.clock.set(begun.plus_h(24 * 400));
    place.work().await;
    assert_eq!(kept().await, (1, true), "a clock that jumps takes nothing away");
    let lived = move |tx: &mut store::Tx| {
        let hours = (1..=15 * 24_i64).map(|hour| [store::Value::from(hour), begun.plus_h(hour).into()]);
        tx.insert_many("insert into lived (hour, at)", "", hours)
    };
    place.house.house.store.change(store::Act::system(begun), lived).await.unwrap();
    place.house.clock.set(place.house.clock.now().plus_h(7));
    place.work().await;
    assert_eq!(kept().await, (0, false));
}

#[tokio::test]
async fn what_is_known_can_be_left_as_it_is() {
    let place = Place::sqlite().await;
    place.take("sites", SITES).await;
    let changed = format!("{}003,新点,440902001,路,21.66,110.92,1,1,1,1\n", SITES.replace("城南小学", "城北小学"));
    let looked = place.send("sites", "sites.csv", changed.as_bytes()).await;
    assert_eq!(counts(&looked), [1, 1, 1, 0]);
    assert_eq!(looked["lines"][0]["changed"], json!(["name"]));
    place.apply(&looked, "only_new").await;
    assert_eq!(counts(&place.send("sites", "sites.csv", changed.as_bytes()).await), [0, 1, 2, 0]);
}

#[tokio::test]
async fn a_repeated_code_is_seen_across_pieces_of_the_file() {
    let place = Place::sqlite().await;
    let mut text = "code,name,organisation,latitude,longitude\n".to_owned();
    for n in 0..1_500 {
        text += format!("T{n},队,单位,21.6,110.9\n").as_str();
    }
    text.push_str("T0,再来,单位,21.6,110.9\n");
    let page = place.take("teams", &text).await;
    assert_eq!(counts(&page), [1_500, 0, 0, 1]);
    assert_eq!(page["reasons"][0]["first_row"], 1_502);
}

#[tokio::test]
async fn unknown_headings_are_explained_once() {
    let place = Place::sqlite().await;
    let text = "甲,乙,丙,丁,戊\nT1,一队,局,21.66,110.92\n";
    let page = place.send("teams", "odd.csv", text.as_bytes()).await;
    assert_eq!(page["state"], "unmapped");
    let mapping = format!("/imports/{}/mapping", page["id"].as_str().unwrap());
    let wrong = json!({ "means": ["code", "code", "", "", ""] });
    assert_eq!(place.officer.post(&mapping, wrong).await.refused(), "422 imports.4");
    let means = json!({ "means": ["code", "name", "organisation", "latitude", "longitude"] });
    place.officer.post(&mapping, means).await.json();
    place.work().await;
    assert_eq!(counts(&place.look(page["id"].as_str().unwrap()).await), [1, 0, 0, 0]);
    assert_eq!(place.send("teams", "odd.csv", text.as_bytes()).await["state"], "judged", "remembered");
}

/// A column that nobody needs and whose heading nobody knows is not passed over in silence.
#[tokio::test]
async fn what_is_not_read_is_said_and_can_be_explained() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let text = "编码,姓名,手机号,队伍,纬度,经度,岗位,机动队员,备注\n\
        V1,陈小明,19900000001,T1,21.66,110.92,gatekeeper,是,高个子\n";
    let page = place.send("volunteers", "list.csv", text.as_bytes()).await;
    assert_eq!((&page["state"], &page["not_read"]), (&json!("judged"), &json!(["机动队员", "备注"])));
    let path = format!("/imports/{}", page["id"].as_str().unwrap());
    let html = place.officer.page(&path, "en").await.text;
    assert!(html.contains("2 columns of the file are not read: 机动队员 · 备注"), "{html}");
    let means = json!({"means": ["code", "name", "phone", "team", "latitude", "longitude", "roles", "reserve", ""]});
    place.officer.post(&format!("{path}/mapping"), means).await.json();
    place.work().await;
    let page = place.look(page["id"].as_str().unwrap()).await;
    assert_eq!((counts(&page), &page["not_read"]), ([1, 0, 0, 0], &json!([])), "what means nothing is not asked again");
    place.apply(&page, "all").await;
    let list = place.officer.get("/volunteers").await.json();
    let person = place.officer.get(&format!("/volunteers/{}", list["people"][0]["id"].as_str().unwrap())).await.json();
    assert_eq!(person["reserve"], true);
}

#[tokio::test]
async fn only_those_who_may_import_do_and_pages_speak_both_languages() {
    let place = Place::sqlite().await;
    let looker = place.house.client(Role::PreventionGroup, Scope::District).await;
    assert_eq!(looker.send_file("/imports", &[("register", "teams")], "a.csv", TEAMS.as_bytes()).await.status, 404);
    let page = place.send("teams", "teams.csv", TEAMS.as_bytes()).await;
    let path = format!("/imports/{}", page["id"].as_str().unwrap());
    for (lang, word) in [("zh-CN", "等待决定"), ("en", "waits for a decision")] {
        let html = place.officer.page(&path, lang).await;
        assert!(html.status.is_success() && html.text.contains(word) && !html.text.contains('⟦'), "{}", html.text);
        assert!(place.officer.page("/imports", lang).await.status.is_success());
    }
}

#[tokio::test]
async fn a_decision_falls_once_and_only_while_the_file_is_there() {
    let place = Place::sqlite().await;
    let page = place.send("teams", "teams.csv", TEAMS.as_bytes()).await;
    let path = format!("/imports/{}", page["id"].as_str().unwrap());
    place.officer.post(&format!("{path}/discard"), json!({})).await.json();
    let late = place.officer.post(&format!("{path}/application"), json!({ "choice": "all" })).await;
    assert_eq!(late.refused(), "410 imports.1");
}
