//! The night of the report, minute by minute, on both engines: an order at midnight, sites at five, everybody in place
//! at eight, a shortage at 06:40, and what is said of it afterwards.

use std::io::Cursor;

use axum::{body::Body, extract::Request, http::header};
use calamine::{Reader as _, Xlsx};
use domain::{Id, Role, Scope};
use serde_json::{Value, json};
use store::testing;
use tower::ServiceExt as _;
use web::{House, testing::Client};

use crate::district::District;

const NEED: u64 = 36;

#[tokio::test]
async fn the_night_of_the_report() {
    testing::each_engine(House::migrations(&muster::duties::all()), |store| async move {
        let district = District::new(store).await;
        for register in ["sites", "teams", "links", "volunteers"] {
            district.import(register).await;
        }
        let lead = zone_lead(&district).await;
        let order = midnight(&district).await;
        five_o_clock(&district, &lead).await;
        twenty_to_seven(&district, &order).await;
        eight_o_clock(&district, &order).await;
        the_called_have_come(&district).await;
        a_request_with_an_answer(&district).await;
        afterwards(&district, &order).await;
    })
    .await;
}

/// The sites become a zone, and somebody leads it.
async fn zone_lead(district: &District) -> (String, Client) {
    let proposal = district.officer.get("/zones/proposal").await.json();
    district.officer.post("/zones/proposal", json!({"stamp": proposal["stamp"]})).await.json();
    let zone = district.officer.get("/zones").await.json()["zones"][0]["zone"]["id"].as_str().unwrap().to_owned();
    let lead = district.house.client(Role::ZoneLead, Scope::Zone(zone.parse().unwrap())).await;
    let page = lead.get(&format!("/zones/{zone}")).await.json();
    assert_eq!((page["sites"].as_array().unwrap().len(), &page["order"]), (6, &Value::Null), "no order yet");
    (format!("/zones/{zone}"), lead)
}

/// 00:00 the order; 00:05 everybody is told; who declines is replaced by nobody yet.
async fn midnight(district: &District) -> String {
    let officer = &district.officer;
    let order = officer.post("/orders", json!({"name": "九月十五日全区核酸采样"})).await.json()["order"].clone();
    let order = format!("/orders/{}", order.as_str().unwrap());
    district.clock(0, 5).await;
    let plan = officer.post(&format!("{order}/plans"), json!({})).await.json()["plan"].clone();
    district.work().await;
    let published = officer.post(&format!("{order}/plans/{}/publication", plan.as_str().unwrap()), json!({})).await;
    assert_eq!(published.json(), json!({"told": NEED, "moved": 0, "released": 0}));
    let roster = officer.get(&format!("{order}/roster")).await.json();
    for line in roster["lines"].as_array().unwrap() {
        let me = volunteer(district, &line["volunteer"]).await;
        let duty = me.get("/duty").await.json()["duty"].clone();
        assert_eq!((&duty["site_name"], &duty["role"]), (&line["site_name"], &line["role"]));
        me.post("/duty/acknowledgement", json!({"assignment": duty["assignment"]})).await.json();
    }
    let page = officer.get(&order).await.json();
    assert_eq!((&page["figures"]["acknowledged"], &page["figures"]["unmet"]), (&json!(NEED), &json!(0)));
    order
}

/// Five sites are set up by 05:00; the sixth lacks its tubes, and stands on top of everybody's list.
async fn five_o_clock(district: &District, (zone, lead): &(String, Client)) {
    let sites = lead.get(zone).await.json()["sites"].clone();
    district.clock(4, 40).await;
    for site in sites.as_array().unwrap() {
        let chief = district.chief(&site["id"]).await;
        let path = format!("/sites/{}/readiness", site["id"].as_str().unwrap());
        let lacks_tubes = site["code"] == "S6";
        for item in ["chief", "registrar", "samplers", "tubes", "device_check"] {
            if !(lacks_tubes && item == "tubes") {
                chief.post(&format!("{path}/marks"), json!({"item": item, "done": true})).await.json();
            }
        }
        if lacks_tubes {
            assert_eq!(chief.post(&format!("{path}/opening"), json!({})).await.status, 409, "no tubes, no opening");
        } else {
            chief.post(&format!("{path}/set-up"), json!({})).await.json();
            chief.post(&format!("{path}/opening"), json!({})).await.json();
        }
    }
    district.clock(5, 1).await;
    let board = district.officer.get("/board").await.json()["shown"].clone();
    assert_eq!((&board["totals"]["set_up"], &board["totals"]["sites"]), (&json!(5), &json!(6)));
    assert_eq!((&board["exceptions"][0]["code"], &board["exceptions"][0]["state"]), (&json!("S6"), &json!("late")));
    let worst = lead.get(zone).await.json()["sites"][0].clone();
    assert_eq!((&worst["code"], &worst["lacks"]), (&json!("S6"), &json!(["tubes"])), "{worst}");
}

