//! A house with two districts, each with one of everything that an address can name, brought in through the front door.

use std::{collections::HashMap, fmt::Write as _};

use axum::Router;
use domain::{Actor, District, Id, Role, Scope, things};
use serde_json::{Value, json};
use store::{Act, Store};
use web::{
    Fault, House,
    access::{accounts, sessions},
    testing::{Client, TestHouse},
};

/// What stands in a path, by its name there.
pub type Things = HashMap<&'static str, String>;

/// Stands in every volunteer's name and nowhere else.
pub const PERSON: &str = "阿某";

pub struct World {
    pub test: TestHouse,
    pub here: Territory,
    pub there: Territory,
}

/// A district and what is in it.
pub struct Territory {
    pub district: District,
    /// One of each thing.
    pub things: Things,
    /// Another one of the same district, where chiefs and leads could be confused.
    pub others: Things,
}

impl Territory {
    pub fn id<T>(&self, name: &str) -> Id<T> {
        self.things[name].parse().unwrap()
    }

    pub fn other<T>(&self, name: &str) -> Id<T> {
        self.others[name].parse().unwrap()
    }
}

pub fn sqlite() -> Store {
    store::testing::sqlite(House::migrations(&muster::duties::all()))
}

impl World {
    pub async fn new() -> Self {
        Self::on(sqlite(), "文明路").await
    }

    /// A house in which everything that people name or write contains these words.
    pub async fn on(store: Store, words: &str) -> Self {
        Self::with(store, words, web::testing::settings()).await
    }

    pub async fn with(store: Store, words: &str, mut settings: web::Settings) -> Self {
        // So that a short list already needs a second person's word.
        settings.duties.insert("web".to_owned(), json!({"bulk_people": 1}));
        let test = TestHouse::with(store, settings, &muster::duties::all()).await;
        let here = territory(&test, "440902", words).await;
        let there = territory(&test, "440904", "电白区").await;
        Self { test, here, there }
    }

    pub fn router(&self) -> Router {
        self.test.router.clone()
    }

    /// A token that carries one role within one scope of a district.
    pub async fn token(&self, district: &District, role: Role, scope: Scope) -> String {
        token(&self.test, district, role, scope).await
    }

    /// How long the journal is, and how many of its entries are about a district.
    pub async fn journal(&self, district: &District) -> (usize, usize) {
        let entries = self.test.house.store.journal_after(0, 100_000, None).await.unwrap();
        let about = entries.iter().filter(|it| it.jurisdiction().is_ok_and(|place| place.district == *district));
        (entries.len(), about.count())
    }
}

pub async fn change<T: Send + 'static>(
    test: &TestHouse,
    work: impl FnMut(&mut store::Tx) -> Result<T, Fault> + Send + 'static,
) -> T {
    let act = Act::system(test.clock.now());
    test.house.store.change(act, work).await.unwrap()
}

pub async fn token(test: &TestHouse, district: &District, role: Role, scope: Scope) -> String {
    let district = district.clone();
    change(test, move |tx| Ok(sessions::issue_token(tx, &district, role, &scope, "test")?)).await
}

/// Everything of a district, as its people would bring it in.
async fn territory(test: &TestHouse, code: &str, words: &str) -> Territory {
    let district: District = code.parse().unwrap();
    let (known, name) = (district.clone(), words.to_owned());
    change(test, move |tx| accounts::first_administrator(tx, &known, &name).map(drop)).await;
    let as_role = async |role| {
        let mut client = test.stranger();
        client.token = Some(token(test, &district, role, Scope::District).await);
        client
    };
    let officer = as_role(Role::DutyOfficer).await;
    let (things, others) = (Things::new(), Things::new());
    let mut building = Building { test, officer, things, others, code, words };
    building.registers().await;
    building.people().await;
    building.zones().await;
    building.night().await;
    building.standing(&district).await;
    building.sayings(&district).await;
    building.lists(&as_role(Role::Allocator).await).await;
    building.accounts(&as_role(Role::Administrator).await).await;
    building.things.insert("register", "sites".to_owned());
    let Building { things, others, .. } = building;
    Territory { district, things, others }
}

struct Building<'a> {
    test: &'a TestHouse,
    officer: Client,
    things: Things,
    others: Things,
    code: &'a str,
    words: &'a str,
}

