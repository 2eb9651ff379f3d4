//! R1: killed in the middle of the night. What was acknowledged is kept outside the program, by those who were told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    client::{Client, check_in, now_ms, problem},
    ground::{Ground, SITES, Server},
};

const PHONES: usize = 8;

/// Something a phone has to send: until the answer is there, the same thing again under the same key.
#[derive(Debug, Clone)]
enum Errand {
    Ask { key: Uuid },
    Gate { id: Uuid, way: &'static str },
}

/// One phone and what it knows.
#[derive(Debug, Clone)]
struct Phone {
    site: &'static str,
    volunteer: Uuid,
    way: &'static str,
    pending: Option<Errand>,
    /// How much all phones were told together.
    told: Arc<AtomicUsize>,
    /// Requests by key, with the number that was given.
    asked: BTreeMap<Uuid, String>,
    gated: BTreeSet<Uuid>,
}

impl Phone {
    fn next(&mut self) -> Errand {
        let is_gate = (self.asked.len() + self.gated.len()).is_multiple_of(2);
        let fresh = || {
            if is_gate {
                Errand::Gate { id: Uuid::now_v7(), way: self.way }
            } else {
                Errand::Ask { key: Uuid::new_v4() }
            }
        };
        self.pending.get_or_insert_with(fresh).clone()
    }

    /// Sends until the line breaks.
    async fn work(mut self, client: Client) -> Self {
        while self.send_one(&client).await {}
        self
    }

    async fn send_one(&mut self, client: &Client) -> bool {
        let errand = self.next();
        let (path, body, key) = match &errand {
            Errand::Ask { key } => (format!("/sites/{}/requests", self.site), problem("帐篷漏水"), Some(*key)),
            Errand::Gate { id, way } => {
                let item = check_in(*id, self.volunteer, way, now_ms());
                (format!("/sites/{}/check-ins", self.site), json!({"check_ins": [item]}), None)
            }
        };
        let Ok(reply) = client.post(&path, body, key).await else { return false };
        if reply.status == 503 {
            return true;
        }
        self.note(&errand, &reply.json());
        true
    }

