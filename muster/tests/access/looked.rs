//! S17: whoever is shown somebody else's name leaves an entry in the journal, whichever page it stands on.

use std::time::Duration;

use domain::{Role, Scope};
use serde_json::json;
use web::routes::Way;

use crate::{
    asking::{Question, filled},
    people::ACCOUNT_ROLES,
    world::{PERSON, World},
};

/// Pages that say a name and need no entry, each with its reason.
const NO_LOOK: [(&str, &str); 0] = [];

/// Every page as everybody who may open it, so many minutes of the house's clock apart: how many named somebody, and
/// which of them left nothing in the journal.
async fn unnoted(world: &World, people: &[(Role, String)], apart_min: i64) -> (usize, Vec<String>) {
    let (mut named, mut wrong) = (0, Vec::new());
    for (role, token) in people {
        for entry in world.test.house.entries.iter().filter(|it| it.way == Way::Get && role.has(it.right)) {
            let path = filled(entry.path, &world.here.things);
            world.test.clock.set(world.test.clock.now().plus_min(apart_min));
            let before = looks(world).await;
            let question = Question::of(entry, "", Some(token));
            let path = format!("/api/v1{path}");
            let reply = Question { path, ..question }.ask(&world.router()).await;
            if !reply.status.is_success() || !reply.text.contains(PERSON) {
                continue;
            }
            named += 1;
            if NO_LOOK.iter().any(|(route, _)| *route == entry.path) || grew(world, before).await {
                continue;
            }
            wrong.push(format!("{} as {}", entry.path, role.name()));
        }
    }
    (named, wrong)
}

async fn looks(world: &World) -> usize {
    let entries = world.test.house.store.journal_after(0, 100_000, None).await.unwrap();
    let kinds = ["web.people_listed", "web.person_revealed"];
    entries.iter().filter(|entry| kinds.contains(&entry.kind.as_str())).count()
}

/// A list is noted right after the answer.
async fn grew(world: &World, before: usize) -> bool {
    for _ in 0..25 {
        if looks(world).await > before {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// A world where somebody is left out of the next plan, and everybody with an account.
async fn world() -> (World, Vec<(Role, String)>) {
    let world = World::new().await;
    let (order, volunteer) = (&world.here.things["order"], &world.here.things["volunteer"]);
    let mut people = Vec::new();
    for role in ACCOUNT_ROLES {
        people.push((role, world.token(&world.here.district, role, Scope::District).await));
    }
    let mut officer = world.test.stranger();
    officer.token = Some(world.token(&world.here.district, Role::DutyOfficer, Scope::District).await);
    officer.post(&format!("/orders/{order}/exclusions"), json!({"volunteer": volunteer})).await.json();
    (world, people)
}

#[tokio::test]
async fn whoever_is_shown_a_name_leaves_an_entry() {
    let (world, people) = world().await;
    let (named, wrong) = unnoted(&world, &people, 11).await;
    println!("{named} answers named somebody");
    assert!(wrong.is_empty(), "{} of {named}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(named > 40, "only {named} answers named somebody: nothing is proven");
}

/// The control: a list shown again to the same account within minutes is the same look and leaves no entry; that is found.
#[tokio::test]
async fn an_answer_without_an_entry_is_seen() {
    let (world, people) = world().await;
    unnoted(&world, &people, 0).await;
    let (named, wrong) = unnoted(&world, &people, 0).await;
    assert!(!wrong.is_empty(), "{named} answers, and an entry for each");
}
