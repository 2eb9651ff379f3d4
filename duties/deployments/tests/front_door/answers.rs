//! Volunteers answer on their own page.

use serde_json::json;

use crate::ground::Ground;

#[tokio::test]
async fn the_today_page_says_where_when_what_and_whom_to_ask() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = &ground.at_site(&order, 0).await[0];
    let volunteer = ground.house.volunteer(held.volunteer).await;
    let page = volunteer.get("/duty").await.json();
    let duty = &page["duty"];
    assert_eq!(duty["site_name"], "文明路采样点0");
    assert_eq!(duty["shift_from"], 1_663_200_000_000_i64, "08:00 in Maonan");
    assert!(duty["route"]["geo"].as_str().unwrap().starts_with("geo:21.66"), "{duty}");
    assert!(page["badge"]["qr"].as_str().unwrap().starts_with("<svg"));
    let calendar = volunteer.get("/duty/calendar").await;
    assert!(
        calendar.text.contains("DTSTART:20220915T000000Z\r\n") && calendar.text.ends_with("END:VCALENDAR\r\n"),
        "{}",
        calendar.text
    );
}

#[tokio::test]
async fn a_refusal_frees_the_post_and_is_told_to_those_who_look_for_others() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await[0].clone();
    let volunteer = ground.house.volunteer(held.volunteer).await;
    volunteer.post("/duty/acknowledgement", json!({"assignment": held.id})).await.json();
    let decline = json!({"assignment": held.id, "why": "ill", "note": "发烧 38 度"});
    volunteer.post("/duty/refusal", decline.clone()).await.json();
    volunteer.post("/duty/refusal", decline).await.json();
    let tally = ground
        .tallies(&order)
        .await
        .into_iter()
        .find(|tally| (tally.site, tally.role) == (held.site, held.role))
        .unwrap();
    assert_eq!((tally.assigned, tally.acknowledged, tally.declined), (tally.need - 1, 0, 1));
    let declined = ground.officer.get(&format!("/orders/{order}/declined")).await.json();
    assert_eq!((&declined["lines"][0]["why"], &declined["lines"][0]["note"]), (&json!("ill"), &json!("发烧 38 度")));
    assert_eq!(
        volunteer.post("/duty/acknowledgement", json!({"assignment": held.id})).await.refused(),
        "409 deployments.14"
    );
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    assert!(ground.assignments(&order).await.iter().all(|now| now.volunteer != held.volunteer), "not asked again");
}

#[tokio::test]
async fn nobody_answers_for_another_and_who_has_come_does_not_decline() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await;
    let (mine, theirs) = (&held[0], &held[1]);
    let volunteer = ground.house.volunteer(mine.volunteer).await;
    let stolen = json!({"assignment": theirs.id, "why": "ill"});
    assert_eq!(volunteer.post("/duty/refusal", stolen).await.refused(), "404 deployments.12");
    volunteer.post("/duty/check-in", json!({})).await.json();
    let own = json!({"assignment": mine.id, "why": "ill"});
    assert_eq!(volunteer.post("/duty/refusal", own).await.refused(), "409 deployments.13");
}

#[tokio::test]
async fn a_changed_duty_must_be_seen() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await[0].clone();
    let to = ground.sites[5];
    let pin = json!({"volunteer": held.volunteer, "site": to, "role": held.role});
    ground.officer.post(&format!("/orders/{order}/pins"), pin).await.json();
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let volunteer = ground.house.volunteer(held.volunteer).await;
    let duty = volunteer.get("/duty").await.json()["duty"].clone();
    assert_eq!((&duty["is_unseen_change"], &duty["site"]), (&json!(true), &json!(to)));
    assert_eq!(duty["before"], "文明路采样点0");
    let old = volunteer.post("/duty/acknowledgement", json!({"assignment": held.id})).await;
    assert_eq!(old.refused(), "409 deployments.14", "the old screen cannot answer");
    assert!(ground.officer.get(&format!("/orders/{order}")).await.json()["unseen_changes"].as_u64().unwrap() >= 1);
    volunteer.post("/duty/acknowledgement", json!({"assignment": duty["assignment"]})).await.json();
    assert_eq!(volunteer.get("/duty").await.json()["duty"]["is_unseen_change"], json!(false));
}

#[tokio::test]
async fn the_phones_place_is_noted_and_decides_nothing() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await[0].clone();
    let volunteer = ground.house.volunteer(held.volunteer).await;
    let far = json!({"latitude": 21.70, "longitude": 110.90, "id": uuid::Uuid::now_v7()});
    let noted = volunteer.post("/duty/check-in", far.clone()).await.json();
    assert_eq!(noted["off_m"].as_i64().unwrap() / 100, 44);
    volunteer.post("/duty/check-in", far).await.json();
    let roster = ground.chief(0).await.get(&format!("/sites/{}/roster", ground.sites[0])).await.json();
    assert_eq!(roster["arrived"], 1);
    let line =
        roster["lines"].as_array().unwrap().iter().find(|line| line["volunteer"] == json!(held.volunteer)).unwrap();
    assert_eq!(line["off_m"], noted["off_m"]);
}
