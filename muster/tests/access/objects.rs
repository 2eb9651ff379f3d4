//! What belongs to one is nothing to another: every id of a district, replayed by the other's people on every route,
//! answers as an id does that was never given out.

use std::collections::HashMap;

use axum::Router;
use domain::{Role, Scope};
use serde_json::{Value, json};
use web::routes::{Entry, Way};

use crate::{
    asking::{DECLARED, Question, Reply, filled, method, parts},
    bodies::{Shapes, named, naming},
    matrix::weakened,
    people::ACCOUNT_ROLES,
    world::{Things, World, volunteer_token},
};

/// Somebody who replays what is not theirs.
struct Thief {
    name: String,
    role: Role,
    token: String,
    /// What they may name: their own.
    own: Things,
    /// What they have got hold of.
    loot: Things,
}

async fn thieves(world: &World) -> Vec<Thief> {
    let mut all = Vec::new();
    let (here, there) = (&world.here, &world.there);
    for role in ACCOUNT_ROLES {
        let token = world.token(&there.district, role, Scope::District).await;
        let (own, loot) = (there.things.clone(), here.things.clone());
        all.push(Thief { name: format!("{role} of another district"), role, token, own, loot });
    }
    let token = volunteer_token(&world.test, &there.district, there.id("volunteer")).await;
    let (own, loot) = (there.things.clone(), here.things.clone());
    all.push(Thief { name: "volunteer of another district".into(), role: Role::Volunteer, token, own, loot });
    let neighbours =
        [(Role::SiteChief, Scope::Site(here.other("site"))), (Role::ZoneLead, Scope::Zone(here.other("zone")))];
    for (role, scope) in neighbours {
        let token = world.token(&here.district, role, scope).await;
        let own: Things = here.things.clone().into_iter().chain(here.others.clone()).collect();
        // Deeds and badges are the whole district's; what a site or zone owns is not.
        let loot =
            ["site", "zone", "request", "id"].iter().filter_map(|name| Some((*name, here.things.get(name)?.clone())));
        all.push(Thief { name: format!("{role} next door"), role, token, own, loot: loot.collect() });
    }
    let token = volunteer_token(&world.test, &here.district, here.other("volunteer")).await;
    let own: Things = here.things.clone().into_iter().chain(here.others.clone()).collect();
    let loot = ["deed", "attendance", "correction", "assignment"]
        .iter()
        .filter_map(|name| Some((*name, here.things.get(name)?.clone())));
    all.push(Thief { name: "volunteer beside".into(), role: Role::Volunteer, token, own, loot: loot.collect() });
    all
}

/// The fields by which a route names things, however deep they lie in its question.
fn names(shapes: &Shapes, entry: &Entry) -> Vec<(String, &'static str)> {
    let mut names: Vec<_> =
        shapes.deep(entry).into_iter().filter_map(|(field, _)| Some((field.clone(), named(entry, &field)?))).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A thing nobody was ever given.
fn nothing_like(loot: &str) -> String {
    if loot.parse::<uuid::Uuid>().is_ok() { uuid::Uuid::now_v7().to_string() } else { loot.chars().rev().collect() }
}

struct Replay<'a> {
    router: &'a Router,
    shapes: &'a Shapes,
    thief: &'a Thief,
    entry: &'a Entry,
}

