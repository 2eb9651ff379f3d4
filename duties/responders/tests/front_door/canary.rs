//! Personal data at rest: planted names, numbers, e-mail addresses and texts are nowhere in the database's files.

use domain::{Role, Scope};
use serde_json::json;
use store::Address;

use crate::district::{house, ids, person, take, volunteer};

#[tokio::test]
async fn no_planted_name_number_or_story_is_found_in_the_files() {
    let house = house().await;
    let store = &house.house.store;
    let mut row = volunteer(50, "CANARY-CODE", "金丝雀之名", "T1");
    row.phone = "19987654321".into();
    row.email = "canary@nest.example".into();
    take(store, vec![row]).await;
    let who = ids(store).await["CANARY-CODE"];
    let (me, teller) = (house.volunteer(who).await, house.volunteer(ids(store).await["V1"]).await);
    me.post("/record/corrections", json!({"objection": "金丝雀的异议"})).await.json();
    let badge = person(store, who).await.badge;
    teller.post("/deeds", json!({"badge": badge, "story": "金丝雀的事迹"})).await.json();
    let group = house.client(Role::AssessmentGroup, Scope::District).await;
    group.post("/commendations", json!({"volunteer": who, "listed": true, "reason": "金丝雀的理由"})).await.json();
    let officer = house.client(Role::DutyOfficer, Scope::District).await;
    officer.post(&format!("/volunteers/{who}/phone"), json!({})).await.json();
    let key = Some(uuid::Uuid::from_u128(3));
    officer.post_with_key(&format!("/volunteers/{who}/phone"), json!({}), key).await.json();

    let found =
        |needle: &str| files(store).iter().any(|bytes| bytes.windows(needle.len()).any(|at| at == needle.as_bytes()));
    assert!(found("CANARY-CODE"), "the control: what is not sealed is found");
    for needle in ["金丝雀", "9987654321", "canary@nest", "99876"] {
        assert!(!found(needle), "{needle} lies open in the files");
    }
    assert_eq!(person(store, who).await.email.as_deref(), Some("canary@nest.example"));
}

/// The database, its write-ahead log and whatever else lies beside them.
fn files(store: &store::Store) -> Vec<Vec<u8>> {
    let Address::Sqlite(file) = store.address() else { panic!("this looks into files") };
    let folder = std::fs::read_dir(file.parent().unwrap()).unwrap();
    folder.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}
