//! The night goes wrong: shortage calls, closed sites, late teams, no-shows.

use domain::{Role, Scope};
use serde_json::{Value, json};

use crate::ground::{Ground, SMALL, Size, sqlite};

async fn proposed(ground: &Ground, order: &str, ask: Value) -> (String, Value) {
    let asked = ground.officer.post(&format!("/orders/{order}/proposals"), ask).await.json();
    ground.work().await;
    let path = format!("/orders/{order}/proposals/{}", asked["proposal"].as_str().unwrap());
    let page = ground.officer.get(&path).await.json();
    assert_eq!(page["plan"]["stage"]["is_optimal"], json!(true), "{page}");
    (path, page)
}

#[tokio::test]
async fn a_shortage_call_takes_the_reserve_and_moves_nobody() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let before = ground.assignments(&order).await;
    let chief = ground.chief(5).await;
    let ask = json!({"role": "registrar", "count": 3});
    let call = chief.post(&format!("/sites/{}/shortages", ground.sites[5]), ask).await.json();
    ground.work().await;
    let path = format!("/orders/{order}/proposals/{}", call["proposal"].as_str().unwrap());
    let page = ground.officer.get(&path).await.json();
    assert_eq!((&page["plan"]["stage"]["moved"], &page["plan"]["stage"]["unmet"]), (&json!(0), &json!(0)));
    let lines = page["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["reason"] == "reserve"), "{lines:?}");
    let change = json!({"moved": 0, "called": 3, "called_from_reserve": 3, "sent_home": 0});
    assert_eq!(page["change"], change, "of the change, not of all who serve");

    let told = ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert_eq!(told, json!({"told": 3, "moved": 0, "released": 0}));
    assert_eq!(ground.at_site(&order, 5).await.len(), 8);
    let tally = ground.tallies(&order).await;
    let need: u32 = tally.iter().map(|tally| tally.need).sum();
    assert_eq!(need, 33);

    let undone = ground.officer.post(&format!("{path}/withdrawal"), json!({})).await.json();
    assert_eq!(undone, json!({"told": 3, "stay": 0}));
    let after = ground.assignments(&order).await;
    assert_eq!(
        after.iter().map(|held| held.id).collect::<Vec<_>>(),
        before.iter().map(|held| held.id).collect::<Vec<_>>()
    );
    assert_eq!(ground.tallies(&order).await.iter().map(|tally| tally.need).sum::<u32>(), 30);
    ground.work().await;
}

/// The request of a site as the allocators see it: its number, its state, what was proposed for it, and its steps.
async fn request(ground: &Ground, number: &str) -> (String, Value, Vec<String>) {
    let chain = ground.officer.get(&format!("/requests/{number}")).await.json();
    let steps = chain["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap().to_owned());
    (chain["line"]["state"]["state"].as_str().unwrap().to_owned(), chain["line"].clone(), steps.collect())
}

#[tokio::test]
async fn a_site_that_asks_for_people_is_answered_by_the_proposal_that_brings_them() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let (chief, site) = (ground.chief(5).await, ground.sites[5]);
    // The big button: kept on the phone, sent when there is a network.
    let ask = json!({"kind": "request", "request": "people", "role": "registrar", "count": 3, "n": 1, "at": ground.now().ms()});
    let sent = chief.post(&format!("/sites/{site}/outbox"), json!({"device": "phone", "items": [ask]})).await.json();
    let number = sent["results"][0]["number"].as_str().unwrap().to_owned();
    ground.work().await;
    let (state, line, _) = request(&ground, &number).await;
    assert_eq!(state, "raised");
    let path = format!("/orders/{order}/proposals/{}", line["proposal"].as_str().expect("a proposal of its own"));
    let queue = ground.officer.page("/requests", "en").await.text;
    assert!(queue.contains(&format!("href=\"{path}\"")), "one tap from the queue: {queue}");
    ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert_eq!(ground.at_site(&order, 5).await.len(), 8, "three more, once");
    let (state, _, steps) = request(&ground, &number).await;
    assert_eq!((state.as_str(), steps), ("answered", vec!["raised".to_owned(), "people_sent".to_owned()]));
    // Forty minutes later nobody is told of silence: people are on their way, and by when was said.
    let promised = ground.officer.get(&format!("/requests/{number}")).await.json()["line"]["promised_for"].clone();
    assert!(promised.as_i64().is_some_and(|at| at >= ground.now().plus_min(30).ms()), "{promised}");
    // Taken back: it waits as before, and silence is counted from when it was raised.
    ground.officer.post(&format!("{path}/withdrawal"), json!({})).await.json();
    let (state, _, steps) = request(&ground, &number).await;
    assert_eq!((state.as_str(), steps.last().unwrap().as_str()), ("raised", "taken_back"));
    ground.house.runner.run_due(ground.now()).await.unwrap();
}

