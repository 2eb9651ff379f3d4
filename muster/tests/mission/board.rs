//! What the board shows: one division of it, the map, the trends, and that whoever watches hears of a change.

use std::time::Duration;

use axum::{body::Body, extract::Request, http::header};
use domain::{Role, Scope};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use store::testing;
use tower::ServiceExt as _;
use web::{House, testing::Client};

use crate::district::{District, file};

const EAST: &str = "440902002";

/// Two divisions, five sites in one and S6 in the other; the order stands and everybody is told.
async fn night() -> District {
    night_with(&[]).await
}

async fn night_with(sections: &[(&str, Value)]) -> District {
    let store = testing::sqlite(House::migrations(&muster::duties::all()));
    let district = District::with(store, sections).await;
    for (code, name) in [("440902001", "红旗街道"), (EAST, "河东街道")] {
        district.officer.post("/divisions", json!({"code": code, "name": name})).await;
    }
    let sites = file("sites").replace("第6小学,440902001", &format!("第6小学,{EAST}"));
    district.import_file("sites", &sites).await;
    for register in ["teams", "links", "volunteers"] {
        district.import(register).await;
    }
    district
}

async fn order(district: &District) -> String {
    let order = district.officer.post("/orders", json!({"name": "全区核酸采样"})).await.json()["order"].clone();
    let order = format!("/orders/{}", order.as_str().unwrap());
    district.clock(0, 5).await;
    let plan = district.officer.post(&format!("{order}/plans"), json!({})).await.json()["plan"].clone();
    district.work().await;
    let publication = format!("{order}/plans/{}/publication", plan.as_str().unwrap());
    district.officer.post(&publication, json!({})).await.json();
    order
}

async fn shown(client: &Client, path: &str) -> Value {
    client.get(path).await.json()["shown"].clone()
}

