//! Every page of this duty, in both languages, empty and full: it renders, and no word is missing.

use domain::{Role, Scope};
use serde_json::json;
use web::{house::own_duty, testing::TestHouse};

use crate::district::{house, ids, migrations, person, stood};

const STAFF: [&str; 6] =
    ["/teams", "/volunteers", "/volunteers?find=nobody", "/deeds", "/assessment", "/commendations"];

#[tokio::test]
async fn pages_speak_both_languages() {
    let house = house().await;
    let store = &house.house.store;
    let all = ids(store).await;
    stood(store, all["V1"], -9, Some(-1)).await;
    let stay = stood(store, all["V1"], -1, None).await;
    let (me, other) = (house.volunteer(all["V1"]).await, house.volunteer(all["V2"]).await);
    me.post("/record/corrections", json!({"objection": "<script>alert(1)</script>", "attendance": stay})).await.json();
    let badge = person(store, all["V1"]).await.badge;
    for _ in 0..2 {
        other.post("/deeds", json!({"badge": badge, "story": "扶老人过马路"})).await.json();
    }
    let deeds = me.get("/record").await.json()["deeds"].clone();
    me.post(&format!("/record/deeds/{}", deeds[0]["id"].as_str().unwrap()), json!({"consent": true})).await.json();
    let group = house.client(Role::AssessmentGroup, Scope::District).await;
    group.post("/commendations", json!({"volunteer": all["V1"], "listed": true, "reason": "好"})).await.json();
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    for lang in ["zh-CN", "en"] {
        for path in STAFF.iter().chain(&["/volunteers/V1", "/teams/T1"]) {
            renders(&group.page(path, lang).await, path, lang);
        }
        for path in ["/teams/T1/badges", "/volunteers/V1"] {
            renders(&officer.page(path, lang).await, path, lang);
        }
        renders(&me.page("/record", lang).await, "/record", lang);
        for path in ["/enter".to_owned(), format!("/b/{badge}"), "/b/0123456789".to_owned()] {
            renders(&house.stranger().page(&path, lang).await, &path, lang);
        }
    }
    let left = house.runner.run_due(house.clock.now()).await.unwrap();
    assert_eq!(left, 1, "no work is left over but what comes back every hour");
}

#[tokio::test]
async fn empty_pages_say_why_and_what_to_do() {
    let house = TestHouse::new(store::testing::sqlite(migrations()), &[own_duty(), responders::duty()]).await;
    let group = house.client(Role::AssessmentGroup, Scope::District).await;
    for lang in ["zh-CN", "en"] {
        for path in STAFF {
            let reply = group.page(path, lang).await;
            renders(&reply, path, lang);
            assert!(reply.text.contains("class=\"empty\""), "{path} says nothing of being empty");
        }
    }
}

fn renders(reply: &web::testing::Reply, path: &str, lang: &str) {
    assert!(reply.status.is_success(), "{path} {lang}: {} {}", reply.status, reply.text);
    assert!(!reply.text.contains('⟦'), "{path} {lang} lacks a word: {}", reply.text);
    assert!(!reply.text.contains("<script>alert"), "{path} {lang} runs what people write");
    assert!(reply.text.contains(&format!("lang=\"{lang}\"")), "{path}");
}
