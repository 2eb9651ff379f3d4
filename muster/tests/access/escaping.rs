//! What people write stays what they wrote: no page shows it as markup. A house in which every name and every sentence is
//! an attack is opened page by page, in both languages, as everybody; and every field in which something can be written is
//! filled with every attack first.

use std::{collections::HashSet, sync::LazyLock};

use axum::Router;
use domain::{Role, Scope};
use serde_json::{Value, json};
use web::routes::{Entry, Way};

use crate::{
    asking::{Question, filled, method, parts},
    bodies::{Shapes, naming},
    markup,
    people::ACCOUNT_ROLES,
    world::{World, sqlite, volunteer_token},
};

/// The same that the browser's tests use: out of an attribute, out of a script, into markup, into an address.
static ATTACKS: LazyLock<Vec<String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../tests/browser/rig/attacks.json")).unwrap());

/// Who opens pages and fills in fields: a role and its token.
type People = Vec<(Option<Role>, Option<String>)>;

async fn people(world: &World) -> People {
    let mut people = vec![(None, None)];
    for role in ACCOUNT_ROLES {
        people.push((Some(role), Some(world.token(&world.here.district, role, Scope::District).await)));
    }
    let volunteer = volunteer_token(&world.test, &world.here.district, world.here.id("volunteer")).await;
    people.push((Some(Role::Volunteer), Some(volunteer)));
    people
}

fn may(role: Option<Role>, entry: &Entry) -> bool {
    role.map_or(entry.right == domain::Right::Anybody, |role| role.has(entry.right))
}

/// What was seen: how many pages, on how many an attack is shown as text, which pages, and what would run.
#[derive(Default)]
struct Seen {
    opened: usize,
    shown: usize,
    routes: HashSet<&'static str>,
    wrong: Vec<String>,
}

impl Seen {
    fn note(&mut self, entry: &Entry, what: &str, html: &str) {
        if !html.trim_start().starts_with("<!") {
            return;
        }
        self.opened += 1;
        self.routes.insert(entry.path);
        self.shown += usize::from(["&lt;svg/onload", "&#60;svg/onload"].iter().any(|text| html.contains(text)));
        let runs = markup::would_run(html);
        if !runs.is_empty() {
            self.wrong.push(format!("{} {} {what}: {runs:?}", method(entry), entry.path));
        }
    }

    fn wrong(mut self) -> Vec<String> {
        self.wrong.sort();
        self.wrong.dedup();
        self.wrong
    }
}

