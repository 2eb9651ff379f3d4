//! The list of every route with its right: committed, so that a change of who may do what is seen in review.

use std::fmt::Write as _;

use domain::Role;
use store::testing;
use web::{
    House,
    routes::{In, Way},
    testing::TestHouse,
};

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api/rights.md");

#[tokio::test]
async fn the_list_of_rights_is_the_committed_one() {
    let duties = muster::duties::all();
    let test = TestHouse::new(testing::sqlite(House::migrations(&duties)), &duties).await;
    let mut list = String::from(
        "# Who may do what\n\nMade by `MUSTER_WRITE=1 cargo test -p muster --test rights`; the test compares it with the code.\n\n\
         | route | right | where | roles |\n|---|---|---|---|\n",
    );
    for entry in &test.house.entries {
        let way = if entry.way == Way::Get { "GET" } else { "POST" };
        let place = match entry.within {
            In::District => "the district".to_owned(),
            In::Anywhere => "wherever held".to_owned(),
            In::The(part) => format!("the {part}"),
        };
        let roles: Vec<_> = Role::ALL.into_iter().filter(|role| role.has(entry.right)).map(Role::name).collect();
        let roles = if roles.len() == Role::ALL.len() { "everybody".to_owned() } else { roles.join(", ") };
        let _ = writeln!(list, "| {way} {} | {:?} | {place} | {roles} |", entry.path, entry.right);
    }
    if std::env::var_os("MUSTER_WRITE").is_some() {
        std::fs::write(LIST, &list).unwrap();
    }
    let committed = std::fs::read_to_string(LIST).unwrap_or_default();
    assert!(
        committed == list,
        "docs/api/rights.md is not what the code says: run the command it names and read the change"
    );
}

/// Every cell of route × role, asked through the front door: who lacks the right hears the same as where nothing is.
#[tokio::test]
async fn no_route_opens_to_a_role_without_its_right() {
    let duties = muster::duties::all();
    let test = TestHouse::new(testing::sqlite(House::migrations(&duties)), &duties).await;
    let mut cells = 0;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Volunteer) {
        let client = test.client(role, domain::Scope::District).await;
        for entry in test.house.entries.iter().filter(|entry| !role.has(entry.right)) {
            let path = entry.path.replace(['{', '}'], "");
            let reply = match entry.way {
                Way::Get => client.get(&path).await,
                Way::Post if entry.takes_file => client.send_file(&path, &[], "a.csv", b"code\n").await,
                Way::Post => client.post(&path, serde_json::json!({})).await,
            };
            assert_eq!(reply.refused(), "404 web.2", "{role} {:?} {}", entry.way, entry.path);
            cells += 1;
        }
    }
    assert!(cells > 50, "only {cells} cells were asked");
    let stranger = test.stranger();
    for entry in test.house.entries.iter().filter(|entry| entry.way == Way::Get) {
        let reply = stranger.get(&entry.path.replace(['{', '}'], "")).await;
        let is_public = entry.right == domain::Right::Anybody;
        assert!(is_public || reply.refused() == "401 web.1", "a stranger at {}: {}", entry.path, reply.status);
    }
}
