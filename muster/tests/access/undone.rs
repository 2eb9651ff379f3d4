//! Each act can be taken back, or stays for a stated reason: the committed table is held against the address book, and
//! what it calls undone is done and taken back here, by the inverse that the answer itself offers.

use std::collections::{BTreeSet, HashMap};

use domain::{Role, Scope};
use serde_json::{Value, json};
use web::{
    routes::{Entry, Way},
    testing::Client,
};

use crate::{
    asking::{Question, Reply, method},
    people::ACCOUNT_ROLES,
    world::{Things, World, sqlite, volunteer_token},
};

const TABLE: &str = include_str!("../../../docs/api/undo.md");

/// Why an act needs nothing more, or what it needs.
const REASONS: [&str; 10] =
    ["undone", "again", "back", "corrected", "way in", "told", "proposes", "reads", "session", "erased"];
/// The only ones that name no route.
const ALONE: [&str; 2] = ["reads", "erased"];

/// One line: what an act is, and the routes that take it back or say otherwise.
#[derive(Debug, Clone)]
struct Line<'a> {
    act: &'a str,
    reason: &'a str,
    by: Vec<&'a str>,
}

fn lines(table: &str) -> Vec<Line<'_>> {
    table.lines().filter_map(read).collect()
}

fn read(line: &str) -> Option<Line<'_>> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let [act, reason, by] = cells.as_slice() else { return None };
    let by = by.split(", ").filter(|by| !by.is_empty()).collect();
    act.starts_with("POST ").then_some(Line { act, reason, by })
}

fn name(entry: &Entry) -> String {
    format!("{} {}", method(entry), entry.path)
}

/// What of the table is not so: acts without a line, lines without an act, reasons that are none, routes that are not there.
fn faults(table: &str, entries: &[Entry]) -> Vec<String> {
    let acts: BTreeSet<String> = entries.iter().filter(|entry| entry.way == Way::Post).map(name).collect();
    let lines = lines(table);
    let mut faults = Vec::new();
    for act in &acts {
        match lines.iter().filter(|line| line.act == act).count() {
            1 => {}
            times => faults.push(format!("{act} has {times} lines")),
        }
    }
    for line in &lines {
        let is_command = |by: &str| line.reason == "way in" && by.starts_with("`muster ");
        let unknown = line.by.iter().filter(|by| !acts.contains(**by) && !is_command(by));
        faults.extend(unknown.map(|by| format!("{}: there is no {by}", line.act)));
        if !acts.contains(line.act) {
            faults.push(format!("there is no {}", line.act));
        }
        if !REASONS.contains(&line.reason) {
            faults.push(format!("{}: “{}” is no reason", line.act, line.reason));
        }
        if line.by.is_empty() != ALONE.contains(&line.reason) {
            faults.push(format!("{}: “{}” by {:?}", line.act, line.reason, line.by));
        }
    }
    faults
}

#[tokio::test]
async fn every_act_says_how_it_is_taken_back_or_why_it_stays() {
    let world = World::new().await;
    let entries = &world.test.house.entries;
    assert_eq!(faults(TABLE, entries), Vec::<String>::new(), "mend docs/api/undo.md");
    // The control: each kind of fault is found.
    for (right, wrong) in [
        ("| POST /links | undone | POST /links |\n", ""),
        ("| POST /links | undone | POST /links |\n", "| POST /knots | undone | POST /links |\n"),
        ("| POST /links | undone | POST /links |", "| POST /links | undone | POST /knots |"),
        ("| POST /links | undone | POST /links |", "| POST /links | undone | `muster token` |"),
        ("| POST /links | undone | POST /links |", "| POST /links | seldom | POST /links |"),
        ("| POST /links | undone | POST /links |", "| POST /links | undone | |"),
    ] {
        let changed = TABLE.replace(right, wrong);
        assert_ne!(changed, TABLE);
        assert!(!faults(&changed, entries).is_empty(), "nobody minds {wrong:?}");
    }
}

/// A house that an identity provider lets people into; nobody is asked there before somebody signs in.
async fn house() -> World {
    let oidc = web::access::oidc::Settings {
        issuer: "https://identity.example".to_owned(),
        client_id: "muster".to_owned(),
        client_secret: None,
        claim: "email".to_owned(),
        labels: [None, None],
    };
    World::with(sqlite(), "文明路", web::Settings { oidc: Some(oidc), ..web::testing::settings() }).await
}

