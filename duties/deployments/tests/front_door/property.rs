//! Whatever people do, in whatever order: nobody is in two places, and the books balance.

use std::collections::{HashMap, HashSet};

use domain::{Id, things::Attendance};
use serde_json::json;

use crate::ground::{Ground, SMALL, Size, sqlite};

/// Xorshift: the same seed plays the same night.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

#[tokio::test]
async fn nobody_is_in_two_places_whatever_happens() {
    for seed in [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03, 0x2545_F491_4F6C_DD1D] {
        let ground = Ground::new(sqlite(), Size { volunteers: 34, ..SMALL }).await;
        let orders = [ground.told().await, ground.order().await];
        let mut dice = Dice(seed);
        for step in 0..40 {
            act(&ground, &orders, &mut dice).await;
            ground.house.clock.set(ground.now().plus_min(3));
            books_balance(&ground, &orders, seed, step).await;
        }
    }
}

/// One thing somebody does. It may be refused; it must not break.
async fn act(ground: &Ground, orders: &[String; 2], dice: &mut Dice) {
    let order = &orders[dice.throw(2)];
    let volunteer = ground.volunteers[dice.throw(ground.volunteers.len())];
    let site = ground.sites[dice.throw(ground.sites.len())];
    let client = ground.house.volunteer(volunteer).await;
    let answered = match dice.throw(8) {
        0 => {
            let plan = ground.plan(order).await;
            ground.officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({})).await
        }
        1 => {
            let call = json!({"what": (["shortage", "no_shows"])[dice.throw(2)], "site": site, "role": "registrar", "count": 2});
            let asked = ground.officer.post(&format!("/orders/{order}/proposals"), call).await;
            ground.work().await;
            if asked.status.is_success() {
                let proposal = asked.json()["proposal"].as_str().unwrap().to_owned();
                ground.officer.post(&format!("/orders/{order}/proposals/{proposal}/acceptance"), json!({})).await
            } else {
                asked
            }
        }
        2 => {
            let shown = ground.officer.get(&format!("/orders/{order}")).await.json();
            let Some(plan) = shown["order"]["plan"].as_str().filter(|_| dice.throw(3) == 0) else { return };
            ground.officer.post(&format!("/orders/{order}/plans/{plan}/withdrawal"), json!({})).await
        }
        3 => {
            let duty = client.get("/duty").await.json();
            client.post("/duty/refusal", json!({"assignment": duty["duty"]["assignment"], "why": "working"})).await
        }
        4 => {
            let duty = client.get("/duty").await.json();
            client.post("/duty/acknowledgement", json!({"assignment": duty["duty"]["assignment"]})).await
        }
        _ => {
            let way = ["in", "in", "out", "undo"][dice.throw(4)];
            let id = Id::<Attendance>::fresh(ground.now());
            let items = json!({"check_ins": [{"id": id, "volunteer": volunteer, "at": ground.now().ms(), "way": way}]});
            ground.officer.post(&format!("/sites/{site}/check-ins"), items).await
        }
    };
    assert!(!answered.status.is_server_error(), "{} {}", answered.status, answered.text);
}

async fn books_balance(ground: &Ground, orders: &[String; 2], seed: u64, step: usize) {
    let mut holders = HashSet::new();
    for order in orders {
        let held = ground.assignments(order).await;
        for held in &held {
            assert!(holders.insert(held.volunteer), "seed {seed:#x}, step {step}: {} holds two posts", held.volunteer);
        }
        let mut counted: HashMap<_, (u32, u32)> = HashMap::new();
        for held in &held {
            let count = counted.entry((held.site, held.role)).or_default();
            count.0 += 1;
            count.1 += u32::from(held.acknowledged_at.is_some());
        }
        let present = present(ground, order).await;
        for tally in ground.tallies(order).await {
            let (assigned, acknowledged) = counted.get(&(tally.site, tally.role)).copied().unwrap_or_default();
            let arrived = present.get(&(tally.site, tally.role)).copied().unwrap_or(0);
            let books = (tally.assigned, tally.acknowledged, tally.arrived);
            assert_eq!(books, (assigned, acknowledged, arrived), "seed {seed:#x}, step {step}: {tally:?}");
        }
    }
}

/// Who stands where, by the record of stays: another ledger than the tallies.
async fn present(ground: &Ground, order: &str) -> HashMap<(Id<domain::things::Site>, domain::PostRole), u32> {
    let (order, sites) = (order.parse().unwrap(), ground.sites.clone());
    let stays = ground.house.house.store.look(move |tx| {
        let mut stays = Vec::new();
        for site in sites {
            stays.extend(responders::attendance::present(tx, order, site)?);
        }
        Ok::<_, store::Error>(stays)
    });
    let mut counts = HashMap::new();
    for stay in stays.await.unwrap() {
        if let Some(role) = stay.role {
            *counts.entry((stay.site, role)).or_default() += 1;
        }
    }
    counts
}
