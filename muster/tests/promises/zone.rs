//! A token of a zone lead, as the program prints it: it acts in the zone's own sites, and another zone's are not there.

use std::{collections::HashMap, fs};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    client::{Client, Reply, problem},
    exports::told,
    ground::Ground,
};

/// Two streets, too far apart to be one zone.
fn streets() -> String {
    let begin = "code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner\n".to_owned();
    (0..12).fold(begin, |text, n| {
        let (latitude, longitude) = (21.60 + f64::from(n / 6) * 0.15, 110.90 + f64::from(n % 6) * 0.002);
        text + &format!("P{n:02},街{n},440902001,路{n}号,{latitude:.4},{longitude:.4},1,1,1,1\n")
    })
}

/// What a path can name, of one zone.
type Things = HashMap<&'static str, String>;

/// A site of a zone with a request and somebody who is to stand there.
async fn things(officer: &Client, site: &str) -> Things {
    let shown = officer.get(&format!("/sites/{site}")).await.unwrap().json();
    let request = officer.post(&format!("/sites/{site}/requests"), problem("缺水"), None).await.unwrap().json();
    let roster = officer.get(&format!("/sites/{site}/roster")).await.unwrap().json();
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{site}: {shown} {roster}")).to_owned();
    HashMap::from([
        ("site", text(&shown["site"]["id"])),
        ("zone", text(&shown["site"]["zone"])),
        ("request", text(&request["id"])),
        ("volunteer", text(&roster["lines"][0]["volunteer"])),
        ("device", "phone-1".to_owned()),
    ])
}

/// The routes of the committed list that a zone lead has within a place.
fn routes() -> Vec<(&'static str, &'static str)> {
    let list = include_str!("../../../docs/api/rights.md").lines();
    let cells = list.filter_map(|line| line.strip_prefix("| ")).map(|line| line.split(" | ").collect::<Vec<_>>());
    let theirs = cells.filter(|cells| cells.len() == 4 && cells[3].contains("zone_lead"));
    // People are the district's: a lead finds them on the rosters of the zone.
    theirs
        .filter(|cells| ["the site", "the zone", "the request"].contains(&cells[2]))
        .filter_map(|cells| cells[0].split_once(' '))
        .collect()
}

/// Asks with a body that no question is read from: whoever is let in hears "not understood", and nothing has happened.
async fn ask(lead: &Client, (method, path): (&str, &str), things: &Things) -> Reply {
    let path = things.iter().fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
    assert!(!path.contains('{'), "give the zone one: {path}");
    if method == "GET" { lead.get(&path).await.unwrap() } else { lead.post(&path, json!([]), None).await.unwrap() }
}

#[tokio::test]
async fn a_token_of_a_zone_lead_reaches_the_zones_own_sites_and_no_other() {
    let ground = Ground::sqlite().with_district();
    let file = ground.path().join("streets.csv");
    fs::write(&file, streets()).unwrap();
    ground.run(&["import", "sites", &file.display().to_string(), "--yes"]);
    let officer = ground.token("duty_officer");
    let server = ground.serve();
    let officer = server.client(&officer);
    let proposal = officer.get("/zones/proposal").await.unwrap().json();
    officer.post("/zones/proposal", json!({"stamp": proposal["stamp"]}), None).await.unwrap().json();
    told(&officer, "采样").await;
    let (own, others) = (things(&officer, "P00").await, things(&officer, "P11").await);
    assert_ne!(own["zone"], others["zone"], "two streets are two zones");

    let zone = officer.get(&format!("/zones/{}", own["zone"])).await.unwrap().json();
    let name = zone.pointer("/zone/name").or_else(|| zone.get("name")).and_then(Value::as_str);
    let name = name.unwrap_or_else(|| panic!("no name in {zone}"));
    let token = ground.run(&["token", "--role", "zone_lead", "--zone", name]);
    let lead = server.client(token.trim());

    let nothing: Things = others.keys().map(|name| (*name, Uuid::now_v7().to_string())).collect();
    let routes = routes();
    assert!(routes.len() > 20, "{routes:?}");
    for route in routes {
        let (here, there, nowhere) =
            (ask(&lead, route, &own).await, ask(&lead, route, &others).await, ask(&lead, route, &nothing).await);
        assert!(here.is_ok() || here.status == 422, "{route:?}: {} {}", here.status, here.text);
        let refused = (there.status, there.code());
        assert_eq!(refused, (nowhere.status, nowhere.code()), "{route:?}: {}", there.text);
        assert_eq!(refused.0, 404, "{route:?}: {}", there.text);
    }
    acts_here_and_sees_no_more(&ground, &lead, &own, &others).await;
    server.stop();
}

async fn acts_here_and_sees_no_more(ground: &Ground, lead: &Client, own: &Things, others: &Things) {
    let check_in = |things: &Things| {
        let at = crate::client::now_ms();
        let item = crate::client::check_in(Uuid::now_v7(), things["volunteer"].parse().unwrap(), "in", at);
        (format!("/sites/{}/check-ins", things["site"]), json!({"check_ins": [item]}))
    };
    let entries = || ground.count("select count(*) from journal");
    for (things, is_own) in [(others, false), (own, true)] {
        let before = entries();
        let (path, body) = check_in(things);
        let came = lead.post(&path, body, None).await.unwrap();
        let asked = lead.post(&format!("/sites/{}/requests", things["site"]), problem("缺桌"), None).await.unwrap();
        let taken = lead.post(&format!("/requests/{}/take", things["request"]), json!({}), None).await.unwrap();
        for reply in [came, asked, taken] {
            assert!(
                if is_own { reply.is_ok() } else { reply.status == 404 },
                "{is_own}: {} {}",
                reply.status,
                reply.text
            );
        }
        assert_eq!(entries() > before, is_own, "what is done elsewhere is not done");
    }
    let seen = lead.get("/requests").await.unwrap().text;
    assert!(seen.contains(&own["request"]) && !seen.contains(&others["request"]), "{seen}");
    let zone = lead.get(&format!("/zones/{}", own["zone"])).await.unwrap().text;
    assert!(zone.contains(&own["site"]) && !zone.contains(&others["site"]), "{zone}");
    for things in [own, others] {
        let revealed = lead.post(&format!("/volunteers/{}/phone", things["volunteer"]), json!({}), None).await.unwrap();
        assert_eq!(revealed.status, 404, "{}", revealed.text);
    }
    for path in ["/board", "/sites", "/volunteers", "/zones", "/orders", "/notices", "/accounts"] {
        let reply = lead.get(path).await.unwrap();
        assert!([403, 404].contains(&reply.status), "{path} is the district's: {}", reply.status);
    }
}
