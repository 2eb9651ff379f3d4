//! Speaking to many: a chief to the site, the headquarters to all, robots to group chats, a document to other systems.

use domain::PostRole;
use serde_json::{Value, json};
use store::testing;
use web::House;

use crate::ground::{Ground, SMALL, duties, sqlite};

/// What a volunteer reads on the own page of notices.
async fn read_by(ground: &Ground, volunteer: domain::Id<domain::things::Volunteer>) -> String {
    ground.house.volunteer(volunteer).await.get("/duty/notices").await.text
}

/// Whoever speaks English and no Chinese is written to in English, everybody else in Chinese.
#[tokio::test]
async fn everybody_is_told_in_a_language_they_read() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let mut english = 0;
    for held in ground.assignments(&order).await {
        let speaks = ground.volunteers.iter().position(|known| *known == held.volunteer).unwrap() % 3;
        let text = read_by(&ground, held.volunteer).await;
        let says = |word: &str| text.contains(word);
        assert_eq!((says("Please be at"), says("请")), (speaks == 1, speaks != 1), "{speaks}: {text}");
        english += usize::from(speaks == 1);
    }
    assert!(english > 3, "{english}");
}

/// Where, when, as what, whom to ask and what to show there.
#[tokio::test]
async fn a_notice_says_all_that_somebody_needs_to_be_in_place() {
    let ground = Ground::small().await;
    let named = json!({"name": "李雷", "phone": "13900002222"});
    ground.officer.post(&format!("/sites/{}/chief", ground.sites[0]), named).await.json();
    let order = ground.told().await;
    for (site, whom) in [(0, "点长 李雷 +8613900002222。"), (1, "点长尚未指定。")] {
        let held = ground.at_site(&order, site).await;
        // Whoever is not written to in English.
        let is_read = |held: &&deployments::Assignment| {
            let place = ground.volunteers.iter().position(|known| *known == held.volunteer);
            held.role == PostRole::Registrar && place.is_some_and(|place| place % 3 != 1)
        };
        let held = held.iter().find(is_read).unwrap();
        let person = ground.officer.get(&format!("/volunteers/{}", held.volunteer)).await.json();
        let place = ground.officer.get(&format!("/sites/{}", ground.sites[site])).await.json()["site"].clone();
        let said = read_by(&ground, held.volunteer).await;
        let (name, address, badge) = (&place["name"], &place["address"], &person["badge"]);
        let words = [name, address, badge].map(|word| word.as_str().unwrap().replace('-', ""));
        for word in words.iter().map(String::as_str).chain(["2022-09-15 08:00", "20:00", "信息采集员", whom]) {
            assert!(said.contains(word), "{word} is missing: {said}");
        }
    }
}

#[tokio::test]
async fn a_chief_speaks_to_one_role_of_the_own_site() {
    testing::each_engine(House::migrations(&duties()), |store| async move {
        let ground = Ground::new(store, SMALL).await;
        let order = ground.told().await;
        let held = ground.at_site(&order, 0).await;
        let (path, text) = (format!("/sites/{}/announcements", ground.sites[0]), "请到东门集合");
        let chief = ground.chief(0).await;
        let said = chief.post(&path, json!({"text": text, "role": "gatekeeper"})).await.json();
        assert_eq!(said["told"], json!(2), "two gatekeepers stand at each site");
        for line in &held {
            let concerned = line.role == PostRole::Gatekeeper;
            assert_eq!(read_by(&ground, line.volunteer).await.contains(text), concerned, "{line:?}");
        }
        let gatekeeper = held.iter().find(|held| held.role == PostRole::Gatekeeper).unwrap().volunteer;
        let mine = ground.house.volunteer(gatekeeper).await.get("/duty").await.json();
        assert_eq!(mine["announced"].as_array().unwrap().len(), 1, "on the today page itself: {mine}");
        let elsewhere = ground.at_site(&order, 1).await[0].volunteer;
        assert!(!read_by(&ground, elsewhere).await.contains(text));

        ground.house.volunteer(gatekeeper).await.post("/duty/notices/seen", json!({})).await.json();
        let listed = chief.get(&path).await.json()["announcements"][0].clone();
        assert_eq!((&listed["told"], &listed["seen"]), (&json!(2), &json!(1)), "{listed}");

        let everybody = chief.post(&path, json!({"text": "七点半开饭"})).await.json();
        assert_eq!(everybody["told"], json!(5));
        let other = ground.chief(1).await;
        assert_eq!(other.post(&path, json!({"text": text})).await.refused(), "404 web.2", "not the own site");
    })
    .await;
}