impl Replay<'_> {
    /// Asks with the thief's own things, except those that `taken` names.
    async fn ask(&self, taken: &HashMap<&str, String>) -> Reply {
        let things: Things =
            self.thief.own.iter().map(|(name, own)| (*name, taken.get(name).unwrap_or(own).clone())).collect();
        let path = filled(self.entry.path, &things);
        let fill = |field: &str| match field {
            // An entry of a phone of one's own, or beside the one that the stolen phone has made.
            "n" if self.entry.path.ends_with("/outbox") => Some(json!(2)),
            "device" if !taken.contains_key("device") => Some(json!(uuid::Uuid::new_v4())),
            // Where both are named the volunteer counts: a stolen badge comes alone.
            "volunteer" if taken.contains_key("code") && !taken.contains_key("volunteer") => None,
            _ => naming(self.entry, field, &things),
        };
        let token = Some(self.thief.token.as_str());
        if self.entry.way == Way::Get {
            let query: Vec<(String, String)> = names(self.shapes, self.entry)
                .into_iter()
                .filter_map(|(field, thing)| Some((field, things.get(thing)?.clone())))
                .collect();
            let query = query.iter().fold(String::new(), |text, (name, value)| format!("{text}&{name}={value}"));
            return Question::of(self.entry, &format!("{path}?{query}"), token).ask(self.router).await;
        }
        if self.entry.takes_file {
            return Question::of(self.entry, &path, token).unreadable().ask(self.router).await;
        }
        Question::of(self.entry, &path, token).json(&self.shapes.body(self.entry, &fill)).ask(self.router).await
    }

    /// One replay and its twin with ids that name nothing; what differs is a leak.
    async fn leak(&self, stolen: &[&'static str]) -> Option<String> {
        let loot: HashMap<&str, String> = stolen.iter().map(|name| (*name, self.thief.loot[name].clone())).collect();
        let air: HashMap<&str, String> = loot.iter().map(|(name, id)| (*name, nothing_like(id))).collect();
        // At a gate the same again is answered otherwise: what one's own things do is done before.
        if ["/outbox", "/check-ins", "/arrivals"].iter().any(|gate| self.entry.path.ends_with(gate)) {
            self.ask(&HashMap::new()).await;
        }
        let (theirs, nowhere) = (self.ask(&loot).await, self.ask(&air).await);
        let ids = |things: &HashMap<&str, String>| things.values().cloned().collect::<Vec<_>>();
        let (a, b) = (ids(&loot), ids(&air));
        let (a, b): (Vec<&str>, Vec<&str>) =
            (a.iter().map(String::as_str).collect(), b.iter().map(String::as_str).collect());
        let names_path = parts(self.entry.path).any(|part| stolen.contains(&part));
        let is_public = DECLARED
            .get(&format!("{} {}", method(self.entry), self.entry.path))
            .is_some_and(|line| line.right == "Anybody");
        let got_in = names_path && !is_public && theirs.status.is_success();
        let known = format!("{:?} {:?}", self.thief.loot, self.thief.own);
        let differs = theirs.without(&a, &known) != nowhere.without(&b, &known);
        let route = format!("{} {}", method(self.entry), self.entry.path);
        (got_in || differs).then(|| {
            let brief =
                |reply: &Reply| format!("{} {}", reply.says(), reply.text.chars().take(160).collect::<String>());
            format!(
                "{route} as {} with {stolen:?}: {} – where nothing is: {}",
                self.thief.name,
                brief(&theirs),
                brief(&nowhere)
            )
        })
    }
}

/// Everything stolen, by everybody who could use it; gives how many replays there were, and what leaked.
async fn leaks(router: &Router, world: &World, thieves: &[Thief]) -> (usize, Vec<String>) {
    let (shapes, mut replays, mut found) = (Shapes::of(world), 0, Vec::new());
    for entry in &world.test.house.entries {
        for thief in thieves.iter().filter(|thief| thief.role.has(entry.right)) {
            let in_path = parts(entry.path)
                .filter(|part| *part != "register")
                .filter_map(|part| thief.loot.get_key_value(part).map(|(name, _)| *name));
            let in_body = names(&shapes, entry)
                .into_iter()
                .map(|(_, thing)| thing)
                .filter(|thing| thief.loot.contains_key(thing));
            let mut all: Vec<&'static str> = in_path.chain(in_body).collect();
            all.sort_unstable();
            all.dedup();
            let together = (all.len() > 1).then(|| all.clone());
            let replay = Replay { router, shapes: &shapes, thief, entry };
            for stolen in all.iter().map(|name| vec![*name]).chain(together) {
                replays += 1;
                found.extend(replay.leak(&stolen).await);
            }
        }
    }
    (replays, found)
}

#[tokio::test]
async fn not_yours_answers_like_not_there() {
    let world = World::new().await;
    let thieves = thieves(&world).await;
    let from_abroad: Vec<Thief> = thieves.into_iter().filter(|it| it.name.ends_with("of another district")).collect();
    let (_, before) = world.journal(&world.here.district).await;
    let (replays, leaked) = leaks(&world.router(), &world, &from_abroad).await;
    println!("{replays} replays");
    assert!(leaked.is_empty(), "{} of {replays} replays leak:\n{}", leaked.len(), leaked.join("\n"));
    assert!(replays > 300, "only {replays} replays");
    assert_eq!(
        world.journal(&world.here.district).await.1,
        before,
        "something of the district was changed from abroad"
    );
}

#[tokio::test]
async fn next_door_is_as_far_as_abroad() {
    let world = World::new().await;
    let next_door: Vec<Thief> = thieves(&world).await.into_iter().filter(|it| !it.name.ends_with("district")).collect();
    let (replays, leaked) = leaks(&world.router(), &world, &next_door).await;
    println!("{replays} replays");
    assert!(leaked.is_empty(), "{} of {replays} replays leak:\n{}", leaked.len(), leaked.join("\n"));
    assert!(replays > 20, "only {replays} replays");
}

