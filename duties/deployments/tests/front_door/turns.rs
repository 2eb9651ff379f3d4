//! Fair turns and rest from one day to the next.

use std::collections::HashSet;

use domain::{Id, Moment, things::Volunteer};
use serde_json::{Value, json};

use crate::ground::{Ground, SMALL, sqlite};

const DAY_S: i64 = 86_400;

/// Everybody who was told of an order comes, ten minutes early.
async fn come(ground: &Ground, order: &str) -> Vec<deployments::Assignment> {
    let held = ground.assignments(order).await;
    let begins = held[0].shift_from;
    ground.house.clock.set(begins.plus_min(-10));
    for (nth, site) in ground.sites.iter().enumerate() {
        let here = held.iter().filter(|held| held.site == *site);
        let arrivals: Vec<_> = here
            .map(|held| {
                let id = Id::<domain::things::Attendance>::fresh(ground.now());
                json!({"id": id, "volunteer": held.volunteer, "at": ground.now().ms()})
            })
            .collect();
        let path = format!("/sites/{site}/check-ins");
        ground.chief(nth).await.post(&path, json!({"check_ins": arrivals})).await.json();
    }
    held
}

/// One day from order to the closing of the sites; gives who served.
async fn serve(ground: &Ground) -> HashSet<Id<Volunteer>> {
    let order = ground.told().await;
    let held = come(ground, &order).await;
    let begins = held[0].shift_from;
    ground.house.clock.set(held[0].shift_until.plus_h(1));
    ground.officer.post(&format!("/orders/{order}/closing"), json!({})).await.json();
    ground.house.clock.set(begins.plus_s(DAY_S).plus_h(-8));
    held.into_iter().map(|held| held.volunteer).collect()
}

#[tokio::test]
async fn who_has_served_two_days_is_spared_as_far_as_others_can_come() {
    let ground = Ground::small().await;
    // The first two teams have 27 people for 20 posts; the third lacks one and borrows.
    let spare: HashSet<_> = ground.volunteers[..27].iter().copied().collect();
    let first = serve(&ground).await;
    let second = serve(&ground).await;
    let rested: HashSet<_> = spare.difference(&first).copied().collect();
    assert_eq!(rested.len(), 6);
    assert!(rested.is_subset(&second), "who stayed at home on the first day comes on the second");
    let third = serve(&ground).await;
    let tired: HashSet<_> = first.intersection(&second).copied().filter(|person| spare.contains(person)).collect();
    let spared = tired.difference(&third).count();
    assert_eq!(spared, 6, "as many as can be replaced stay at home after two days");
    assert!(spare.difference(&tired).all(|person| third.contains(person)), "nobody rests while the tired serve");
}

#[tokio::test]
async fn who_forgot_to_check_out_went_home_when_the_shift_ended() {
    let ground = Ground::small().await;
    let served = serve(&ground).await;
    let anybody = *served.iter().next().unwrap();
    let record = ground.house.volunteer(anybody).await.get("/record").await.json();
    let stay = &record["stays"][0]["stay"];
    let shift_until = 1_663_200_000_000_i64 + 12 * 3_600_000;
    assert_eq!(stay["out_at"], json!(shift_until), "{record}");
    // Rest of eight hours is over at 08:00: everybody can be called again.
    let order = ground.order().await;
    let plan = ground.plan(&order).await;
    let page = ground.officer.get(&format!("/orders/{order}/plans/{plan}")).await.json();
    assert_eq!((&page["plan"]["stage"]["assigned"], &page["plan"]["stage"]["unmet"]), (&json!(30), &json!(0)));
}

#[tokio::test]
async fn the_houses_own_rule_of_rest_counts() {
    let rest = json!({"rest": {"least_h": 20}});
    let ground = Ground::with(crate::ground::sqlite(), crate::ground::SMALL, &[("responders", rest)]).await;
    let served = serve(&ground).await;
    let order = ground.order().await;
    let plan = ground.plan(&order).await;
    let page = ground.officer.get(&format!("/orders/{order}/plans/{plan}")).await.json();
    assert_eq!(
        page["plan"]["stage"]["assigned"],
        json!(10),
        "twelve hours are too short here: only ten have not served"
    );
    assert!(
        page["gaps"].as_array().unwrap().iter().any(|gap| gap["shortfall"]["cause"] == "all_resting"),
        "{}",
        page["gaps"]
    );
    // An officer may call somebody all the same, by name: as people know them, by their codes.
    let called = *served.iter().next().unwrap();
    let code = ground.officer.get(&format!("/volunteers/{called}")).await.json()["code"].clone();
    let pin = json!({"code": code, "site": "S005", "role": "registrar"});
    ground.officer.post(&format!("/orders/{order}/pins"), pin).await.json();
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let held = ground.assignments(&order).await;
    assert_eq!(held.len(), 11);
    assert!(held.iter().any(|held| (held.volunteer, held.site) == (called, ground.sites[5])));
    let wish = ground.officer.get(&format!("/orders/{order}")).await.json()["wishes"][0].clone();
    assert_eq!((&wish["volunteer"], &wish["is_unmet"]), (&json!(called), &json!(false)));
}