/// "+2 gatekeepers": found among those at home and the reserve, nobody is moved, nobody else hears of it.
async fn twenty_to_seven(district: &District, order: &str) {
    district.clock(6, 40).await;
    let officer = &district.officer;
    let before = notices(officer, order).await;
    let site = &district.site("S1").await;
    let chief = district.chief(site).await;
    let call = json!({"role": "gatekeeper", "count": 2});
    let path = format!("/sites/{}/shortages", site.as_str().unwrap());
    let proposal = chief.post(&path, call).await.json()["proposal"].clone();
    district.work().await;
    let board = officer.get("/board").await.json()["shown"].clone();
    let called = (&board["calls"][0]["proposal"], &board["calls"][0]["count"], &board["is_all_well"]);
    assert_eq!(called, (&proposal, &json!(2), &json!(false)), "the call stands on the board until it is decided");
    let proposal = format!("{order}/proposals/{}", proposal.as_str().unwrap());
    assert!(officer.page("/board", "en").await.text.contains(&format!("href=\"{proposal}\"")));
    let page = officer.get(&proposal).await.json();
    assert_eq!((&page["plan"]["stage"]["moved"], page["lines"].as_array().unwrap().len()), (&json!(0), 2), "{page}");
    officer.post(&format!("{proposal}/acceptance"), json!({})).await.json();
    assert_eq!(notices(officer, order).await - before, 2, "only who is called is told");
    district.clock(6, 41).await;
    assert_eq!(officer.get("/board").await.json()["shown"]["calls"], json!([]), "decided");
}

async fn notices(officer: &Client, order: &str) -> u64 {
    let counts = officer.get(order).await.json()["notices"].clone();
    counts.as_array().unwrap().iter().map(|count| count["notices"].as_u64().unwrap()).sum()
}

/// Everybody is checked in by their chiefs; the tubes came; the board says so in one sentence.
async fn eight_o_clock(district: &District, order: &str) {
    district.clock(7, 50).await;
    let roster = district.officer.get(&format!("{order}/roster")).await.json();
    for line in roster["lines"].as_array().unwrap() {
        let chief = district.chief(&line["site"]).await;
        let now = district.house.clock.now();
        let id = Id::<domain::things::Attendance>::fresh(now);
        let entry = json!({"id": id, "volunteer": line["volunteer"], "at": now.ms()});
        let path = format!("/sites/{}/check-ins", line["site"].as_str().unwrap());
        let taken = chief.post(&path, json!({"check_ins": [entry]})).await.json();
        assert_eq!(taken["results"][0]["outcome"], "accepted", "{taken}");
    }
    let chief = district.officer.clone();
    chief.post("/sites/S6/readiness/marks", json!({"item": "tubes", "done": true})).await.json();
    chief.post("/sites/S6/readiness/set-up", json!({})).await.json();
    for (minute, sentence) in
        [(58, "6 个点位全部人员到岗，6 个就绪。"), (60, "6 个点位全部人员到岗，0 个就绪。6 个点位无音讯。")]
    {
        district.clock(7, minute).await;
        let board = district.officer.page("/board", "zh-CN").await.text;
        assert!(board.contains(&format!("{sentence}<")), "ten minutes of silence are not green: {board}");
    }
}

/// Accepting the proposal answered the call for people; who called says that they have come.
async fn the_called_have_come(district: &District) {
    let group = district.house.client(Role::Allocator, Scope::District).await;
    let queue = group.get("/requests").await.json();
    let [call] = queue["lines"].as_array().unwrap().as_slice() else { panic!("one call for people: {queue}") };
    assert_eq!((&call["kind"], &call["state"]["state"]), (&json!("people"), &json!("answered")), "{queue}");
    let path = format!("/requests/{}", call["id"].as_str().unwrap());
    group.post(&format!("{path}/done"), json!({"note": "两人已到"})).await.json();
    let chief = district.chief(&call["site"]).await;
    chief.post(&format!("{path}/confirmation"), json!({})).await.json();
}

/// A request has an owner, an answer, and is closed by whoever asked.
async fn a_request_with_an_answer(district: &District) {
    district.clock(9, 0).await;
    let group = district.house.client(Role::PreventionGroup, Scope::District).await;
    let chief = district.chief(&district.site("S1").await).await;
    let asked = chief.post("/sites/S1/requests", json!({"kind": "supplies", "details": "防护服还剩十套"})).await.json();
    let path = format!("/requests/{}", asked["id"].as_str().unwrap());
    let queue = group.get("/requests?site=S1").await.json();
    assert_eq!(queue["lines"][0]["id"], asked["id"], "{queue}");
    assert_eq!(group.get("/requests?site=S2").await.json()["lines"], json!([]));
    group.post(&format!("{path}/take"), json!({})).await.json();
    group.post(&format!("{path}/answer"), json!({"note": "二十分钟后到", "minutes": 20})).await.json();
    group.post(&format!("{path}/done"), json!({"note": "已送到"})).await.json();
    chief.post(&format!("{path}/confirmation"), json!({})).await.json();
}

