//! The site chief's page and its way in: entries of a phone, late, doubled, shuffled, in part unreadable.

use domain::{Id, PostRole, Role, Scope, things};
use serde_json::{Value, json};
use store::testing;
use web::{House, testing::Client};

use crate::ground::{Ground, SMALL, duties, maonan};

const PHONE: &str = "9e2b6f0a-phone";

fn entry(ground: &Ground, n: i64, what: Value) -> Value {
    let mut entry = what;
    entry["n"] = json!(n);
    entry["at"] = json!(ground.now().ms());
    entry
}

fn check_in(ground: &Ground, n: i64, volunteer: impl serde::Serialize, way: &str) -> Value {
    entry(ground, n, json!({"kind": "check_in", "volunteer": volunteer, "way": way}))
}

async fn send_from(client: &Client, ground: &Ground, phone: &str, items: &[Value]) -> Value {
    let top = items.iter().filter_map(|item| item["n"].as_i64()).max().unwrap_or(0);
    let batch = json!({"device": phone, "top": top, "items": items, "sent_at": ground.now().ms()});
    client.post(&format!("/sites/{}/outbox", ground.sites[0]), batch).await.json()
}

async fn send(client: &Client, ground: &Ground, items: &[Value]) -> Vec<String> {
    outcomes(&send_from(client, ground, PHONE, items).await)
}

fn outcomes(taken: &Value) -> Vec<String> {
    let outcome = |one: &Value| one["outcome"].as_str().unwrap().to_owned();
    taken["results"].as_array().unwrap().iter().map(outcome).collect()
}

async fn page(client: &Client, ground: &Ground) -> Value {
    client.get(&format!("/sites/{}/post", ground.sites[0])).await.json()
}

async fn arrived(ground: &Ground, order: &str) -> u32 {
    ground.tallies(order).await.iter().map(|tally| tally.arrived).sum()
}

#[tokio::test]
async fn an_entry_counts_once_however_often_and_in_whatever_order_it_comes() {
    testing::each_engine(House::migrations(&duties()), |store| async move {
        let ground = Ground::new(store, SMALL).await;
        let order = ground.told().await;
        let held = ground.at_site(&order, 0).await;
        let chief = ground.chief(0).await;
        let items: Vec<Value> = (1..).zip(&held).map(|(n, held)| check_in(&ground, n, held.volunteer, "in")).collect();
        assert_eq!(send(&chief, &ground, &items[2..4]).await, ["accepted"; 2]);
        let shuffled: Vec<Value> = items.iter().rev().chain(&items).cloned().collect();
        let first = send_from(&chief, &ground, PHONE, &shuffled).await;
        assert!(outcomes(&first).iter().all(|outcome| outcome == "accepted"), "{first}");
        // The reply was lost: the phone sends again and gets the same answers.
        assert_eq!(send_from(&chief, &ground, PHONE, &shuffled).await["results"], first["results"]);
        assert_eq!(arrived(&ground, &order).await, 5);
        // Another phone scanned the same people: known, but under numbers of its own.
        let other = send_from(&chief, &ground, "another", &items).await;
        assert_eq!(outcomes(&other), ["duplicate"; 5]);
        assert_eq!(arrived(&ground, &order).await, 5);
        // The control: the same things under new numbers are new things, here a second request.
        let ask = json!({"kind": "request", "request": "supplies", "details": "口罩两箱"});
        assert_eq!(
            send(&chief, &ground, &[entry(&ground, 6, ask.clone()), entry(&ground, 6, ask.clone())]).await.len(),
            2
        );
        assert_eq!(page(&chief, &ground).await["requests"].as_array().unwrap().len(), 1);
        send(&chief, &ground, &[entry(&ground, 7, ask)]).await;
        assert_eq!(page(&chief, &ground).await["requests"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn entries_of_one_turn_are_done_in_the_order_of_their_numbers() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await[0].clone();
    let chief = ground.chief(0).await;
    let ways = ["in", "undo", "in", "out", "undo", "out"];
    let mut items: Vec<Value> = (1..).zip(ways).map(|(n, way)| check_in(&ground, n, held.volunteer, way)).collect();
    items.reverse();
    assert_eq!(send(&chief, &ground, &items).await, ["accepted"; 6]);
    let now = ground.assignments(&order).await.into_iter().find(|now| now.id == held.id).unwrap();
    assert!(matches!(now.standing, deployments::Standing::Left { .. }), "{:?}", now.standing);
    assert_eq!(arrived(&ground, &order).await, 0);
}

#[tokio::test]
async fn the_same_number_with_other_content_is_kept_for_a_person() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let items = [check_in(&ground, 1, held[0].volunteer, "in"), check_in(&ground, 1, held[1].volunteer, "in")];
    assert_eq!(send(&chief, &ground, &items).await, ["accepted", "conflict"]);
    assert_eq!(arrived(&ground, &order).await, 1);
    let kept = ground.house.house.store.look(|tx| store::conflicts::unsettled(tx, &maonan(), 10)).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].second.body.contains(&held[1].volunteer.to_string()), "{}", kept[0].second.body);
}

#[tokio::test]
async fn one_bad_entry_spoils_no_other_and_is_not_lost() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let items = [
        json!({"n": 1, "kind": "a_kind_of_next_year", "at": 0}),
        json!({"n": 2, "at": {"no": "moment"}}),
        entry(&ground, 3, json!({"kind": "check_in", "badge": "AAAAAAAAAA", "way": "in"})),
        check_in(&ground, 4, held[1].volunteer, "out"),
        entry(&ground, 5, json!({"kind": "request", "request": "people", "count": 0})),
        check_in(&ground, 6, held[0].volunteer, "in"),
    ];
    let taken = send_from(&chief, &ground, PHONE, &items).await;
    assert_eq!(outcomes(&taken), ["refused", "refused", "refused", "refused", "refused", "accepted"]);
    assert!(taken["results"].as_array().unwrap()[..5].iter().all(|one| one["sentence"].as_str().is_some()), "{taken}");
    assert_eq!(taken["lost"], 0, "what was refused has arrived");
    assert_eq!(arrived(&ground, &order).await, 1);
}

