//! R8: the server's clock jumps a day ahead, four hundred days back and four hundred ahead. What happened stays in the order
//! in which it happened, nothing acknowledged is lost, and nothing is thrown away for an age it does not have.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    client::{Client, problem},
    ground::{Ground, SITES},
};

/// Asks for something under each clock, and says the numbers of the requests in order, with the keys they were sent under.
async fn asked(ground: &Ground, officer: &Client) -> Vec<(Uuid, Value)> {
    let mut asked = Vec::new();
    for by in ["+0d", "+1d", "-400d", "-399d", "+400d"] {
        ground.set_clock(by);
        for _ in 0..3 {
            let key = Uuid::new_v4();
            let said = ask(officer, key).await;
            asked.push((key, said));
        }
    }
    asked
}

async fn ask(officer: &Client, key: Uuid) -> Value {
    let path = format!("/sites/{}/requests", SITES[0]);
    officer.post(&path, problem("缺水"), Some(key)).await.unwrap().json()
}

/// What each request of before is answered when it comes again, after a start a year ahead.
async fn again_a_year_later(ground: &Ground, token: &str, asked: &[(Uuid, Value)]) -> Vec<Value> {
    ground.set_clock("+800d");
    let server = ground.serve();
    let officer = server.client(token);
    // The hour is counted at the start, and what is old goes then.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let mut answers = Vec::new();
    for (key, _) in asked {
        answers.push(ask(&officer, *key).await);
    }
    server.stop();
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_loses_nothing_and_keeps_the_order() {
    let ground = Ground::sqlite().with_district().with_clock("+0d");
    let token = ground.token("duty_officer");
    let server = ground.serve();
    let asked = asked(&ground, &server.client(&token)).await;
    server.stop();
    let numbers: Vec<&str> = asked.iter().map(|(_, said)| said["number"].as_str().unwrap()).collect();
    assert!(numbers.is_sorted() && numbers.len() == 15, "{numbers:?}");
    let moments =
        "select count(*) from journal a join journal b on b.number = a.number + 1 where b.at < a.at - 86400000";
    assert!(ground.count(moments) > 0, "the control: the clock did jump");
    let answers = again_a_year_later(&ground, &token, &asked).await;
    assert_eq!(answers, asked.iter().map(|(_, said)| said.clone()).collect::<Vec<_>>(), "an answer was thrown away");
    assert_eq!(ground.count("select count(*) from problems"), 15, "something was done twice or is lost");
    assert!(ground.run(&["verify"]).contains("whole"));
}

/// The control: by the calendar all of it would have been old.
#[tokio::test(flavor = "multi_thread")]
async fn by_the_calendar_everything_would_be_thrown_away() {
    let ground = Ground::sqlite().with_district().with_clock("+0d").planting("age-by-calendar");
    let token = ground.token("duty_officer");
    let server = ground.serve();
    let asked = asked(&ground, &server.client(&token)).await;
    server.stop();
    again_a_year_later(&ground, &token, &asked).await;
    assert!(ground.count("select count(*) from problems") > 15, "what came again was not done twice");
}