    fn note(&mut self, errand: &Errand, said: &Value) {
        match errand {
            Errand::Ask { key } => {
                self.asked.insert(*key, said["number"].as_str().unwrap().to_owned());
            }
            Errand::Gate { id, way } => {
                let outcome = said["results"][0]["outcome"].as_str().unwrap();
                // The time in a resent entry is another one; the first content stands and both are kept.
                assert!(["accepted", "duplicate", "conflict"].contains(&outcome), "{said}");
                self.gated.insert(*id);
                self.way = if *way == "in" { "out" } else { "in" };
            }
        }
        self.pending = None;
        self.told.fetch_add(1, Ordering::SeqCst);
    }
}

async fn phones(server: &Server, token: &str) -> Vec<Phone> {
    let officer = server.client(token);
    officer.order().await;
    let volunteers = officer.volunteers().await;
    let told = Arc::new(AtomicUsize::new(0));
    let phone = |n: usize| Phone {
        told: told.clone(),
        site: SITES[n % SITES.len()],
        volunteer: volunteers[n],
        way: "in",
        pending: None,
        asked: BTreeMap::new(),
        gated: BTreeSet::new(),
    };
    (0..PHONES).map(phone).collect()
}

async fn until(told: &AtomicUsize, count: usize) {
    while told.load(Ordering::SeqCst) < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Kills the program so many times while the phones work; gives the phones and the slowest start.
async fn kill_often(ground: &Ground, kills: u64) -> (Vec<Phone>, Duration) {
    let mut server = ground.serve();
    let token = ground.token("duty_officer");
    let mut phones = phones(&server, &token).await;
    let told = phones[0].told.clone();
    let mut slowest = Duration::ZERO;
    for round in 0..kills {
        let client = server.client(&token);
        let working: Vec<_> = phones.drain(..).map(|phone| tokio::spawn(phone.work(client.clone()))).collect();
        // At another point of the work each time, however slow the machine is.
        until(&told, told.load(Ordering::SeqCst) + 30 + 7 * (round % 8) as usize).await;
        server.kill();
        for phone in working {
            phones.push(phone.await.unwrap());
        }
        server = ground.serve();
        slowest = slowest.max(server.ready_after);
    }
    let client = server.client(&token);
    for phone in phones.iter_mut().filter(|phone| phone.pending.is_some()) {
        assert!(phone.send_one(&client).await);
    }
    server.stop();
    (phones, slowest)
}

/// What lies in the database, read past the program.
struct There {
    numbers: BTreeSet<String>,
    requests: usize,
    gated: BTreeSet<Uuid>,
    stays: usize,
    ins: usize,
}

fn look(ground: &Ground) -> There {
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let uuids = |sql: &str| -> Vec<Uuid> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        rows.map(|bytes| Uuid::from_slice(&bytes.unwrap()).unwrap()).collect()
    };
    let mut statement = database.prepare("select number from problems").unwrap();
    let numbers =
        statement.query_map([], |row| row.get::<_, i64>(0)).unwrap().map(|n| n.unwrap().to_string()).collect();
    There {
        numbers,
        requests: ground.count("select count(*) from problems"),
        gated: uuids("select id from check_ins").into_iter().collect(),
        stays: ground.count("select count(*) from attendances"),
        ins: ground.count("select count(*) from check_ins where way = 'in'"),
    }
}

/// How many acknowledged things are missing.
fn lost(phones: &[Phone], there: &There) -> usize {
    let digits = |number: &str| {
        number.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().trim_start_matches('0').to_owned()
    };
    let asked =
        phones.iter().flat_map(|phone| phone.asked.values()).filter(|n| !there.numbers.contains(&digits(n))).count();
    asked + phones.iter().flat_map(|phone| &phone.gated).filter(|id| !there.gated.contains(id)).count()
}

async fn nothing_is_lost_in(kills: u64) {
    let ground = Ground::sqlite().with_district();
    let (phones, slowest) = kill_often(&ground, kills).await;
    let there = look(&ground);
    let (asked, gated): (usize, usize) =
        (phones.iter().map(|p| p.asked.len()).sum(), phones.iter().map(|p| p.gated.len()).sum());
    println!("{kills} kills: {asked} requests and {gated} check-ins acknowledged; slowest start {slowest:?}");
    assert!(asked + gated > 20 * PHONES, "the phones worked: {asked} + {gated}");
    assert_eq!(lost(&phones, &there), 0, "lost");
    assert_eq!(there.requests, asked, "a request was doubled");
    assert_eq!((there.gated.len(), there.stays), (gated, there.ins), "a check-in was doubled");
    assert!(ground.run(&["verify"]).contains("whole"));
    // A debug build on a busy machine is no measure of the start.
    assert!(cfg!(debug_assertions) || slowest < Duration::from_secs(2), "ready after {slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled() {
    nothing_is_lost_in(5).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: two hundred kills"]
async fn nothing_is_lost_in_two_hundred_kills() {
    nothing_is_lost_in(200).await;
}

/// The control: a program that answers before it commits must lose something.
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn answering_before_the_commit_loses() {
    let ground = Ground::sqlite().with_district();
    let prepared = ground.serve();
    let token = ground.token("duty_officer");
    let phones = phones(&prepared, &token).await;
    prepared.stop();
    let told = phones[0].told.clone();
    let ground = ground.planting("answer-early");
    let server = ground.serve();
    let client = server.client(&token);
    let working: Vec<_> = phones.into_iter().map(|phone| tokio::spawn(phone.work(client.clone()))).collect();
    until(&told, 25).await;
    server.kill();
    let mut phones = Vec::new();
    for phone in working {
        phones.push(phone.await.unwrap());
    }
    assert!(lost(&phones, &look(&ground)) > 0, "the control lost nothing");
}
