//! S18: whoever has left and is erased is in no page, no log and no free space of the database; totals stay; and a clock
//! that jumps ahead makes nobody due.

use std::fs;

use serde_json::{Value, json};

use crate::ground::Ground;

/// Whoever is due is erased without anybody's asking; whoever is not, is not.
#[tokio::test(flavor = "multi_thread")]
async fn the_due_are_erased_by_themselves() {
    let ground = Ground::sqlite().with_district();
    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    for code in ["V01", "V02"] {
        officer.post(&format!("/volunteers/{code}/departure"), json!({}), None).await.unwrap().json();
    }
    server.stop();
    change(&ground, "update volunteers set left_at = left_at - 400 * 86400000 where code = 'V01'");
    let erased = "select count(*) from volunteers where erased_at is not null";
    let lived = "insert into lived (hour, at) with recursive hours(hour) as (select 1 union all select hour + 1 from hours \
                 where hour < 744) select hour, (select min(at) from lived) from hours";
    for (change_before, expected) in [("select 1", 0), (lived, 1)] {
        change(&ground, change_before);
        let server = ground.serve();
        for _ in 0..40 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            if expected > 0 && ground.count(erased) == expected {
                break;
            }
        }
        assert_eq!(ground.count(erased), expected, "{change_before}");
        server.stop();
    }
    assert_eq!(ground.count("select count(*) from volunteers where erased_at is not null and code = 'V01'"), 1);
    assert_eq!(ground.count("select count(*) from journal where kind = 'erasure.people_erased'"), 1);
}

/// The sealed bytes and the digest of a person, as they lie in the file.
fn traces(ground: &Ground, code: &str) -> Vec<Vec<u8>> {
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let sql = "select person, digest from volunteers where code = ?1";
    let of_person = database.query_row(sql, [code], |row| Ok([row.get(0)?, row.get(1)?])).unwrap();
    let sql = "select n.body from notices n join volunteers v on v.id = n.person where v.code = ?1";
    let mut statement = database.prepare(sql).unwrap();
    let told: Vec<Vec<u8>> = statement.query_map([code], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    of_person.into_iter().chain(told).collect()
}

fn found(ground: &Ground, traces: &[Vec<u8>]) -> usize {
    let files: Vec<Vec<u8>> =
        ["night.db", "night.db-wal"].iter().filter_map(|name| fs::read(ground.path().join(name)).ok()).collect();
    traces.iter().filter(|trace| files.iter().any(|file| file.windows(trace.len()).any(|at| at == &trace[..]))).count()
}

fn totals(ground: &Ground) -> Vec<i64> {
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let count =
        |table: &str| database.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap();
    ["volunteers", "assignments", "attendances", "notices", "commendations", "deeds", "check_ins"].map(count).to_vec()
}

/// Two people who were told to come.
fn told(ground: &Ground) -> [String; 2] {
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let sql = "select v.code from assignments a join volunteers v on v.id = a.volunteer order by v.code limit 2";
    let mut statement = database.prepare(sql).unwrap();
    let codes: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    codes.try_into().unwrap()
}

fn change(ground: &Ground, sql: &str) {
    rusqlite::Connection::open(ground.file()).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_is_erased_and_nothing_else_changes() {
    let ground = Ground::sqlite().with_district();
    let server = ground.serve();
    let (officer, admin) =
        (server.client(&ground.token("duty_officer")), server.client(&ground.token("administrator")));
    let post =
        async |client: &crate::client::Client, path: &str, body: Value| client.post(path, body, None).await.unwrap();
    let order = crate::exports::told(&officer, "采样").await.0;
    let assessors = server.client(&ground.token("assessment_group"));
    let [leaver, stayer] = told(&ground);
    let who = officer.get(&format!("/volunteers/{leaver}")).await.unwrap().json()["id"].clone();
    post(&assessors, "/commendations", json!({"volunteer": who, "listed": true, "reason": "连续三晚"})).await.json();
    post(&officer, &format!("/volunteers/{leaver}/departure"), json!({})).await.json();
    let shown = admin.get("/erasure").await.unwrap().json();
    assert_eq!((&shown["all"]["people"], &shown["held"]), (&json!(0), &json!(1)), "the order is open: {shown}");
    post(&officer, &format!("/orders/{order}/closing"), json!({})).await.json();

    // By the calendar they left long ago; no server has lived so long.
    change(&ground, "update volunteers set left_at = left_at - 400 * 86400000 where left_at is not null");
    let shown = admin.get("/erasure").await.unwrap().json();
    assert_eq!((&shown["due"]["people"], &shown["all"]["people"]), (&json!(0), &json!(1)), "{shown}");
    let lived = "with recursive hours(hour) as (select 1 union all select hour + 1 from hours where hour < 744) \
                 insert into lived select hour, (select at from lived where hour = 0) from hours";
    change(&ground, lived);
    let shown = admin.get("/erasure").await.unwrap().json();
    assert_eq!(shown["due"]["people"], json!(1), "the control: after 31 days lived they are due");
    assert!(shown["all"]["notices"].as_u64().unwrap() > 0 && shown["all"]["words"] == json!(1), "{shown}");

    let (before, kept) = (traces(&ground, &leaver), traces(&ground, &stayer));
    let counted = totals(&ground);
    assert_eq!(
        post(&officer, "/erasure", json!({"whom": "all", "people": 1})).await.status,
        404,
        "not the duty officer's"
    );
    let wrong = post(&admin, "/erasure", json!({"whom": "all", "people": 2})).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (409, "erasure.1"));
    let certificate = post(&admin, "/erasure", json!({"whom": "due", "people": 1})).await.json();
    assert_eq!((&certificate["people"], &certificate["words"]), (&json!(1), &json!(1)), "{certificate}");
    assert_eq!(found(&ground, &before), 0, "something of {leaver} is left");
    assert!(found(&ground, &kept) == kept.len() && kept.len() > 2, "the control: {stayer} is found by the same search");
    assert_eq!(totals(&ground), counted);
    let page = officer.get(&format!("/volunteers/{leaver}")).await.unwrap().json();
    assert_eq!((&page["name"], &page["code"]), (&json!("—"), &json!(leaver)));
    for lang in ["zh-CN", "en"] {
        let page = admin.page(&format!("/erasure?lang={lang}")).await;
        assert!(page.contains("class=\"empty\"") && !page.contains('⟦'), "{page}");
    }
    server.stop();
    assert!(ground.run(&["verify"]).contains("whole"));
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let receipt: String = database
        .query_row("select details from journal where kind = 'erasure.people_erased'", [], |row| row.get(0))
        .unwrap();
    assert!(receipt.contains("\"people\":1") && !receipt.contains(crate::ground::CANARY), "{receipt}");
}
