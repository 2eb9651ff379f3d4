//! The gate: batches from phones, late, doubled, shuffled, of people nobody expected.

use domain::{Id, things::Attendance};
use serde_json::{Value, json};
use store::testing;
use web::{House, testing::Client};

use crate::ground::{Ground, SMALL, duties};

fn item(ground: &Ground, volunteer: impl serde::Serialize, way: &str) -> Value {
    json!({"id": Id::<Attendance>::fresh(ground.now()), "volunteer": volunteer, "at": ground.now().ms(), "way": way})
}

async fn send(client: &Client, ground: &Ground, site: usize, items: &[Value]) -> Vec<String> {
    let path = format!("/sites/{}/check-ins", ground.sites[site]);
    let taken = client.post(&path, json!({"check_ins": items})).await.json();
    let outcome = |one: &Value| one["outcome"].as_str().unwrap().to_owned();
    taken["results"].as_array().unwrap().iter().map(outcome).collect()
}

#[tokio::test]
async fn the_same_thing_counts_once_however_it_comes() {
    testing::each_engine(House::migrations(&duties()), |store| async move {
        let ground = Ground::new(store, SMALL).await;
        let order = ground.told().await;
        let held = ground.at_site(&order, 0).await;
        let chief = ground.chief(0).await;
        let items: Vec<Value> = held.iter().map(|held| item(&ground, held.volunteer, "in")).collect();
        assert_eq!(send(&chief, &ground, 0, &items[..3]).await, ["accepted"; 3]);
        let shuffled: Vec<Value> = items.iter().rev().chain(&items[..2]).cloned().collect();
        assert_eq!(
            send(&chief, &ground, 0, &shuffled).await,
            ["accepted", "accepted", "duplicate", "duplicate", "duplicate", "duplicate", "duplicate"]
        );
        // Another phone scans the same people again.
        let twice: Vec<Value> = held.iter().map(|held| item(&ground, held.volunteer, "in")).collect();
        assert_eq!(send(&chief, &ground, 0, &twice).await, ["duplicate"; 5]);
        let arrived: u32 = ground.tallies(&order).await.iter().map(|tally| tally.arrived).sum();
        assert_eq!(arrived, 5);
        ground.work().await;
    })
    .await;
}

#[tokio::test]
async fn of_two_phones_the_earlier_one_says_since_when() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await[0].clone();
    let chief = ground.chief(0).await;
    let at = |minutes: i64, way: &str| {
        let mut item = item(&ground, held.volunteer, way);
        item["at"] = json!(ground.now().plus_min(minutes).ms());
        item
    };
    let stays = async || {
        let page = ground.officer.get(&format!("/volunteers/{}", held.volunteer)).await.json();
        let began = |stay: &Value| stay["in_at"].as_i64().unwrap() - ground.now().ms();
        page["stays"].as_array().unwrap().iter().map(|stay| began(stay) / 60_000).collect::<Vec<_>>()
    };
    assert_eq!(
        send(&chief, &ground, 0, &[at(-60, "in"), at(-80, "in"), at(-70, "in")]).await,
        ["accepted", "duplicate", "duplicate"]
    );
    assert_eq!(stays().await, [-80]);
    let arrived_at = ground.at_site(&order, 0).await[0].standing;
    assert!(format!("{arrived_at:?}").contains(&format!("{:?}", ground.now().plus_min(-80))), "{arrived_at:?}");
    // A stay does not reach back into the one before it.
    send(&chief, &ground, 0, &[at(-40, "out"), at(-20, "in"), at(-50, "in"), at(-30, "in")]).await;
    assert_eq!(stays().await, [-30, -80]);
}

#[tokio::test]
async fn the_same_id_with_other_content_is_kept_for_a_person() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let first = item(&ground, held[0].volunteer, "in");
    let mut other = item(&ground, held[1].volunteer, "in");
    other["id"] = first["id"].clone();
    assert_eq!(send(&chief, &ground, 0, &[first, other]).await, ["accepted", "conflict"]);
    let arrived = async || ground.tallies(&order).await.iter().map(|tally| tally.arrived).sum::<u32>();
    assert_eq!(arrived().await, 1);
    assert_eq!(standing(&ground, &order, 0, 0).await, "arrived");

    let open = ground.officer.get("/conflicts").await.json();
    let second = json!({"conflict": open["conflicts"][0]["id"], "choice": "second"});
    ground.officer.post("/conflicts", second).await.json();
    assert_eq!(arrived().await, 1, "the first was taken back, the second came");
    assert_eq!([standing(&ground, &order, 0, 0).await, standing(&ground, &order, 0, 1).await], ["told", "arrived"]);
}