/// An order with a shift of its own; gives it with what its plan finds: people, and why others are missing.
async fn planned(ground: &Ground, from: &str, until: &str) -> (String, Value, HashSet<String>) {
    let before = |hours: i64| Moment::parse(from, &ground.house.house.settings.zone).unwrap().plus_h(-hours).rfc3339();
    let ask = json!({
        "name": "另一班", "order_at": before(4), "set_up_at": before(2), "in_place_at": from, "close_at": until,
    });
    let order = ground.officer.post("/orders", ask).await.json()["order"].as_str().unwrap().to_owned();
    let plan = ground.plan(&order).await;
    let page = ground.officer.get(&format!("/orders/{order}/plans/{plan}")).await.json();
    let gaps = page["gaps"].as_array().unwrap().iter();
    let causes = gaps.map(|gap| gap["shortfall"]["cause"].as_str().unwrap().to_owned()).collect();
    (order, page["plan"]["stage"]["assigned"].clone(), causes)
}

/// Who serves today goes home when the shift ends, also while the order is still open, and also who forgets to check out.
#[tokio::test]
async fn whoever_serves_today_is_planned_for_tomorrow_while_today_still_runs() {
    let ground = Ground::small().await;
    let today = ground.told().await;
    let held = come(&ground, &today).await;
    for at in [held[0].shift_from.plus_h(6), held[0].shift_until.plus_h(1)] {
        ground.house.clock.set(at);
        let (order, assigned, gaps) = planned(&ground, "2022-09-16T08:00", "2022-09-16T20:00").await;
        assert_eq!((assigned, gaps), (json!(30), HashSet::new()), "twelve hours are enough");
        ground.officer.post(&format!("/orders/{order}/closing"), json!({})).await.json();
        // Control: seven hours after the shift of today nobody of it has slept.
        let (order, assigned, gaps) = planned(&ground, "2022-09-16T03:00", "2022-09-16T09:00").await;
        assert_eq!((assigned, gaps), (json!(10), HashSet::from(["all_resting".to_owned()])));
        ground.officer.post(&format!("/orders/{order}/closing"), json!({})).await.json();
    }
}

/// A duty that somebody was told of and has not served yet tires as well: before another one, and after it.
#[tokio::test]
async fn whoever_was_told_of_another_duty_sleeps_between_the_two() {
    let (day, night) = (("2022-09-15T08:00", "2022-09-15T20:00"), ("2022-09-16T01:00", "2022-09-16T07:00"));
    let later = ("2022-09-16T04:00", "2022-09-16T10:00");
    for (first, second, expected) in [(day, night, 10), (night, day, 10), (day, later, 30), (later, day, 30)] {
        let ground = Ground::small().await;
        let (order, assigned, _) = planned(&ground, first.0, first.1).await;
        assert_eq!(assigned, json!(30));
        let plans = ground.officer.get(&format!("/orders/{order}")).await.json()["plans"].clone();
        ground.publish(&order, plans[0]["id"].as_str().unwrap()).await;
        let (_, assigned, gaps) = planned(&ground, second.0, second.1).await;
        let rest = if expected == 30 { HashSet::new() } else { HashSet::from(["all_resting".to_owned()]) };
        assert_eq!((assigned, gaps), (json!(expected), rest), "{first:?}, then {second:?}");
    }
}

/// Also after a day at home, when nobody is tired any more, whoever has stood less lately goes first.
#[tokio::test]
async fn whoever_has_stood_less_goes_first() {
    for (turn_m, is_fair) in [(100, true), (0, false)] {
        let weights = json!({"weights": {"turn_m": turn_m}});
        let ground = Ground::with(sqlite(), SMALL, &[("deployments", weights)]).await;
        let first = serve(&ground).await;
        for _ in 0..2 {
            // A session lives on while it is used.
            ground.house.clock.set(ground.now().plus_h(12));
            ground.officer.get("/orders").await.json();
        }
        let second = serve(&ground).await;
        // Of the first two teams, who have people to spare.
        let stayed: HashSet<_> =
            ground.volunteers[..27].iter().copied().filter(|person| !first.contains(person)).collect();
        assert_eq!(stayed.len(), 6);
        assert_eq!(stayed.is_subset(&second), is_fair, "{turn_m} m a point");
    }
}
