//! A request's trip through the front door: raised at a site, taken, answered, done, confirmed; silence climbs.

use domain::{District, Group, Id, Role, Scope, things::Site};
use serde_json::{Value, json};
use store::{Act, Store};
use web::{
    Fault, House,
    testing::{Client, TestHouse},
};

fn duties() -> Vec<web::Duty> {
    vec![web::house::own_duty(), places::duty(), problems::duty()]
}

async fn house_on(store: Store) -> (TestHouse, Id<Site>, Id<Site>) {
    let test = TestHouse::new(store, &duties()).await;
    let act = Act::system(test.clock.now());
    let sites = test
        .house
        .store
        .change(act, |tx| {
            let district: District = "440902".parse().unwrap();
            let row = |code: &str| places::register::SiteRow {
                code: code.into(),
                name: format!("{code}小学"),
                division: "440902001".into(),
                address: "文明路1号".into(),
                position: domain::Position { latitude: 21.66, longitude: 110.92 },
                origin: domain::Origin::Wgs84,
                needs: vec![],
                expected_people: None,
                priority: 1,
            };
            let town =
                places::register::DivisionRow { code: "440902001".into(), name: "红旗街道".into(), position: None };
            places::register::apply_divisions(tx, &district, &[town])?;
            places::register::apply(tx, &district, &[row("S1"), row("S2")])?;
            let id =
                |tx: &mut store::Tx, code: &str| Ok::<_, Fault>(places::site_by_code(tx, &district, code)?.unwrap().id);
            Ok::<_, Fault>((id(tx, "S1")?, id(tx, "S2")?))
        })
        .await
        .unwrap();
    (test, sites.0, sites.1)
}

async fn house() -> (TestHouse, Id<Site>, Id<Site>) {
    house_on(store::testing::sqlite(House::migrations(&duties()))).await
}

async fn raise(chief: &Client, body: Value) -> String {
    chief.post("/sites/S1/requests", body).await.json()["id"].as_str().unwrap().to_owned()
}

async fn state(client: &Client, id: &str) -> Value {
    client.get(&format!("/requests/{id}")).await.json()["line"].clone()
}

async fn trip(test: &TestHouse, site: Id<Site>) {
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let group = test.client(Role::Allocator, Scope::District).await;
    let id = raise(&chief, json!({"kind": "people", "role": "gatekeeper", "count": 3})).await;
    let line = state(&group, &id).await;
    assert_eq!((line["number"].as_str(), line["owner"].as_str()), (Some("R-0001"), Some("allocation")));
    group.post(&format!("/requests/{id}/take"), json!({})).await.json();
    let other = test.client(Role::DutyOfficer, Scope::District).await;
    assert_eq!(other.post(&format!("/requests/{id}/take"), json!({})).await.refused(), "409 problems.1");
    group.post(&format!("/requests/{id}/answer"), json!({"note": "三人十分钟后到", "minutes": 10})).await.json();
    assert_eq!(chief.post(&format!("/requests/{id}/confirmation"), json!({})).await.refused(), "409 problems.3");
    group.post(&format!("/requests/{id}/done"), json!({"note": "已到岗"})).await.json();
    chief.post(&format!("/requests/{id}/confirmation"), json!({})).await.json();
    let chain = group.get(&format!("/requests/{id}")).await.json();
    let steps: Vec<_> = chain["steps"].as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["raised", "taken", "answered", "done", "confirmed"]);
    assert_eq!(chain["steps"][2]["note"], "三人十分钟后到");
}

#[tokio::test]
async fn a_request_goes_its_way_on_sqlite() {
    let (test, site, _) = house().await;
    trip(&test, site).await;
}

#[tokio::test]
async fn a_request_goes_its_way_on_postgresql() {
    let store = store::testing::postgres(House::migrations(&duties()));
    let (test, site, _) = house_on(store).await;
    trip(&test, site).await;
}

#[tokio::test]
async fn a_phone_that_sends_twice_raises_once() {
    let (test, site, other) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let body = json!({"id": uuid::Uuid::now_v7(), "kind": "supplies", "details": "雨衣20件"});
    let first = chief.post("/sites/S1/requests", body.clone()).await.json();
    let again = chief.post("/sites/S1/requests", body.clone()).await.json();
    assert_eq!(first["number"], again["number"]);
    let elsewhere = test.client(Role::SiteChief, Scope::Site(other)).await;
    // What is called so elsewhere is not theirs, and nothing tells them that it is there: it is a request of their own.
    let own = elsewhere.post("/sites/S2/requests", body.clone()).await.json();
    assert!(own["number"] != first["number"] && own["id"] != first["id"], "{own}");
    assert_eq!(elsewhere.post("/sites/S2/requests", body).await.json(), own);
    for (chief, site) in [(chief, "S1"), (elsewhere, "S2")] {
        let open = chief.get(&format!("/sites/{site}/requests")).await.json()["open"].clone();
        assert_eq!(open.as_array().unwrap().len(), 1, "{site}: {open}");
    }
}