/// People of every role who do things as a browser does, and take them back.
struct Hands<'a> {
    world: &'a World,
    tokens: HashMap<Role, String>,
    things: Things,
    /// The acts that were done and taken back.
    done: BTreeSet<String>,
}

impl<'a> Hands<'a> {
    async fn of(world: &'a World) -> Self {
        let mut tokens = HashMap::new();
        for role in ACCOUNT_ROLES {
            tokens.insert(role, world.token(&world.here.district, role, Scope::District).await);
        }
        let volunteer = volunteer_token(&world.test, &world.here.district, world.here.id("volunteer")).await;
        tokens.insert(Role::Volunteer, volunteer);
        let mut things = world.here.things.clone();
        things.insert("colleague", world.here.others["volunteer"].clone());
        Self { world, tokens, things, done: BTreeSet::new() }
    }

    /// With `{thing}` everywhere replaced by its id.
    fn worded(&self, text: &str) -> String {
        self.things.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    fn client(&self, role: Role) -> Client {
        let mut client = self.world.test.stranger();
        client.token = Some(self.tokens[&role].clone());
        client
    }

    /// What only has to be so before an act can be done.
    async fn say(&self, role: Role, path: &str, body: Value) -> Value {
        self.client(role).post(&self.worded(path), body).await.json()
    }

    async fn see(&self, role: Role, path: &str) -> Value {
        self.client(role).get(&self.worded(path)).await.json()
    }

    async fn form(&self, role: Role, path: &str, fields: &str) -> Reply {
        let question = Question::of(&self.world.test.house.entries[0], "", Some(&self.tokens[&role]));
        let kind = "application/x-www-form-urlencoded";
        let body = fields.as_bytes().to_vec();
        Question { method: "POST", path: path.to_owned(), kind, body, ..question }.ask(&self.world.router()).await
    }

    fn route(&self, path: &str) -> Option<String> {
        let is_at = |entry: &&Entry| {
            let mut asked = path.split('/');
            let fits =
                entry.path.split('/').all(|part| asked.next().is_some_and(|it| it == part || part.starts_with('{')));
            entry.way == Way::Post && fits && asked.next().is_none()
        };
        self.world.test.house.entries.iter().find(is_at).map(name)
    }

    /// Does something and takes it back by what the answer offers; the act and the route that took it back, or what is
    /// wrong.
    async fn there_and_back(&self, role: Role, path: &str, fields: &str) -> Result<(String, String), String> {
        let (path, fields) = (self.worded(path), self.worded(fields));
        let act = self.route(&path).ok_or_else(|| format!("there is no {path}"))?;
        let done = self.form(role, &path, &fields).await;
        if !done.status.is_redirection() {
            return Err(format!("{act} was not done: {} {}", done.status, done.text));
        }
        let undo = done.undo.ok_or_else(|| format!("{act} offers nothing"))?;
        let (to, back) = undo.split_once('?').unwrap_or((&undo, ""));
        let undone = self.form(role, to, back).await;
        if !undone.status.is_redirection() {
            return Err(format!("{act} was not undone by {undo}: {} {}", undone.status, undone.text));
        }
        Ok((act, self.route(to).ok_or_else(|| format!("there is no {to}"))?))
    }

    /// The same, for what the table calls undone by that route.
    async fn all(&mut self, role: Role, acts: &[(&str, &str)]) {
        for (path, fields) in acts {
            let (act, by) = self.there_and_back(role, path, fields).await.unwrap_or_else(|wrong| panic!("{wrong}"));
            let is_said = lines(TABLE).iter().any(|it| it.act == act && it.reason == "undone" && it.by.contains(&&*by));
            assert!(is_said, "docs/api/undo.md does not say that {act} is undone by {by}");
            self.done.insert(act);
        }
    }

    fn keep(&mut self, name: &'static str, id: &Value) {
        self.things.insert(name, id.as_str().unwrap_or_else(|| panic!("no {name}")).to_owned());
    }

    async fn work(&self) {
        self.world.test.runner.run_due(self.world.test.clock.now()).await.unwrap();
    }
}

async fn house_keeping(hands: &mut Hands<'_>) {
    let acts = [
        ("/accounts", "login=undone&name=Undone&role=allocator"),
        ("/accounts/{account}/grants", "role=allocator"),
        ("/accounts/{account}/suspension", ""),
        ("/accounts/{account}/identity", "identity=one%40identity.example"),
    ];
    hands.all(Role::Administrator, &acts).await;
    let identity = ("/accounts/{account}/identity", json!({"identity": "other@identity.example"}));
    hands.say(Role::Administrator, identity.0, identity.1).await;
    hands.all(Role::Administrator, &[(identity.0, "identity=one%40identity.example"), (identity.0, "")]).await;
    hands.say(Role::Administrator, "/accounts/{account}/suspension", json!({})).await;
    hands.all(Role::Administrator, &[("/accounts/{account}/suspension", "back=true")]).await;
    let acts = [("/conflicts", "conflict={conflict}&choice=first"), ("/conflicts", "conflict={conflict}&choice=noted")];
    hands.all(Role::DutyOfficer, &acts).await;
    let (accounts, conflicts) =
        (hands.see(Role::Administrator, "/accounts").await, hands.see(Role::DutyOfficer, "/conflicts").await);
    let made = accounts["accounts"].as_array().unwrap().iter().find(|account| account["login"] == "undone").unwrap();
    assert_eq!(made["suspended"], true);
    assert!(conflicts.to_string().contains(&hands.things["conflict"]), "it waits for a decision again");
}

async fn registers(hands: &mut Hands<'_>) {
    const PLACE: &str = "name=Undone&division={division}&latitude=21.6&longitude=110.9";
    let (code, known) = (format!("code=U1&{PLACE}"), hands.things["division"].clone());
    let divisions = [format!("code={}777&name=Undone", &known[..6]), format!("code={known}&name=Undone")];
    let acts = [
        ("/sites", code.as_str()),
        ("/sites/{site}", PLACE),
        ("/sites/{site}/retirement", ""),
        ("/divisions", &divisions[0]),
        ("/divisions", &divisions[1]),
        ("/links", "team=T1&site=S05"),
        ("/volunteers/{colleague}/departure", ""),
    ];
    hands.all(Role::Allocator, &acts).await;
    let divisions = hands.see(Role::Allocator, "/divisions").await["divisions"].to_string();
    assert!(!divisions.contains("777") && !divisions.contains("Undone"), "{divisions}");
    let place = json!({"code": "U2", "name": "U2", "division": known, "latitude": 21.6, "longitude": 110.9});
    hands.say(Role::Allocator, "/sites", place).await;
    let proposal = hands.see(Role::Allocator, "/zones/proposal").await;
    hands.keep("stamp", &proposal["stamp"]);
    hands.all(Role::Allocator, &[("/zones/proposal", "stamp={stamp}")]).await;
}

async fn a_sites_day(hands: &mut Hands<'_>) {
    const DAY: &str = "/sites/{site}/readiness";
    let day = |act: &str| format!("{DAY}/{act}");
    hands.all(Role::DutyOfficer, &[(&day("marks"), "item=tubes&done=true"), (&day("set-up"), "")]).await;
    let seen = hands.see(Role::DutyOfficer, DAY).await;
    // Of two marks of one moment the first counts.
    let clock = &hands.world.test.clock;
    clock.set(clock.now().plus_s(1));
    for item in seen["items"].as_array().unwrap() {
        hands.say(Role::DutyOfficer, &day("marks"), json!({"item": item["item"], "done": true})).await;
    }
    let arrivals = ("/sites/{site}/arrivals", "volunteer={colleague}");
    let phone = ("/sites/{site}/phones/{device}/settlement", "");
    hands.all(Role::DutyOfficer, &[(&day("opening"), ""), (&day("closure"), ""), arrivals, phone]).await;
    hands.say(Role::DutyOfficer, &day("closure"), json!({})).await;
    hands.all(Role::DutyOfficer, &[(&day("opening"), "")]).await;
}

async fn merits(hands: &mut Hands<'_>) {
    hands.all(Role::Volunteer, &[("/record/availability", "from=2031-05-06T07:08")]).await;
    hands.all(Role::AssessmentGroup, &[("/deeds/{deed}", "publish=false")]).await;
    hands.say(Role::Volunteer, "/record/deeds/{deed}", json!({"consent": true})).await;
    let listed = ("/commendations", "volunteer={colleague}&listed=true&reason=Undone");
    hands.all(Role::AssessmentGroup, &[("/deeds/{deed}", "publish=true"), listed]).await;
}

async fn requests(hands: &mut Hands<'_>) {
    let steps = [("take", ""), ("answer", "note=Soon"), ("handover", "group=allocation"), ("done", "")];
    for (step, fields) in steps {
        hands.all(Role::DutyOfficer, &[(&format!("/requests/{{request}}/{step}"), fields)]).await;
    }
    hands.say(Role::PreventionGroup, "/requests/{request}/done", json!({})).await;
    let verdicts = [("/requests/{request}/confirmation", ""), ("/requests/{request}/contest", "")];
    hands.all(Role::DutyOfficer, &verdicts).await;
}

async fn orders(hands: &mut Hands<'_>) {
    const NIGHT: &str = "name=Undone&beside=true&order_at=2031-01-01T00:00&set_up_at=2031-01-01T05:00\
                         &in_place_at=2031-01-01T08:00&close_at=2031-01-01T20:00";
    hands.all(Role::Allocator, &[("/orders/{order}/proposals/{proposal}/acceptance", "")]).await;
    let acts = [
        ("/orders", NIGHT),
        ("/orders/{order}", "name=Undone"),
        ("/orders/{order}/closing", ""),
        ("/orders/{order}/posts", "cell={site}+gatekeeper&headcount=7"),
    ];
    hands.all(Role::DutyOfficer, &acts).await;
    let asked = hands.say(Role::Allocator, "/orders/{order}/plans", json!({})).await;
    hands.keep("plan", &asked["plan"]);
    hands.work().await;
    let acts = [
        ("/orders/{order}/plans/{plan}/publication", ""),
        ("/orders/{order}/pins", "volunteer={volunteer}&site={site}&role=gatekeeper"),
        ("/orders/{order}/exclusions", "volunteer={volunteer}"),
    ];
    hands.all(Role::Allocator, &acts).await;
}

async fn a_volunteers_word(hands: &mut Hands<'_>) {
    let duty = hands.see(Role::Volunteer, "/duty").await;
    hands.keep("assignment", &duty["duty"]["assignment"]);
    let refusal = ("/duty/refusal", "assignment={assignment}&why=ill");
    hands.all(Role::Volunteer, &[refusal]).await;
    let assignment = hands.things["assignment"].clone();
    hands.say(Role::Volunteer, refusal.0, json!({"assignment": assignment, "why": "ill"})).await;
    hands.all(Role::Volunteer, &[("/duty/return", "assignment={assignment}")]).await;
    hands.all(Role::Allocator, &[("/orders/{order}/declined", "volunteer={volunteer}")]).await;
}

#[tokio::test]
async fn what_is_called_undone_is_done_and_taken_back() {
    let world = house().await;
    let mut hands = Hands::of(&world).await;
    house_keeping(&mut hands).await;
    orders(&mut hands).await;
    registers(&mut hands).await;
    a_sites_day(&mut hands).await;
    merits(&mut hands).await;
    requests(&mut hands).await;
    a_volunteers_word(&mut hands).await;
    let said: BTreeSet<String> =
        lines(TABLE).into_iter().filter(|line| line.reason == "undone").map(|line| line.act.to_owned()).collect();
    println!("{} acts of {} were done and taken back", hands.done.len(), lines(TABLE).len());
    assert_eq!(hands.done, said);
}

/// The control: an act that offers nothing, and an inverse that comes too late, are seen.
#[tokio::test]
async fn what_cannot_be_taken_back_is_seen() {
    let world = World::new().await;
    let hands = Hands::of(&world).await;
    let plan = hands.there_and_back(Role::Allocator, "/orders/{order}/plans", "").await;
    assert_eq!(plan, Err("POST /orders/{order}/plans offers nothing".to_owned()));
    let closing = hands.form(Role::DutyOfficer, &hands.worded("/orders/{order}/closing"), "").await;
    let undo = closing.undo.unwrap();
    let back = async || hands.form(Role::DutyOfficer, undo.trim_end_matches('?'), "").await.status;
    assert!(back().await.is_redirection());
    assert!(back().await.is_client_error(), "an order that is open is not opened again");
}