#[tokio::test]
async fn an_announcement_has_words_and_somebody_to_hear_them() {
    let ground = Ground::small().await;
    let path = format!("/sites/{}/announcements", ground.sites[0]);
    let chief = ground.chief(0).await;
    assert_eq!(chief.post(&path, json!({"text": "有人吗"})).await.refused(), "409 deployments.15", "no order yet");
    let order = ground.order().await;
    assert_eq!(chief.post(&path, json!({"text": "有人吗"})).await.refused(), "409 deployments.24");
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    for text in ["  ".to_owned(), "长".repeat(301)] {
        assert_eq!(chief.post(&path, json!({"text": text})).await.refused(), "422 deployments.23");
    }
    let key = Some(uuid::Uuid::now_v7());
    for _ in 0..2 {
        chief.post_with_key(&path, json!({"text": "有人吗"}), key).await.json();
    }
    let listed = chief.get(&path).await.json();
    assert_eq!(listed["announcements"].as_array().unwrap().len(), 1, "sent twice, said once: {listed}");
}

#[tokio::test]
async fn the_headquarters_speaks_to_everybody_of_a_role() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let path = format!("/orders/{order}/announcements");
    let told = ground.officer.post(&path, json!({"text": "雨大，带伞", "role": "registrar"})).await.json();
    assert_eq!(told["told"], json!(18), "three registrars at each of six sites");
    let chief = ground.chief(0).await;
    assert_eq!(chief.post(&path, json!({"text": "雨大"})).await.refused(), "404 web.2", "a chief speaks to one site");
}