impl Building<'_> {
    async fn work(&self) {
        self.test.runner.run_due(self.test.clock.now()).await.unwrap();
    }

    fn keep(&mut self, name: &'static str, one: &Value, other: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no {name}")).to_owned();
        self.things.insert(name, text(one));
        self.others.insert(name, text(other));
    }

    /// The words as a cell of a CSV file.
    fn cell(&self, more: impl std::fmt::Display) -> String {
        format!("\"{}{more}\"", self.words.replace('"', "\"\""))
    }

    async fn import(&self, register: &str, text: &str) -> String {
        let sent = self.officer.send_file("/imports", &[("register", register)], "file.csv", text.as_bytes()).await;
        let import = sent.json()["import"].as_str().unwrap().to_owned();
        self.work().await;
        self.officer.post(&format!("/imports/{import}/application"), json!({"choice": "all"})).await.json();
        self.work().await;
        let page = self.officer.get(&format!("/imports/{import}")).await.json();
        assert_eq!(page["counts"]["rejected"], 0, "{register}: {page}");
        import
    }

    /// Twelve sites along two streets far apart, and two teams.
    async fn registers(&mut self) {
        let code = self.code;
        let mut sites =
            String::from("code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner\n");
        for number in 0..12 {
            let (row, column) = (number / 6, number % 6);
            let (latitude, longitude) = (21.66 + f64::from(row) * 0.1, 110.90 + f64::from(column) * 0.002);
            let (name, address) = (self.cell(number), self.cell("路"));
            let _ = writeln!(sites, "S{number:02},{name},{code}001,{address},{latitude:.4},{longitude:.4},1,0,0,0");
        }
        let name = json!({"code": format!("{code}001"), "name": self.words});
        self.officer.post("/divisions", name).await.json();
        let import = self.import("sites", &sites).await;
        self.things.insert("import", import);
        self.things.insert("division", format!("{code}001"));
        let mut teams = String::from("code,name,organisation,latitude,longitude\n");
        for number in 1..3 {
            let _ = writeln!(teams, "T{number},{},{},21.66,110.90", self.cell(number), self.cell("局"));
        }
        self.import("teams", &teams).await;
        let of = async |code: &str| self.officer.get(&format!("/sites/{code}")).await.json()["site"]["id"].clone();
        let (one, other) = (of("S00").await, of("S11").await);
        self.keep("site", &one, &other);
    }

    /// Eight volunteers, and a chief.
    async fn people(&mut self) {
        let code = self.code;
        let mut people = String::from("code,name,phone,team,latitude,longitude,roles,languages\n");
        for number in 0..8 {
            let name = self.cell(format!("{PERSON}{number}"));
            let (team, languages) = (1 + number % 2, self.cell("话"));
            let _ = writeln!(people, "V{number},{name},138{code}0{number},T{team},21.66,110.90,gatekeeper,{languages}");
        }
        self.import("volunteers", &people).await;
        let page = self.officer.get("/volunteers").await.json();
        let (one, other) = (page["people"][0]["id"].clone(), page["people"][1]["id"].clone());
        self.keep("volunteer", &one, &other);
        let team = async |id: &Value| self.officer.get(&format!("/volunteers/{}", id.as_str().unwrap())).await.json();
        let (one, other) = (team(&one).await["team"].clone(), team(&other).await["team"].clone());
        self.keep("team", &one, &other);
        let body = json!({"name": self.words, "phone": "13800138000"});
        self.officer.post("/sites/S00/chief", body).await.json();
    }

    async fn zones(&mut self) {
        let proposal = self.officer.get("/zones/proposal").await.json();
        self.officer.post("/zones/proposal", json!({"stamp": proposal["stamp"]})).await.json();
        let of = async |site: &str| self.officer.get(&format!("/sites/{site}")).await.json()["site"]["zone"].clone();
        let (one, other) = (of("S00").await, of("S11").await);
        assert_ne!(one, other, "the two streets are two zones");
        self.keep("zone", &one, &other);
    }

    /// An order with a published plan and a proposal beside it; a request of each site.
    async fn night(&mut self) {
        let given = self.officer.post("/orders", json!({"name": self.words})).await.json();
        let order = given["order"].as_str().unwrap().to_owned();
        let asked = self.officer.post(&format!("/orders/{order}/plans"), json!({})).await.json();
        self.work().await;
        let plan = asked["plan"].as_str().unwrap().to_owned();
        self.officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({})).await.json();
        self.work().await;
        let call = json!({"what": "shortage", "site": "S00", "role": "gatekeeper", "count": 1});
        let proposed = self.officer.post(&format!("/orders/{order}/proposals"), call).await.json();
        self.work().await;
        let person = self.officer.get(&format!("/orders/{order}/plans/{plan}")).await.json();
        self.things.insert("person", person["lines"][0]["volunteer"].as_str().unwrap().to_owned());
        self.things.insert("order", order);
        self.things.insert("plan", plan);
        self.things.insert("proposal", proposed["proposal"].as_str().unwrap().to_owned());
        let supplies = json!({"kind": "supplies", "details": self.words});
        let one = self.officer.post("/sites/S00/requests", supplies.clone()).await.json();
        let other = self.officer.post("/sites/S11/requests", supplies).await.json();
        self.keep("request", &one["id"], &other["id"]);
        self.phones().await;
    }

    /// A phone at each of two sites that lost its first entry.
    async fn phones(&mut self) {
        let (one, other) = (json!(uuid::Uuid::new_v4()), json!(uuid::Uuid::new_v4()));
        for (site, device) in [("S00", &one), ("S11", &other)] {
            let item = json!({"n": 2, "at": self.test.clock.now().ms(), "kind": "mark", "item": "tubes", "done": true});
            let batch = json!({"device": device, "items": [item]});
            self.officer.post(&format!("/sites/{site}/outbox"), batch).await.json();
            // The same number says something else: a person has to decide.
            let item =
                json!({"n": 2, "at": self.test.clock.now().ms(), "kind": "mark", "item": "tubes", "done": false});
            let batch = json!({"device": device, "items": [item]});
            self.officer.post(&format!("/sites/{site}/outbox"), batch).await.json();
        }
        self.keep("device", &one, &other);
        let waiting = self.officer.get("/conflicts").await.json();
        self.keep("conflict", &waiting["conflicts"][0]["id"], &waiting["conflicts"][1]["id"]);
    }

    /// A duty of each of two volunteers, and a stay of each of two others.
    async fn standing(&mut self, district: &District) {
        let mut duties = Vec::new();
        for volunteer in [&self.things["volunteer"], &self.others["volunteer"]] {
            let mut themselves = self.test.stranger();
            let volunteer = volunteer.parse().unwrap();
            themselves.token = Some(volunteer_token(self.test, district, volunteer).await);
            duties.push(themselves.get("/duty").await.json()["duty"]["assignment"].clone());
        }
        self.keep("assignment", &duties[0], &duties[1]);
        let people = self.officer.get("/volunteers").await.json();
        let (mut entries, mut stays) = (Vec::new(), Vec::new());
        for (nth, site) in [(6, "S00"), (7, "S11")] {
            let (volunteer, entry) = (&people["people"][nth]["id"], json!(uuid::Uuid::now_v7()));
            let line = |id: &Value, way: &str| json!({"id": id, "way": way, "volunteer": volunteer, "at": self.test.clock.now().ms()});
            let batch = json!({"check_ins": [line(&entry, "in"), line(&json!(uuid::Uuid::now_v7()), "out")]});
            self.officer.post(&format!("/sites/{site}/check-ins"), batch).await.json();
            let page = self.officer.get(&format!("/volunteers/{}", volunteer.as_str().unwrap())).await.json();
            stays.push(page["stays"][0]["id"].clone());
            entries.push(entry);
        }
        self.keep("entry", &entries[0], &entries[1]);
        self.keep("attendance", &stays[0], &stays[1]);
    }

    /// A deed, an objection, a badge, a notice.
    async fn sayings(&mut self, district: &District) {
        let volunteer: Id<things::Volunteer> = self.things["volunteer"].parse().unwrap();
        let page = self.officer.get(&format!("/volunteers/{volunteer}")).await.json();
        let badge = page["badge"].as_str().unwrap().to_owned();
        let told = self.officer.post("/deeds", json!({"badge": badge, "story": self.words})).await.json();
        self.things.insert("deed", told["deed"].as_str().unwrap().to_owned());
        self.things.insert("code", badge);
        let mut themselves = self.test.stranger();
        themselves.token = Some(volunteer_token(self.test, district, volunteer).await);
        let asked = themselves.post("/record/corrections", json!({"objection": self.words})).await.json();
        self.things.insert("correction", asked["correction"].as_str().unwrap().to_owned());
        let notice = change(self.test, {
            let district = district.clone();
            move |tx| {
                let sql = "select id from notices where district = $1 order by id limit 1";
                Ok(tx.one(sql, store::params![&district], |row| row.get::<Id<things::Notice>>("id"))?)
            }
        });
        let notice = notice.await.to_string();
        self.things.insert("notice", notice);
    }

    /// Two lists that somebody wants to take and that wait for a second person's word.
    async fn lists(&mut self, allocator: &Client) {
        let sheet = format!("/orders/{}/plans/{}/sheet", self.things["order"], self.things["plan"]);
        let ask = json!({"format": "csv", "why": "other", "note": self.words});
        let one = allocator.post(&sheet, ask.clone()).await.json();
        let other = self.officer.post(&sheet, ask).await.json();
        self.keep("export", &one["export"], &other["export"]);
    }

    async fn accounts(&mut self, administrator: &Client) {
        let mut made = Vec::new();
        for login in ["one", "other"] {
            let login = format!("{login}{}{}", self.code, self.words);
            let body = json!({"login": login, "name": self.words, "role": "prevention_group"});
            made.push(administrator.post("/accounts", body).await.json()["account"].clone());
        }
        self.keep("account", &made[0], &made[1]);
        let listed = administrator.get("/accounts").await.json();
        self.keep("token", &listed["tokens"][0]["id"], &listed["tokens"][1]["id"]);
    }
}

pub async fn volunteer_token(test: &TestHouse, district: &District, volunteer: Id<things::Volunteer>) -> String {
    let district = district.clone();
    let actor = Actor::new(domain::ActorKind::Volunteer, volunteer.uuid());
    change(test, move |tx| Ok(sessions::begin(tx, actor, &district, None, None)?)).await
}