/// Every page as everybody who may open it, in both languages; and with each attack in each part of its query.
async fn looked_at(router: &Router, world: &World) -> Seen {
    let (shapes, people) = (Shapes::of(world), people(world).await);
    let mut seen = Seen::default();
    for entry in world.test.house.entries.iter().filter(|entry| entry.way == Way::Get) {
        let path = filled(entry.path, &world.here.things);
        for (role, token) in people.iter().filter(|(role, _)| may(*role, entry)) {
            for lang in ["zh-CN", "en"] {
                let question = Question::of(entry, "", token.as_deref());
                let question = Question { path: path.clone(), headers: vec![("accept-language", lang)], ..question };
                seen.note(entry, &format!("as {role:?}"), &question.ask(router).await.text);
            }
        }
        let asker = people.iter().find(|(role, _)| may(*role, entry)).and_then(|(_, token)| token.as_deref());
        for (name, _) in shapes.fields(entry) {
            for attack in ATTACKS.iter() {
                let path = format!("{path}?{name}={}", percent(attack));
                let question = Question { path, headers: vec![], ..Question::of(entry, "", asker) };
                seen.note(entry, &format!("?{name}={attack}"), &question.ask(router).await.text);
            }
        }
    }
    seen
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

/// Something that people write: no choice, no id, no number.
fn is_text(shape: &Value) -> bool {
    let kind = shape["type"].as_str().or_else(|| shape["type"][0].as_str());
    kind == Some("string") && shape["format"] != "uuid" && shape["enum"].is_null() && shape["const"].is_null()
}

/// Fills every field in which something can be written with every attack, as a program (so that it is kept) and as a
/// browser (so that a page answers); gives the fields, and how often something was kept.
async fn written(router: &Router, world: &World, seen: &mut Seen) -> (HashSet<String>, usize) {
    let (shapes, people) = (Shapes::of(world), people(world).await);
    let (mut fields, mut kept) = (HashSet::new(), 0);
    for entry in world.test.house.entries.iter().filter(|entry| entry.way == Way::Post && !entry.takes_file) {
        // Signing out would end what the others ask with.
        if entry.path == "/sign-out" {
            continue;
        }
        let asker = people.iter().find(|(role, _)| may(*role, entry)).and_then(|(_, token)| token.as_deref());
        let path = filled(entry.path, &world.here.things);
        let outer: Vec<String> = shapes.fields(entry).into_iter().map(|(name, _)| name).collect();
        for (field, _) in shapes.deep(entry).into_iter().filter(|(_, shape)| is_text(shape)) {
            fields.insert(format!("{} {field}", entry.path));
            for attack in ATTACKS.iter() {
                let fill = |name: &str| match name {
                    _ if name == field => Some(json!(attack)),
                    _ if outer.iter().any(|known| known == name) => naming(entry, name, &world.here.things),
                    _ => None,
                };
                let body = shapes.body(entry, &fill);
                let reply = Question::of(entry, &path, asker).json(&body).ask(router).await;
                kept += usize::from(reply.status.is_success());
                let body = format!("{field}={}", percent(attack)).into_bytes();
                let kind = "application/x-www-form-urlencoded";
                let form = Question { path: path.clone(), kind, body, ..Question::of(entry, "", asker) };
                seen.note(entry, &format!("{field}={attack}"), &form.ask(router).await.text);
            }
        }
    }
    (fields, kept)
}

/// Pages that are none: they send one on, or give a file.
const NO_PAGES: [&str; 10] = [
    "/",
    "/sign-in/oidc",
    "/sign-in/oidc/answer",
    "/sites/{site}/requests/{request}",
    "/imports/examples/{register}",
    "/teams/{team}/badges",
    "/orders/{order}/cap.xml",
    "/orders/{order}/report/sheet",
    "/duty/calendar",
    "/orders/{order}/plans/{plan}/sheet",
];

#[tokio::test]
async fn no_page_shows_words_as_markup() {
    let world = World::on(sqlite(), &ATTACKS[0]).await;
    let mut seen = Seen::default();
    let (fields, kept) = written(&world.router(), &world, &mut seen).await;
    let answers = seen.opened;
    let looked = looked_at(&world.router(), &world).await;
    println!("{} fields filled with {} attacks, kept {kept} times", fields.len(), ATTACKS.len());
    println!("{answers} answers and {} pages, an attack is text on {} of them", looked.opened, looked.shown);
    let pages = world.test.house.entries.iter().filter(|entry| entry.way == Way::Get);
    let unseen: Vec<&str> = pages
        .map(|entry| entry.path)
        .filter(|path| !looked.routes.contains(path) && !NO_PAGES.contains(path))
        .collect();
    let shown = looked.shown;
    assert_eq!(seen.wrong(), Vec::<String>::new());
    assert_eq!(looked.wrong(), Vec::<String>::new());
    assert_eq!(unseen, Vec::<&str>::new(), "these pages were not seen");
    assert!(fields.len() > 50 && kept > 500, "{} fields were filled, {kept} times something was kept", fields.len());
    assert!(shown > 100, "an attack is shown on {shown} pages only: nothing is proven");
}

/// The control: a page that does not escape is found.
#[tokio::test]
async fn markup_is_seen() {
    let world = World::on(sqlite(), &ATTACKS[0]).await;
    let unescaped = world.router().layer(axum::middleware::map_response(|reply: axum::response::Response| async {
        let (mut parts, body) = reply.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).replace("&lt;", "<").replace("&#60;", "<");
        parts.headers.remove("content-length");
        axum::response::Response::from_parts(parts, axum::body::Body::from(text))
    }));
    let wrong = looked_at(&unescaped, &world).await.wrong();
    assert!(wrong.len() > 100, "only {} pages were found", wrong.len());
    assert!(parts("/a/{b}").eq(["b"]));
}
