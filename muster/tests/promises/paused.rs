//! The clock of a demonstration: it is paused and goes on, its people with it, and only whoever may moves it.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::ground::Ground;

/// Five minutes of the night in each second.
const QUICK: &str = "300";
const A_WHILE: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_mins(2);

/// `muster demo`, open for visitors.
struct Demo {
    ground: Ground,
    child: Child,
    /// Held, because whoever writes to nobody stops.
    _said: BufReader<ChildStdout>,
    url: String,
    links: Value,
}

impl Demo {
    fn open() -> Self {
        let ground = Ground::sqlite();
        let mut command = ground.command(&["demo", "--json", "--divisions", "1", "--seed", "7", "--speed", QUICK]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line} {}", ground.log()));
        let url = said["address"].as_str().unwrap().to_owned();
        Self { ground, child, _said: output, url, links: said["links"].clone() }
    }

    /// Comes in by the link of a role.
    async fn visit(&self, role: &str) -> Visitor {
        let http = reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap();
        let visitor = Visitor { http, url: self.url.clone() };
        let link = self.links[role].as_str().unwrap_or_else(|| panic!("no link for {role}: {}", self.links));
        let entered = visitor.http.post(link).header("origin", &self.url).send().await.unwrap();
        assert!(entered.status().is_success(), "{role}: {}", entered.status());
        visitor
    }

    /// Everything that was ever done, in one number.
    fn entries(&self) -> usize {
        self.ground.count("select count(*) from journal")
    }

    async fn wait_for_more_than(&self, entries: usize) {
        let began = Instant::now();
        while self.entries() <= entries {
            assert!(began.elapsed() < PATIENCE, "nobody does anything: {}", self.ground.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Until whatever had begun is done.
    async fn wait_for_quiet(&self) -> usize {
        let began = Instant::now();
        loop {
            let before = self.entries();
            tokio::time::sleep(A_WHILE).await;
            if self.entries() == before {
                return before;
            }
            assert!(began.elapsed() < PATIENCE, "they go on although the clock is paused");
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

struct Visitor {
    http: reqwest::Client,
    url: String,
}

impl Visitor {
    /// The time of the night, as the board says it.
    async fn clock(&self) -> String {
        let page = self.http.get(format!("{}/board", self.url)).send().await.unwrap().text().await.unwrap();
        let (_, said) = page.split_once("演练时间").unwrap_or_else(|| panic!("no clock on the board: {page}"));
        said.split('<').next().unwrap().trim().to_owned()
    }

    /// The board's picture may be a second old, so the clock is asked until it goes on.
    async fn wait_for_later_than(&self, stood: &str) {
        let began = Instant::now();
        while self.clock().await.as_str() <= stood {
            assert!(began.elapsed() < PATIENCE, "it does not go on from {stood}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn set_speed(&self, speed: &str) -> u16 {
        let asked = self.http.post(format!("{}/clock", self.url)).header("origin", &self.url);
        asked.form(&[("speed", speed)]).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn the_clock_of_a_demonstration_is_paused_and_goes_on_and_its_people_with_it() {
    let demo = Demo::open();
    let officer = demo.visit("duty_officer").await;
    let begun = officer.clock().await;
    tokio::time::sleep(A_WHILE).await;
    assert_ne!(officer.clock().await, begun, "the control: unpaused it runs");
    demo.wait_for_more_than(demo.entries()).await;

    assert_eq!(officer.set_speed("0").await, 200);
    // The board's picture may be a second old.
    tokio::time::sleep(A_WHILE).await;
    let paused = officer.clock().await;
    for role in ["volunteer", "site_chief", "zone_lead", "allocator", "prevention_group", "assessment_group"] {
        let status = demo.visit(role).await.set_speed(QUICK).await;
        assert!([403, 404].contains(&status), "{role}: {status}");
    }
    for wrong in ["-1", "3601", "NaN", "fast"] {
        assert_eq!(officer.set_speed(wrong).await, 422, "{wrong}");
    }
    let administrator = demo.visit("administrator").await;
    let still = demo.wait_for_quiet().await;
    assert_eq!(officer.clock().await, paused, "paused it stands still, whoever asks");

    assert_eq!(administrator.set_speed(QUICK).await, 200);
    demo.wait_for_more_than(still).await;
    officer.wait_for_later_than(&paused).await;
}

#[tokio::test]
async fn the_clock_of_a_house_at_work_is_moved_by_nobody() {
    let ground = Ground::sqlite();
    let token = ground.token("duty_officer");
    let server = ground.serve();
    let refused = server.client(&token).post("/clock", json!({"speed": 0.0}), None).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "web.16".to_owned()), "{}", refused.text);
    server.stop();
}
