//! Every route, both ways, for everybody: who is let in is what the committed list says, and nobody else.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Router, extract::Request, http::header, middleware::Next};
use domain::Role;
use futures_util::{StreamExt as _, stream};
use web::routes::Entry;

use crate::{
    asking::{BESIDE, DECLARED, Declared, Question, Reply, filled, method, parts},
    people::{Reach, State, Who, account, everybody},
    world::World,
};

/// What somebody must hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    SignInFirst,
    NotThere,
    LetIn,
}

/// The declaration, read without any of the program's own reasoning about rights.
fn declared(line: &Declared, who: &Who) -> Verdict {
    let is_known = who.token.is_some() && matches!(who.state, State::Live | State::Stripped);
    if !is_known {
        return if line.right == "Anybody" { Verdict::LetIn } else { Verdict::SignInFirst };
    }
    if matches!(line.right.as_str(), "Anybody" | "SignedIn") {
        return Verdict::LetIn;
    }
    let role = who.role.map_or("", Role::name);
    let has_role = who.state == State::Live && line.roles.iter().any(|name| name == role);
    let covers = match line.place.as_str() {
        "wherever held" => true,
        "the district" => who.reach == Reach::District,
        "the site" | "the request" => who.is_here && matches!(who.reach, Reach::District | Reach::Zone | Reach::Site),
        "the zone" => who.is_here && matches!(who.reach, Reach::District | Reach::Zone),
        _ => who.is_here && who.reach == Reach::District,
    };
    if has_role && covers { Verdict::LetIn } else { Verdict::NotThere }
}

fn fits(verdict: Verdict, entry: &Entry, reply: &Reply) -> bool {
    let said = reply.says();
    match verdict {
        Verdict::SignInFirst => said == "401 web.1",
        Verdict::NotThere => said == "404 web.2",
        Verdict::LetIn if entry.way == web::routes::Way::Post => said == "422 web.3",
        // A duty's own "no" comes after the guard.
        Verdict::LetIn => {
            let is_dutys_own = reply.status.is_client_error() && !said.ends_with("web.1") && !said.ends_with("web.2");
            reply.status.is_success() || reply.status.is_redirection() || (is_dutys_own && said.contains('.'))
        }
    }
}

/// Every cell; gives how many were asked, and those that were answered otherwise than declared.
async fn deviations(router: &Router, world: &World, people: &[Who]) -> (usize, Vec<String>) {
    let entries = &world.test.house.entries;
    let cells = entries.iter().flat_map(|entry| people.iter().map(move |who| (entry, who)));
    let asked = stream::iter(cells).map(|(entry, who)| async move {
        let route = format!("{} {}", method(entry), entry.path);
        let Some(line) = DECLARED.get(&route) else { return Some(format!("{route} is not declared")) };
        let path = filled(entry.path, &world.here.things);
        let reply = Question::of(entry, &path, who.token.as_deref()).unreadable().ask(router).await;
        let verdict = declared(line, who);
        (!fits(verdict, entry, &reply)).then(|| format!("{route} as {who}: {} instead of {verdict:?}", reply.says()))
    });
    let answers: Vec<Option<String>> = asked.buffer_unordered(8).collect().await;
    (answers.len(), answers.into_iter().flatten().collect())
}

#[tokio::test]
async fn every_cell_is_answered_as_declared() {
    let world = World::new().await;
    let people = everybody(&world).await;
    let (cells, wrong) = deviations(&world.router(), &world, &people).await;
    println!("{cells} cells: {} routes for {} kinds of people", world.test.house.entries.len(), people.len());
    let once: BTreeSet<&String> = wrong.iter().collect();
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{once:#?}", wrong.len());
    assert!(cells > 9_000, "only {cells} cells were asked");
}

#[tokio::test]
async fn no_other_method_reaches_anything() {
    let world = World::new().await;
    let officer = world.token(&world.here.district, Role::DutyOfficer, domain::Scope::District).await;
    for entry in &world.test.house.entries {
        for way in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let path = filled(entry.path, &world.here.things);
            let reply = Question { method: way, ..Question::of(entry, &path, Some(&officer)) };
            assert_eq!(reply.ask(&world.router()).await.status.as_u16(), 405, "{way} {}", entry.path);
        }
    }
}

/// What stands beside the address book is declared too; the source names each address once.
#[tokio::test]
async fn nothing_stands_beside_the_address_book_undeclared() {
    let source = include_str!("../../../crates/web/src/routes.rs");
    let mounted: BTreeSet<&str> = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let named: BTreeSet<&str> = BESIDE.iter().map(|(path, _)| *path).collect();
    assert_eq!(mounted, named, "declare it in asking.rs, with what a stranger hears");
    let world = World::new().await;
    for (path, statuses) in BESIDE {
        let path = parts(path).fold(path.to_owned(), |path, part| path.replace(&format!("{{{part}}}"), "x"));
        let reply =
            Question { path: path.clone(), headers: vec![], ..Question::of(&world.test.house.entries[0], "", None) };
        let said = reply.ask(&world.router()).await.status.as_u16();
        assert!(statuses.contains(&said), "{path} says {said}");
    }
}

/// A router one of whose guards is gone: whoever comes with the first secret is taken for the holder of the second.
pub fn weakened(router: Router, swaps: Vec<(String, String)>) -> Router {
    let swaps = Arc::new(swaps);
    router.layer(axum::middleware::from_fn(move |mut asked: Request, next: Next| {
        let swaps = swaps.clone();
        async move {
            let said = asked.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let swap = swaps.iter().find(|(from, _)| said == format!("Bearer {from}")).map(|(_, to)| to.clone());
            if let Some(to) = swap {
                asked.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {to}").parse().unwrap());
            }
            next.run(asked).await
        }
    }))
}

/// The control: with any one guard gone, cells deviate.
#[tokio::test]
async fn a_missing_guard_is_seen() {
    let world = World::new().await;
    let live = async |role, reach, is_here| account(&world, role, reach, State::Live, is_here).await;
    let over = async |state| account(&world, Role::SiteChief, Reach::District, state, true).await;
    let chief = live(Role::SiteChief, Reach::Site, true).await;
    let whole = live(Role::SiteChief, Reach::District, true).await;
    let officer = live(Role::DutyOfficer, Reach::District, true).await;
    for (guard, weak, strong) in [
        ("the right", chief.clone(), officer.clone()),
        ("the site", live(Role::SiteChief, Reach::OtherSite, true).await, chief.clone()),
        ("the zone", live(Role::ZoneLead, Reach::OtherZone, true).await, live(Role::ZoneLead, Reach::Zone, true).await),
        ("the district", live(Role::DutyOfficer, Reach::District, false).await, officer),
        ("suspension", over(State::Suspended).await, whole.clone()),
        ("expiry", over(State::Expired).await, whole.clone()),
        ("the end of a session", over(State::SignedOut).await, whole.clone()),
        ("the end of a role", over(State::Stripped).await, whole.clone()),
        ("the use of a link", over(State::Invited).await, whole),
    ] {
        let people = [weak.clone()];
        let (_, wrong) = deviations(&world.router(), &world, &people).await;
        assert!(wrong.is_empty(), "with {guard}: {wrong:?}");
        let swap = (weak.token.unwrap(), strong.token.unwrap());
        let (_, wrong) = deviations(&weakened(world.router(), vec![swap]), &world, &people).await;
        assert!(!wrong.is_empty(), "nobody noticed that {guard} is not checked");
    }
}
