//! Fair turns and rest from one day to the next.

use std::collections::HashSet;

use domain::{Id, things::Volunteer};
use serde_json::json;

use crate::ground::Ground;

const DAY_S: i64 = 86_400;

/// One day from order to the closing of the sites; gives who served.
async fn serve(ground: &Ground) -> HashSet<Id<Volunteer>> {
    let order = ground.told().await;
    let held = ground.assignments(&order).await;
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
    serve(&ground).await;
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
}