#[tokio::test]
async fn what_a_phone_lost_is_shown_until_somebody_has_looked_into_it() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let first = [check_in(&ground, 1, held[0].volunteer, "in"), check_in(&ground, 2, held[1].volunteer, "in")];
    assert_eq!(send_from(&chief, &ground, PHONE, &first).await["lost"], 0);
    // Three more were entered; two are still on the phone, one was cleared away.
    let path = format!("/sites/{}/outbox", ground.sites[0]);
    let greeting = json!({"device": PHONE, "top": 5, "holding": 3, "items": []});
    assert_eq!(chief.post(&path, greeting).await.json()["lost"], 0, "nothing is lost that the phone still holds");
    let wiped = json!({"device": PHONE, "top": 5, "holding": 2, "items": []});
    assert_eq!(chief.post(&path, wiped).await.json()["lost"], 1);
    let html = chief.page(&format!("/sites/{}/post", ground.sites[0]), "zh-CN").await.text;
    assert!(html.contains("有记录丢失") && html.contains("1 条"), "the chief sees it");
    let settle = format!("/sites/{}/phones/{PHONE}/settlement", ground.sites[0]);
    chief.post(&settle, json!({})).await.json();
    let html = chief.page(&format!("/sites/{}/post", ground.sites[0]), "zh-CN").await.text;
    assert!(!html.contains("有记录丢失"), "and it ends");
    let elsewhere = ground.chief(1).await;
    let foreign = format!("/sites/{}/phones/{PHONE}/settlement", ground.sites[1]);
    assert_eq!(elsewhere.post(&foreign, json!({})).await.refused(), "404 web.2");
}

#[tokio::test]
async fn what_happened_before_an_order_was_closed_still_counts() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let mut before = check_in(&ground, 1, held[0].volunteer, "in");
    before["order"] = json!(order);
    ground.house.clock.set(ground.now().plus_h(1));
    ground.officer.post(&format!("/orders/{order}/closing"), json!({})).await.json();
    ground.house.clock.set(ground.now().plus_h(1));
    let mut after = check_in(&ground, 2, held[1].volunteer, "in");
    after["order"] = json!(order);
    assert_eq!(send(&chief, &ground, &[before, after]).await, ["accepted", "refused"]);
    assert_eq!(arrived(&ground, &order).await, 1);
}

#[tokio::test]
async fn marks_requests_and_announcements_go_the_same_way() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let chief = ground.chief(0).await;
    let items = [
        entry(&ground, 1, json!({"kind": "mark", "item": "tubes", "done": true})),
        entry(&ground, 2, json!({"kind": "request", "request": "people", "role": "registrar", "count": 2})),
        entry(&ground, 3, json!({"kind": "announcement", "role": "registrar", "text": "登记台集合"})),
    ];
    let taken = send_from(&chief, &ground, PHONE, &items).await;
    assert_eq!(outcomes(&taken), ["accepted"; 3]);
    assert_eq!(taken["results"][1]["number"], "R-0001");
    send_from(&chief, &ground, PHONE, &items).await;
    let page = page(&chief, &ground).await;
    assert_eq!(taken["epoch"], page["epoch"]);
    let ticked = page["readiness"]["items"].as_array().unwrap().iter().filter(|item| item["done"] == true).count();
    assert_eq!(ticked, 1);
    assert_eq!(page["requests"].as_array().unwrap().len(), 1);
    let said = page["announcements"].as_array().unwrap();
    let registrars = ground.at_site(&order, 0).await.iter().filter(|held| held.role == PostRole::Registrar).count();
    assert_eq!((said.len(), said[0]["told"].as_u64().unwrap()), (1, registrars as u64));
}

