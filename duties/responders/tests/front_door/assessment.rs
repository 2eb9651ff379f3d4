//! Deeds and the commendation list.

use domain::{Role, Scope};
use serde_json::json;
use web::testing::MIDNIGHT;

use crate::district::{house, ids, person, stood};

#[tokio::test]
async fn a_deed_is_published_only_with_the_consent_of_whom_it_is_told() {
    let house = house().await;
    let all = ids(&house.house.store).await;
    let (teller, told_of) = (house.volunteer(all["V2"]).await, house.volunteer(all["V1"]).await);
    let group = house.client(Role::AssessmentGroup, Scope::District).await;
    let badge = person(&house.house.store, all["V1"]).await.badge;
    let body = json!({"badge": badge, "story": "把自己的雨衣给了老人"});
    assert_eq!(told_of.post("/deeds", body.clone()).await.refused(), "409 responders.4", "not of oneself");
    let forged = json!({"badge": responders::badge::code(), "story": "x"});
    assert_eq!(teller.post("/deeds", forged).await.refused(), "404 web.2");
    let deed = teller.post("/deeds", body).await.json()["deed"].as_str().unwrap().to_owned();
    let (publish, withdraw) = (json!({"publish": true}), json!({"publish": false}));
    assert_eq!(group.post(&format!("/deeds/{deed}"), publish.clone()).await.refused(), "409 responders.5");
    assert_eq!(teller.post(&format!("/record/deeds/{deed}"), json!({"consent": true})).await.refused(), "404 web.2");
    let published = async || teller.get("/deeds").await.json()["published"].as_array().unwrap().len();
    told_of.post(&format!("/record/deeds/{deed}"), json!({"consent": true})).await.json();
    assert_eq!(published().await, 0);
    group.post(&format!("/deeds/{deed}"), publish.clone()).await.json();
    assert_eq!(published().await, 1);
    let taken_back = json!({"publish": false, "anew": true});
    group.post(&format!("/deeds/{deed}"), taken_back.clone()).await.json();
    assert_eq!(published().await, 0);
    assert_eq!(group.post(&format!("/deeds/{deed}"), taken_back).await.refused(), "409 responders.7");
    group.post(&format!("/deeds/{deed}"), publish).await.json();
    assert_eq!(published().await, 1, "what was taken back is as it was before, and can be published");
    assert_eq!(told_of.get("/record").await.json()["merits"]["deeds"], 1);
    told_of.post(&format!("/record/deeds/{deed}"), json!({"consent": false})).await.json();
    assert_eq!(published().await, 0, "consent can be taken back");
    assert_eq!(group.post(&format!("/deeds/{deed}"), withdraw).await.refused(), "409 responders.7");
}

#[tokio::test]
async fn the_list_says_who_is_on_it_and_why_and_a_decision_outranks_the_rules() {
    let house = house().await;
    let store = &house.house.store;
    house.clock.set(MIDNIGHT.plus_h(60));
    let all = ids(store).await;
    for day in 0..3 {
        stood(store, all["V1"], day * 20, Some(day * 20 + 8)).await;
    }
    stood(store, all["V2"], 0, Some(59)).await;
    let group = house.client(Role::AssessmentGroup, Scope::District).await;
    let page = group.get("/commendations").await.json();
    assert_eq!(page["people"].as_array().unwrap().len(), 1, "59 hours of one duty say nothing of punctuality");
    assert_eq!(page["people"][0]["code"], "V1");
    assert_eq!(page["people"][0]["grounds"], json!([{"why": "hours", "hours": 24, "punctual_percent": 100}]));
    let mine = house.volunteer(all["V1"]).await.get("/record").await.json();
    assert_eq!(mine["grounds"], page["people"][0]["grounds"], "each person sees why");
    group.post("/commendations", json!({"volunteer": all["V1"], "listed": false, "reason": "本人谢绝"})).await.json();
    group.post("/commendations", json!({"volunteer": all["V2"], "listed": true, "reason": "连续坚守"})).await.json();
    let page = group.get("/commendations").await.json();
    let people: Vec<_> = page["people"].as_array().unwrap().iter().map(|it| (&it["code"], &it["reason"])).collect();
    assert_eq!(people, [(&json!("V2"), &json!("连续坚守"))]);
    assert_eq!(group.post("/commendations/sheet", json!({})).await.refused(), "422 web.20", "for a reason");
    let sheet = group.post("/commendations/sheet", json!({"why": "commendation"})).await;
    assert!(sheet.status.is_success() && sheet.text.starts_with("PK"), "{}", sheet.status);
    let empty = json!({"volunteer": all["V2"], "listed": true, "reason": " "});
    assert_eq!(group.post("/commendations", empty).await.refused(), "422 responders.8");
}
