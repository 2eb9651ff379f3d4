//! S17: lists of people that leave as files: a reason, a second person's word for long ones, the emergency way; and the
//! looks at lists that are pages.

use std::time::Duration;

use domain::{Role, Scope};
use serde_json::{Value, json};
use web::testing::Client;

use crate::ground::{Ground, SMALL, sqlite};

async fn bulk_ground(most: u64) -> (Ground, String) {
    let ground = Ground::with(sqlite(), SMALL, &[("web", json!({"bulk_people": most}))]).await;
    let order = ground.order().await;
    let plan = ground.plan(&order).await;
    let sheet = format!("/orders/{order}/plans/{plan}/sheet");
    (ground, sheet)
}

/// The entries of the journal of one kind, as they are kept.
async fn entries(ground: &Ground, kind: &'static str) -> Vec<String> {
    let all = ground.house.house.store.look(|tx| store::journal::after(tx, 0, 10_000, None)).await.unwrap();
    all.into_iter().filter(|entry| entry.kind == kind).map(|entry| format!("{entry:?}")).collect()
}

async fn asked(client: &Client, sheet: &str) -> String {
    let reply = client.post(sheet, json!({"format": "csv", "why": "other", "note": "王主任要"})).await;
    assert_eq!(reply.status.as_u16(), 202, "{}", reply.text);
    assert!(!reply.text.contains("志愿者"), "nobody's name is given before a second person agrees");
    reply.json()["export"].as_str().unwrap().to_owned()
}

async fn own_state(client: &Client) -> Value {
    client.get("/exports").await.json()["exports"][0]["state"].clone()
}

#[tokio::test]
async fn a_long_list_leaves_after_a_second_person_agreed_once() {
    let (ground, sheet) = bulk_ground(29).await;
    let allocator = ground.house.client(Role::Allocator, Scope::District).await;
    let export = asked(&allocator, &sheet).await;
    assert_eq!(asked(&allocator, &sheet).await, export, "asking twice is asking once");
    assert_eq!(own_state(&allocator).await, "waiting");
    let take = json!({"export": export});
    assert_eq!(allocator.post(&sheet, take.clone()).await.refused(), "409 web.21", "not agreed yet");

    let waiting = ground.officer.get("/exports/waiting").await.json()["waiting"][0].clone();
    assert_eq!(
        (&waiting["people"], &waiting["why"], &waiting["note"]),
        (&json!(30), &json!("other"), &json!("王主任要"))
    );
    let decision = format!("/exports/{export}/decision");
    assert_eq!(allocator.post(&decision, json!({"agree": true})).await.refused(), "404 web.2", "no such right");
    ground.officer.post(&decision, json!({"agree": true})).await.json();
    assert_eq!(own_state(&allocator).await, "open");
    assert_eq!(ground.officer.post(&decision, json!({"agree": false})).await.refused(), "409 web.18");
    assert_eq!(ground.officer.post(&sheet, take.clone()).await.refused(), "404 web.2", "another's agreement");

    let file = allocator.post(&sheet, json!({"export": export, "format": "csv"})).await;
    assert_eq!(file.status.as_u16(), 200, "{}", file.text);
    let foot = file.text.lines().last().unwrap();
    assert!(foot.contains("其他 (王主任要)") && foot.contains("同意"), "who, why and who agreed: {foot}");
    assert_eq!(allocator.post(&sheet, take).await.refused(), "409 web.21", "once");
    for (kind, times) in [("web.export_asked", 1), ("web.export_decided", 1), ("web.people_exported", 1)] {
        let found = entries(&ground, kind).await;
        assert_eq!(found.len(), times, "{kind}");
        assert!(found.iter().all(|entry| !entry.contains("王主任")), "no words in the journal: {found:?}");
    }
}

/// The control: one more person allowed, and nobody is asked.
#[tokio::test]
async fn a_list_that_is_not_long_leaves_at_once() {
    let (ground, sheet) = bulk_ground(30).await;
    let allocator = ground.house.client(Role::Allocator, Scope::District).await;
    assert_eq!(allocator.post(&sheet, json!({"format": "csv", "why": "other"})).await.refused(), "422 web.20");
    let file = allocator.post(&sheet, json!({"format": "csv", "why": "duty"})).await;
    assert_eq!((file.status.as_u16(), file.text.contains("志愿者")), (200, true));
    assert_eq!(entries(&ground, "web.people_exported").await.len(), 1);
}