#[tokio::test]
async fn a_proposal_from_the_queue_belongs_to_its_request_and_one_that_brings_nobody_answers_nothing() {
    let ground = Ground::new(sqlite(), Size { volunteers: 30, reserve: 0, ..SMALL }).await;
    let order = ground.order().await;
    let (chief, site) = (ground.chief(5).await, ground.sites[5]);
    // Nobody has been told of the order yet: the request waits, and nothing is proposed.
    let call = json!({"role": "registrar", "count": 2});
    let called = chief.post(&format!("/sites/{site}/shortages"), call).await.json();
    assert_eq!(called["proposal"], Value::Null, "{called}");
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let number = called["number"].as_str().unwrap();
    let ask = json!({"role": "registrar", "count": 2, "request": called["request"]});
    let elsewhere = ground.officer.post(&format!("/sites/{}/proposals", ground.sites[0]), ask.clone()).await;
    assert_eq!(elsewhere.refused(), "404 web.2", "another site's request");
    let proposed = ground.officer.post(&format!("/sites/{site}/proposals"), ask).await.json();
    ground.house.runner.run_due(ground.now()).await.unwrap();
    assert_eq!(request(&ground, number).await.1["proposal"], proposed["proposal"]);
    let path = format!("/orders/{order}/proposals/{}", proposed["proposal"].as_str().unwrap());
    ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert_eq!(request(&ground, number).await.0, "raised", "nobody comes: nobody is told that somebody does");
}

#[tokio::test]
async fn a_call_that_nobody_can_answer_says_so_and_why() {
    let ground = Ground::new(sqlite(), Size { volunteers: 30, reserve: 0, ..SMALL }).await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await.len();
    let call = json!({"what": "shortage", "site": ground.sites[5], "role": "registrar", "count": 2});
    // Two more leave the crew whole; for a third somebody would be taken from a site that can spare them.
    let (path, page) = proposed(&ground, &order, call).await;
    assert_eq!((&page["plan"]["stage"]["unmet"], page["gaps"].as_array().unwrap().len()), (&json!(2), 1), "{page}");
    assert_eq!(page["gaps"][0]["shortfall"]["cause"], "all_assigned");
    let shown = ground.officer.page(&path, "en").await.text;
    assert!(shown.contains("Nobody can be brought now") && shown.contains("Put the gap on the board"), "{shown}");
    assert!(!shown.contains("Accept and tell people"));
    ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert_eq!(ground.assignments(&order).await.len(), held, "nobody was moved or told");
    assert_eq!(ground.tallies(&order).await.iter().map(|tally| tally.need).sum::<u32>(), 32, "the gap is known");
    // Control: with a reserve the same call is answered.
    let ground = Ground::small().await;
    let order = ground.told().await;
    let call = json!({"what": "shortage", "site": ground.sites[5], "role": "registrar", "count": 3});
    let (path, _) = proposed(&ground, &order, call).await;
    let shown = ground.officer.page(&path, "en").await.text;
    assert!(shown.contains("Accept and tell people") && !shown.contains("Nobody can be brought now"));
}

#[tokio::test]
async fn a_call_waits_until_it_is_decided_or_out_of_date() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let id = order.parse().unwrap();
    let waiting = async |after_min: i64| {
        let now = ground.now().plus_min(after_min);
        let found = ground.house.house.store.look(move |tx| deployments::calls_waiting(tx, id, now)).await.unwrap();
        found.into_iter().map(|plan| plan.id.to_string()).collect::<Vec<_>>()
    };
    assert!(waiting(0).await.is_empty(), "a plan of the whole order is no call");
    let allocator = ground.house.client(Role::Allocator, Scope::District).await;
    let path = format!("/sites/{}/proposals", ground.sites[5]);
    let first = allocator.post(&path, json!({"role": "registrar", "count": 1})).await.json();
    let second = allocator.post(&path, json!({"role": "registrar", "count": 2})).await.json();
    assert!(waiting(0).await.is_empty(), "not worked out yet");
    ground.work().await;
    assert_ne!(first["proposal"], second["proposal"]);
    assert_eq!(json!(waiting(0).await), json!([second["proposal"]]), "the latest for each post");
    assert!(waiting(2 * 60).await.is_empty(), "after two hours its figures are no longer true");
    let accepted = format!("/orders/{order}/proposals/{}/acceptance", second["proposal"].as_str().unwrap());
    ground.officer.post(&accepted, json!({})).await.json();
    assert!(waiting(0).await.is_empty(), "decided, and an older one does not come back");
    ground.work().await;
}

