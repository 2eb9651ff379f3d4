//! A volunteer's own record: seen, contested, corrected without rewriting what was recorded.

use domain::{Role, Scope};
use serde_json::json;
use uuid::Uuid;
use web::testing::MIDNIGHT;

use crate::district::{house, ids, recorded, stood};

#[tokio::test]
async fn an_upheld_correction_changes_the_hours_and_keeps_what_was_recorded() {
    let house = house().await;
    house.clock.set(MIDNIGHT.plus_h(12));
    let who = ids(&house.house.store).await["V1"];
    let stay = stood(&house.house.store, who, 2, Some(8)).await;
    let (me, group) = (house.volunteer(who).await, house.client(Role::AssessmentGroup, Scope::District).await);
    assert_eq!(me.get("/record").await.json()["hours"], 6);
    let body = json!({"attendance": stay, "objection": "我十点才走", "out_at": "2022-09-15 10:00"});
    let key = Some(Uuid::from_u128(7));
    let asked = me.post_with_key("/record/corrections", body.clone(), key).await.json();
    assert_eq!(me.post_with_key("/record/corrections", body, key).await.json(), asked, "sent twice, asked once");
    let page = me.get("/record").await.json();
    assert_eq!((&page["stays"][0]["contested"], page["corrections"].as_array().unwrap().len()), (&json!(true), 1));
    let desk = group.get("/assessment").await.json();
    assert_eq!(desk["waiting"][0]["asked"]["objection"], "我十点才走");
    let path = format!("/corrections/{}", asked["correction"].as_str().unwrap());
    group.post(&path, json!({"upheld": true, "answer": "点长证实"})).await.json();
    assert_eq!(group.post(&path, json!({"upheld": false, "answer": "x"})).await.refused(), "409 responders.7");
    let page = me.get("/record").await.json();
    assert_eq!((&page["hours"], &page["corrections"][0]["answer"]), (&json!(8), &json!("点长证实")));
    assert_eq!(page["stays"].as_array().unwrap().len(), 1);
    assert_eq!(recorded(&house.house.store, "responders.correction_settled").await, 1);
}

#[tokio::test]
async fn whoever_writes_an_objection_down_does_not_settle_it() {
    let house = house().await;
    let (one, other) = (
        house.client(Role::AssessmentGroup, Scope::District).await,
        house.client(Role::AssessmentGroup, Scope::District).await,
    );
    let asked = one.post("/volunteers/V1/corrections", json!({"objection": "少记一次"})).await.json();
    let path = format!("/corrections/{}", asked["correction"].as_str().unwrap());
    let answer = json!({"upheld": false, "answer": "查无此事"});
    assert_eq!(one.post(&path, answer.clone()).await.refused(), "409 responders.6");
    other.post(&path, answer).await.json();
}