fn codes(dots: &Value) -> Vec<&str> {
    let mut codes: Vec<&str> = dots.as_array().unwrap().iter().map(|dot| dot["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    codes
}

#[tokio::test]
async fn without_an_order_the_board_says_so_and_where_to_give_one() {
    let district = night().await;
    for path in ["/board", "/board/wall"] {
        assert_eq!(shown(&district.officer, path).await, Value::Null);
    }
    let page = district.officer.page("/board", "zh-CN").await.text;
    assert!(page.contains("href=\"/orders\""), "{page}");
}

#[tokio::test]
async fn one_division_is_a_board_of_its_own_and_nobody_sees_beyond_their_scope() {
    let district = night().await;
    order(&district).await;
    let problem = json!({"kind": "supplies", "details": "缺试管"});
    district.chief(&district.site("S1").await).await.post("/sites/S1/requests", problem).await.json();
    district.clock(5, 0).await;
    district.clock(5, 1).await;
    let whole = shown(&district.officer, "/board").await;
    // Control: over the whole district there is something to be seen.
    assert!(whole["trends"][0].is_object() && whole["groups"][0]["open"] == 1, "{whole}");
    let east = shown(&district.officer, &format!("/board?division={EAST}")).await;
    assert_eq!((&whole["totals"]["sites"], &east["totals"]["sites"]), (&json!(6), &json!(1)));
    assert_eq!((codes(&east["exceptions"]), codes(&east["map"]["dots"])), (vec!["S6"], vec!["S6"]));
    assert_eq!((&east["clocks"][0]["of"], &east["division"]), (&json!(1), &json!(EAST)));
    let page = district.officer.page(&format!("/board?division={EAST}"), "zh-CN").await.text;
    assert!(page.contains(&format!("hx-get=\"/board?division={EAST}\"")), "it stays that division when it is renewed");
    assert!(page.contains("href=\"/board\"") && !page.contains("href=\"/sites/S1\""), "{page}");
    let district_wide = ["走势", "求助</h2>", "未办结"];
    assert!(district_wide.iter().all(|word| !page.contains(word)), "what others ask for is not shown: {page}");
    // Who sees one division cannot ask for another.
    let hers = district.house.client(Role::DutyOfficer, Scope::Division("440902001".parse().unwrap())).await;
    for path in ["/board".to_owned(), format!("/board?division={EAST}")] {
        let seen = shown(&hers, &path).await;
        assert_eq!(codes(&seen["map"]["dots"]), ["S1", "S2", "S3", "S4", "S5"], "{path}");
        assert_eq!((&seen["trends"], &seen["groups"]), (&json!([]), &json!([])), "{path}");
    }
    assert_eq!((&east["trends"], &east["groups"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn of_several_open_orders_the_board_shows_the_one_that_is_chosen() {
    let district = night().await;
    let real = order(&district).await;
    let alone = district.officer.page("/board", "zh-CN").await.text;
    assert!(!alone.contains("在执行的命令"), "one order needs no choice: {alone}");
    let ask = json!({"name": "集结", "drill": true, "beside": true, "sites": "S1, S2"});
    let drill = district.officer.post("/orders", ask).await.json()["order"].clone();
    let drill = drill.as_str().unwrap();
    district.clock(5, 1).await;
    district.clock(5, 2).await;
    let first = shown(&district.officer, "/board").await;
    assert_eq!((&first["order"], &first["totals"]["sites"]), (&json!(real.strip_prefix("/orders/")), &json!(6)));
    for path in ["/board", "/board/wall"] {
        let chosen = shown(&district.officer, &format!("{path}?order={drill}")).await;
        assert_eq!((&chosen["order"], &chosen["totals"]["sites"]), (&json!(drill), &json!(2)), "{path}");
        assert!(chosen["trends"][0].is_object(), "each open order has its own samples: {chosen}");
    }
    let page = district.officer.page(&format!("/board?order={drill}"), "zh-CN").await.text;
    for link in [real.replace("/orders/", "/board?order="), format!("/board/wall?order={drill}")] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
    }
    assert!(page.contains(&format!("hx-get=\"/board?order={drill}\"")), "it stays that order when it is renewed");
    // Control: an order that is not open is not shown, and no other in its place.
    district.officer.post(&format!("/orders/{drill}/closing"), json!({})).await.json();
    district.clock(5, 3).await;
    assert_eq!(shown(&district.officer, &format!("/board?order={drill}")).await, Value::Null);
}

#[tokio::test]
async fn the_map_is_drawn_from_what_the_house_has_and_says_each_state() {
    let district = night().await;
    let ring = json!([[[110.88, 21.62], [110.95, 21.62], [110.95, 21.70], [110.88, 21.70], [110.88, 21.62]]]);
    let file = json!({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": EAST, "name": "河东街道"},
        "geometry": {"type": "Polygon", "coordinates": ring}}]});
    let sent = district.officer.send_file("/divisions/boundaries", &[], "a.geojson", file.to_string().as_bytes()).await;
    sent.json();
    order(&district).await;
    let chief = district.chief(&district.site("S1").await).await;
    district.clock(4, 40).await;
    for item in ["chief", "registrar", "samplers", "tubes", "device_check"] {
        chief.post("/sites/S1/readiness/marks", json!({"item": item, "done": true})).await.json();
    }
    chief.post("/sites/S1/readiness/set-up", json!({})).await.json();
    district.clock(5, 1).await;
    let board = shown(&district.officer, "/board").await;
    let map = &board["map"];
    assert_eq!(codes(&map["dots"]), ["S1", "S2", "S3", "S4", "S5", "S6"]);
    assert_eq!((&map["lands"][0]["code"], map["lands"].as_array().unwrap().len()), (&json!(EAST), 1));
    let (width, height) = (map["width"].as_f64().unwrap(), map["height"].as_f64().unwrap());
    for dot in map["dots"].as_array().unwrap() {
        let (x, y) = (dot["x"].as_f64().unwrap(), dot["y"].as_f64().unwrap());
        assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{dot}");
        let is_set_up = dot["code"] == "S1";
        assert_eq!(dot["state"] != "late", is_set_up, "{dot}");
    }
    let page = district.officer.page("/board", "en").await.text;
    let (_, map) = page.split_once("board-map").unwrap();
    let (svg, _) = map.split_once("</svg>").unwrap();
    assert!(
        svg.contains("class=\"land\"") && !svg.contains("http") && !svg.contains("<image"),
        "nothing of it comes from elsewhere"
    );
}

#[tokio::test]
async fn trends_have_a_point_a_minute_and_end_at_now() {
    let district = night().await;
    let order = order(&district).await;
    for minute in 6..=12 {
        district.clock(0, minute).await;
    }
    let chief = district.chief(&district.site("S1").await).await;
    let roster = district.officer.get(&format!("{order}/roster")).await.json();
    let hers: Vec<&Value> =
        roster["lines"].as_array().unwrap().iter().filter(|line| line["site_code"] == "S1").collect();
    for line in &hers {
        let now = district.house.clock.now();
        let id = domain::Id::<domain::things::Attendance>::fresh(now);
        let entry = json!({"id": id, "volunteer": line["volunteer"], "at": now.ms()});
        chief.post("/sites/S1/check-ins", json!({"check_ins": [entry]})).await.json();
    }
    district.clock(0, 13).await;
    district.clock(0, 14).await;
    let board = shown(&district.officer, "/board").await;
    let arrived = board["trends"].as_array().unwrap().iter().find(|trend| trend["word"] == "board-arrived").unwrap();
    assert_eq!(arrived["last"], json!(hers.len()));
    let minutes = (arrived["until"].as_i64().unwrap() - arrived["from"].as_i64().unwrap()) / 60_000;
    assert!((7..=9).contains(&minutes), "{arrived}");
}

/// Half past seven: everybody of S6 has said yes, but one of them lives at the other end of the street. Gives S6's line, if any.
async fn half_past_seven(sections: &[(&str, Value)]) -> (District, String, Value) {
    let district = night_with(sections).await;
    let officer = &district.officer;
    let order = officer.post("/orders", json!({"name": "全区核酸采样"})).await.json()["order"].clone();
    let order = format!("/orders/{}", order.as_str().unwrap());
    let far = officer.get("/volunteers/V1").await.json()["id"].clone();
    let pin = json!({"volunteer": far, "site": district.site("S6").await, "role": "gatekeeper"});
    officer.post(&format!("{order}/pins"), pin).await.json();
    district.clock(0, 5).await;
    let plan = officer.post(&format!("{order}/plans"), json!({})).await.json()["plan"].clone();
    district.work().await;
    officer.post(&format!("{order}/plans/{}/publication", plan.as_str().unwrap()), json!({})).await.json();
    acknowledge_at_s6(&district, &order).await;
    district.clock(7, 25).await;
    for item in ["chief", "registrar", "samplers", "tubes", "device_check"] {
        officer.post("/sites/S6/readiness/marks", json!({"item": item, "done": true})).await.json();
    }
    officer.post("/sites/S6/readiness/set-up", json!({})).await.json();
    district.clock(7, 30).await;
    let line = at_s6(&district).await;
    (district, order, line)
}

async fn acknowledge_at_s6(district: &District, order: &str) {
    let roster = district.officer.get(&format!("{order}/roster")).await.json();
    for line in roster["lines"].as_array().unwrap().iter().filter(|line| line["site_code"] == "S6") {
        let me = district.house.volunteer(line["volunteer"].as_str().unwrap().parse().unwrap()).await;
        let duty = me.get("/duty").await.json()["duty"].clone();
        me.post("/duty/acknowledgement", json!({"assignment": duty["assignment"]})).await.json();
    }
}

/// What the board has to say of S6; nothing while all is well there.
async fn at_s6(district: &District) -> Value {
    let exceptions = shown(&district.officer, "/board").await["exceptions"].clone();
    exceptions.as_array().unwrap().iter().find(|line| line["code"] == "S6").cloned().unwrap_or_default()
}

#[tokio::test]
async fn the_button_beside_a_site_brings_people_to_that_site_in_time() {
    let on_foot = json!({"rates": {"get_ready_min": 0, "travel_m_per_min": 100}});
    let (district, order, line) = half_past_seven(&[("deployments", on_foot)]).await;
    let officer = &district.officer;
    assert_eq!((&line["state"], &line["mender"]), (&json!("at_risk"), &json!("allocation")), "{line}");
    let page = officer.page("/board", "zh-CN").await.text;
    let asks = page.split("<form").filter(|form| form.contains("调人")).collect::<Vec<_>>();
    let [asked] = asks.as_slice() else { panic!("one site lacks people: {page}") };
    let field = |name: &str| {
        let (_, rest) = asked.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
        rest.split('"').next().unwrap().to_owned()
    };
    let ask = json!({"what": field("what"), "site": field("site")});
    let proposals = format!("{order}/proposals");
    let propose = async |ask: Value| {
        let asked = officer.post(&proposals, ask).await.json()["proposal"].clone();
        district.work().await;
        let path = format!("{proposals}/{}", asked.as_str().unwrap());
        (officer.get(&path).await.json(), path)
    };
    // Control: asking for gaps, as the button once did, concerns nobody.
    let (page, _) = propose(json!({"what": "gaps", "site": field("site")})).await;
    assert_eq!(page["lines"], json!([]), "{page}");
    let (page, path) = propose(ask).await;
    let lines = page["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["site_name"], &lines[0]["role"]), (1, &json!("第6小学"), &json!("gatekeeper")));
    assert_eq!(page["plan"]["stage"]["released"], json!(0), "who comes late still comes: {page}");
    officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    district.clock(7, 31).await;
    district.clock(7, 32).await;
    assert_eq!(at_s6(&district).await, Value::Null, "mended");
    let (page, _) = propose(json!({"what": "gaps"})).await;
    assert_eq!(page["plan"]["stage"]["released"], json!(0), "the next mending sends nobody home: {page}");
}

#[tokio::test]
async fn the_board_foresees_with_the_rates_of_the_house() {
    let (_, _, line) = half_past_seven(&[]).await;
    assert_eq!(line, Value::Null, "by car everybody is there in time");
    let slow = json!({"rates": {"travel_m_per_min": 100}});
    let (_, _, line) = half_past_seven(&[("deployments", slow)]).await;
    assert_eq!(line["misses"], json!("in_place"), "on foot somebody is not: {line}");
}

#[tokio::test]
async fn whoever_watches_hears_of_a_change_at_once_and_of_nothing_else() {
    let district = night().await;
    order(&district).await;
    let token = district.officer.token.clone().unwrap();
    let request = Request::get("/live").header(header::COOKIE, format!("muster={token}")).body(Body::empty()).unwrap();
    let mut stream = district.house.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
    let quiet = tokio::time::timeout(Duration::from_millis(700), stream.next()).await;
    assert!(quiet.is_err(), "nothing has changed: {quiet:?}");
    let chief = district.chief(&district.site("S1").await).await;
    chief.post("/sites/S1/readiness/marks", json!({"item": "tubes", "done": true})).await.json();
    let heard = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("heard soon");
    let heard = String::from_utf8(heard.unwrap().unwrap().to_vec()).unwrap();
    assert!(heard.contains("event: changed"), "{heard}");
}

#[tokio::test]
async fn a_request_that_nobody_answers_stands_on_the_board_and_on_the_leads_page() {
    let district = night().await;
    order(&district).await;
    let chief = district.chief(&district.site("S6").await).await;
    let proposal = district.officer.get("/zones/proposal").await.json();
    district.officer.post("/zones/proposal", json!({"stamp": proposal["stamp"]})).await.json();
    let zones = district.officer.get("/zones").await.json()["zones"].clone();
    let asked = chief.post("/sites/S6/requests", json!({"kind": "problem", "details": "没有水"})).await.json();
    let shows = async |minute: i64| {
        district.clock(0, minute).await;
        district.work().await;
        let board = district.officer.page("/board", "en").await.text;
        let wall = district.officer.page("/board/wall", "en").await.text;
        let mut is_on_a_zone = false;
        for zone in zones.as_array().unwrap() {
            let path = format!("/zones/{}", zone["zone"]["id"].as_str().unwrap());
            let page = district.officer.page(&path, "en").await.text;
            is_on_a_zone |= page.contains("overdue: up to the zone lead") && page.contains("<title>(1) ");
        }
        let link = format!("href=\"/requests/{}\"", asked["id"].as_str().unwrap());
        (board.contains("<title>(1) ") && board.contains(&link), wall.contains("R-0001"), is_on_a_zone)
    };
    assert_eq!(shows(10).await, (false, false, false), "the control: it is not overdue yet");
    assert_eq!(shows(17).await, (true, true, true));
}
