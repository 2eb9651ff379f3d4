//! Who may do what: every route of this duty against every role; "not yours" and "not there" answer alike.

use domain::{Id, Right, Role, Scope};
use serde_json::json;
use uuid::Uuid;
use web::routes::Way;

use crate::district::{house, ids};

#[tokio::test]
async fn every_route_asks_for_its_right() {
    let house = house().await;
    let who = ids(&house.house.store).await["V1"];
    let entries: Vec<_> = house.house.entries.iter().filter(|entry| entry.duty == "responders").cloned().collect();
    assert!(entries.len() > 20);
    for role in Role::ALL {
        let client = match role {
            Role::Volunteer => house.volunteer(who).await,
            role => house.client(role, Scope::District).await,
        };
        for entry in &entries {
            let path = entry.path.replace("{team}", "T1").replace("{volunteer}", "V2");
            let path = path.replace("{code}", "0").replace("{deed}", &Uuid::nil().to_string());
            let path = path.replace("{correction}", &Uuid::nil().to_string());
            let reply = match entry.way {
                Way::Get => client.get(&path).await,
                // A body that cannot be understood: whoever may pass is told so, and nothing changes.
                Way::Post => client.post(&path, json!([])).await,
            };
            let let_in = entry.right == Right::Anybody || role.has(entry.right);
            let refused = reply.refused();
            if let_in {
                assert!(matches!(reply.status.as_u16(), 200 | 422), "{role:?} {path}: {refused}");
            } else {
                assert_eq!(refused, "404 web.2", "{role:?} {path}");
            }
        }
    }
}

#[tokio::test]
async fn strangers_sign_in_first_and_other_districts_see_nothing() {
    let house = house().await;
    for path in ["/teams", "/volunteers", "/volunteers/V1", "/record", "/deeds", "/assessment"] {
        assert_eq!(house.stranger().get(path).await.refused(), "401 web.1", "{path}");
    }
    let who = ids(&house.house.store).await["V1"];
    let store = &house.house.store;
    let elsewhere = "440904".parse().unwrap();
    let token = store.change(crate::district::act(store), move |tx| {
        let district = std::clone::Clone::clone(&elsewhere);
        web::access::accounts::first_administrator(tx, &district, "电白区")?;
        Ok::<_, web::Fault>(web::access::sessions::issue_token(
            tx,
            &district,
            Role::DutyOfficer,
            &Scope::District,
            "x",
        )?)
    });
    let mut foreign = house.stranger();
    foreign.token = Some(token.await.unwrap());
    let unknown = Id::<domain::things::Volunteer>::from_uuid(Uuid::from_u128(9));
    let (yours, nobodys) = (
        foreign.get(&format!("/volunteers/{who}")).await.refused(),
        foreign.get(&format!("/volunteers/{unknown}")).await.refused(),
    );
    assert_eq!((yours.as_str(), nobodys.as_str()), ("404 web.2", "404 web.2"));
    assert_eq!(foreign.post(&format!("/volunteers/{who}/phone"), json!({})).await.refused(), "404 web.2");
    assert!(foreign.get("/volunteers").await.json()["people"].as_array().unwrap().is_empty());
    assert!(foreign.get("/volunteers?find=19900000002").await.json()["people"].as_array().unwrap().is_empty());
    assert!(foreign.get("/teams").await.json()["teams"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_team_leads_scope_ends_with_the_team() {
    let house = house().await;
    let page = house.client(Role::DutyOfficer, Scope::District).await.get("/teams/T1").await.json();
    let team: Id<domain::things::Team> = page["team"]["id"].as_str().unwrap().parse().unwrap();
    let lead = house.client(Role::Allocator, Scope::Team(team)).await;
    assert_eq!(lead.get("/volunteers/V1").await.status.as_u16(), 200);
    assert_eq!(lead.get("/volunteers/V6").await.refused(), "404 web.2");
    assert_eq!(lead.post("/volunteers/V6/badge", json!({})).await.refused(), "404 web.2");
    assert_eq!(lead.get("/volunteers").await.refused(), "404 web.2");
}
