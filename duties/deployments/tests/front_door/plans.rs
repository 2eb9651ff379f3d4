//! Plans: certificates, reasons, wishes, comparing, publishing, undoing.

use domain::PostRole;
use serde_json::{Value, json};

use crate::ground::{Ground, SMALL, Size, sqlite};

async fn plan_page(ground: &Ground, order: &str, plan: &str) -> Value {
    ground.officer.get(&format!("/orders/{order}/plans/{plan}")).await.json()
}

#[tokio::test]
async fn every_pick_has_a_reason_and_every_gap_a_cause() {
    let ground = Ground::new(sqlite(), Size { volunteers: 24, ..SMALL }).await;
    let order = ground.order().await;
    let plan = ground.plan(&order).await;
    let page = plan_page(&ground, &order, &plan).await;
    let score = &page["plan"]["stage"];
    assert_eq!((&score["assigned"], &score["unmet"], &score["reserve_used"]), (&json!(24), &json!(6), &json!(4)));
    let lines = page["lines"].as_array().unwrap();
    let reasons: Vec<_> = lines.iter().map(|line| line["reason"].as_str().unwrap()).collect();
    assert!(reasons.contains(&"own_link") && reasons.contains(&"reserve"), "{reasons:?}");
    let gaps = page["gaps"].as_array().unwrap();
    assert_eq!(gaps.iter().map(|gap| gap["short"].as_u64().unwrap()).sum::<u64>(), 6);
    for gap in gaps {
        assert_eq!(gap["shortfall"]["cause"], "all_assigned", "{gap}");
        assert_eq!(gap["short"], 1, "shortage is spread: {gap}");
    }
}

#[tokio::test]
async fn wishes_are_honoured_by_the_next_plan() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let (far, out, not_here) = (ground.volunteers[0], ground.volunteers[2], ground.volunteers[4]);
    let last = ground.sites[5];
    let pin = json!({"volunteer": far, "site": last, "role": "registrar"});
    ground.officer.post(&format!("/orders/{order}/pins"), pin).await.json();
    ground.officer.post(&format!("/orders/{order}/exclusions"), json!({"volunteer": out})).await.json();
    let by_code = json!({"code": "V0000", "site": "nowhere", "role": "registrar"});
    assert_eq!(ground.officer.post(&format!("/orders/{order}/pins"), by_code).await.status.as_u16(), 422);
    let only = json!({"volunteer": not_here, "site": ground.sites[0]});
    ground.officer.post(&format!("/orders/{order}/exclusions"), only).await.json();
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let held = ground.assignments(&order).await;
    let of = |who| held.iter().find(|held| held.volunteer == who);
    let pinned = of(far).unwrap();
    assert_eq!((pinned.site, pinned.role, pinned.reason), (last, PostRole::Registrar, deployments::Reason::Pinned));
    assert!(of(out).is_none());
    assert!(of(not_here).is_none_or(|held| held.site != ground.sites[0]));
    let unable = json!({"volunteer": ground.volunteers[1], "site": last, "role": "gatekeeper"});
    assert_eq!(ground.officer.post(&format!("/orders/{order}/pins"), unable).await.refused(), "422 deployments.21");
}

#[tokio::test]
async fn a_plan_says_why_not_nearer() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let far = json!({"volunteer": ground.volunteers[0], "site": ground.sites[5], "role": "registrar"});
    ground.officer.post(&format!("/orders/{order}/pins"), far).await.json();
    let plan = ground.plan(&order).await;
    let mut chains = 0;
    let lines = plan_page(&ground, &order, &plan).await["lines"].clone();
    for line in lines.as_array().unwrap() {
        let path = format!("/orders/{order}/plans/{plan}/people/{}", line["volunteer"].as_str().unwrap());
        let nearer = ground.officer.get(&path).await.json()["nearer"].clone();
        if nearer["obstacle"] == "chain" && line["reason"] != "pinned" {
            chains += 1;
            assert!(nearer["loss_m"].as_i64().unwrap() >= 0, "the optimum cannot be bettered: {nearer}");
            assert!(!nearer["moves"].as_array().unwrap().is_empty(), "{nearer}");
        }
    }
    assert!(chains > 0, "somebody is sent past a nearer post");
}