/// The state of a person of a site, in the order of the assignments.
async fn standing(ground: &Ground, order: &str, site: usize, nth: usize) -> String {
    let held = ground.at_site(order, site).await;
    held[nth].standing.name().to_owned()
}

#[tokio::test]
async fn one_bad_entry_spoils_no_other() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let stranger = item(&ground, Id::<domain::things::Volunteer>::fresh(ground.now()), "in");
    let forged = json!({"id": Id::<Attendance>::fresh(ground.now()), "badge": "AAAAAAAAAA", "at": ground.now().ms()});
    let not_here = item(&ground, held[1].volunteer, "out");
    let good = item(&ground, held[0].volunteer, "in");
    let unclear = json!({"id": Id::<Attendance>::fresh(ground.now()), "volunteer": held[1].volunteer, "at": "gestern"});
    let outcomes = send(&chief, &ground, 0, &[stranger, forged, not_here, good, unclear]).await;
    assert_eq!(outcomes, ["refused", "refused", "refused", "accepted", "refused"]);
}

#[tokio::test]
async fn two_who_turn_up_fill_the_posts_they_are_taken_for() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let assigned: Vec<_> = ground.assignments(&order).await.iter().map(|held| held.volunteer).collect();
    let mut idle = ground.volunteers.iter().filter(|id| !assigned.contains(id));
    let arrived = async || ground.tallies(&order).await.iter().map(|tally| tally.arrived).sum::<u32>();
    // The control: nobody said for what, so they stand there and no post is filled.
    let unasked = [item(&ground, idle.next().unwrap(), "in")];
    assert_eq!(send(&chief, &ground, 0, &unasked).await, ["accepted"]);
    assert_eq!(arrived().await, 0);
    let taken_for = |role: &str, who: serde_json::Value| {
        let mut item = item(&ground, who, "in");
        item["role"] = json!(role);
        item
    };
    let role = held[0].role.name();
    let asked = [idle.next().unwrap(), idle.next().unwrap()].map(|who| taken_for(role, json!(who)));
    assert_eq!(send(&chief, &ground, 0, &asked).await, ["accepted"; 2]);
    assert_eq!(arrived().await, 2, "each fills a post");
    // Whoever is sent here keeps the post they were sent for, whatever was asked at the gate.
    let other = if role == "runner" { "registrar" } else { "runner" };
    assert_eq!(send(&chief, &ground, 0, &[taken_for(other, json!(held[0].volunteer))]).await, ["accepted"]);
    let of_role =
        ground.tallies(&order).await.into_iter().find(|t| t.site == ground.sites[0] && t.role == held[0].role);
    assert_eq!(of_role.unwrap().arrived, 3);
    // Both pages ask, and propose the post that lacks most.
    for path in ["post", "roster"] {
        let page = chief.page(&format!("/sites/{}/{path}", ground.sites[0]), "en").await.text;
        assert!(page.contains("For which post, if nobody sent them here"), "{path}");
        assert_eq!(page.matches(" selected>").count(), 1, "{path}: {page}");
    }
}