#[tokio::test]
async fn objections_that_make_no_sense_are_refused_and_change_nothing() {
    let house = house().await;
    let all = ids(&house.house.store).await;
    let (me, other) = (house.volunteer(all["V1"]).await, all["V2"]);
    let others_stay = stood(&house.house.store, other, -8, Some(-1)).await;
    for (body, refused) in [
        (json!({"objection": "  "}), "422 responders.8"),
        (json!({"objection": "x", "in_at": "2022-09-14 12:00", "out_at": "2022-09-14 11:00"}), "422 responders.9"),
        (json!({"objection": "x", "in_at": "2022-09-16 12:00"}), "422 responders.9"),
        (json!({"objection": "x", "in_at": "yesterday"}), "422 responders.10"),
        (json!({"objection": "x", "attendance": others_stay}), "404 web.2"),
        (json!({"objection": "x", "attendance": Uuid::nil()}), "404 web.2"),
    ] {
        assert_eq!(me.post("/record/corrections", body.clone()).await.refused(), refused, "{body}");
    }
    assert!(me.get("/record").await.json()["corrections"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn availability_is_the_volunteers_own_word() {
    let house = house().await;
    let who = ids(&house.house.store).await["V1"];
    let me = house.volunteer(who).await;
    let turned = json!({"from": "2022-09-15 08:00", "until": "2022-09-15 07:00"});
    assert_eq!(me.post("/record/availability", turned).await.refused(), "422 responders.3");
    me.post("/record/availability", json!({"from": "2022-09-15T08:00", "until": "2022-09-15T20:00"})).await.json();
    let head = house.house.store.look(move |tx| responders::head(tx, who)).await.unwrap().unwrap();
    let open: Vec<bool> = [7, 8, 19, 20].map(|hour| head.is_available(MIDNIGHT.plus_h(hour))).to_vec();
    assert_eq!(open, [false, true, true, false]);
    me.post("/record/availability", json!({})).await.json();
    let head = house.house.store.look(move |tx| responders::head(tx, who)).await.unwrap().unwrap();
    assert_eq!((head.available_from, head.available_until), (None, None));
}

#[tokio::test]
async fn a_missing_duty_that_is_upheld_is_added_and_the_hours_change() {
    let house = house().await;
    house.clock.set(MIDNIGHT.plus_h(12));
    let all = ids(&house.house.store).await;
    stood(&house.house.store, all["V2"], 2, Some(8)).await;
    let (me, group) = (house.volunteer(all["V1"]).await, house.client(Role::AssessmentGroup, Scope::District).await);
    assert_eq!(me.get("/record").await.json()["hours"], 0);
    let ask = async |body: serde_json::Value| {
        let asked = me.post("/record/corrections", body).await.json();
        format!("/corrections/{}", asked["correction"].as_str().unwrap())
    };
    let (from, until) = ("2022-09-15 03:00", "2022-09-15 07:00");
    let said = json!({"objection": "少记一次", "site": "城南小学", "in_at": from, "out_at": until});
    let path = ask(said.clone()).await;
    let page = group.page("/assessment", "zh-CN").await.text;
    assert!(page.contains("name=\"site\"") && page.contains("<option value=\"城南小学\">"), "{page}");
    let upheld = json!({"upheld": true, "answer": "点长证实"});
    group.post(&path, upheld.clone()).await.json();
    let page = me.get("/record").await.json();
    assert_eq!((&page["hours"], &page["stays"][0]["stay"]["site_name"]), (&json!(4), &json!("城南小学")));
    // The same hours again: they stood there already.
    let again = ask(said).await;
    assert_eq!(group.post(&again, upheld.clone()).await.refused(), "409 responders.17");
    // In words only: whoever settles fills in where and when, and nothing is upheld without.
    let words = ask(json!({"objection": "八点到九点也在"})).await;
    assert_eq!(group.post(&words, upheld.clone()).await.refused(), "422 responders.15");
    let filled = |site: &str, until: &str| json!({"upheld": true, "answer": "好", "site": site, "in_at": "2022-09-15 08:00", "out_at": until});
    let until = "2022-09-15 09:00";
    assert_eq!(group.post(&words, filled("城北小学", until)).await.refused(), "422 responders.16");
    assert_eq!(group.post(&words, filled("城南小学", "2022-09-15 13:00")).await.refused(), "422 responders.9");
    assert_eq!(me.get("/record").await.json()["hours"], 4, "a refusal settles nothing");
    group.post(&words, filled("城南小学", until)).await.json();
    assert_eq!(me.get("/record").await.json()["hours"], 5);
    // The control: what is not upheld adds nothing.
    let not =
        ask(json!({"objection": "x", "site": "城南小学", "in_at": "2022-09-15 09:00", "out_at": "2022-09-15 10:00"}))
            .await;
    group.post(&not, json!({"upheld": false, "answer": "查无此事"})).await.json();
    assert_eq!(me.get("/record").await.json()["hours"], 5);
}
