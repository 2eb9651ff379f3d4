//! Giving, changing and closing orders; headcounts.

use serde_json::json;

use crate::ground::Ground;

#[tokio::test]
async fn an_order_covers_the_sites_that_were_chosen() {
    let ground = Ground::small().await;
    let given = ground.officer.post("/orders", json!({"name": "两个点", "sites": "S001，S004"})).await.json();
    assert_eq!((&given["sites"], &given["people"]), (&json!(2), &json!(10)));
    ground.officer.post("/divisions", json!({"code": "440902002", "name": "另一街道"})).await.json();
    let elsewhere = json!({"code": "N1", "name": "新点", "division": "另一街道", "latitude": 21.7, "longitude": 110.9,
        "gatekeeper": 2, "registrar": 1});
    ground.officer.post("/sites", elsewhere).await.json();
    for (division, sites) in [("440902001", 6), ("440902002", 1)] {
        let of = json!({"name": "一个街道", "divisions": [division], "beside": true});
        assert_eq!(ground.officer.post("/orders", of).await.json()["sites"], json!(sites), "{division}");
    }
    let listed = ground.officer.get("/orders").await.json();
    assert_eq!(listed["orders"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_order_that_cannot_stand_is_refused() {
    let ground = Ground::small().await;
    let table = [
        (json!({"name": "x", "sites": "S001 S999"}), "422 deployments.11"),
        (json!({"name": "x", "divisions": ["440902009"]}), "422 deployments.2"),
        (json!({"name": "x", "set_up_at": "2022-09-15T09:00"}), "422 deployments.1"),
        (json!({"name": "x", "shift_until": "2022-09-17T09:00"}), "422 deployments.1"),
        (json!({"name": "x", "close_at": "noon"}), "422 web.3"),
        (json!({"name": "名".repeat(101)}), "422 deployments.27"),
        (json!({"name": " "}), "422 deployments.27"),
    ];
    for (ask, refused) in table {
        assert_eq!(ground.officer.post("/orders", ask.clone()).await.refused(), refused, "{ask}");
    }
    assert_eq!(ground.officer.get("/orders").await.json()["orders"], json!([]));
    let given = ground.officer.post("/orders", json!({"name": "名".repeat(100)})).await.json();
    let path = format!("/orders/{}", given["order"].as_str().unwrap());
    assert_eq!(ground.officer.post(&path, json!({"name": "名".repeat(101)})).await.refused(), "422 deployments.27");
}

/// The order that the chief of the first site works under.
async fn at_the_site(ground: &Ground) -> serde_json::Value {
    let path = format!("/sites/{}/roster", ground.sites[0]);
    ground.chief(0).await.get(&path).await.json()["order"]["id"].clone()
}

#[tokio::test]
async fn one_order_does_not_hide_another() {
    let ground = Ground::small().await;
    let real = ground.told().await;
    let drill = json!({"name": "夜间集结", "drill": true});
    assert_eq!(ground.officer.post("/orders", drill).await.refused(), "409 deployments.29", "not by mistake");
    let apart = [("2022-09-15T20:00", "2022-09-16T06:00"), ("2022-09-15T19:59", "2022-09-16T06:00")];
    for (nth, (from, until)) in apart.into_iter().enumerate() {
        let ask = json!({"name": "夜班", "order_at": "2022-09-15T15:00", "set_up_at": "2022-09-15T18:00", "in_place_at": from, "close_at": until});
        let given = ground.officer.post("/orders", ask).await;
        match nth {
            0 => {
                let path = format!("/orders/{}", given.json()["order"].as_str().unwrap());
                let earlier = json!({"shift_from": "2022-09-15T18:30"});
                assert_eq!(ground.officer.post(&path, earlier.clone()).await.refused(), "409 deployments.29");
                let meant = json!({"shift_from": "2022-09-15T18:30", "beside": true});
                ground.officer.post(&path, meant).await.json();
                ground.officer.post(&format!("{path}/closing"), json!({})).await.json();
            }
            _ => assert_eq!(given.refused(), "409 deployments.29", "one minute is too much"),
        }
    }
    // Meant, and given later: the chief's page stays with what is real, and with what people were told of.
    for ask in [json!({"name": "夜间集结", "drill": true, "beside": true}), json!({"name": "又一道", "beside": true})]
    {
        ground.officer.post("/orders", ask.clone()).await.json();
        assert_eq!(at_the_site(&ground).await, json!(real), "{ask}");
    }
    // Control: once it is closed, the next one counts.
    ground.officer.post(&format!("/orders/{real}/closing"), json!({})).await.json();
    assert_ne!(at_the_site(&ground).await, json!(real));
}

#[tokio::test]
async fn headcounts_change_by_program_and_by_form() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let path = format!("/orders/{order}/posts");
    let (first, second) = (ground.sites[0], ground.sites[1]);
    let posts = json!([{"site": first, "role": "gatekeeper", "headcount": 4}, {"site": first, "role": "driver", "headcount": 1}]);
    assert_eq!(ground.officer.post(&path, json!({"posts": posts})).await.json(), json!({"changed": 2}));
    let form = format!("cell={second}+registrar&headcount=0&cell={first}+gatekeeper&headcount=4");
    assert_eq!(ground.officer.form(&path, &form, Some("http://muster.test")).await.status.as_u16(), 303);
    let grid = ground.officer.get(&path).await.json();
    assert_eq!(grid["totals"], json!([14, 15, 0, 0, 0, 1]));
    let strange = json!({"posts": [{"site": domain::Id::<domain::things::Site>::fresh(ground.now()), "role": "runner", "headcount": 1}]});
    assert_eq!(ground.officer.post(&path, strange).await.refused(), "422 deployments.11");
    let needs: u32 = ground.tallies(&order).await.iter().map(|tally| tally.need).sum();
    assert_eq!(needs, 30, "tallies follow: 12 + 2 + 1 gatekeepers and driver, 18 - 3 registrars");
}

#[tokio::test]
async fn the_shift_stays_once_people_are_told() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let path = format!("/orders/{order}");
    ground.officer.post(&path, json!({"shift_from": "2022-09-15T07:30", "name": "改名"})).await.json();
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    assert_eq!(
        ground.officer.post(&path, json!({"shift_from": "2022-09-15T08:30"})).await.refused(),
        "409 deployments.19"
    );
    ground.officer.post(&path, json!({"set_up_at": "2022-09-15T05:30"})).await.json();
    let shown = ground.officer.get(&path).await.json();
    assert_eq!(shown["order"]["name"], "改名");
}

#[tokio::test]
async fn nothing_is_done_under_a_closed_order() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let held = ground.assignments(&order).await;
    ground.officer.post(&format!("/orders/{order}/closing"), json!({})).await.json();
    for path in ["plans", "posts", "closing", "proposals"] {
        let ask = json!({"what": "no_shows", "site": "S001"});
        let refused = ground.officer.post(&format!("/orders/{order}/{path}"), ask).await.refused();
        assert_eq!(refused, "409 deployments.3", "{path}");
    }
    let volunteer = ground.house.volunteer(held[0].volunteer).await;
    assert_eq!(volunteer.get("/duty").await.json()["duty"], json!(null));
    assert_eq!(volunteer.post("/duty/check-in", json!({})).await.refused(), "404 deployments.12");
}

