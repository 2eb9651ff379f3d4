//! The outbox and one's own notices through the front door.

use std::sync::Arc;

use domain::{Jurisdiction, PostRole, Role, Scope};
use notices::{Announcement, Call, Channel, State, group_text};
use serde_json::json;
use uuid::Uuid;
use web::{
    Locale,
    testing::{MIDNIGHT, TestHouse},
};

use crate::{
    district::{Told, duties, here, message, messages, person, postgres, sqlite},
    sinks::{always, gateway},
};

async fn given_up_and_tried_again(store: store::Store) {
    let (url, texts) = gateway(always(422, "unknown number 13800000001")).await;
    let told = Told::with(store.clone(), json!({"sms": {"url": url}}));
    told.queue(messages(told.order, 2)).await;
    told.run_at(1).await;
    let test = TestHouse::new(store, &duties()).await;
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let page = officer.get("/notices").await.json();
    let lines = page["given_up"].as_array().unwrap();
    let line = lines.iter().find(|line| line["address"] == "+861***0001").unwrap();
    assert_eq!((lines.len(), line["tries"].as_u64()), (2, Some(1)));
    assert!(!page.to_string().contains("13800000001"), "the number is masked in the reason too: {page}");
    let one = line["id"].as_str().unwrap();
    assert_eq!(officer.post(&format!("/notices/{one}/retry"), json!({})).await.json()["count"], 1);
    assert_eq!(officer.post(&format!("/notices/{one}/retry"), json!({})).await.refused(), "404 web.2");
    assert_eq!(officer.post("/notices/retry", json!({})).await.json()["count"], 1);
    told.run_at(2).await;
    assert_eq!(texts.times().into_values().collect::<Vec<_>>(), [2, 2], "again, under the same id");
    assert_eq!(told.count(Channel::Sms, State::GivenUp).await, 2);
    // One of the two is erased: nothing of it is left to send.
    let erase = |tx: &mut store::Tx| notices::erasure::erase(tx, &[person(1)]);
    test.house.store.change(told.act(), erase).await.unwrap();
    assert_eq!(officer.post("/notices/retry", json!({})).await.json()["count"], 1, "the control: the other is tried");
    told.run_at(3).await;
    assert!(texts.all().iter().all(|text| !text.body.is_empty()) && texts.count() == 5);
}

#[tokio::test]
async fn what_was_given_up_is_listed_and_tried_again_on_sqlite() {
    given_up_and_tried_again(sqlite()).await;
}

#[tokio::test]
async fn what_was_given_up_is_listed_and_tried_again_on_postgresql() {
    given_up_and_tried_again(postgres()).await;
}

async fn read_and_seen(store: store::Store) {
    let told = Told::with(store.clone(), json!({}));
    told.queue(messages(told.order, 3)).await;
    let test = TestHouse::new(store, &duties()).await;
    let mine = test.volunteer(person(2)).await;
    let page = mine.get("/duty/notices").await.json();
    assert_eq!((page["notices"].as_array().unwrap().len(), page["unseen"].as_u64()), (1, Some(1)));
    let other = Uuid::from_u128(8);
    let about_other = move |tx: &mut store::Tx| notices::seen(tx, &here(), person(2), Some(other));
    assert_eq!(test.house.store.change(told.act(), about_other).await.unwrap(), 0, "another order's notices");
    assert_eq!(mine.post("/duty/notices/seen", json!({})).await.json()["count"], 1);
    assert_eq!(mine.post("/duty/notices/seen", json!({})).await.json()["count"], 0);
    assert_eq!(told.count(Channel::InApp, State::Seen).await, 1, "nobody else has seen theirs");
    let order = told.order;
    let readers = test.house.store.look(move |tx| notices::readers(tx, order)).await.unwrap();
    let seen: Vec<_> = readers.into_iter().filter(|(_, seen_at)| seen_at.is_some()).collect();
    assert_eq!(seen, [(person(2), Some(MIDNIGHT))]);
}

#[tokio::test]
async fn a_volunteer_reads_their_own_notices_and_says_seen_on_sqlite() {
    read_and_seen(sqlite()).await;
}

#[tokio::test]
async fn a_volunteer_reads_their_own_notices_and_says_seen_on_postgresql() {
    read_and_seen(postgres()).await;
}

