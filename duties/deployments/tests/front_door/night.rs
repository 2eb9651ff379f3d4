//! The night as it should be: order, plan, notices, answers, arrivals – on both engines.

use domain::Id;
use serde_json::json;
use store::testing;
use web::House;

use crate::ground::{Ground, SMALL, duties};

#[tokio::test]
async fn an_order_becomes_people_in_place() {
    testing::each_engine(House::migrations(&duties()), |store| async move {
        let ground = Ground::new(store, SMALL).await;
        let order = ground.order().await;
        let plan = ground.plan(&order).await;

        let page = ground.officer.get(&format!("/orders/{order}/plans/{plan}")).await.json();
        let score = &page["plan"]["stage"];
        assert_eq!((&score["stage"], &score["is_optimal"]), (&json!("ready"), &json!(true)), "{score}");
        assert_eq!((&score["assigned"], &score["unmet"]), (&json!(30), &json!(0)));
        assert_eq!(score["reserve_used"], json!(0), "36 others are enough for 30 posts");
        assert_eq!(score["objective"], score["lower_bound"]);

        assert_eq!(ground.publish(&order, &plan).await, json!({"told": 30, "moved": 0, "released": 0}));
        ground.work().await;
        let held = ground.assignments(&order).await;
        assert_eq!(held.len(), 30);
        let first = &held[0];

        let volunteer = ground.house.volunteer(first.volunteer).await;
        let duty = volunteer.get("/duty").await.json();
        assert_eq!(duty["duty"]["site"], json!(first.site));
        assert_eq!(duty["duty"]["standing"]["state"], json!("told"));
        volunteer.post("/duty/acknowledgement", json!({"assignment": first.id})).await.json();
        let duty = volunteer.get("/duty").await.json();
        assert_eq!(duty["duty"]["standing"]["state"], json!("acknowledged"));
        volunteer.post("/duty/check-in", json!({})).await.json();

        let site = ground.sites.iter().position(|site| *site == first.site).unwrap();
        let chief = ground.chief(site).await;
        let others = held.iter().filter(|held| held.site == first.site && held.volunteer != first.volunteer);
        let items: Vec<_> = others
            .map(|held| {
                let at = ground.now().ms();
                json!({"id": Id::<domain::things::Attendance>::fresh(ground.now()), "volunteer": held.volunteer, "at": at})
            })
            .collect();
        let taken = chief.post(&format!("/sites/{}/check-ins", first.site), json!({"check_ins": items})).await.json();
        assert!(taken["results"].as_array().unwrap().iter().all(|one| one["outcome"] == "accepted"), "{taken}");

        let roster = chief.get(&format!("/sites/{}/roster", first.site)).await.json();
        assert_eq!((&roster["need"], &roster["arrived"]), (&json!(5), &json!(5)));
        let board = ground.officer.get(&format!("/orders/{order}")).await.json();
        assert_eq!(board["figures"], json!({
            "need": 30, "assigned": 30, "acknowledged": 1, "declined": 0, "arrived": 5, "unmet": 0
        }));

        volunteer.post("/duty/check-out", json!({})).await.json();
        let duty = volunteer.get("/duty").await.json();
        assert_eq!(duty["duty"]["standing"]["state"], json!("left"));
        ground.work().await;
    })
    .await;
}