#[tokio::test]
async fn silence_climbs_by_itself_and_a_word_quiets_it() {
    let (test, site, _) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let group = test.client(Role::PreventionGroup, Scope::District).await;
    let id = raise(&chief, json!({"kind": "problem", "details": "没有水"})).await;
    let start = test.clock.now();
    let mut levels = Vec::new();
    let said = ["", "升到片长", "升到值班长", "值班长当面报指挥长"];
    for (minutes, said) in [9, 11, 21, 41].into_iter().zip(said) {
        test.clock.set(start.plus_min(minutes));
        test.runner.run_due(test.clock.now()).await.unwrap();
        levels.push(state(&group, &id).await["level"].as_u64().unwrap());
        // It stands on top of the queue and in the tab's title, and nothing claims that somebody was told.
        let page = group.page("/requests", "zh-CN").await.text;
        assert!(page.contains(said) && !page.contains("已报"), "{page}");
        let is_loud = (page.contains("role=\"alert\""), page.contains("<title>(1) "));
        assert_eq!(is_loud, (!said.is_empty(), !said.is_empty()), "after {minutes} minutes: {page}");
    }
    assert_eq!(levels, [0, 1, 2, 3]);
    group.post(&format!("/requests/{id}/answer"), json!({"note": "送水车在路上", "minutes": 20})).await.json();
    assert_eq!(state(&group, &id).await["level"], 0);
    assert!(!group.page("/requests", "zh-CN").await.text.contains("<title>("), "a word quiets it");
}

#[tokio::test]
async fn other_sites_requests_are_not_there() {
    let (test, one, two) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(one)).await;
    let stranger = test.client(Role::SiteChief, Scope::Site(two)).await;
    let id = raise(&chief, json!({"kind": "supplies", "details": "口罩"})).await;
    for path in ["/sites/S1/requests".to_owned(), format!("/sites/S2/requests/{id}"), format!("/requests/{id}")] {
        let refused = stranger.get(&path).await.refused();
        assert_eq!(refused, "404 web.2", "{path}");
    }
    assert_eq!(stranger.post(&format!("/requests/{id}/confirmation"), json!({})).await.refused(), "404 web.2");
    assert!(chief.get(&format!("/sites/S1/requests/{id}")).await.status.is_success(), "the control: the asker sees it");
}

