//! A district's night at the report's size, on both engines: the order goes out, is delivered, people check in, pages are
//! looked at.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::Path,
    time::Duration,
};

use domain::Clock;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{
    client::Client,
    measure::{Sheet, ms, timed},
    phones,
    server::{Ground, Server},
    sinks::{self, Received},
};

const LOOKS: usize = 300;

pub async fn run(sheet: &mut Sheet) {
    println!("── a night of the report's size, SQLite");
    night(sheet, Ground::sqlite()).await;
    println!("── the same on PostgreSQL");
    night(sheet, Ground::postgres()).await;
}

async fn night(sheet: &mut Sheet, ground: Ground) {
    let (gateway, texts) = sinks::gateway(sinks::always(200, "{}")).await;
    let (port, letters) = sinks::mail_server(|_| "250 ok").await;
    ground.settle(&format!(
        "[notices.sms]\nurl = \"{gateway}/sms\"\n\
         [notices.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nfrom = \"muster@district.test\"\nplain = true\n"
    ));
    bring_in(&ground, 1);
    let token = ground.run(&["token", "--role", "duty_officer"]);
    let server = ground.serve().await;
    sheet.at_most("start to ready, the district loaded", ms(server.ready_in), 1_000.0, "ms");
    let officer = Client::new(&server, &token);
    name_chiefs(&officer).await;
    let order = order(&officer).await;
    let (plan, planned) = timed(plan(&officer, &order)).await;
    sheet.say("  the plan, asked for until proven", ms(planned), "ms");
    let publication = format!("/orders/{order}/plans/{plan}/publication");
    let (told, published) = timed(officer.post(&publication, &json!({}))).await;
    let people = usize::try_from(told["told"].as_u64().unwrap_or(0)).unwrap_or(0);
    sheet.at_most(&format!("plan and notices to {people} people, durable"), ms(planned + published), 2_000.0, "ms");
    let (arrived, delivered) = timed(delivery(&texts, &letters, people)).await;
    let what = format!("{arrived} texts and letters delivered, none twice");
    sheet.at_most(&what, if arrived == 2 * people { delivered.as_secs_f64() } else { f64::NAN }, 60.0, "s");
    call_for_people(sheet, &officer, &order).await;
    let chiefs = chiefs(&ground, &server, &officer).await;
    check_in(sheet, &officer, &order, chiefs).await;
    look(sheet, &server, &officer, &order).await;
    sheet.at_most("resident memory, the night behind it", server.resident_mb(), 150.0, "MiB");
}

/// Writes a district so many times the report's size, with a mailbox for everybody, and imports it.
pub fn bring_in(ground: &Ground, scale: u32) {
    let files = ground.path().join("district");
    let tomorrow = Clock::system().now().plus_h(24);
    let day = tomorrow.in_zone(&TimeZone::fixed(jiff::tz::offset(8))).date();
    let recipe = sim::Recipe { seed: 1, scale, day };
    recipe.district().expect("the scale is in range").write(&files).expect("files are written");
    give_mailboxes(&files.join("volunteers.csv"));
    for register in ["divisions", "sites", "teams", "links", "volunteers"] {
        let took = ground.import(register);
        println!("  import {register:<51} {:>9.1} s", took.as_secs_f64());
    }
}

fn give_mailboxes(file: &Path) {
    let with = file.with_extension("with");
    let mut rows = csv::Reader::from_path(file).expect("the file");
    let mut out = csv::Writer::from_writer(File::create(&with).expect("a file beside it"));
    let mut headings = rows.headers().expect("headings").clone();
    headings.push_field("email");
    out.write_record(&headings).expect("written");
    for row in rows.into_records() {
        let mut row = row.expect("a row");
        let mailbox = format!("{}@district.test", row[0].to_lowercase());
        row.push_field(&mailbox);
        out.write_record(&row).expect("written");
    }
    out.flush().expect("written");
    std::fs::rename(with, file).expect("renamed");
}

async fn name_chiefs(officer: &Client) {
    for (nth, site) in sites(officer).await.iter().enumerate() {
        let chief = json!({ "name": format!("点长 {nth}"), "phone": format!("1989000{nth:04}") });
        officer.post(&format!("/sites/{site}/chief"), &chief).await;
    }
}

/// A phone for each site, with no rights but that site's.
async fn chiefs(ground: &Ground, server: &Server, officer: &Client) -> HashMap<String, Client> {
    let chief = |site: &String| ground.run(&["token", "--role", "site_chief", "--site", site]);
    sites(officer).await.into_iter().map(|site| (site.clone(), Client::new(server, &chief(&site)))).collect()
}

/// One site wants three gatekeepers more: from the call until the proposal can be accepted.
async fn call_for_people(sheet: &mut Sheet, officer: &Client, order: &str) {
    let call = json!({ "what": "shortage", "site": "S070", "role": "gatekeeper", "count": 3 });
    let proposals = format!("/orders/{order}/proposals");
    let (proposal, proposed) = timed(async {
        let proposal = text(&officer.post(&proposals, &call).await, "proposal");
        ready(officer, &format!("{proposals}/{proposal}")).await
    })
    .await;
    assert!(proposal["lines"].as_array().is_some_and(|lines| !lines.is_empty()), "nobody is proposed: {proposal}");
    sheet.at_most("from a call for three more to the proposal", ms(proposed), 3_000.0, "ms");
}

