//! The set-up checklist and the stages of a site, through the front door, on both engines.

mod ground;

use domain::{Id, Moment, Role, Scope, things::Order};
use ground::{order, sqlite, with_sites};
use serde_json::{Value, json};
use store::testing;
use web::{House, house::own_duty, testing::Client};

const REQUIRED: [&str; 5] = ["chief", "registrar", "samplers", "tubes", "device_check"];

fn minutes(count: i64) -> Moment {
    testing::MIDNIGHT.plus_min(count)
}

async fn mark(chief: &Client, item: &str, done: bool) -> Value {
    chief.post("/sites/S000/readiness/marks", json!({ "item": item, "done": done })).await.json()
}

async fn item(chief: &Client, name: &str) -> Value {
    let page = chief.get("/sites/S000/readiness").await.json();
    page["items"].as_array().unwrap().iter().find(|line| line["item"] == name).unwrap().clone()
}

#[tokio::test]
async fn a_site_opens_only_with_everything_required() {
    testing::each_engine(House::migrations(&[own_duty(), places::duty()]), |store| async move {
        let (house, sites) = with_sites(store, 2).await;
        let chief = house.client(Role::SiteChief, Scope::Site(sites[0])).await;
        assert_eq!(chief.get("/sites/S000/readiness").await.refused(), "409 places.1");
        let order = order(&house, &sites).await;

        let refused = chief.post("/sites/S000/readiness/opening", json!({})).await;
        assert_eq!(refused.refused(), "409 places.2");
        assert!(refused.text.contains("设备已试用") && !refused.text.contains("饮水"), "{}", refused.text);

        house.clock.set(minutes(290));
        let day = chief.post("/sites/S000/readiness/set-up", json!({})).await.json();
        assert_eq!((&day["stage"], &day["times"]["set_up_at"]), (&json!("set_up"), &json!(minutes(290))));
        for name in REQUIRED {
            mark(&chief, name, true).await;
        }
        house.clock.set(minutes(470));
        let day = chief.post("/sites/S000/readiness/opening", json!({ "order": order })).await.json();
        assert_eq!((&day["stage"], &day["missing"]), (&json!("open"), &json!([])));
        // What is taken away while the site is open does not close it, but is missing.
        assert_eq!(mark(&chief, "tubes", false).await["missing"], json!(["tubes"]));

        let closed = chief.post("/sites/S000/readiness/closure", json!({})).await.json();
        assert_eq!(closed["stage"], "closed");
        let taken_back = chief.post("/sites/S000/readiness/withdrawal", json!({ "stage": "closed" })).await.json();
        assert_eq!(taken_back["stage"], "open");
        let twice = chief.post("/sites/S000/readiness/withdrawal", json!({ "stage": "closed" })).await;
        assert_eq!(twice.refused(), "409 places.10");

        let days = house.house.store.look(move |tx| places::readiness::overview(tx, order)).await.unwrap();
        let day = days.iter().find(|day| day.site == sites[0]).unwrap();
        assert_eq!((day.set_up_at, day.opened_at, day.closed_at), (Some(minutes(290)), Some(minutes(470)), None));
        assert_eq!((day.required_done, day.heard_at, days.len()), (4, Some(minutes(470)), 2));
        let waiting = house.house.store.look(store::jobs::pending).await.unwrap();
        assert!(waiting.iter().all(|job| job.key == "hourly"), "{waiting:?}");
    })
    .await;
}

#[tokio::test]
async fn late_marks_from_phones_take_their_place_and_stay_in_the_journal() {
    let (house, sites) = with_sites(sqlite(), 1).await;
    order(&house, &sites).await;
    house.clock.set(minutes(300));
    let chief = house.client(Role::SiteChief, Scope::Site(sites[0])).await;
    let late = |item: &str, done: bool, at: i64, sent: i64| json!({ "item": item, "done": done, "marked_at": minutes(at), "sent_at": minutes(sent) });
    let post = async |body: Value| chief.post("/sites/S000/readiness/marks", body).await.json();

    mark(&chief, "tubes", true).await;
    // Marked half an hour ago without a network: older than what is known, so it changes nothing.
    post(late("tubes", false, 270, 300)).await;
    assert_eq!(item(&chief, "tubes").await["done"], json!(true));
    // The same mark in any order gives the same end; the phone's clock is a day ahead.
    post(late("water", true, 1440 + 290, 1440 + 300)).await;
    post(late("water", false, 1440 + 280, 1440 + 300)).await;
    let water = item(&chief, "water").await;
    assert_eq!(
        (&water["done"], &water["at"], &water["by_kind"]),
        (&json!(true), &json!(minutes(290)), &json!("device"))
    );

    let marks = house.house.store.journal_after(0, 1000, None).await.unwrap();
    let marks: Vec<_> = marks.iter().filter(|entry| entry.kind == "places.checklist_marked").collect();
    assert_eq!(marks.len(), 4);

    // Sent twice under one key: one effect, one entry.
    let key = Some(uuid::Uuid::new_v4());
    for _ in 0..2 {
        chief.post_with_key("/sites/S000/readiness/marks", late("ppe", true, 299, 300), key).await.json();
    }
    let marks = house.house.store.journal_after(0, 1000, None).await.unwrap();
    assert_eq!(marks.iter().filter(|entry| entry.kind == "places.checklist_marked").count(), 5);
}

#[tokio::test]
async fn a_chief_of_another_site_is_told_the_same_as_of_no_site() {
    let (house, sites) = with_sites(sqlite(), 2).await;
    let order = order(&house, &sites).await;
    let other = house.client(Role::SiteChief, Scope::Site(sites[1])).await;
    let paths =
        ["readiness/marks", "readiness/set-up", "readiness/opening", "readiness/closure", "chief/phone", "chief"];
    for path in paths {
        let body = json!({ "order": order, "item": "tubes", "done": true, "name": "甲", "phone": "13800138000" });
        let of_other = other.post(&format!("/sites/S000/{path}"), body.clone()).await;
        let of_none = other.post(&format!("/sites/S999/{path}"), body).await;
        assert_eq!(of_other.refused(), "404 web.2", "{path}");
        assert_eq!(of_other.refused(), of_none.refused(), "{path}");
    }
    let text = |reply: web::testing::Reply| serde_json::from_str::<Value>(&reply.text).unwrap()["message"].clone();
    let (theirs, nobodys) = (other.get("/sites/S000/readiness").await, other.get("/sites/S999/readiness").await);
    assert_eq!((theirs.status, text(theirs)), (nobodys.status, text(nobodys)));
    assert_eq!(other.get("/sites/S001/readiness").await.status, 200);
    // Not even with an order that the site has no part in.
    let elsewhere: Id<Order> = Id::fresh(minutes(1));
    let asked = other.get(&format!("/sites/S001/readiness?order={elsewhere}")).await;
    assert_eq!(asked.refused(), "409 places.1");

    for role in [Role::AssessmentGroup, Role::Allocator, Role::Administrator] {
        let client = house.client(role, Scope::District).await;
        assert_eq!(client.get("/sites/S000/readiness").await.refused(), "404 web.2", "{role}");
    }
    assert_eq!(house.stranger().get("/sites").await.refused(), "401 web.1");
}
