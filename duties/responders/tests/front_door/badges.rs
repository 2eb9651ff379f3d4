//! Badges: what anybody may learn from one, that a forged one is refused, and coming in with one.

use domain::{Id, Role, Scope, things};
use serde_json::json;
use web::testing::TestHouse;

use crate::district::{both_engines, house, ids, maonan, person, recorded, settle, stood, take, volunteer};

async fn badge_of(house: &TestHouse, id: Id<things::Volunteer>) -> String {
    person(&house.house.store, id).await.badge
}

#[tokio::test]
async fn a_badge_tells_surname_role_and_site_and_nothing_more() {
    let house = house().await;
    let store = &house.house.store;
    let who = ids(store).await["V3"];
    let badge = badge_of(&house, who).await;
    let at_home = house.stranger().get(&format!("/b/{badge}")).await.json();
    assert_eq!(at_home["state"], json!({"badge": "off_duty", "surname": "欧阳"}));
    stood(store, who, -1, None).await;
    let reply = house.stranger().get(&format!("/b/{}", badge.to_lowercase())).await;
    let state = &reply.json()["state"];
    assert_eq!(
        (state["badge"].as_str(), state["surname"].as_str(), state["role"].as_str(), state["site"].as_str()),
        (Some("on_duty"), Some("欧阳"), Some("registrar"), Some("城南小学"))
    );
    let page = house.stranger().page(&format!("/b/{badge}"), "zh-CN").await.text;
    for secret in ["欧阳娜", "19900000004", "0004", "V3", &who.to_string()] {
        assert!(!reply.text.contains(secret) && !page.contains(secret), "{secret} is shown");
    }
}

#[tokio::test]
async fn forged_replaced_and_departed_badges_are_refused_alike() {
    let house = house().await;
    let all = ids(&house.house.store).await;
    let (replaced, departed) = (badge_of(&house, all["V1"]).await, badge_of(&house, all["V2"]).await);
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    officer.post(&format!("/volunteers/{}/badge", all["V1"]), json!({})).await.json();
    officer.post("/volunteers/V2/departure", json!({})).await.json();
    let fresh = badge_of(&house, all["V1"]).await;
    let valid = house.stranger().get(&format!("/b/{fresh}")).await.json();
    assert_eq!(valid["state"]["badge"], "off_duty", "the control: a real badge is valid");
    let forged = responders::badge::code();
    let misread = format!("{}{}", &fresh[..9], if fresh.ends_with('0') { '1' } else { '0' });
    for code in [replaced.as_str(), &departed, &forged, &misread, "0000000000", "nonsense", "%E5%AE%88"] {
        let reply = house.stranger().get(&format!("/b/{code}")).await.json();
        assert_eq!(reply["state"], json!({"badge": "not_valid"}), "{code}");
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_for_ever_and_true_ones_are_not_counted() {
    let house = house().await;
    let badge = badge_of(&house, ids(&house.house.store).await["V1"]).await;
    let stranger = house.stranger();
    let ask = async |code: &str| stranger.get(&format!("/b/{code}")).await.status.as_u16();
    for _ in 0..120 {
        assert_eq!(ask(&badge).await, 200, "a gate looks at true badges all night");
    }
    let mut refused = 0;
    for _ in 0..102 {
        refused += usize::from(ask("0123456789").await == 429);
    }
    assert_eq!(refused, 2);
}

#[tokio::test]
async fn badge_and_last_digits_let_their_bearer_in_and_nobody_else() {
    let house = house().await;
    let who = ids(&house.house.store).await["V1"];
    let badge = badge_of(&house, who).await;
    let enter = |badge: &str, digits: &str| {
        let (stranger, body) = (house.stranger(), format!("badge={badge}&digits={digits}"));
        async move { stranger.form("/enter", &body, Some("http://muster.test")).await }
    };
    assert_eq!(enter(&badge, "0002").await.status.as_u16(), 303);
    assert_eq!(recorded(&house.house.store, "web.signed_in").await, 1);
    for (badge, digits) in [(badge.as_str(), "0003"), (&badge, ""), (&badge, "2"), ("", "0002"), ("0000000000", "0002")]
    {
        let reply = enter(badge, digits).await;
        assert!(matches!(reply.status.as_u16(), 403 | 422), "{badge} {digits}: {}", reply.status);
    }
    let mut last = 0;
    for _ in 0..10 {
        last = enter(&badge, "9999").await.status.as_u16();
    }
    assert_eq!(last, 429, "four digits cannot be tried one after another");
    assert_eq!(recorded(&house.house.store, "web.signed_in").await, 1);
}

#[tokio::test]
async fn an_entry_sent_again_under_its_key_is_judged_anew() {
    let house = house().await;
    let all = ids(&house.house.store).await;
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    for (code, digits, end) in [
        ("V1", "0002", format!("/volunteers/{}/badge", all["V1"])),
        ("V2", "0003", "/volunteers/V2/departure".to_owned()),
    ] {
        let badge = badge_of(&house, all[code]).await;
        let body = format!("_key={}&badge={badge}&digits={digits}", uuid::Uuid::new_v4());
        let enter = || {
            let (stranger, body) = (house.stranger(), body.clone());
            async move { stranger.form("/enter", &body, Some("http://muster.test")).await.status.as_u16() }
        };
        assert_eq!(enter().await, 303, "the control: {code} comes in");
        officer.post(&end, json!({})).await.json();
        assert_eq!(enter().await, 403, "{code} came in with what was heard before");
    }
}

/// Two registers brought in one after the other, and somebody with a new badge among them.
#[tokio::test]
async fn everybody_is_found_by_the_badge_they_have() {
    for store in both_engines() {
        settle(&store).await;
        let more = (0..500).map(|n: u64| volunteer(n + 8, &format!("W{n:03}"), "陈小明", "T2"));
        take(&store, more.collect()).await;
        let house = TestHouse::new(store, &[web::house::own_duty(), responders::duty()]).await;
        let (store, all) = (&house.house.store, ids(&house.house.store).await);
        let officer = house.client(Role::DutyOfficer, Scope::District).await;
        let lost = badge_of(&house, all["W250"]).await;
        officer.post(&format!("/volunteers/{}/badge", all["W250"]), json!({})).await.json();
        let found = store.look(move |tx| {
            let mut found = Vec::new();
            for id in all.values() {
                let badge = responders::person(tx, *id)?.unwrap().badge;
                found.push((*id, responders::by_badge(tx, &maonan(), &badge)?.map(|person| person.id)));
            }
            Ok::<_, store::Error>((found, responders::by_badge(tx, &maonan(), &lost)?))
        });
        let (found, by_lost) = found.await.unwrap();
        assert_eq!(found.len(), 506);
        for (id, by_badge) in found {
            assert_eq!(by_badge, Some(id));
        }
        assert_eq!(by_lost, None, "a lost badge is nobody's");
    }
}