#[tokio::test]
async fn the_page_counts_its_people_and_keeps_badge_codes_to_itself() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let chief = ground.chief(0).await;
    let held = ground.at_site(&order, 0).await;
    send(&chief, &ground, &[check_in(&ground, 1, held[0].volunteer, "in")]).await;
    let page = page(&chief, &ground).await;
    assert_eq!(page["head"], json!({"need": 5, "arrived": 1, "coming": 0, "missing": 4}));
    let (json, html) = (page.to_string(), chief.page(&format!("/sites/{}/post", ground.sites[0]), "en").await.text);
    for held in &held {
        let volunteer = held.volunteer;
        let person = ground.house.house.store.look(move |tx| responders::person(tx, volunteer)).await.unwrap().unwrap();
        assert!(html.contains(&person.name), "the page shows {}", person.name);
        assert!(!json.contains(&person.badge) && !html.contains(&person.badge), "the code lets its owner in");
    }
}

#[tokio::test]
async fn an_open_page_of_the_chief_is_a_sign_of_the_site_and_one_at_headquarters_is_not() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let chief = ground.chief(0).await;
    let site = ground.sites[0];
    let sign = json!({"device": PHONE, "top": 0, "items": []});
    let path = format!("/sites/{site}/outbox");
    let heard = || async {
        let all = ground.house.house.store.look(|tx| places::readiness::last_heard(tx, &maonan())).await.unwrap();
        all.get(&site).copied()
    };
    chief.post(&path, sign.clone()).await.json();
    let first = ground.now();
    assert_eq!(heard().await, Some(first));
    assert_eq!(page(&chief, &ground).await["phones"], json!([]), "a phone without entries is not counted");
    ground.house.clock.set(first.plus_min(4));
    ground.officer.post(&path, sign.clone()).await.json();
    assert_eq!(heard().await, Some(first), "headquarters only looks at the page");
    let held = ground.at_site(&order, 0).await[0].clone();
    send(&ground.officer, &ground, &[check_in(&ground, 1, held.volunteer, "in")]).await;
    assert_eq!(heard().await, Some(first.plus_min(4)), "what is entered is a sign, whoever enters it");
    ground.house.clock.set(first.plus_min(8));
    chief.post(&path, sign).await.json();
    assert_eq!(heard().await, Some(first.plus_min(8)));
}

#[tokio::test]
async fn the_page_is_for_those_who_run_the_site() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let path = format!("/sites/{}/post", ground.sites[0]);
    let batch = json!({"device": PHONE, "top": 0, "items": []});
    let volunteer = ground.house.volunteer(ground.at_site(&order, 0).await[0].volunteer).await;
    for stranger in [ground.chief(1).await, volunteer] {
        assert_eq!(stranger.get(&path).await.refused(), "404 web.2");
        let outbox = format!("/sites/{}/outbox", ground.sites[0]);
        assert_eq!(stranger.post(&outbox, batch.clone()).await.refused(), "404 web.2");
    }
    let site: Id<things::Site> = ground.sites[0];
    let chief = ground.house.client(Role::SiteChief, Scope::Site(site)).await;
    let home = chief.page("/", "zh-CN").await;
    assert_eq!(home.location.as_deref(), Some(path.as_str()));
}

const REQUIRED: [&str; 5] = ["chief", "registrar", "samplers", "tubes", "device_check"];

#[tokio::test]
async fn a_site_says_without_a_network_that_it_stands_and_the_phones_time_counts() {
    let ground = Ground::small().await;
    ground.told().await;
    let chief = ground.chief(0).await;
    let (now, standing) = (ground.now(), ground.now().plus_min(-20));
    let stage =
        |n: i64, stage: &str, at: domain::Moment| json!({"kind": "stage", "stage": stage, "n": n, "at": at.ms()});
    let times = async || chief.get(&format!("/sites/{}/readiness", ground.sites[0])).await.json()["times"].clone();
    // Nothing is ticked: it stands, and it does not open; the sentence says what is missing.
    let first = [stage(1, "set_up", standing), stage(2, "open", standing), stage(3, "preparing", standing)];
    let taken = send_from(&chief, &ground, PHONE, &first).await;
    assert_eq!(outcomes(&taken), ["accepted", "refused", "refused"], "{taken}");
    assert!(taken["results"][1]["sentence"].as_str().is_some_and(|text| text.contains("点长")), "{taken}");
    assert_eq!(times().await["set_up_at"], json!(standing.ms()), "not when it was received");
    // Everything ticked, then opened, in one turn that comes twice.
    let mut items: Vec<Value> = (4..)
        .zip(REQUIRED)
        .map(|(n, item)| json!({"kind": "mark", "item": item, "done": true, "n": n, "at": standing.ms()}))
        .collect();
    items.push(stage(9, "open", now.plus_min(-5)));
    for _ in 0..2 {
        assert!(send(&chief, &ground, &items).await.iter().all(|outcome| outcome == "accepted"));
    }
    assert_eq!(times().await["opened_at"], json!(now.plus_min(-5).ms()));
    // Closed by a slip, and taken back; what has moved on is not taken back.
    let undo = json!({"kind": "stage", "stage": "closed", "undo": true, "n": 11, "at": now.ms()});
    let late = json!({"kind": "stage", "stage": "set_up", "undo": true, "n": 12, "at": now.ms()});
    assert_eq!(
        send(&chief, &ground, &[stage(10, "closed", now), undo, late]).await,
        ["accepted", "accepted", "refused"]
    );
    assert_eq!(page(&chief, &ground).await["readiness"]["stage"], "open");
}
