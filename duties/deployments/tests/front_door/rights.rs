//! Who may do what: the same answer for "not yours" and "not there".

use domain::{Role, Scope};
use serde_json::json;

use crate::ground::Ground;

#[tokio::test]
async fn a_chief_runs_the_own_site_and_no_other() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let chief = ground.chief(0).await;
    let nowhere = domain::Id::<domain::things::Site>::fresh(ground.now());
    for site in [ground.sites[1], nowhere] {
        for path in ["roster"] {
            assert_eq!(chief.get(&format!("/sites/{site}/{path}")).await.refused(), "404 web.2");
        }
        let batch = json!({"check_ins": []});
        assert_eq!(chief.post(&format!("/sites/{site}/check-ins"), batch).await.refused(), "404 web.2");
        let call = json!({"role": "runner", "count": 1});
        assert_eq!(chief.post(&format!("/sites/{site}/shortages"), call).await.refused(), "404 web.2");
    }
    for path in
        [format!("/orders/{order}"), format!("/orders/{order}/roster"), "/orders".to_owned(), "/links".to_owned()]
    {
        assert_eq!(chief.get(&path).await.refused(), "404 web.2", "{path}");
    }
    assert_eq!(chief.get("/duty").await.refused(), "404 web.2", "a chief is no volunteer");
}

#[tokio::test]
async fn officers_give_orders_and_allocators_only_allocate() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let allocator = ground.house.client(Role::Allocator, Scope::District).await;
    assert_eq!(allocator.post("/orders", json!({"name": "x"})).await.refused(), "404 web.2");
    assert_eq!(allocator.post(&format!("/orders/{order}/closing"), json!({})).await.refused(), "404 web.2");
    assert!(allocator.post(&format!("/orders/{order}/plans"), json!({})).await.status.is_success());
    let assessor = ground.house.client(Role::AssessmentGroup, Scope::District).await;
    assert!(assessor.get(&format!("/orders/{order}")).await.status.is_success());
    assert_eq!(assessor.post(&format!("/orders/{order}/plans"), json!({})).await.refused(), "404 web.2");
    let stranger = ground.house.stranger();
    assert_eq!(stranger.get("/duty").await.refused(), "401 web.1");
    ground.work().await;
}

#[tokio::test]
async fn a_plan_is_found_only_under_its_own_order() {
    let ground = Ground::small().await;
    let (one, other) = (ground.order().await, ground.order().await);
    let plan = ground.plan(&one).await;
    assert_eq!(ground.officer.get(&format!("/orders/{other}/plans/{plan}")).await.refused(), "404 web.2");
    let publish = ground.officer.post(&format!("/orders/{other}/plans/{plan}/publication"), json!({})).await;
    assert_eq!(publish.refused(), "404 web.2");
}