#[tokio::test]
async fn an_agreement_ends_after_an_hour_and_a_no_is_shown() {
    let (ground, sheet) = bulk_ground(5).await;
    let allocator = ground.house.client(Role::Allocator, Scope::District).await;
    let late = asked(&allocator, &sheet).await;
    ground.officer.post(&format!("/exports/{late}/decision"), json!({"agree": true})).await.json();
    ground.house.clock.set(ground.now().plus_min(60));
    assert_eq!(allocator.post(&sheet, json!({"export": late})).await.refused(), "409 web.21", "an hour is over");
    let other = asked(&allocator, &sheet).await;
    assert_ne!(other, late);
    ground.officer.post(&format!("/exports/{other}/decision"), json!({"agree": false})).await.json();
    assert_eq!(own_state(&allocator).await, "refused");
    assert_eq!(allocator.post(&sheet, json!({"export": other})).await.refused(), "409 web.21");
}

#[tokio::test]
async fn a_lone_officer_has_an_emergency_way_that_is_seen() {
    let (ground, sheet) = bulk_ground(5).await;
    let export = asked(&ground.officer, &sheet).await;
    let decision = format!("/exports/{export}/decision");
    assert_eq!(ground.officer.post(&decision, json!({"agree": true})).await.refused(), "409 web.22", "not oneself");
    let other = ground.house.client(Role::DutyOfficer, Scope::District).await;
    let emergency = format!("/exports/{export}/emergency");
    assert_eq!(other.post(&emergency, json!({})).await.refused(), "404 web.2", "only whoever asked");
    ground.officer.post(&emergency, json!({})).await.json();
    let file = ground.officer.post(&sheet, json!({"export": export, "format": "csv"})).await;
    assert!(file.text.lines().last().unwrap().contains("紧急导出"), "{}", file.text);
    assert_eq!(entries(&ground, "web.export_forced").await.len(), 1);
    let administrator = ground.house.client(Role::Administrator, Scope::District).await;
    let page = administrator.get("/exports/waiting").await.json();
    assert_eq!((page["forced"][0]["id"].as_str(), page["waiting"].as_array().unwrap().len()), (Some(&*export), 0));
    for lang in ["zh-CN", "en"] {
        let page = administrator.page("/", lang).await;
        let shown = administrator.page("/exports/waiting", lang).await.text;
        assert!(shown.contains("href=\"/exports/waiting\"") && !shown.contains('⟦'), "{} {shown}", page.status);
        let own = ground.officer.page("/exports", lang).await.text;
        assert!(!own.contains('⟦') && own.contains("export-"), "{own}");
    }
}

/// A look is written right after the answer.
async fn listed(ground: &Ground, least: usize) -> Vec<String> {
    for _ in 0..100 {
        let found = entries(ground, "web.people_listed").await;
        if found.len() >= least {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{least} looks at lists were not written down");
}

#[tokio::test]
async fn a_list_of_people_on_a_page_is_one_look_with_their_number() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let before = entries(&ground, "web.people_listed").await.len();
    assert_eq!(before, 0);
    let page = ground.officer.get(&format!("/orders/{order}/roster")).await.json();
    let people = page["lines"].as_array().unwrap().len();
    let found = listed(&ground, 1).await;
    assert!(found[0].contains("order_roster") && found[0].contains(&people.to_string()), "{found:?}");
    ground.officer.get(&format!("/orders/{order}/roster")).await.json();
    // The control: another list, and the same one to somebody else, are looks of their own.
    let site = ground.sites[0];
    ground.officer.get(&format!("/sites/{site}/roster")).await.json();
    ground.chief(0).await.get(&format!("/sites/{site}/roster")).await.json();
    listed(&ground, 3).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(entries(&ground, "web.people_listed").await.len(), 3, "the same people again are the same look");
    ground.house.clock.set(ground.now().plus_min(10));
    ground.officer.get(&format!("/orders/{order}/roster")).await.json();
    assert_eq!(listed(&ground, 4).await.len(), 4, "ten minutes later it is another look");
}