fn count(page: &Value, channel: &str) -> u64 {
    let of_channel = page["notices"].as_array().unwrap().iter().filter(|count| count["channel"] == channel);
    of_channel.map(|count| count["notices"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn group_chats_hear_of_the_order_once_and_of_no_small_mending() {
    let robots = json!({"robots": [
        {"kind": "dingtalk", "name": "街道群", "url": "http://127.0.0.1:9/robot"},
        {"kind": "wecom", "name": "机关群", "url": "http://127.0.0.1:9/hook"},
    ]});
    let ground = Ground::with(sqlite(), SMALL, &[("notices", robots)]).await;
    let order = ground.order().await;
    let path = format!("/orders/{order}");
    assert_eq!(ground.officer.get(&path).await.json()["group_text"], Value::Null, "nobody is told yet");
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let page = ground.officer.get(&path).await.json();
    assert_eq!((count(&page, "dingtalk"), count(&page, "wecom"), count(&page, "in_app")), (1, 1, 30));
    let text = page["group_text"].as_str().unwrap();
    assert!(text.contains("6 个点、30 名志愿者") && text.ends_with("http://muster.test/enter"), "{text}");

    let call = json!({"what": "shortage", "site": "S001", "role": "gatekeeper", "count": 1});
    let proposal = ground.officer.post(&format!("{path}/proposals"), call).await.json();
    // Only the plan is worked at: the robots of this test answer nobody.
    ground.house.runner.run_due(ground.now()).await.unwrap();
    let proposal = proposal["proposal"].as_str().unwrap();
    ground.officer.post(&format!("{path}/proposals/{proposal}/acceptance"), json!({})).await.json();
    let page = ground.officer.get(&path).await.json();
    assert_eq!((count(&page, "dingtalk"), count(&page, "in_app")), (1, 31), "only who was called is told: {page}");
}

/// The text between `<name>` and `</name>`, the first time.
fn element<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {text}"));
    rest.split_once(&format!("</{name}>")).unwrap().0
}

#[tokio::test]
async fn other_systems_read_the_order_as_an_alert_then_updates_then_a_cancellation() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let path = format!("/orders/{order}/cap.xml");
    let page = ground.officer.page(&format!("/orders/{order}"), "en").await.text;
    assert!(page.contains(&path) && !page.contains("group-text"), "the alert is found before anybody is told: {page}");
    let given = ground.officer.get(&path).await.text;
    assert_eq!((element(&given, "msgType"), element(&given, "identifier")), ("Alert", format!("{order}.0").as_str()));
    assert!(!given.contains("<references>"));
    assert_eq!((element(&given, "areaDesc"), element(&given, "value")), ("红旗街道", "440902001"));

    ground.house.clock.set(ground.now().plus_s(60));
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let told = ground.officer.get(&path).await.text;
    assert_eq!((element(&told, "msgType"), element(&told, "sent")), ("Update", "2022-09-15T00:01:00+08:00"));
    assert_eq!(element(&told, "references"), format!("muster.test,{order}.0,2022-09-15T00:00:00+08:00"));
    assert!(told.contains("志愿者集结") && told.contains("Volunteers are called out"), "{told}");

    ground.house.clock.set(ground.now().plus_s(60));
    ground.officer.post(&format!("/orders/{order}/closing"), json!({})).await.json();
    let closed = ground.officer.get(&path).await.text;
    assert_eq!((element(&closed, "msgType"), element(&closed, "responseType")), ("Cancel", "AllClear"));
    for person in ground.assignments(&order).await {
        assert!(!closed.contains(&person.volunteer.to_string()), "names nobody");
    }
}

/// Nobody may take a drill for the real thing: the name, the notices, what a chief says and the document tell it.
#[tokio::test]
async fn a_drill_says_so_wherever_it_is_told() {
    for (is_drill, status) in [(true, "Exercise"), (false, "Actual")] {
        let ground = Ground::small().await;
        let ask = json!({"name": "夜间集结", "drill": is_drill});
        let order = ground.officer.post("/orders", ask).await.json()["order"].as_str().unwrap().to_owned();
        let plan = ground.plan(&order).await;
        ground.publish(&order, &plan).await;
        let alert = ground.officer.get(&format!("/orders/{order}/cap.xml")).await.text;
        assert_eq!(element(&alert, "status"), status);

        let said = json!({"text": "请到东门集合"});
        ground.chief(0).await.post(&format!("/sites/{}/announcements", ground.sites[0]), said).await.json();
        let somebody = ground.at_site(&order, 0).await[0].volunteer;
        let read = read_by(&ground, somebody).await;
        assert_eq!(
            (read.contains("【演练】夜间集结"), read.contains("【演练】请到东门集合")),
            (is_drill, is_drill),
            "{read}"
        );
        let page = ground.officer.get(&format!("/orders/{order}")).await.json();
        assert_eq!(page["group_text"].as_str().unwrap().contains("【演练】夜间集结"), is_drill, "{page}");

        ground.officer.post(&format!("/orders/{order}"), json!({"name": "改名"})).await.json();
        let renamed = ground.officer.get(&format!("/orders/{order}")).await.json();
        assert_eq!(renamed["order"]["name"], if is_drill { "【演练】改名" } else { "改名" });
    }
}

#[tokio::test]
async fn a_roster_says_how_far_each_notice_has_come() {
    let sms = json!({"sms": {"url": "http://127.0.0.1:9/send"}});
    let ground = Ground::with(sqlite(), SMALL, &[("notices", sms)]).await;
    let order = ground.order().await;
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let held = ground.at_site(&order, 0).await[0].clone();
    let path = format!("/sites/{}/roster", ground.sites[0]);
    let line = |roster: &Value| {
        let lines = roster["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["volunteer"] == json!(held.volunteer)).unwrap()
    };
    let chief = ground.chief(0).await;
    let told = line(&chief.get(&path).await.json())["told"].clone();
    assert_eq!(told, json!([{"channel": "in_app", "state": "sent"}, {"channel": "sms", "state": "queued"}]));
    let volunteer = ground.house.volunteer(held.volunteer).await;
    volunteer.post("/duty/acknowledgement", json!({"assignment": held.id})).await.json();
    let told = line(&chief.get(&path).await.json())["told"].clone();
    assert_eq!(told[0], json!({"channel": "in_app", "state": "seen"}), "whoever answers has seen it");
    let whole = ground.officer.get(&format!("/orders/{order}/roster")).await.json();
    assert_eq!(line(&whole)["told"], told);
}
