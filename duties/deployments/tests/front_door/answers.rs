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
async fn who_declined_by_a_slip_can_come_after_all_while_the_post_is_free() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await[0].clone();
    let volunteer = ground.house.volunteer(held.volunteer).await;
    let (own, decline) = (json!({"assignment": held.id}), json!({"assignment": held.id, "why": "ill"}));
    volunteer.post("/duty/refusal", decline.clone()).await.json();
    assert!(volunteer.page("/duty", "en").await.text.contains("I can come after all"));
    for _ in 0..2 {
        volunteer.post("/duty/return", own.clone()).await.json();
    }
    let post = async || {
        let tallies = ground.tallies(&order).await;
        let tally = tallies.into_iter().find(|tally| (tally.site, tally.role) == (held.site, held.role)).unwrap();
        (tally.need - tally.assigned, tally.acknowledged, tally.declined)
    };
    assert_eq!(post().await, (0, 1, 0), "as one who comes");
    assert_eq!(volunteer.get("/duty").await.json()["duty"]["standing"]["state"], "acknowledged");
    // Declined again, and meanwhile somebody else was found: the page no longer offers it, and says so when asked.
    volunteer.post("/duty/refusal", decline).await.json();
    assert_eq!(post().await, (1, 0, 1));
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    assert_eq!(post().await.0, 0, "somebody else stands there");
    let page = volunteer.page("/duty", "en").await.text;
    assert!(!page.contains("I can come after all") && page.contains("You have declined"), "{page}");
    assert_eq!(volunteer.post("/duty/return", own).await.refused(), "409 deployments.30");
    let other = ground.house.volunteer(ground.assignments(&order).await[3].volunteer).await;
    let stolen = json!({"assignment": held.id});
    assert_eq!(other.post("/duty/return", stolen).await.refused(), "404 deployments.12");
}

#[tokio::test]
async fn whoever_declined_is_asked_again_when_the_allocators_say_so() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await[0].clone();
    let volunteer = ground.house.volunteer(held.volunteer).await;
    volunteer.post("/duty/refusal", json!({"assignment": held.id, "why": "working"})).await.json();
    let pin = json!({"volunteer": held.volunteer, "site": held.site, "role": held.role});
    ground.officer.post(&format!("/orders/{order}/pins"), pin).await.json();
    let stands = async || {
        let plan = ground.plan(&order).await;
        ground.publish(&order, &plan).await;
        ground.assignments(&order).await.iter().any(|now| now.volunteer == held.volunteer)
    };
    let path = format!("/orders/{order}/declined");
    assert!(ground.officer.page(&path, "en").await.text.contains("Ask again"));
    let again = json!({"volunteer": held.volunteer});
    ground.officer.post(&path, again.clone()).await.json();
    assert_eq!(ground.officer.post(&path, again.clone()).await.refused(), "409 deployments.31", "once");
    // Taken back at once: not asked, as the control shows.
    ground.officer.post(&path, json!({"volunteer": held.volunteer, "off": true})).await.json();
    assert!(!stands().await, "control: whoever declined is asked by no plan, pinned or not");
    ground.officer.post(&path, again).await.json();
    assert!(stands().await, "asked again");
    assert_eq!(volunteer.get("/duty").await.json()["duty"]["standing"]["state"], "told");
}

#[tokio::test]
async fn who_has_served_is_thanked_and_comes_back_only_by_a_small_link() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await[0].clone();
    let volunteer = ground.house.volunteer(held.volunteer).await;
    volunteer.post("/duty/acknowledgement", json!({"assignment": held.id})).await.json();
    let before = volunteer.page("/duty", "en").await.text;
    assert!(before.contains("I am here: check in") && !before.contains("You are done"), "{before}");
    volunteer.post("/duty/check-in", json!({})).await.json();
    volunteer.post("/duty/check-out", json!({})).await.json();
    let after = volunteer.page("/duty", "en").await.text;
    assert!(after.contains("You are done. Thank you!") && !after.contains("I am here: check in"), "{after}");
    assert!(after.contains("<button class=\"link\">I came back: check in again"), "{after}");
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