/// Who stands at the site of an order, as its roster says.
async fn present(ground: &Ground, site: usize) -> Vec<String> {
    let lines = ground.officer.get(&format!("/sites/{}/roster", ground.sites[site])).await.json()["lines"].clone();
    let here = |line: &&serde_json::Value| line["presence"]["presence"] == "arrived";
    lines.as_array().unwrap().iter().filter(here).map(|line| line["volunteer"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_closing_is_taken_back_and_everybody_stands_where_they_stood() {
    let ground = Ground::small().await;
    let order = ground.told().await;
    let chief = ground.chief(0).await;
    for held in ground.at_site(&order, 0).await.iter().take(3) {
        let path = format!("/sites/{}/arrivals", ground.sites[0]);
        chief.post(&path, json!({"volunteer": held.volunteer})).await.json();
    }
    let (before, counts) = (present(&ground, 0).await, ground.tallies(&order).await);
    assert_eq!(before.len(), 3);
    let closing = format!("/orders/{order}/closing");
    ground.officer.post(&closing, json!({})).await.json();
    assert_eq!(present(&ground, 0).await.len(), 0);
    ground.officer.post(&format!("/orders/{order}/reopening"), json!({})).await.json();
    assert_eq!((present(&ground, 0).await, ground.tallies(&order).await), (before, counts));
    assert_eq!(
        ground.officer.post(&format!("/orders/{order}/reopening"), json!({})).await.refused(),
        "409 deployments.28"
    );
    ground.officer.post(&closing, json!({})).await.json();
    ground.house.clock.set(ground.now().plus_min(11));
    assert_eq!(
        ground.officer.post(&format!("/orders/{order}/reopening"), json!({})).await.refused(),
        "409 deployments.28"
    );
}

/// An order whose people are told, with a shift of its own.
async fn told_for(ground: &Ground, [order_at, set_up_at, from, until]: [&str; 4]) -> String {
    let times = json!({
        "name": "夜班", "order_at": order_at, "set_up_at": set_up_at, "in_place_at": from, "close_at": until,
        "shift_from": from, "shift_until": until,
    });
    let order = ground.officer.post("/orders", times).await.json()["order"].as_str().unwrap().to_owned();
    let plan = ground.plan(&order).await;
    ground.publish(&order, &plan).await;
    order
}

#[tokio::test]
async fn an_order_whose_people_are_held_by_another_stays_closed() {
    let ground = Ground::small().await;
    let order =
        told_for(&ground, ["2022-09-20T12:00", "2022-09-20T18:00", "2022-09-20T20:00", "2022-09-21T08:00"]).await;
    let (closing, reopening) = (format!("/orders/{order}/closing"), format!("/orders/{order}/reopening"));
    ground.officer.post(&closing, json!({})).await.json();
    let other =
        told_for(&ground, ["2022-09-20T13:00", "2022-09-21T01:00", "2022-09-21T02:00", "2022-09-21T12:00"]).await;
    assert_eq!(ground.officer.post(&reopening, json!({})).await.refused(), "409 deployments.7");
    ground.officer.post(&format!("/orders/{other}/closing"), json!({})).await.json();
    ground.officer.post(&reopening, json!({})).await.json();
}

#[tokio::test]
async fn headcounts_follow_the_guideline_where_it_is_asked_for() {
    let ground = Ground::small().await;
    let given = ground.officer.post("/orders", json!({"name": "按规则", "by_guideline": true})).await.json();
    let each = places::headcount_proposal(&ground.house.house, 3000, ground.now()).unwrap().posts;
    let people: u32 = each.iter().map(|(_, headcount)| headcount).sum();
    assert_eq!(given["people"], json!(6 * people), "3,000 people at each of six sites: {each:?}");
    assert_ne!(people, 5, "the register says five");
}

#[tokio::test]
async fn an_order_lists_who_is_fixed_and_who_is_left_out() {
    let ground = Ground::small().await;
    let order = ground.order().await;
    let (path, one, other) = (format!("/orders/{order}"), ground.volunteers[0], ground.volunteers[2]);
    let pin = json!({"volunteer": one, "site": ground.sites[1], "role": "gatekeeper"});
    ground.officer.post(&format!("{path}/pins"), pin).await.json();
    let not_here = json!({"volunteer": other, "site": ground.sites[0]});
    ground.officer.post(&format!("{path}/exclusions"), not_here).await.json();
    ground.officer.post(&format!("{path}/exclusions"), json!({"volunteer": one})).await.json();
    let mut wishes = ground.officer.get(&path).await.json()["wishes"].as_array().unwrap().clone();
    wishes.sort_by_key(|wish| wish["code"].to_string());
    assert_eq!(
        (&wishes[0]["pinned"], &wishes[0]["excluded"]),
        (&json!(["文明路采样点1", "gatekeeper"]), &json!([null]))
    );
    assert_eq!(wishes[1]["excluded"], json!(["文明路采样点0"]));
    ground.officer.post(&format!("{path}/exclusions"), json!({"volunteer": one, "off": true})).await.json();
    ground.officer.post(&format!("{path}/pins"), json!({"volunteer": one, "off": true})).await.json();
    assert_eq!(ground.officer.get(&path).await.json()["all_wishes"], json!(1));
}