#[tokio::test]
async fn whoever_turns_up_is_recorded_where_they_stand() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let lost = ground.at_site(&order, 0).await[0].clone();
    let assigned: Vec<_> = ground.assignments(&order).await.iter().map(|held| held.volunteer).collect();
    let idle = *ground.volunteers.iter().find(|id| !assigned.contains(id)).unwrap();
    let chief = ground.chief(3).await;
    let items = [item(&ground, lost.volunteer, "in"), item(&ground, idle, "in")];
    let path = format!("/sites/{}/check-ins", ground.sites[3]);
    let taken = chief.post(&path, json!({"check_ins": items})).await.json();
    assert!(taken["results"].as_array().unwrap().iter().all(|one| one["walk_in"] == json!(true)), "{taken}");
    let there = chief.get(&format!("/sites/{}/roster", ground.sites[3])).await.json();
    let walked =
        there["lines"].as_array().unwrap().iter().filter(|line| line["presence"]["presence"] == "walked_in").count();
    assert_eq!(walked, 2);
    let home = ground.chief(0).await.get(&format!("/sites/{}/roster", ground.sites[0])).await.json();
    let missing =
        home["lines"].as_array().unwrap().iter().find(|line| line["volunteer"] == json!(lost.volunteer)).unwrap();
    assert_eq!(missing["presence"]["presence"], "elsewhere");
    // Sent on to where they belong: they stand in one place only.
    let back = [item(&ground, lost.volunteer, "in")];
    assert_eq!(send(&ground.chief(0).await, &ground, 0, &back).await, ["accepted"]);
    let tallies = ground.tallies(&order).await;
    let at = |site: usize| {
        tallies.iter().filter(|tally| tally.site == ground.sites[site]).map(|tally| tally.arrived).sum::<u32>()
    };
    assert_eq!((at(0), at(3)), (1, 0), "the idle one has no role and is on the roster only");
    let there = chief.get(&format!("/sites/{}/roster", ground.sites[3])).await.json();
    assert_eq!(
        there["lines"].as_array().unwrap().iter().filter(|line| line["presence"]["presence"] == "walked_in").count(),
        1
    );
}

#[tokio::test]
async fn what_was_a_mistake_is_undone() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await[0].clone();
    let chief = ground.chief(0).await;
    let state = async || ground.assignments(&order).await.into_iter().find(|now| now.id == held.id).unwrap().standing;
    for (way, outcome, name) in [
        ("undo", "refused", "told"),
        ("in", "accepted", "arrived"),
        ("undo", "accepted", "told"),
        ("in", "accepted", "arrived"),
        ("out", "accepted", "left"),
        ("undo", "accepted", "arrived"),
        ("out", "accepted", "left"),
        ("in", "accepted", "arrived"),
    ] {
        // "The last one" needs a moment of its own for each.
        ground.house.clock.set(ground.now().plus_s(1));
        assert_eq!(send(&chief, &ground, 0, &[item(&ground, held.volunteer, way)]).await, [outcome], "{way}");
        assert!(format!("{:?}", state().await).to_lowercase().starts_with(name), "{way} → {name}: {:?}", state().await);
    }
    let arrived: u32 = ground.tallies(&order).await.iter().map(|tally| tally.arrived).sum();
    assert_eq!(arrived, 1);
    ground.house.clock.set(ground.now().plus_h(25));
    assert_eq!(
        send(&chief, &ground, 0, &[item(&ground, held.volunteer, "undo")]).await,
        ["refused"],
        "not after a day"
    );
}

#[tokio::test]
async fn lost_numbers_of_a_phone_are_told() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.at_site(&order, 0).await;
    let chief = ground.chief(0).await;
    let numbered = |volunteer, n: i64| {
        let mut item = item(&ground, volunteer, "in");
        item["device"] = json!("phone-7");
        item["n"] = json!(n);
        item
    };
    let items = [numbered(held[0].volunteer, 1), numbered(held[1].volunteer, 2), numbered(held[2].volunteer, 5)];
    let path = format!("/sites/{}/check-ins", ground.sites[0]);
    let taken = chief.post(&path, json!({"check_ins": items})).await.json();
    assert_eq!(taken["lost"], 2);
}

#[tokio::test]
async fn a_full_number_is_shown_to_the_chief_and_the_look_is_noted() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let (mine, theirs) = (ground.at_site(&order, 0).await[0].clone(), ground.at_site(&order, 5).await[0].clone());
    let chief = ground.chief(0).await;
    let path = format!("/sites/{}/roster/phone", ground.sites[0]);
    let shown = chief.post(&path, json!({"volunteer": mine.volunteer})).await.json();
    assert!(shown["phone"].as_str().unwrap().starts_with("+861380013"), "{shown}");
    assert_eq!(chief.post(&path, json!({"volunteer": theirs.volunteer})).await.refused(), "404 web.2");
    let looks = ground.house.house.store.journal_after(0, 10_000, None).await.unwrap();
    assert_eq!(looks.iter().filter(|entry| entry.kind == "web.person_revealed").count(), 1);
}
