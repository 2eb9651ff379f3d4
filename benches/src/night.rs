//! A district's night at the report's size: publishing, checking in from 139 phones at once, the board and the rosters.

use std::time::Instant;

use domain::{Clock, District, Role, Scope};
use serde_json::{Value, json};
use store::{Address, Keyring, Options, Store};
use web::{
    House,
    testing::{Client, TestHouse},
};

use crate::measure::{self, Times};

const PHONES: usize = 139;

pub fn run() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(night());
}

async fn night() {
    println!("── a night: 139 sites, 4,130 volunteers, SQLite on disk with synchronous=FULL");
    let folder = store::testing::Folder::new();
    let duties = muster::duties::all();
    let address: Address = format!("sqlite:{}", folder.path().join("night.db").display()).parse().expect("an address");
    let options = Options::new(Clock::movable(web::testing::MIDNIGHT, 0.0), Keyring::random());
    let store =
        measure::once("start: open an empty database", || Store::open(&address, House::migrations(&duties), options))
            .expect("the store opens");
    let test = TestHouse::new(store, &duties).await;
    bring_in(&test, folder.path()).await;
    let officer = test.client(Role::DutyOfficer, Scope::District).await;
    let order =
        officer.post("/orders", json!({"name": "night"})).await.json()["order"].as_str().unwrap_or_default().to_owned();
    let plan = allocate(&test, &officer, &order).await;
    let began = Instant::now();
    let told = officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({})).await.json();
    println!(
        "{:<48} {:>8.1} ms   {told}",
        "publish: plan and all notices in the outbox",
        began.elapsed().as_secs_f64() * 1000.0
    );
    check_in(&officer, &order).await;
    look(&officer, &order).await;
    println!("{:<48} {:>8} MiB", "memory at its peak", measure::peak_mb());
}

async fn bring_in(test: &TestHouse, folder: &std::path::Path) {
    let files = folder.join("district");
    sim::district::Recipe::report(1).district().expect("scale 1").write(&files).expect("files are written");
    let district: District = "440902".parse().expect("six digits");
    for register in imports::Register::ALL {
        let path = files.join(format!("{}.csv", register.name()));
        let direct = imports::Direct {
            store: test.house.store.clone(),
            words: test.house.words.clone(),
            district: district.clone(),
            zone: test.house.settings.zone.clone(),
            actor: domain::Actor::system(),
            register,
            path,
            origin: domain::Origin::Wgs84,
            mapping: Vec::new(),
        };
        let began = Instant::now();
        let taken = direct.apply(imports::Choice::All, |_| {}).await;
        assert!(taken.is_ok(), "{} are taken", register.name());
        println!("{:<48} {:>8.1} ms", format!("import {}", register.name()), began.elapsed().as_secs_f64() * 1000.0);
    }
}

async fn allocate(test: &TestHouse, officer: &Client, order: &str) -> String {
    let began = Instant::now();
    let plan = officer.post(&format!("/orders/{order}/plans"), json!({})).await.json()["plan"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    test.runner.run_due(test.clock.now()).await.expect("the job runs");
    let shown = officer.get(&format!("/orders/{order}/plans/{plan}")).await.json();
    let stage = &shown["plan"]["stage"];
    println!(
        "{:<48} {:>8.1} ms   objective {} bound {} optimal {}",
        "allocate: read, solve, prove, keep",
        began.elapsed().as_secs_f64() * 1000.0,
        stage["objective"],
        stage["lower_bound"],
        stage["is_optimal"]
    );
    plan
}

/// Every phone sends its site's people one by one; all phones at once.
async fn check_in(officer: &Client, order: &str) {
    let mut phones = Vec::new();
    let sites = officer.get("/board").await.json();
    for dot in sites["shown"]["map"]["dots"].as_array().into_iter().flatten().take(PHONES) {
        let code = dot["code"].as_str().unwrap_or_default().to_owned();
        let roster = officer.get(&format!("/sites/{code}/roster?order={order}")).await.json();
        let people: Vec<Value> =
            roster["lines"].as_array().into_iter().flatten().map(|line| line["volunteer"].clone()).collect();
        phones.push((code, people));
    }
    let began = Instant::now();
    let sending: Vec<_> =
        phones.into_iter().map(|(code, people)| tokio::spawn(one_phone(officer.clone(), code, people))).collect();
    let (mut times, mut accepted) = (Times::default(), 0);
    for phone in sending {
        for (took, taken) in phone.await.expect("a phone ends") {
            times.push(took);
            accepted += taken;
        }
    }
    println!(
        "{:<48} {accepted} accepted in {:.1} s",
        "check-ins from all phones at once",
        began.elapsed().as_secs_f64()
    );
    times.print("one check-in");
}

async fn one_phone(chief: Client, code: String, people: Vec<Value>) -> Vec<(std::time::Duration, u64)> {
    let mut times = Vec::new();
    for (n, volunteer) in people.into_iter().enumerate() {
        let item = json!({"id": uuid::Uuid::now_v7(), "volunteer": volunteer, "device": code, "n": n + 1});
        let began = Instant::now();
        let reply = chief.post(&format!("/sites/{code}/check-ins"), json!({"check_ins": [item]})).await;
        times.push((began.elapsed(), u64::from(reply.status.is_success())));
    }
    times
}

async fn look(officer: &Client, order: &str) {
    for (what, path) in [
        ("board, as a page", "/board".to_owned()),
        ("order, as a page", format!("/orders/{order}")),
        ("roster of the order, a page of it", format!("/orders/{order}/roster")),
        ("volunteers, a page of them", "/volunteers".to_owned()),
    ] {
        let mut times = Times::default();
        for _ in 0..200 {
            let began = Instant::now();
            let page = officer.page(&path, "zh-CN").await;
            times.push(began.elapsed());
            assert!(page.status.is_success(), "{path}: {}", page.status);
        }
        times.print(what);
    }
}