/// The control: where the district is not looked at, the same replays leak.
#[tokio::test]
async fn a_leak_is_seen() {
    let world = World::new().await;
    let all = thieves(&world).await;
    let thief: Vec<Thief> = all.into_iter().filter(|thief| thief.role == Role::DutyOfficer).collect();
    let owner = world.token(&world.here.district, Role::DutyOfficer, Scope::District).await;
    let weak = weakened(world.router(), vec![(thief[0].token.clone(), owner)]);
    let (replays, leaked) = leaks(&weak, &world, &thief).await;
    assert!(leaked.len() * 2 > replays, "only {} of {replays} replays leak where nothing is guarded", leaked.len());
}

/// Looks like the name of a thing, and is none; with the reason.
const NO_THING: [(&str, &str, &str); 7] = [
    ("POST /imports", "register", "a kind of list"),
    ("POST /sites", "code", "the new site's own"),
    ("POST /sites/{site}", "code", "a known site keeps its own"),
    ("POST /orders/{order}/pins", "code", "a volunteer's code, looked up within the own district only"),
    ("GET /sign-in/oidc/answer", "code", "the provider's, of the own browser only"),
    ("POST /sites/{site}/outbox", "request", "what kind of request it is"),
    ("POST /sites/{site}/outbox", "item", "a line of the checklist"),
];

/// Ids by their shape, and fields called like a thing of the world or by the number of one.
fn looks_like_a_thing(name: &str, shape: &Value, things: &Things) -> bool {
    let one = name.strip_suffix('s').unwrap_or(name);
    let is_id = shape["format"] == "uuid" || name == "id" || name.ends_with("_id");
    is_id || things.contains_key(name) || things.contains_key(one)
}

/// The fields of any question that look like the name of a thing and that nobody replays.
fn forgotten(shapes: &Shapes, entries: &[Entry], things: &Things) -> Vec<String> {
    let mut forgotten = Vec::new();
    for entry in entries {
        let route = format!("{} {}", method(entry), entry.path);
        let is_excused = |field: &str| NO_THING.iter().any(|(at, name, _)| *at == route && *name == field);
        for (field, shape) in shapes.deep(entry) {
            let is_replayed = named(entry, &field).is_some_and(|thing| things.contains_key(thing));
            if looks_like_a_thing(&field, &shape, things) && !is_replayed && !is_excused(&field) {
                forgotten.push(format!("{route}: {field}"));
            }
        }
        forgotten.extend(
            parts(entry.path).filter(|part| !things.contains_key(part)).map(|part| format!("{route}: {{{part}}}")),
        );
    }
    forgotten.sort();
    forgotten.dedup();
    forgotten
}

#[tokio::test]
async fn every_name_of_a_thing_is_replayed() {
    let world = World::new().await;
    let (entries, shapes) = (&world.test.house.entries, Shapes::of(&world));
    let things = &world.here.things;
    assert_eq!(
        forgotten(&shapes, entries, things),
        Vec::<String>::new(),
        "name it in bodies.rs, or say why it is no thing"
    );
    // The control: what is taken out of the world is missed, by path and by body.
    for gone in ["assignment", "attendance", "conflict", "site"] {
        let mut fewer = things.clone();
        fewer.remove(gone);
        assert!(!forgotten(&shapes, entries, &fewer).is_empty(), "nobody misses the {gone}");
    }
}

/// The control of next door: where a chief or a volunteer is taken for the one whose things these are, they leak.
#[tokio::test]
async fn a_leak_next_door_is_seen() {
    let world = World::new().await;
    let here = &world.here;
    let own = [
        world.token(&here.district, Role::SiteChief, Scope::Site(here.id("site"))).await,
        world.token(&here.district, Role::ZoneLead, Scope::Zone(here.id("zone"))).await,
        volunteer_token(&world.test, &here.district, here.id("volunteer")).await,
    ];
    let next_door: Vec<Thief> = thieves(&world).await.into_iter().filter(|it| !it.name.ends_with("district")).collect();
    for (thief, owner) in next_door.into_iter().zip(own) {
        let weak = weakened(world.router(), vec![(thief.token.clone(), owner)]);
        let name = thief.name.clone();
        let (replays, leaked) = leaks(&weak, &world, &[thief]).await;
        println!("{name}: {} of {replays} replays leak", leaked.len());
        assert!(leaked.len() * 3 > replays, "only {} of {replays} replays of the {name} leak", leaked.len());
    }
}
