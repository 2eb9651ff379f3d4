//! Sites, chiefs, zones and divisions through the front door.

mod ground;

use domain::{Event, Role, Scope};
use ground::{order, sqlite, with_sites};
use serde_json::{Value, json};
use store::testing;
use web::{
    House, Locale,
    house::own_duty,
    testing::{Client, TestHouse},
};

async fn officer(house: &TestHouse) -> Client {
    house.client(Role::DutyOfficer, Scope::District).await
}

fn codes(page: &Value) -> Vec<&str> {
    page["sites"].as_array().unwrap().iter().map(|line| line["site"]["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn sites_are_listed_by_division_searched_and_paged() {
    testing::each_engine(House::migrations(&[own_duty(), places::duty()]), |store| async move {
        let (house, _) = with_sites(store, 250).await;
        let officer = officer(&house).await;
        let first = officer.get("/sites").await.json();
        assert_eq!((&first["total"], &first["found"], codes(&first).len()), (&json!(250), &json!(250), 100));
        let mut seen = Vec::new();
        let mut query = String::new();
        loop {
            let page = officer.get(&format!("/sites{query}")).await.json();
            seen.extend(codes(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_object() else { break };
            query = format!(
                "?after_division={}&after={}",
                next["after_division"].as_str().unwrap(),
                next["after"].as_str().unwrap()
            );
        }
        assert_eq!(seen.len(), 250);
        assert_eq!(&seen[..2], ["S000", "S003"]);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 250);

        assert_eq!(
            codes(&officer.get("/sites?search=s12&division=440902001").await.json()),
            ["S120", "S123", "S126", "S129"]
        );
        assert_eq!(codes(&officer.get("/sites?search=%E7%82%B917").await.json()).len(), 11);
        // Letters that mean something to a database mean themselves here.
        assert!(codes(&officer.get("/sites?search=%25").await.json()).is_empty());
        assert!(codes(&officer.get("/sites?search=S_1").await.json()).is_empty());
    })
    .await;
}

fn fields(code: &str) -> Value {
    json!({ "code": code, "name": "新点", "division": "河西街道", "latitude": 21.7, "longitude": 110.9,
            "expected_people": 3000, "priority": 2, "gatekeeper": 2, "registrar": 4 })
}

#[tokio::test]
async fn a_site_is_added_changed_and_retired_by_hand() {
    let (house, sites) = with_sites(sqlite(), 1).await;
    let officer = officer(&house).await;
    let made = officer.post("/sites", fields("N1")).await.json();
    let site = officer.get("/sites/N1").await.json();
    assert_eq!(
        (&site["site"]["id"], &site["people"], &site["site"]["division"]),
        (&made["site"], &json!(6), &json!("440902002"))
    );
    assert_eq!(officer.post("/sites", fields("N1")).await.refused(), "409 places.4");
    assert_eq!(
        officer
            .post("/sites", json!({ "name": "x", "division": "没有", "latitude": 1, "longitude": 1, "code": "N2" }))
            .await
            .refused(),
        "422 places.3"
    );
    assert_eq!(
        officer
            .post(
                "/sites",
                json!({ "name": "x", "division": "河西街道", "latitude": 91, "longitude": 1, "code": "N2" })
            )
            .await
            .refused(),
        "422 places.13"
    );

    let mut changed = fields("ignored");
    changed["gatekeeper"] = json!(0);
    changed["runner"] = json!(1);
    officer.post("/sites/N1", changed).await.json();
    assert_eq!(officer.get("/sites/N1").await.json()["needs"], json!([["registrar", 4], ["runner", 1]]));

    // The file still says what it said: the next import sees that the site was changed by hand.
    officer.post("/sites/S000", fields("S000")).await.json();
    let verdicts = house.house.store.look(|tx| places::register::judge(tx, &ground::maonan(), &[ground::row(0)])).await;
    assert!(matches!(&verdicts.unwrap()[0], places::register::Verdict::Changed(columns) if columns.contains(&"needs")));

    officer.post("/sites/N1/retirement", json!({})).await.json();
    assert_eq!(codes(&officer.get("/sites").await.json()), ["S000"]);
    assert_eq!(codes(&officer.get("/sites?retired=true").await.json()), ["N1"]);
    officer.post("/sites/N1/retirement", json!({ "back": true })).await.json();
    assert_eq!(codes(&officer.get("/sites").await.json()).len(), 2);

    let chief = house.client(Role::SiteChief, Scope::Site(sites[0])).await;
    assert_eq!(chief.post("/sites", fields("N9")).await.refused(), "404 web.2");
    assert_eq!(chief.post("/sites/S000", fields("S000")).await.refused(), "404 web.2");
}

#[tokio::test]
async fn the_guideline_proposes_headcounts() {
    let (house, _) = with_sites(sqlite(), 1).await;
    let form = officer(&house).await.get("/sites/S000/edit?people=2500").await.json();
    assert_eq!((&form["proposal"]["tables"], &form["proposal"]["samplers"]), (&json!(4), &json!(7)));
    assert_eq!(form["needs"][1], json!(["registrar", 4]));
    assert!(form["proposal"]["source"].as_str().unwrap().contains("第三版"));
}

/// The code at the end of a personal link's address.
fn code_of(link: &Value) -> String {
    link["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_chief_comes_in_by_a_personal_link_and_the_former_one_no_longer() {
    let (house, sites) = with_sites(sqlite(), 2).await;
    order(&house, &sites).await;
    let officer = officer(&house).await;
    let named = |name: &str| json!({ "name": name, "phone": "13800138000" });
    let first = officer.post("/sites/S000/chief", named("李雷")).await.json();
    let again = officer.post("/sites/S000/chief", named("李雷")).await.json();
    assert_eq!(first["account"], again["account"]);

    let enter = async |link: &Value| officer.post(&format!("/enter/{}", code_of(link)), json!({})).await;
    assert_eq!(enter(&first).await.refused(), "410 web.8");
    assert_eq!(enter(&again).await.status, 303);
    let site = officer.get("/sites/S000").await.json();
    assert_eq!(site["chief"], json!({ "name": "李雷", "phone_masked": "138****8000" }));
    let shown = officer.post("/sites/S000/chief/phone", json!({})).await.json();
    assert_eq!(shown["phone"], "+8613800138000");
    let looks = house.house.store.journal_after(0, 1000, None).await.unwrap();
    assert_eq!(looks.iter().filter(|entry| entry.kind == "web.person_revealed").count(), 1);

    let next = officer.post("/sites/S000/chief", named("韩梅梅")).await.json();
    assert_ne!(next["account"], first["account"]);
    assert_eq!(enter(&again).await.refused(), "410 web.8");
    assert_eq!(enter(&next).await.status, 303);
    assert_eq!(
        officer.post("/sites/S000/chief", json!({ "name": "甲", "phone": "12" })).await.refused(),
        "422 places.12"
    );
    assert_eq!(officer.post("/sites/S000/chief", named("  ")).await.refused(), "422 places.11");
    assert_eq!(officer.post("/sites/S001/chief/link", json!({})).await.refused(), "404 places.8");

    let chiefs = house.house.store.look(|tx| places::chiefs(tx, &ground::maonan())).await.unwrap();
    assert_eq!(chiefs[&sites[0]].name, "韩梅梅");
}

#[tokio::test]
async fn zones_are_proposed_agreed_to_and_led() {
    testing::each_engine(House::migrations(&[own_duty(), places::duty()]), |store| async move {
        let (house, sites) = with_sites(store, 40).await;
        order(&house, &sites).await;
        let officer = officer(&house).await;
        let proposal = officer.get("/zones/proposal").await.json();
        let zone_sizes: Vec<usize> =
            proposal["zones"].as_array().unwrap().iter().map(|zone| zone["sites"].as_array().unwrap().len()).collect();
        assert!(
            zone_sizes.iter().all(|size| (5..=7).contains(size)) && zone_sizes.iter().sum::<usize>() == 40,
            "{zone_sizes:?}"
        );

        let agree = json!({ "stamp": proposal["stamp"] });
        officer.post("/sites", fields("N1")).await.json();
        assert_eq!(officer.post("/zones/proposal", agree).await.refused(), "409 places.7");
        let proposal = officer.get("/zones/proposal").await.json();
        let made = officer.post("/zones/proposal", json!({ "stamp": proposal["stamp"] })).await.json();
        assert_eq!((&made["zones"], &made["sites"]), (&json!(7), &json!(41)));
        officer.post("/zones/dissolution", json!({ "zone": made["made"] })).await.json();
        assert_eq!(officer.get("/zones").await.json()["sites_outside"], json!(41), "taken back");
        let proposal = officer.get("/zones/proposal").await.json();
        let made = officer.post("/zones/proposal", json!({ "stamp": proposal["stamp"] })).await.json();
        assert_eq!(officer.get("/zones/proposal").await.refused(), "409 places.9");

        let zones = officer.get("/zones").await.json();
        assert_eq!((&zones["without_lead"], &zones["sites_outside"]), (&json!(7), &json!(0)));
        let zone = zones["zones"][0]["zone"]["id"].as_str().unwrap().to_owned();
        let link = officer
            .post(&format!("/zones/{zone}/lead"), json!({ "name": "王片长", "phone": "13900139000" }))
            .await
            .json();
        assert_eq!(officer.post(&format!("/enter/{}", code_of(&link)), json!({})).await.status, 303);
        let refused = officer.post("/zones/dissolution", json!({ "zone": made["made"] })).await.refused();
        assert_eq!(refused, "409 places.14", "somebody leads one of them");

        let lead = house.client(Role::ZoneLead, Scope::Zone(zone.parse().unwrap())).await;
        assert_eq!(officer.get("/zones").await.json()["zones"][0]["lead"]["name"], "王片长");
        let of = |zone: &str| {
            let zone = zone.parse().unwrap();
            house.house.store.look(move |tx| places::of_zone(tx, zone))
        };
        // The site that was added after the order has no part in it.
        let own = of(&zone).await.unwrap().into_iter().find(|site| site.code != "N1").unwrap().code;
        assert_eq!(lead.get(&format!("/sites/{own}/readiness")).await.status, 200);
        let other = of(zones["zones"][1]["zone"]["id"].as_str().unwrap()).await.unwrap()[0].code.clone();
        assert_eq!(lead.get(&format!("/sites/{other}/readiness")).await.refused(), "404 web.2");

        let all = officer.get("/zones/proposal?all=true").await.json();
        officer.post("/zones/proposal", json!({ "all": true, "stamp": all["stamp"] })).await.json();
        assert_eq!(lead.get(&format!("/sites/{own}/readiness")).await.refused(), "404 web.2");
    })
    .await;
}

fn geo_json(features: &[(&str, &str)]) -> String {
    let feature = |(property, ring): &(&str, &str)| {
        format!(
            r#"{{"type":"Feature","properties":{property},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        )
    };
    let features: Vec<String> = features.iter().map(feature).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

#[tokio::test]
async fn boundaries_are_brought_in_and_drawn() {
    let (house, _) = with_sites(sqlite(), 5).await;
    let officer = officer(&house).await;
    let ring = "[[110.8,21.6],[110.9,21.6],[110.9,21.7],[110.8,21.7],[110.8,21.6]]";
    let file =
        geo_json(&[(r#"{"code":440902001}"#, ring), (r#"{"name":"河西街道"}"#, ring), (r#"{"name":"别处"}"#, ring)]);
    let taken =
        officer.send_file("/divisions/boundaries", &[("origin", "gcj02")], "a.geojson", file.as_bytes()).await.json();
    assert_eq!(taken, json!({ "taken": 2, "unknown": ["别处"] }));
    let page = officer.page("/divisions", "zh-CN").await;
    assert_eq!(page.text.matches("class=\"land\"").count(), 2);
    assert_eq!(page.text.matches("<circle").count(), 5);
    let stored = house.house.store.look(|tx| places::boundaries(tx, &ground::maonan())).await.unwrap();
    let corner = stored[0].1.0[0][0][0];
    assert!((corner.longitude - 110.8).abs() > 0.003, "GCJ-02 was not converted: {corner:?}");

    let send = async |body: &str| {
        officer.send_file("/divisions/boundaries", &[], "a.geojson", body.as_bytes()).await.refused()
    };
    assert_eq!(send("{").await, "422 places.5");
    assert_eq!(send(&geo_json(&[("{}", ring)])).await, "422 places.5");
    assert_eq!(send(&geo_json(&[(r#"{"name":"别处"}"#, ring)])).await, "422 places.6");

    officer
        .post("/divisions", json!({ "code": "440902009", "name": "新坡镇", "latitude": 21.6, "longitude": 110.8 }))
        .await
        .json();
    assert_eq!(
        officer.post("/divisions", json!({ "code": "440903009", "name": "别处" })).await.refused(),
        "422 places.3"
    );
    let divisions = officer.get("/divisions").await.json();
    assert_eq!(divisions["divisions"][3]["division"]["name"], "新坡镇");
    let events = house.house.store.journal_after(0, 1000, None).await.unwrap();
    assert!(Event::KINDS.contains(&"places.boundaries_imported"));
    assert_eq!(events.iter().filter(|entry| entry.kind == "places.boundaries_imported").count(), 1);
}

#[tokio::test]
async fn every_page_is_worded_in_both_languages() {
    let (house, sites) = with_sites(sqlite(), 12).await;
    let officer = officer(&house).await;
    let empty = house.client(Role::DutyOfficer, Scope::District).await;
    let mut paths: Vec<String> = [
        "/sites",
        "/sites?search=zz",
        "/sites/new",
        "/sites/new?people=9000",
        "/sites/S000",
        "/sites/S000/edit",
        "/zones",
        "/zones/proposal",
        "/divisions",
        "/sites/S000/readiness",
    ]
    .map(str::to_owned)
    .to_vec();
    for round in 0..2 {
        for path in &paths {
            for lang in Locale::ALL {
                let page = empty.page(path, lang.tag()).await;
                assert!(!page.text.contains('⟦'), "{path} {}: {}", lang.tag(), page.text);
                assert!(page.status.as_u16() < 500, "{path}: {}", page.text);
            }
        }
        if round == 0 {
            let proposal = officer.get("/zones/proposal").await.json();
            officer.post("/zones/proposal", json!({ "stamp": proposal["stamp"] })).await.json();
            officer.post("/sites/S000/chief", json!({ "name": "李雷", "phone": "13800138000" })).await.json();
            order(&house, &sites).await;
            for item in ["chief", "registrar", "samplers", "tubes", "device_check", "water"] {
                officer.post("/sites/S000/readiness/marks", json!({ "item": item, "done": true })).await.json();
            }
            officer.post("/sites/S000/readiness/opening", json!({})).await.json();
            paths.retain(|path| path != "/zones/proposal");
        }
    }
    let words = &house.house.words;
    for (number, _) in places::Refused::ALL {
        for lang in Locale::ALL {
            let said = words.say(lang, format!("places-refused-{number}")).to_string();
            assert!(!said.starts_with('⟦'), "{number} has no sentence in {}", lang.tag());
        }
    }
}

#[tokio::test]
async fn an_empty_district_is_told_what_to_do_first() {
    let house = ground::house(sqlite()).await;
    let officer = officer(&house).await;
    for (path, sentence) in
        [("/sites", "请先导入采样点表"), ("/zones", "请先导入采样点"), ("/divisions", "请导入镇街表")]
    {
        let page = officer.page(path, "zh-CN").await;
        assert!(page.text.contains(sentence), "{path}: {}", page.text);
    }
}
