//! What people write stays what they wrote: no page shows it as markup. A house in which every name and every sentence is
//! an attack is opened page by page, in both languages, as everybody.

use axum::Router;
use domain::{Role, Scope};
use web::routes::Way;

use crate::{
    asking::{Question, filled, parts},
    bodies::Shapes,
    people::ACCOUNT_ROLES,
    world::{World, sqlite, volunteer_token},
};

/// Breaks out of an attribute, out of a script and into markup, if nothing stops it.
const ATTACK: &str = "\"'><svg/onload=alert(1)>{{7*7}}</script>";
/// Leads somewhere else, if it becomes an address.
const ADDRESS: &str = "javascript:alert(3)";

/// What of a page would run, were it opened.
fn would_run(html: &str) -> Vec<&'static str> {
    let lower = html.to_lowercase();
    [
        "<svg/onload",
        "'></script>",
        "\"'><",
        "href=\"javascript:",
        "action=\"javascript:",
        "src=\"javascript:",
        " onload=\"",
        " onerror=\"",
        " onclick=\"",
        " style=\"",
        "<script>",
    ]
    .into_iter()
    .filter(|mark| lower.contains(mark))
    .collect()
}

/// Every page as everybody who may open it; gives how many were opened, on how many the attack is shown as text, and what
/// would run.
async fn looked_at(router: &Router, world: &World) -> (usize, usize, Vec<String>) {
    let shapes = Shapes::of(world);
    let mut people = vec![(None, None)];
    for role in ACCOUNT_ROLES {
        people.push((Some(role), Some(world.token(&world.here.district, role, Scope::District).await)));
    }
    let volunteer = volunteer_token(&world.test, &world.here.district, world.here.id("volunteer")).await;
    people.push((Some(Role::Volunteer), Some(volunteer)));
    let (mut opened, mut shown, mut wrong) = (0, 0, Vec::new());
    for entry in world.test.house.entries.iter().filter(|entry| entry.way == Way::Get) {
        let path = filled(entry.path, &world.here.things);
        let fields = shapes.fields(entry);
        let queries =
            fields.iter().flat_map(|(name, _)| [ATTACK, ADDRESS].map(|text| format!("?{name}={}", percent(text))));
        let queries: Vec<String> = [String::new()].into_iter().chain(queries).collect();
        let may =
            |role: &Option<Role>| role.map_or(entry.right == domain::Right::Anybody, |role| role.has(entry.right));
        for (role, token) in people.iter().filter(|(role, _)| may(role)) {
            for query in &queries {
                for lang in ["zh-CN", "en"] {
                    let headers = vec![("accept-language", lang)];
                    let question = Question::of(entry, "", token.as_deref());
                    let reply = Question { path: format!("{path}{query}"), headers, ..question }.ask(router).await;
                    if !reply.text.trim_start().starts_with("<!") {
                        continue;
                    }
                    opened += 1;
                    shown +=
                        usize::from(reply.text.contains("&lt;svg/onload") || reply.text.contains("&#60;svg/onload"));
                    let runs = would_run(&reply.text);
                    if !runs.is_empty() {
                        wrong.push(format!("{}{query} as {role:?}: {runs:?}", entry.path));
                    }
                }
            }
        }
    }
    (opened, shown, wrong)
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}

#[tokio::test]
async fn no_page_shows_words_as_markup() {
    let world = World::on(sqlite(), ATTACK).await;
    let (opened, shown, mut wrong) = looked_at(&world.router(), &world).await;
    println!("{opened} pages, the attack is text on {shown} of them");
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {opened}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(shown > 100, "the attack is shown on {shown} pages only: nothing is proven");
}

/// The control: a page that does not escape is found.
#[tokio::test]
async fn markup_is_seen() {
    let world = World::on(sqlite(), ATTACK).await;
    let unescaped = world.router().layer(axum::middleware::map_response(|reply: axum::response::Response| async {
        let (parts, body) = reply.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).replace("&lt;", "<").replace("&#60;", "<");
        let mut parts = parts;
        parts.headers.remove("content-length");
        axum::response::Response::from_parts(parts, axum::body::Body::from(text))
    }));
    let (_, _, wrong) = looked_at(&unescaped, &world).await;
    assert!(wrong.len() > 100, "only {} pages were found", wrong.len());
    assert!(parts("/a/{b}").eq(["b"]));
}