/// Hours, a deed, the list of the commended, and the report with the journal's head.
async fn afterwards(district: &District, order: &str) {
    district.clock(20, 30).await;
    let roster = district.officer.get(&format!("{order}/roster")).await.json();
    let hero = &roster["lines"][0]["volunteer"];
    let badge = volunteer(district, hero).await.get("/duty").await.json()["badge"]["code"].clone();
    district.officer.post("/deeds", json!({"badge": badge, "story": "雨中护送老人回家"})).await.json();
    the_evening(district, order).await;
    let record = volunteer(district, hero).await.get("/record").await.json();
    assert_eq!((&record["hours"], &record["stays"][0]["punctual"]), (&json!(12), &json!(true)), "{record}");

    let group = district.house.client(Role::AssessmentGroup, Scope::District).await;
    group.post("/commendations", json!({"volunteer": hero, "listed": true, "reason": "雨中护送老人"})).await.json();
    let listed = group.get("/commendations").await.json();
    assert_eq!(listed["people"][0]["id"], *hero);
    let commended = group.post("/commendations/sheet", json!({"why": "commendation"})).await;
    assert!(commended.status.is_success() && commended.text.starts_with("PK"), "a workbook");
    the_workbook(district, &group, order).await;
    let report = the_report(district, order).await;
    let night = &report["night"];
    assert_eq!(
        (&night["people_called"], &night["shortages"], &night["acknowledged"]),
        (&json!(2), &json!(1), &json!(NEED))
    );
    assert_ne!(report["journal_head"], json!(""), "the head is kept by a second party");
}

/// Some of them check out, the rest is sent home by the closing: nobody is missing, and nobody's coming is forgotten.
async fn the_evening(district: &District, order: &str) {
    let officer = &district.officer;
    let roster = officer.get(&format!("{order}/roster")).await.json();
    for line in roster["lines"].as_array().unwrap().iter().skip(1).step_by(8) {
        volunteer(district, &line["volunteer"]).await.post("/duty/check-out", json!({})).await.json();
    }
    district.clock(20, 31).await;
    let board = officer.get("/board").await.json()["shown"].clone();
    assert_eq!((&board["exceptions"], &board["totals"]["over"]), (&json!([]), &json!(6)), "{board}");
    let page = officer.page("/board", "zh-CN").await.text;
    assert!(page.contains("收点时间已到：6 个点位已收点 0 个。<") && !page.contains("调人"), "{page}");
    officer.post(&format!("{order}/closing"), json!({})).await.json();
    let page = officer.page(order, "zh-CN").await.text;
    assert!(page.contains(&format!("href=\"{order}/report\"")), "the report is found from the order: {page}");
    assert_eq!(officer.get(order).await.json()["came"], json!(NEED + 2));
}

/// It says who came, long after they have gone.
async fn the_report(district: &District, order: &str) -> Value {
    let report = district.officer.get(&format!("{order}/report")).await.json();
    let totals = &report["totals"];
    let people = (&totals["need"], &totals["arrived"], &totals["short_people"], &report["came"]);
    assert_eq!(people, (&json!(NEED + 2), &json!(NEED + 2), &json!(0), &json!(NEED + 2)), "{report}");
    let division = &report["divisions"][0];
    assert_eq!((&division["arrived"], &division["missing"]), (&json!(NEED + 2), &json!(0)), "{division}");
    for site in report["sites"].as_array().unwrap() {
        assert_eq!((&site["state"], &site["arrived"], &site["came"]), (&json!("ready"), &site["need"], &site["need"]));
    }
    report
}

/// Everything that the page says stands in the workbook, too.
async fn the_workbook(district: &District, reader: &Client, order: &str) {
    let token = reader.token.clone().unwrap();
    let request = Request::get(format!("{order}/report/sheet")).header(header::COOKIE, format!("muster={token}"));
    let request = request.header(header::ACCEPT_LANGUAGE, "en").body(Body::empty()).unwrap();
    let answer = district.house.router.clone().oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    assert_eq!(book.sheet_names(), ["Sites", "Milestones", "Figures", "By division", "Requests"]);
    let mut line = |sheet: &str, first: &str| {
        let range = book.worksheet_range(sheet).unwrap();
        let row = range.rows().find(|row| row[0] == first).unwrap_or_else(|| panic!("{sheet}: {range:?}"));
        row.iter().skip(1).map(ToString::to_string).collect::<Vec<_>>()
    };
    let need = (NEED + 2).to_string();
    assert_eq!(line("Sites", "S6")[1..6], ["ready", "6", "6", "6", "6"]);
    assert_eq!(line("Milestones", "In place")[3..], [need.as_str(), need.as_str()]);
    assert_eq!(line("Figures", "Came in all"), [need.as_str()]);
    assert_eq!(
        line("By division", "440902001")[2..],
        [need.as_str(), need.as_str(), need.as_str(), "0", need.as_str()]
    );
    assert_eq!(line("Requests", "Prevention service group")[..3], ["1", "1", "0"]);
}

async fn volunteer(district: &District, id: &Value) -> Client {
    district.house.volunteer(id.as_str().unwrap().parse().unwrap()).await
}