/// The codes of all sites.
async fn sites(officer: &Client) -> Vec<String> {
    let (mut codes, mut query) = (Vec::new(), String::new());
    loop {
        let page = officer.get(&format!("/sites{query}")).await;
        let lines = page["sites"].as_array().into_iter().flatten();
        codes.extend(lines.filter_map(|line| line["site"]["code"].as_str().map(str::to_owned)));
        let (Some(division), Some(code)) = (page["next"]["after_division"].as_str(), page["next"]["after"].as_str())
        else {
            return codes;
        };
        query = format!("?after_division={division}&after={code}");
    }
}

/// The usual night, for all sites.
pub async fn order(officer: &Client) -> String {
    text(&officer.post("/orders", &json!({ "name": "全员核酸检测" })).await, "order")
}

/// Asks for a plan and waits until it is proven.
pub async fn plan(officer: &Client, order: &str) -> String {
    let plan = text(&officer.post(&format!("/orders/{order}/plans"), &json!({})).await, "plan");
    ready(officer, &format!("/orders/{order}/plans/{plan}")).await;
    plan
}

/// Asks as a page does: soon at first, then ever more rarely, or asking would be part of what a long plan costs.
async fn ready(officer: &Client, path: &str) -> Value {
    let mut pause = Duration::from_millis(20);
    loop {
        let page = officer.get(path).await;
        match page["plan"]["stage"]["stage"].as_str() {
            Some("ready") => return page,
            Some("asked" | "reading" | "solving") => {
                tokio::time::sleep(pause).await;
                pause = (pause * 11 / 10).min(Duration::from_secs(1));
            }
            other => panic!("{path} is {other:?}: {}", page["plan"]["stage"]),
        }
    }
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

/// Waits until everybody has a text and a letter; gives how many different ones came, doubles taken off.
async fn delivery(texts: &Received, letters: &Received, people: usize) -> usize {
    for _ in 0..6_000 {
        if texts.count() >= people && letters.count() >= people {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let once = |received: &Received| received.times().into_values().filter(|times| *times == 1).count();
    once(texts) + once(letters)
}

async fn check_in(sheet: &mut Sheet, officer: &Client, order: &str, chiefs: HashMap<String, Client>) {
    let rush = phones::rush(officer, order, chiefs).await;
    sheet.say(&format!("  {} check-ins, one in ten sent twice, took", rush.sent), rush.took.as_secs_f64(), "s");
    sheet.p99("a check-in from one of 139 phones, p99", rush.times, 100.0);
    sheet.at_most("check-ins lost", rush.lost as f64, 0.0, "");
    sheet.at_most("check-ins doubled", rush.doubled as f64, 0.0, "");
}

async fn look(sheet: &mut Sheet, server: &Server, officer: &Client, order: &str) {
    for (what, path) in [
        ("board", "/board".to_owned()),
        ("wall", "/board/wall".to_owned()),
        ("roster of the order", format!("/orders/{order}/roster")),
        ("roster of a site", "/sites/S070/roster".to_owned()),
        ("order", format!("/orders/{order}")),
        ("volunteers", "/volunteers".to_owned()),
    ] {
        sheet.p99(&format!("page: {what}, p99"), officer.look(&path, LOOKS).await, 20.0);
    }
    let person = phones::lines(officer, order).await.first().map(|line| text(line, "volunteer")).expect("somebody");
    let link = text(&officer.post(&format!("/volunteers/{person}/link"), &json!({})).await, "address");
    let volunteer = Client::enter(server, &link).await;
    let weight = first_load(&volunteer, "/duty").await;
    sheet.at_most("a volunteer's page and all it loads, compressed", weight as f64 / 1024.0, 60.0, "KiB");
}

/// The page, whatever it names of this server's scripts, styles and pictures, and the modules that those import at once.
async fn first_load(person: &Client, path: &str) -> usize {
    let (page, mut bytes) = person.page(path).await;
    let named = |text: &str, before: fn(&str) -> bool| -> Vec<String> {
        let parts: Vec<&str> = text.split(['"', '\'']).collect();
        parts.windows(2).filter(|pair| before(pair[0])).map(|pair| pair[1].to_owned()).collect()
    };
    let mut waiting = named(&page, |before| before.ends_with("href=") || before.ends_with("src="));
    waiting.retain(|address| address.starts_with("/assets/"));
    assert!(waiting.len() > 2, "the page names no scripts and styles: {page}");
    let mut loaded = HashSet::new();
    while let Some(address) = waiting.pop() {
        if !loaded.insert(address.clone()) {
            continue;
        }
        let (text, weight) = person.page(&address).await;
        bytes += weight;
        if address.rsplit('.').next() == Some("js") {
            let folder = address.rsplit_once('/').map_or("", |(folder, _)| folder);
            let modules = named(&text, |before| before.trim_end().ends_with("from") || before.ends_with("import "));
            let modules = modules.iter().filter_map(|name| name.strip_prefix("./"));
            waiting.extend(modules.map(|name| format!("{folder}/{name}")));
        }
    }
    bytes
}
