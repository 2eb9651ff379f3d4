//! Whatever stands in a field, nothing breaks: every field of every question and every part of every path, filled with what
//! breaks programs, answers with a page or a sentence, on both engines.

use axum::Router;
use domain::{Role, Scope};
use serde_json::{Value, json};
use store::{Store, testing};
use web::{
    House,
    routes::{Entry, Way},
};

use crate::{
    asking::{Question, Reply, filled, method, parts},
    bodies::Shapes,
    people::ACCOUNT_ROLES,
    world::{World, sqlite, volunteer_token},
};

/// What a field is filled with, as JSON.
fn nasty() -> Vec<Value> {
    let texts = [
        "'",
        "\"",
        "' or '1'='1",
        "1; drop table sites --",
        "$1",
        "\u{0}",
        "a\u{0}b",
        "%00",
        "../../etc/passwd",
        "\r\nset-cookie: muster=x",
        "\u{202e}\u{feff}\u{1f4a5}﷽",
        "\u{10ffff}",
        "-1",
        "0",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999999999",
        "1e308",
        "NaN",
        "2022-13-45T99:99",
        "-9999-01-01T00:00",
        "9999-12-31T23:59",
        "=cmd|' /C calc'!A0",
        "",
    ];
    let numbers =
        [json!(-1), json!(0), json!(i64::MAX), json!(i64::MIN), json!(u64::MAX), json!(1e308), json!(-1e-308)];
    let shapes = [json!(null), json!(true), json!([]), json!({}), json!([[["x"]]]), json!({"a": {"b": [null]}})];
    let long = [json!("长".repeat(70_000)), json!(vec!["x"; 5_000])];
    texts.into_iter().map(Value::from).chain(numbers).chain(shapes).chain(long).collect()
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

struct Attack<'a> {
    router: &'a Router,
    shapes: &'a Shapes,
    entry: &'a Entry,
    path: String,
    token: Option<&'a str>,
}

impl Attack<'_> {
    /// One field filled; the rest is as it should be.
    async fn field(&self, name: &str, value: &Value) -> Reply {
        if self.entry.way == Way::Get {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let short: String = text.chars().take(2_000).collect();
            let path = format!("{}?{name}={}", self.path, percent(&short));
            return Question::of(self.entry, &path, self.token).ask(self.router).await;
        }
        let mut body = self.shapes.body(self.entry, &|_| None);
        body[name] = value.clone();
        Question::of(self.entry, &self.path, self.token).json(&body).ask(self.router).await
    }

    /// One part of the path filled.
    async fn part(&self, things: &crate::world::Things, name: &'static str, text: &str) -> Reply {
        let short: String = text.chars().take(2_000).collect();
        let things = things.clone().into_iter().chain([(name, percent(&short))]).collect();
        let path = filled(self.entry.path, &things);
        Question::of(self.entry, &path, self.token)
            .json(&self.shapes.body(self.entry, &|_| None))
            .ask(self.router)
            .await
    }
}

/// Everything asked of a house; gives how many questions there were, and what broke.
async fn broken(router: &Router, world: &World, nasty: &[Value]) -> (usize, Vec<String>) {
    let shapes = Shapes::of(world);
    let mut tokens = Vec::new();
    for role in ACCOUNT_ROLES {
        tokens.push((role, world.token(&world.here.district, role, Scope::District).await));
    }
    let volunteer = volunteer_token(&world.test, &world.here.district, world.here.id("volunteer")).await;
    tokens.push((Role::Volunteer, volunteer));
    let (mut asked, mut wrong) = (0, Vec::new());
    for entry in &world.test.house.entries {
        let token = tokens.iter().find(|(role, _)| role.has(entry.right)).map(|(_, token)| token.as_str());
        let path = filled(entry.path, &world.here.things);
        let attack = Attack { router, shapes: &shapes, entry, path, token };
        let route = format!("{} {}", method(entry), entry.path);
        let mut note = |what: &str, value: &Value, reply: &Reply| {
            asked += 1;
            if reply.status.is_server_error() {
                let value: String = value.to_string().chars().take(60).collect();
                wrong.push(format!("{route} with {what} = {value}: {}", reply.says()));
            }
        };
        if !entry.takes_file {
            for (name, _) in shapes.fields(entry) {
                for value in nasty {
                    note(&name, value, &attack.field(&name, value).await);
                }
            }
        }
        for part in parts(entry.path) {
            for value in nasty.iter().filter(|value| value.is_string()) {
                let text = value.as_str().unwrap_or_default();
                note(part, value, &attack.part(&world.here.things, part, text).await);
            }
        }
        for body in ["", "{", "[]", "null", "\u{0}", "{\"a\":1e999}", &"[".repeat(20_000), &"{\"a\":".repeat(20_000)] {
            let question = Question { body: body.as_bytes().to_vec(), ..Question::of(entry, &attack.path, token) };
            note("the body", &json!(body), &question.ask(router).await);
        }
    }
    (asked, wrong)
}

async fn nothing_breaks(store: Store, nasty: &[Value], at_least: usize) {
    let world = World::on(store, "文明路").await;
    let (asked, wrong) = broken(&world.router(), &world, nasty).await;
    println!("{asked} hostile questions");
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > at_least, "only {asked} were asked");
    let report = world.test.house.store.look(|tx| store::journal::verify(tx, None)).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[tokio::test]
async fn nothing_breaks_on_sqlite() {
    nothing_breaks(sqlite(), &nasty(), 5_000).await;
}

/// What the engine itself could trip over; the rest is read before it comes to the store.
#[tokio::test]
async fn nothing_breaks_on_postgres() {
    let nasty =
        [json!("a\u{0}b"), json!("'; drop table sites --"), json!("\u{10ffff}"), json!(i64::MAX), json!(i64::MIN)];
    nothing_breaks(testing::postgres(House::migrations(&muster::duties::all())), &nasty, 1_500).await;
}

/// The control: a handler that trips over a quotation mark is found.
#[tokio::test]
async fn a_broken_field_is_seen() {
    let world = World::new().await;
    let tripping = world.router().layer(axum::middleware::from_fn(
        |asked: axum::extract::Request, next: axum::middleware::Next| async move {
            let trips = asked.uri().path() == "/api/v1/teams" && asked.uri().query() == Some("organisation=%27");
            let reply = next.run(asked).await;
            if trips {
                axum::response::IntoResponse::into_response(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
            } else {
                reply
            }
        },
    ));
    let (_, wrong) = broken(&tripping, &world, &[json!("'")]).await;
    assert_eq!(wrong, ["GET /teams with organisation = \"'\": 500"]);
}
