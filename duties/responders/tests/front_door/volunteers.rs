//! The registers' pages: lists, search, the masked number and the look that is noted, links, departures.

use domain::{Role, Scope};
use serde_json::json;

use crate::district::{house, ids, recorded, stood};

#[tokio::test]
async fn somebody_is_found_by_whole_code_number_or_name() {
    let house = house().await;
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    for (find, codes) in [
        ("V2", vec!["V2"]),
        ("19900000003", vec!["V2"]),
        ("%2B86+199+0000+0003", vec!["V2"]),
        ("陈小明", vec!["V1", "V6"]),
        ("陈小", vec![]),
        ("1990000000", vec![]),
    ] {
        let reply = officer.get(&format!("/volunteers?find={find}")).await;
        if find == "1990000000" {
            assert_eq!(reply.refused(), "422 responders.12", "a number cut short is said to be one");
            continue;
        }
        let page = reply.json();
        let found: Vec<&str> = page["people"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
        assert_eq!(found, codes, "{find}");
    }
    let all = officer.get("/volunteers?after=V4").await.json();
    assert_eq!(all["people"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_number_is_masked_until_somebody_looks_and_the_look_is_noted() {
    let house = house().await;
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    let shown = officer.get("/volunteers/V1").await;
    assert_eq!(shown.json()["phone"], "199****0002");
    assert!(!shown.text.contains("19900000002"));
    assert_eq!(recorded(&house.house.store, "web.person_revealed").await, 1, "the page was looked at");
    let full = officer.post("/volunteers/V1/phone", json!({})).await.json();
    assert_eq!(full["phone"], "+8619900000002");
    assert_eq!(recorded(&house.house.store, "web.person_revealed").await, 2);
}

#[tokio::test]
async fn a_personal_link_lets_in_until_another_is_made_or_the_person_leaves() {
    let house = house().await;
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    let mut links = Vec::new();
    for _ in 0..2 {
        let page = officer.post("/volunteers/V1/link", json!({})).await.json();
        let address = page["address"].as_str().unwrap().to_owned();
        links.push(address.strip_prefix("http://muster.test").unwrap().to_owned());
    }
    let from_here = Some("http://muster.test");
    assert_eq!(house.stranger().form(&links[0], "", from_here).await.status.as_u16(), 410, "the older link is over");
    assert_eq!(house.stranger().form(&links[1], "", from_here).await.status.as_u16(), 303);
    let who = house.volunteer(ids(&house.house.store).await["V1"]).await;
    assert_eq!(who.get("/record").await.status.as_u16(), 200);
    officer.post("/volunteers/V1/departure", json!({})).await.json();
    assert_eq!(house.stranger().form(&links[1], "", from_here).await.status.as_u16(), 410);
    assert_eq!(who.get("/record").await.status.as_u16(), 401, "who has left is signed out at once");
    assert_eq!(officer.post("/volunteers/V1/link", json!({})).await.refused(), "409 responders.11");
}

#[tokio::test]
async fn teams_show_what_they_can_still_send() {
    let house = house().await;
    let all = ids(&house.house.store).await;
    stood(&house.house.store, all["V1"], -1, None).await;
    let away = house.volunteer(all["V2"]).await;
    away.post("/record/availability", json!({"from": "2022-09-16 08:00"})).await.json();
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    let page = officer.get("/teams").await.json();
    let bureau = page["organisations"].as_array().unwrap().iter().find(|line| line["name"] == "区教育局").unwrap();
    assert_eq!(bureau["capacity"], json!({"people": 5, "away": 1, "on_duty": 1}));
    assert_eq!((&bureau["available"], &page["available"], &page["count"]), (&json!(3), &json!(4), &json!(3)));
    officer.post("/volunteers/V1/departure", json!({})).await.json();
    officer.post("/volunteers/V1/departure", json!({})).await.json();
    assert_eq!(officer.get("/teams").await.json()["total"]["people"], 5, "leaving twice counts once");
    let team = officer.get("/teams/T1").await.json();
    assert_eq!(team["people"].as_array().unwrap().len(), 2);
    assert_eq!(officer.get("/teams/T1/badges").await.json()["badges"].as_array().unwrap().len(), 2);
    for _ in 0..2 {
        officer.post("/volunteers/V1/departure", json!({"back": true})).await.json();
    }
    assert_eq!(officer.get("/teams").await.json()["total"]["people"], 6, "taken back, and twice counts once");
}

/// S17: each look at a person is written down, and unusually many of one account within an hour are an alarm.
#[tokio::test]
async fn looks_are_written_down_and_many_of_them_are_an_alarm() {
    let house = house().await;
    let store = &house.house.store;
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    let look = async || officer.get("/volunteers/V1").await.json();
    look().await;
    assert_eq!(recorded(store, "web.person_revealed").await, 1);
    for _ in 2..web::access::looks::MANY {
        look().await;
    }
    assert_eq!(recorded(store, "web.many_people_seen").await, 0, "the control: one fewer is no alarm");
    look().await;
    look().await;
    assert_eq!(recorded(store, "web.many_people_seen").await, 1);
    house.clock.set(house.clock.now().plus_h(1));
    look().await;
    assert_eq!(recorded(store, "web.many_people_seen").await, 1, "another hour begins anew");
}

/// S17: names in lists count apart from looks at one person; too many of them are an alarm too.
#[tokio::test]
async fn many_names_in_lists_are_an_alarm() {
    use web::access::looks;
    let house = house().await;
    let store = &house.house.store;
    let place = domain::Jurisdiction::district("440902".parse().unwrap());
    let count = async |people: u64| {
        let place = place.clone();
        let act = store::Act::new(domain::Actor::system(), store.clock().now());
        store.change(act, move |tx| looks::count_listed(tx, &place, people)).await.unwrap();
        recorded(store, "web.many_people_listed").await
    };
    assert_eq!(count(looks::MANY_LISTED - 1).await, 0, "the control: one fewer is no alarm");
    assert_eq!(count(100).await, 1, "past the mark, though never on it");
    assert_eq!(count(100).await, 1, "once an hour");
    assert_eq!(recorded(store, "web.many_people_seen").await, 0, "nobody was looked at in full");
}