#[tokio::test]
async fn people_who_have_arrived_are_never_moved() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    for held in ground.assignments(&order).await.iter().filter(|held| held.site != ground.sites[0]) {
        ground.house.volunteer(held.volunteer).await.post("/duty/check-in", json!({})).await.json();
    }
    let ask = json!({"what": "shortage", "site": "S005", "role": "gatekeeper", "count": 12});
    let (path, page) = proposed(&ground, &order, ask).await;
    let arrived: Vec<_> =
        ground.assignments(&order).await.into_iter().filter(|held| held.standing.has_arrived()).collect();
    for line in page["lines"].as_array().unwrap() {
        assert!(arrived.iter().all(|held| json!(held.volunteer) != line["volunteer"]), "{line}");
    }
    ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    let now = ground.assignments(&order).await;
    assert!(arrived.iter().all(|held| now.iter().any(|now| now.id == held.id)));
}

#[tokio::test]
async fn a_closed_site_frees_its_people_for_others() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let at_site = ground.at_site(&order, 1).await;
    ground.house.volunteer(at_site[0].volunteer).await.post("/duty/check-in", json!({})).await.json();
    let (path, page) = proposed(&ground, &order, json!({"what": "site_closed", "site": "S001"})).await;
    assert_eq!(page["plan"]["stage"]["released"], 5);
    ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert!(ground.at_site(&order, 1).await.is_empty());
    let arrived: u32 = ground.tallies(&order).await.iter().map(|tally| tally.arrived).sum();
    assert_eq!(arrived, 0);
    let gone = ground.house.volunteer(at_site[1].volunteer).await.get("/duty").await.json();
    assert_eq!(gone["duty"], json!(null));
    let call = json!({"what": "shortage", "site": "S001", "role": "runner", "count": 1});
    let refused = ground.officer.post(&format!("/orders/{order}/proposals"), call).await.refused();
    assert_eq!(refused, "422 deployments.11", "it takes part no more");
    ground.officer.post(&format!("{path}/withdrawal"), json!({})).await.json();
    assert_eq!(ground.at_site(&order, 1).await.len(), 5, "undone");
}

#[tokio::test]
async fn late_teams_and_no_shows_are_replaced() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let here = ground.at_site(&order, 2).await[0].clone();
    ground.house.volunteer(here.volunteer).await.post("/duty/check-in", json!({})).await.json();
    let (path, page) = proposed(&ground, &order, json!({"what": "no_shows", "site": "S002"})).await;
    assert_eq!(page["plan"]["stage"]["released"], 4, "all but the one who came");
    ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    let now = ground.at_site(&order, 2).await;
    assert!(now.iter().any(|held| held.id == here.id));
    let (_, page) = proposed(&ground, &order, json!({"what": "team_late", "team": "T02"})).await;
    assert!(page["plan"]["stage"]["released"].as_u64().unwrap() > 0);
    assert_eq!(page["about"]["name"], "第2队");
}

#[tokio::test]
async fn a_gap_is_filled_and_whoever_was_told_still_comes() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let gone = ground.at_site(&order, 2).await[0].clone();
    let decline = json!({"assignment": gone.id, "why": "ill"});
    ground.house.volunteer(gone.volunteer).await.post("/duty/refusal", decline).await.json();
    let (path, page) = proposed(&ground, &order, json!({"what": "gaps"})).await;
    let stage = &page["plan"]["stage"];
    assert_eq!((&stage["moved"], &stage["released"], &stage["unmet"]), (&json!(0), &json!(0), &json!(0)), "{stage}");
    let told = ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert_eq!(told, json!({"told": 1, "moved": 0, "released": 0}));
    assert_eq!(ground.at_site(&order, 2).await.len(), 5);
}

#[tokio::test]
async fn whoever_goes_home_early_is_replaced_once() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let gone = ground.at_site(&order, 2).await[0].clone();
    let volunteer = ground.house.volunteer(gone.volunteer).await;
    volunteer.post("/duty/check-in", json!({})).await.json();
    let (_, page) = proposed(&ground, &order, json!({"what": "gaps"})).await;
    assert_eq!(page["change"]["called"], json!(0), "the control: nobody is missing while they are there");
    volunteer.post("/duty/check-out", json!({})).await.json();
    let (path, _) = proposed(&ground, &order, json!({"what": "gaps"})).await;
    let told = ground.officer.post(&format!("{path}/acceptance"), json!({})).await.json();
    assert_eq!(told, json!({"told": 1, "moved": 0, "released": 0}));
    assert_eq!(ground.at_site(&order, 2).await.len(), 6, "four, whoever went home, and whoever comes for them");
    let (_, page) = proposed(&ground, &order, json!({"what": "gaps"})).await;
    assert_eq!(page["change"]["called"], json!(0), "nobody is called for them twice");
}

#[tokio::test]
async fn a_proposal_that_the_night_has_overtaken_is_refused() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let (path, page) = proposed(&ground, &order, json!({"what": "no_shows", "site": "S003"})).await;
    let late = page["released"][0]["volunteer"].as_str().unwrap().parse().unwrap();
    ground.house.volunteer(late).await.post("/duty/check-in", json!({})).await.json();
    let refused = ground.officer.post(&format!("{path}/acceptance"), json!({})).await.refused();
    assert_eq!(refused, "409 deployments.22", "they have come after all");
}