async fn announced(store: store::Store) {
    let (url, texts) = gateway(always(200, "")).await;
    let told = Told::with(store.clone(), json!({"sms": {"url": url}}));
    let said = Announcement {
        id: Uuid::from_u128(9),
        here: Jurisdiction::district(here()),
        role: Some(PostRole::Runner),
        text: "雨衣在后门领 <b>".to_owned(),
    };
    for _ in 0..2 {
        let (house, said) = (told.house.clone(), said.clone());
        let to = (0..5).map(|nth| message(said.id, nth).to).collect::<Vec<_>>();
        let count = store.change(told.act(), move |tx| notices::announce(tx, &house, &said, to.clone())).await.unwrap();
        assert_eq!(count, 5);
    }
    told.run_at(1).await;
    assert_eq!(texts.count(), 5);
    let test = TestHouse::new(store, &duties()).await;
    test.volunteer(person(2)).await.post("/duty/notices/seen", json!({})).await.json();
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let line = officer.get("/notices").await.json()["announcements"][0].clone();
    assert_eq!((line["told"].as_u64(), line["seen"].as_u64()), (Some(5), Some(1)));
    assert_eq!(line["text"], "雨衣在后门领 <b>");
}

#[tokio::test]
async fn an_announcement_reaches_everybody_once_and_says_who_has_seen_it_on_sqlite() {
    announced(sqlite()).await;
}

#[tokio::test]
async fn an_announcement_reaches_everybody_once_and_says_who_has_seen_it_on_postgresql() {
    announced(postgres()).await;
}

#[tokio::test]
async fn pages_render_in_both_languages_full_and_empty() {
    let store = sqlite();
    let (url, _) = gateway(always(422, "<script>alert(1)</script>")).await;
    let told = Told::with(store.clone(), json!({"sms": {"url": url}}));
    let test = TestHouse::new(store, &duties()).await;
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let mine = test.volunteer(person(1)).await;
    for is_full in [false, true] {
        for lang in ["zh-CN", "en"] {
            for (client, path) in [(&officer, "/notices"), (&mine, "/duty/notices")] {
                let page = client.page(path, lang).await;
                assert!(page.status.is_success() && !page.text.contains('⟦'), "{path} {lang} {}", page.text);
                assert_eq!(page.text.contains("class=\"empty\""), !is_full || path == "/notices", "{path} {lang}");
                assert!(!page.text.contains("<script>alert"), "{path} lets a script through");
            }
        }
        told.queue(messages(told.order, 3)).await;
        told.run_at(1).await;
    }
}

#[tokio::test]
async fn only_those_with_the_right_see_the_outbox() {
    let test = TestHouse::new(sqlite(), &duties()).await;
    for (role, scope) in [(Role::PreventionGroup, Scope::District), (Role::AssessmentGroup, Scope::District)] {
        let client = test.client(role, scope).await;
        assert_eq!(client.get("/notices").await.refused(), "404 web.2", "{role}");
        assert_eq!(client.post("/notices/retry", json!({})).await.refused(), "404 web.2", "{role}");
    }
    let stranger = test.stranger();
    assert_eq!(stranger.get("/duty/notices").await.refused(), "401 web.1");
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    assert!(officer.get("/notices").await.status.is_success(), "the control");
    assert_eq!(officer.get("/duty/notices").await.refused(), "404 web.2", "an account has no duty of its own");
}

#[tokio::test]
async fn a_group_text_carries_nothing_personal() {
    let test = TestHouse::new(sqlite(), &duties()).await;
    let house = Arc::clone(&test.house);
    let call = Call {
        order: "全员核酸",
        set_up_at: MIDNIGHT.plus_h(5),
        in_place_at: MIDNIGHT.plus_h(8),
        sites: 139,
        volunteers: 4000,
        link: Some("http://muster.test/duty"),
    };
    let said = |locale| group_text(&house.words, locale, &house.settings.zone, &call);
    assert_eq!(
        said(Locale::ZhCn),
        "【集结】全员核酸：共 139 个点、4000 名志愿者。2022-09-15 05:00 前布点，08:00 前到岗。请查看个人通知，确认岗位。 http://muster.test/duty"
    );
    assert!(said(Locale::En).contains("139 sites, 4000 volunteers. Set up by 2022-09-15 05:00"));
}