#[tokio::test]
async fn bad_requests_get_a_sentence_and_change_nothing() {
    let (test, site, _) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    for (body, code) in [
        (json!({"kind": "people"}), "422 problems.6"),
        (json!({"kind": "people", "role": "gatekeeper", "count": 0}), "422 problems.6"),
        (json!({"kind": "problem", "details": "  "}), "422 problems.7"),
        (json!({"kind": "weather"}), "422 web.3"),
    ] {
        assert_eq!(chief.post("/sites/S1/requests", body).await.refused(), code);
    }
    assert_eq!(chief.get("/sites/S1/requests").await.json()["open"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn pages_render_in_both_languages_full_and_empty() {
    let (test, site, _) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let empty = officer.page("/requests", "en").await.text;
    assert!(empty.contains("Nothing is open"));
    let id =
        raise(&chief, json!({"kind": "people", "role": "runner", "count": 2, "details": "<script>alert(1)</script>"}))
            .await;
    for lang in ["zh-CN", "en"] {
        for (client, path) in [
            (&officer, "/requests".to_owned()),
            (&officer, format!("/requests/{id}")),
            (&chief, "/sites/S1/requests".to_owned()),
            (&chief, format!("/sites/S1/requests/{id}")),
        ] {
            let page = client.page(&path, lang).await;
            assert!(page.status.is_success() && !page.text.contains('⟦'), "{path} {lang} {}", page.text);
            assert!(!page.text.contains("<script>alert"), "{path} lets a script through");
        }
    }
}

#[tokio::test]
async fn the_closing_of_a_closed_request_can_be_withdrawn_by_the_asker() {
    let (test, site, _) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let group = test.client(Role::PreventionGroup, Scope::District).await;
    let id = raise(&chief, json!({"kind": "supplies", "details": "口罩"})).await;
    group.post(&format!("/requests/{id}/done"), json!({})).await.json();
    chief.post(&format!("/requests/{id}/confirmation"), json!({})).await.json();
    chief.post(&format!("/requests/{id}/contest"), json!({})).await.json();
    let line = state(&group, &id).await;
    assert_eq!(line["state"]["state"], "raised");
    group.post(&format!("/requests/{id}/handover"), json!({"group": "allocation"})).await.json();
    assert_eq!(state(&group, &id).await["owner"], Group::Allocation.name());
}

/// Every step one has just made is taken back by its maker: the request stands as before, and the chain shows both.
async fn taken_back(test: &TestHouse, site: Id<Site>) {
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let group = test.client(Role::DutyOfficer, Scope::District).await;
    let id = raise(&chief, json!({"kind": "supplies", "details": "口罩"})).await;
    let steps = [
        (&group, "take", json!({}), "withdrawal"),
        (&group, "answer", json!({"note": "在路上", "minutes": 5}), "withdrawal"),
        (&group, "handover", json!({"group": "allocation"}), "withdrawal"),
        (&group, "done", json!({}), "withdrawal"),
        (&chief, "confirmation", json!({}), "verdict/withdrawal"),
        (&chief, "contest", json!({}), "verdict/withdrawal"),
    ];
    for (who, step, body, back) in steps {
        if step == "confirmation" {
            group.post(&format!("/requests/{id}/done"), json!({})).await.json();
        }
        let facts = |line: Value| [line["state"].clone(), line["owner"].clone(), line["due_at"].clone()];
        let before = facts(state(&group, &id).await);
        who.post(&format!("/requests/{id}/{step}"), body).await.json();
        assert_ne!(facts(state(&group, &id).await), before, "{step} is a step");
        let undone = who.post(&format!("/requests/{id}/{back}"), json!({"group": before[1]})).await;
        undone.json();
        assert_eq!(facts(state(&group, &id).await), before, "{step} was taken back");
        assert_eq!(who.post(&format!("/requests/{id}/{back}"), json!({})).await.refused(), "409 problems.8", "once");
    }
    let chain = group.get(&format!("/requests/{id}")).await.json();
    let count = chain["steps"].as_array().unwrap().iter().filter(|it| it["step"] == "taken_back").count();
    assert_eq!(count, 6);
}

#[tokio::test]
async fn ones_last_step_is_taken_back_on_sqlite() {
    let (test, site, _) = house().await;
    taken_back(&test, site).await;
}

#[tokio::test]
async fn ones_last_step_is_taken_back_on_postgresql() {
    let (test, site, _) = house_on(store::testing::postgres(House::migrations(&duties()))).await;
    taken_back(&test, site).await;
}

#[tokio::test]
async fn what_others_did_and_what_is_old_is_not_taken_back() {
    let (test, site, _) = house().await;
    let chief = test.client(Role::SiteChief, Scope::Site(site)).await;
    let (one, other) = (
        test.client(Role::PreventionGroup, Scope::District).await,
        test.client(Role::DutyOfficer, Scope::District).await,
    );
    let id = raise(&chief, json!({"kind": "problem", "details": "没有水"})).await;
    let back = format!("/requests/{id}/withdrawal");
    assert_eq!(chief.post(&format!("/requests/{id}/verdict/withdrawal"), json!({})).await.refused(), "409 problems.8");
    one.post(&format!("/requests/{id}/take"), json!({})).await.json();
    assert_eq!(other.post(&back, json!({})).await.refused(), "409 problems.8");
    test.clock.set(test.clock.now().plus_min(11));
    assert_eq!(one.post(&back, json!({})).await.refused(), "409 problems.8");
    assert_eq!(state(&other, &id).await["state"]["state"], "taken");
}

#[tokio::test]
async fn a_long_queue_takes_as_many_statements_as_a_short_one() {
    let (test, ..) = house().await;
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let raise = async |site: &str, times: usize| {
        for _ in 0..times {
            let body = json!({"kind": "supplies", "details": "雨衣"});
            officer.post(&format!("/sites/{site}/requests"), body).await.json();
        }
    };
    // The fewest of some looks: whoever listens to the journal also asks.
    let look = async |path: &str, list: &str| {
        let (mut lines, mut fewest) = (0, u64::MAX);
        for _ in 0..4 {
            let before = store::testing::statements_run(&test.house.store);
            lines = officer.get(path).await.json()[list].as_array().unwrap().len();
            fewest = fewest.min(store::testing::statements_run(&test.house.store) - before);
        }
        (lines, fewest)
    };
    raise("S1", 1).await;
    let short = [look("/requests", "lines").await, look("/sites/S1/requests", "open").await];
    assert!(short.iter().all(|(lines, statements)| *lines == 1 && *statements > 1), "{short:?}");
    raise("S1", 20).await;
    raise("S2", 10).await;
    let long = [look("/requests", "lines").await, look("/sites/S1/requests", "open").await];
    assert_eq!(long, [(31, short[0].1), (21, short[1].1)]);
    let lines = officer.get("/requests").await.json()["lines"].clone();
    let named =
        |code: &str| lines.as_array().unwrap().iter().filter(|line| line["site_name"] == format!("{code}小学")).count();
    assert_eq!((named("S1"), named("S2")), (21, 10), "each line names its own site");
}
