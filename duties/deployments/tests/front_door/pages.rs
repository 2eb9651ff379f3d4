//! Every page in both languages: it renders, no word is missing, and an empty list names the next act.

use serde_json::json;

use crate::ground::Ground;

#[tokio::test]
async fn every_page_renders_in_both_languages() {
    let ground = Ground::small().await;
    let (empty, order) = (ground.order().await, ground.order().await);
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    let held = ground.assignments(&order).await;
    let call = json!({"what": "shortage", "site": "S001", "role": "gatekeeper", "count": 30});
    let proposal = ground.officer.post(&format!("/orders/{order}/proposals"), call).await.json();
    ground.work().await;
    ground
        .house
        .volunteer(held[1].volunteer)
        .await
        .post("/duty/refusal", json!({"assignment": held[1].id, "why": "family"}))
        .await
        .json();
    ground.house.volunteer(held[2].volunteer).await.post("/duty/check-in", json!({})).await.json();
    let second = ground.plan(&order).await;
    let proposal = proposal["proposal"].as_str().unwrap();
    let line = held.iter().find(|held| held.site == ground.sites[5]).unwrap();
    let pages = [
        "/orders".to_owned(),
        "/orders/new".to_owned(),
        "/links".to_owned(),
        format!("/orders/{empty}"),
        format!("/orders/{empty}/roster"),
        format!("/orders/{empty}/declined"),
        format!("/orders/{order}"),
        format!("/orders/{order}/posts"),
        format!("/orders/{order}/roster"),
        format!("/orders/{order}/declined"),
        format!("/orders/{order}/plans/{plan}"),
        format!("/orders/{order}/plans/{plan}?site=S001"),
        format!("/orders/{order}/plans/{plan}/people/{}", line.volunteer),
        format!("/orders/{order}/proposals/{proposal}"),
        format!("/orders/{order}/comparison?one={plan}&other={second}"),
        format!("/sites/{}/roster", ground.sites[0]),
        format!("/sites/{}/announcements", ground.sites[0]),
    ];
    for path in &pages {
        whole(&ground.officer, path).await;
    }
    let chief = ground.chief(0).await;
    whole(&chief, &format!("/sites/{}/roster", ground.sites[0])).await;
    for number in [0, 1, 2] {
        whole(&ground.house.volunteer(held[number].volunteer).await, "/duty").await;
    }
}

async fn whole(client: &web::testing::Client, path: &str) {
    for lang in ["zh-CN", "en"] {
        let page = client.page(path, lang).await;
        assert!(page.status.is_success(), "{path}: {} {}", page.status, page.text);
        assert!(page.text.contains("</html>") && !page.text.contains('⟦'), "{path} in {lang}: {}", page.text);
    }
}