#[tokio::test]
async fn plans_are_compared_and_undone() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let before = ground.assignments(&order).await;
    let out = before[0].volunteer;
    ground.officer.post(&format!("/orders/{order}/exclusions"), json!({"volunteer": out})).await.json();
    let second = ground.plan(&order).await;
    let plans = ground.officer.get(&format!("/orders/{order}")).await.json()["plans"].clone();
    let first = plans[1]["id"].as_str().unwrap();
    let comparison = ground.officer.get(&format!("/orders/{order}/comparison?one={first}&other={second}")).await.json();
    assert!(comparison["different"].as_u64().unwrap() >= 1);
    assert_eq!(comparison["figures"][0], json!({"word": "deployments-figure-assigned", "one": 30, "other": 30}));

    let published = ground.publish(&order, &second).await;
    assert!(published["told"].as_u64().unwrap() >= 2, "the one left out, and whoever comes instead: {published}");
    let gone = ground.house.volunteer(out).await.get("/duty").await.json();
    assert_eq!((&gone["duty"], &gone["gone"]["state"]), (&json!(null), &json!("withdrawn")));
    let first_again = ground.officer.post(&format!("/orders/{order}/plans/{first}/withdrawal"), json!({})).await;
    assert_eq!(first_again.refused(), "409 deployments.10");
    ground.officer.post(&format!("/orders/{order}/plans/{second}/withdrawal"), json!({})).await.json();
    let after = ground.assignments(&order).await;
    let place = |held: &deployments::Assignment| (held.volunteer, held.site, held.role);
    assert_eq!(after.iter().map(place).collect::<Vec<_>>(), before.iter().map(place).collect::<Vec<_>>());
    ground.officer.post(&format!("/orders/{order}/plans/{first}/withdrawal"), json!({})).await.json();
    assert!(ground.assignments(&order).await.is_empty(), "undone to the beginning");
    ground.work().await;
}

#[tokio::test]
async fn nobody_is_held_by_two_orders_at_once() {
    let ground = Ground::small().await;
    let (one, other) = (ground.order().await, ground.order().await);
    let (plan_one, plan_other) = (ground.plan(&one).await, ground.plan(&other).await);
    ground.publish(&one, &plan_one).await;
    let refused = ground.officer.post(&format!("/orders/{other}/plans/{plan_other}/publication"), json!({})).await;
    assert_eq!(refused.refused(), "409 deployments.7");
    let again = ground.plan(&other).await;
    let page = plan_page(&ground, &other, &again).await;
    assert_eq!(page["plan"]["stage"]["assigned"], 10, "those the first order left");
    assert_eq!(page["gaps"][0]["shortfall"]["cause"], "other_orders");
    ground.publish(&other, &again).await;
}

#[tokio::test]
async fn whoever_declines_meanwhile_is_not_asked_again() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let plan = ground.plan(&order).await;
    let held = ground.at_site(&order, 2).await[0].clone();
    let volunteer = ground.house.volunteer(held.volunteer).await;
    volunteer.post("/duty/refusal", json!({"assignment": held.id, "why": "ill"})).await.json();
    let refused = ground.officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({})).await.refused();
    assert_eq!(refused, "409 deployments.5");
    assert_eq!(ground.assignments(&order).await.len(), 29, "nothing was changed");
}

/// Of more to less: whoever has too many gives, and nobody else.
#[tokio::test]
async fn a_site_gives_nobody_away_whom_it_needs() {
    let ground = Ground::new(sqlite(), Size { volunteers: 30, reserve: 0, ..SMALL }).await;
    let order = ground.told().await;
    let call = json!({"what": "shortage", "site": "S005", "role": "registrar", "count": 2});
    let asked = async || {
        let asked = ground.officer.post(&format!("/orders/{order}/proposals"), call.clone()).await.json();
        ground.work().await;
        ground.officer.get(&format!("/orders/{order}/proposals/{}", asked["proposal"].as_str().unwrap())).await.json()
    };
    let before = asked().await;
    assert_eq!(before["lines"].as_array().unwrap().len(), 0, "{before}");
    assert_eq!(before["gaps"][0]["shortfall"]["cause"], "all_assigned");
    let fewer = json!({"posts": [{"site": ground.sites[1], "role": "registrar", "headcount": 1}]});
    ground.officer.post(&format!("/orders/{order}/posts"), fewer).await.json();
    let after = asked().await;
    assert!(!after["lines"].as_array().unwrap().is_empty(), "who is no longer needed there goes: {after}");
}

