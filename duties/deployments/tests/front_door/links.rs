//! Standing links: by hand and from a file.

use deployments::register::{Counts, LinkRow, Verdict, apply, judge};
use serde_json::json;
use store::Act;

use crate::ground::{Ground, maonan};

fn row(team: &str, site: &str) -> LinkRow {
    LinkRow { team: team.to_owned(), site: site.to_owned() }
}

#[tokio::test]
async fn a_file_of_links_accounts_for_every_row() {
    let ground = Ground::small().await;
    let rows = [row("T00", "S000"), row("T00", "S005"), row(" T00", "S005 "), row("T99", "S000"), row("T00", "S999")];
    let act = Act::system(ground.now());
    let done = ground.house.house.store.change(act, move |tx| {
        Ok::<_, store::Error>((
            judge(tx, &maonan(), &rows)?,
            apply(tx, &maonan(), &rows)?,
            apply(tx, &maonan(), &rows)?,
        ))
    });
    let (verdicts, first, again) = done.await.unwrap();
    assert_eq!(verdicts, [Verdict::Same, Verdict::New, Verdict::Twice, Verdict::UnknownTeam, Verdict::UnknownSite]);
    assert_eq!(first, Counts { new: 1, same: 1, rejected: 3 });
    assert_eq!(again, Counts { new: 0, same: 2, rejected: 3 }, "the same file again changes nothing");
}

#[tokio::test]
async fn links_are_set_and_taken_back_by_hand() {
    let ground = Ground::small().await;
    let count = async || ground.officer.get("/links").await.json()["links"].as_u64().unwrap();
    assert_eq!(count().await, 6);
    ground.officer.post("/links", json!({"team": "T02", "site": "S000"})).await.json();
    assert_eq!(count().await, 7);
    ground.officer.post("/links", json!({"team": "T02", "site": "S000", "off": true})).await.json();
    assert_eq!(count().await, 6);
    let unknown = ground.officer.post("/links", json!({"team": "T77", "site": "S000"})).await;
    assert_eq!(unknown.refused(), "422 deployments.20");
}
