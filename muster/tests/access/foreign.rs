//! Writes that another site makes a browser send: refused before anything else happens.

use std::collections::HashSet;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
};
use domain::{Right, Role, Scope};
use serde_json::Value;
use web::routes::{Entry, Way};

use crate::{
    asking::{OWN_ORIGIN, Question, Reply, filled},
    bodies::Shapes,
    world::{World, volunteer_token},
};

/// What browsers say of a page that is not ours, and what nobody says.
const FOREIGN: [&[(&str, &str)]; 8] = [
    &[],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://muster.test.evil.example")],
    &[("origin", "http://muster.test:81")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
];

async fn write(
    router: &Router,
    (world, shapes): (&World, &Shapes),
    entry: &Entry,
    (cookie, is_form): (&str, bool),
    headers: &[(&'static str, &'static str)],
) -> Reply {
    let path = filled(entry.path, &world.here.things);
    let body = shapes.body(entry, &|_| None);
    let form = form_of(&body);
    let question = Question::of(entry, &path, None);
    let question = Question { cookie: Some(cookie), headers: headers.to_vec(), ..question };
    if !is_form {
        return question.json(&body).ask(router).await;
    }
    let question = Question { path, ..question };
    Question { kind: "application/x-www-form-urlencoded", body: form.into_bytes(), ..question }.ask(router).await
}

/// The flat fields of a body as a form sends them.
fn form_of(body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields.map(|(name, value)| format!("{name}={}", text(value).replace(':', "%3A"))).collect::<Vec<_>>().join("&")
}

/// Every write of everybody, sent from elsewhere, as a form to the page and as JSON to the interface; gives how many were
/// sent, of which routes, and those that were heard.
async fn heard(router: &Router, world: &World) -> (usize, HashSet<&'static str>, Vec<String>) {
    let (shapes, mut sent, mut routes, mut heard) = (Shapes::of(world), 0, HashSet::new(), Vec::new());
    for role in Role::ALL {
        let cookie = match role {
            Role::Volunteer => volunteer_token(&world.test, &world.here.district, world.here.id("volunteer")).await,
            _ => world.token(&world.here.district, role, Scope::District).await,
        };
        for entry in world.test.house.entries.iter().filter(|it| it.way == Way::Post && role.has(it.right)) {
            routes.insert(entry.path);
            for (headers, is_form) in FOREIGN.iter().flat_map(|headers| [(headers, true), (headers, false)]) {
                sent += 1;
                let reply = write(router, (world, &shapes), entry, (&cookie, is_form), headers).await;
                if reply.status.as_u16() != 403 || !reply.text.contains("web.5") || reply.signs_in {
                    heard.push(format!("{} {headers:?}: {}", entry.path, reply.status));
                }
            }
        }
    }
    (sent, routes, heard)
}

#[tokio::test]
async fn a_foreign_page_writes_nothing() {
    let world = World::new().await;
    let (before, _) = world.journal(&world.here.district).await;
    let (sent, routes, heard) = heard(&world.router(), &world).await;
    println!("{sent} foreign writes of {} routes", routes.len());
    assert!(heard.is_empty(), "{} of {sent} were heard:\n{}", heard.len(), heard.join("\n"));
    let all = world.test.house.entries.iter().filter(|it| it.way == Way::Post && it.right != Right::Anybody);
    let lost: Vec<_> = all.map(|it| it.path).filter(|path| !routes.contains(path)).collect();
    assert!(lost.is_empty(), "nobody sent these: {lost:?}");
    // The tokens were made for the test itself, each without an entry of the journal.
    assert_eq!(world.journal(&world.here.district).await.0, before, "something was changed");
}

/// The control: where nobody asks whence a request comes, the same writes are heard and change something.
#[tokio::test]
async fn without_the_guard_they_are_heard() {
    let world = World::new().await;
    let (before, _) = world.journal(&world.here.district).await;
    let unguarded = world.router().layer(axum::middleware::map_request(|mut asked: Request| async move {
        asked.headers_mut().insert(header::ORIGIN, HeaderValue::from_static(OWN_ORIGIN));
        asked
    }));
    let (sent, _, heard) = heard(&unguarded, &world).await;
    assert_eq!(heard.len(), sent);
    assert!(world.journal(&world.here.district).await.0 > before, "nothing was changed");
}