#[tokio::test]
async fn a_plan_made_of_old_facts_does_not_drain_a_site() {
    let ground = Ground::new(sqlite(), Size { volunteers: 30, reserve: 0, ..SMALL }).await;
    let order = ground.told().await;
    // Nobody is free: the proposal takes registrars whom other sites no longer need …
    let fewer: Vec<_> =
        ground.sites[..5].iter().map(|site| json!({"site": site, "role": "registrar", "headcount": 1})).collect();
    ground.officer.post(&format!("/orders/{order}/posts"), json!({"posts": fewer})).await.json();
    let call = json!({"what": "shortage", "site": "S005", "role": "registrar", "count": 4});
    let asked = ground.officer.post(&format!("/orders/{order}/proposals"), call).await.json();
    ground.work().await;
    let path = format!("/orders/{order}/proposals/{}", asked["proposal"].as_str().unwrap());
    let lines = ground.officer.get(&path).await.json()["lines"].clone();
    let moves = |held: &deployments::Assignment| {
        lines.as_array().unwrap().iter().any(|line| line["volunteer"] == json!(held.volunteer))
    };
    // … and from one of those somebody else declines before it is accepted.
    let all = ground.assignments(&order).await;
    let taken = all.iter().find(|held| moves(held)).unwrap();
    let beside = all.iter().find(|held| (held.site, held.role) == (taken.site, taken.role) && !moves(held)).unwrap();
    let volunteer = ground.house.volunteer(beside.volunteer).await;
    volunteer.post("/duty/refusal", json!({"assignment": beside.id, "why": "ill"})).await.json();
    let refused = ground.officer.post(&format!("{path}/acceptance"), json!({})).await.refused();
    assert_eq!(refused, "409 deployments.6");
    assert_eq!(ground.assignments(&order).await.len(), 29, "nothing was changed");
}

#[tokio::test]
async fn a_plan_does_not_send_home_who_has_come_meanwhile() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let none = json!({"posts": [{"site": ground.sites[2], "role": "gatekeeper", "headcount": 0}]});
    ground.officer.post(&format!("/orders/{order}/posts"), none).await.json();
    let plan = ground.plan(&order).await;
    let gatekeeper =
        ground.at_site(&order, 2).await.into_iter().find(|held| held.role == PostRole::Gatekeeper).unwrap();
    ground.house.volunteer(gatekeeper.volunteer).await.post("/duty/check-in", json!({})).await.json();
    let published = ground.officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({})).await;
    if !published.status.is_success() {
        assert_eq!(published.refused(), "409 deployments.22", "the plan would have moved them: plan again");
    }
    assert!(ground.at_site(&order, 2).await.iter().any(|held| held.id == gatekeeper.id), "who has come stays");
}

#[tokio::test]
async fn a_plan_is_published_once_and_only_when_it_is_ready() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let asked = ground.officer.post(&format!("/orders/{order}/plans"), json!({})).await.json();
    let path = format!("/orders/{order}/plans/{}/publication", asked["plan"].as_str().unwrap());
    assert_eq!(ground.officer.post(&path, json!({})).await.refused(), "409 deployments.4");
    ground.work().await;
    let key = uuid::Uuid::now_v7();
    let first = ground.officer.post_with_key(&path, json!({}), Some(key)).await.json();
    assert_eq!(ground.officer.post_with_key(&path, json!({}), Some(key)).await.json(), first, "one effect");
    assert_eq!(ground.officer.post(&path, json!({})).await.refused(), "409 deployments.8");
    assert_eq!(ground.assignments(&order).await.len(), 30);
}

#[tokio::test]
async fn a_plan_leaves_as_a_table() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let plan = ground.plan(&order).await;
    let sheet = format!("/orders/{order}/plans/{plan}/sheet");
    assert_eq!(ground.officer.post(&sheet, json!({"format": "csv"})).await.refused(), "422 web.20", "for a reason");
    let csv = ground.officer.post(&sheet, json!({"format": "csv", "why": "duty", "note": "交接"})).await;
    assert!(csv.status.is_success());
    let last = csv.text.lines().last().unwrap_or_default();
    assert!(last.starts_with("※※ ") && last.contains("本次行动派人、联络 (交接)"), "who, when and why: {last}");
    assert_eq!(
        csv.text.lines().filter(|line| line.contains("志愿者")).count(),
        31,
        "a heading and 30 rows: {}",
        csv.text
    );
    let xlsx = ground.officer.post(&sheet, json!({"why": "duty"})).await;
    assert!(xlsx.status.is_success() && xlsx.text.starts_with("PK"));
}
