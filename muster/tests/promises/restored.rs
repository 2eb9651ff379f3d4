//! R12, R13: backups taken while everybody works, restored and proven; and what phones still have comes back.

use std::{collections::BTreeSet, fs, time::Duration};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    client::{Client, check_in, now_ms, problem},
    ground::{Ground, SITES},
};

/// A phone: what it has sent and still keeps, and the life of the database it knows.
struct Phone {
    client: Client,
    epoch: Option<String>,
    kept: Vec<(String, Value, Option<Uuid>)>,
    /// For the control: forgets what was acknowledged, so it has nothing to send again.
    forgets: bool,
}

impl Phone {
    fn new(client: &Client, forgets: bool) -> Self {
        Self { client: client.clone(), epoch: None, kept: Vec::new(), forgets }
    }

    /// Sends one thing; another life of the database makes the phone send everything again that it still has.
    async fn send(&mut self, path: String, body: Value, key: Option<Uuid>) {
        let reply = self.client.post_until_answered(&path, body.clone(), key).await;
        assert!(reply.is_ok(), "{} {}", reply.status, reply.text);
        if !self.forgets {
            self.kept.push((path, body, key));
        }
        if self.epoch.is_some() && self.epoch != reply.epoch {
            for (path, body, key) in &self.kept {
                assert!(self.client.post_until_answered(path, body.clone(), *key).await.is_ok());
            }
        }
        assert!(reply.epoch.is_some(), "an answer names the life of the database");
        self.epoch = reply.epoch;
    }

    async fn work(&mut self, site: &str, volunteer: Uuid) {
        let item = check_in(Uuid::now_v7(), volunteer, "in", now_ms());
        self.send(format!("/sites/{site}/check-ins"), json!({"check_ins": [item]}), None).await;
        self.send(format!("/sites/{site}/requests"), problem("缺水"), Some(Uuid::new_v4())).await;
    }
}

/// Works, is backed up, works on, dies, is restored to the backup: gives how many requests and check-ins there are.
async fn back_to_the_backup(phones_forget: bool) -> (usize, usize, usize) {
    const PHONES: usize = 50;
    let ground = Ground::sqlite().with_district();
    let server = ground.serve();
    let token = ground.token("duty_officer");
    let officer = server.client(&token);
    officer.order().await;
    let volunteers = officer.volunteers().await;
    let mut phones: Vec<Phone> = (0..PHONES).map(|_| Phone::new(&officer, phones_forget)).collect();
    for (nth, phone) in phones.iter_mut().enumerate().take(PHONES / 2) {
        phone.work(SITES[nth % 4], volunteers[nth]).await;
    }
    let backup = ground.path().join("backup").display().to_string();
    ground.run(&["backup", &backup]);
    for (nth, phone) in phones.iter_mut().enumerate() {
        phone.work(SITES[nth % 4], volunteers[nth]).await;
    }
    server.kill();

    let other = ground.beside("restored.db");
    other.run(&["restore", &backup, "--verify"]);
    let server = other.serve();
    let client = server.client(&token);
    for phone in &mut phones {
        phone.client = client.clone();
        // The next thing a phone says shows it the new life.
        phone.send(format!("/sites/{}/requests", SITES[0]), problem("还在"), Some(Uuid::new_v4())).await;
    }
    server.stop();
    assert!(other.run(&["verify"]).contains("whole"));
    let said = PHONES / 2 + PHONES + PHONES;
    let present = "select count(distinct volunteer) from attendances where undone_at is null";
    (said, other.count("select count(*) from problems"), other.count(present))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_phones_still_have_comes_back_after_a_restore() {
    assert_eq!(back_to_the_backup(false).await, (125, 125, 50));
}

/// The control: phones that rely on what was once acknowledged lose it.
#[tokio::test(flavor = "multi_thread")]
async fn phones_that_forget_lose() {
    let (said, requests, present) = back_to_the_backup(true).await;
    assert!(requests < said && present < 50, "{said} said, {requests} there, {present} present");
}

/// Many requests at once; gives the keys that were acknowledged.
async fn load(client: Client, site: &'static str, stop: tokio::sync::watch::Receiver<bool>) -> BTreeSet<String> {
    let mut acked = BTreeSet::new();
    while !*stop.borrow() {
        let raised = client.post(&format!("/sites/{site}/requests"), problem("缺冰袋"), Some(Uuid::new_v4())).await;
        let Ok(raised) = raised else { break };
        acked.insert(raised.json()["id"].as_str().unwrap().to_owned());
    }
    acked
}

fn ids(file: &std::path::Path) -> rusqlite::Result<BTreeSet<String>> {
    let database = rusqlite::Connection::open(file)?;
    let damage: String = database.query_row("pragma integrity_check", [], |row| row.get(0))?;
    if damage != "ok" {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let mut statement = database.prepare("select id from problems")?;
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| Ok(Uuid::from_slice(&bytes?).unwrap().to_string())).collect()
}

/// Backups under load hold everything that was acknowledged before they began; a plain copy of the file does not.
#[tokio::test(flavor = "multi_thread")]
async fn backups_under_load_are_whole_and_copies_are_not() {
    let ground = Ground::sqlite().with_district();
    let server = ground.serve();
    let token = ground.token("duty_officer");
    server.client(&token).order().await;
    let mut bad_copies = 0;
    for round in 0..3 {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working: Vec<_> = SITES.map(|site| tokio::spawn(load(server.client(&token), site, stopped.clone()))).into();
        tokio::time::sleep(Duration::from_millis(800)).await;
        let before =
            server.client(&token).post(&format!("/sites/{}/requests", SITES[0]), problem("备份前"), None).await;
        let before = before.unwrap().json()["id"].as_str().unwrap().to_owned();
        // Copied as somebody would who does not know better: the database's file.
        let copy = ground.path().join(format!("copy-{round}"));
        fs::copy(ground.file(), &copy).unwrap();
        let backup = ground.path().join(format!("backup-{round}")).display().to_string();
        ground.run(&["backup", &backup]);
        stop.send(true).unwrap();
        let mut acked = BTreeSet::from([before.clone()]);
        for phone in working {
            acked.extend(phone.await.unwrap());
        }
        let restored = ground.beside("restored.db");
        let proof = restored.run(&["restore", &backup, "--verify"]);
        assert!(proof.contains("journal whole") && proof.contains("problems"), "{proof}");
        let there = ids(&restored.file()).unwrap();
        assert!(there.contains(&before), "acknowledged before the backup began and not in it");
        let lives = ids(&ground.file()).unwrap();
        assert!(acked.is_subset(&lives) && there.is_subset(&lives));
        bad_copies += usize::from(!ids(&copy).is_ok_and(|there| there.contains(&before)));
    }
    server.stop();
    assert!(bad_copies > 0, "the control: no plain copy was bad in three tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_at_work_says_when_its_last_backup_was_made() {
    let ground = Ground::sqlite().with_district();
    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    let noted = async || {
        let figures = officer.get("/metrics").await.unwrap().text;
        let line = figures.lines().find_map(|line| line.strip_prefix("muster_last_backup_timestamp_seconds "));
        line.map(|at| at.parse::<f64>().unwrap())
    };
    assert_eq!(noted().await, None, "the control: none was made");
    let began_s = now_ms() as f64 / 1_000.0;
    ground.run(&["backup", &ground.path().join("first.backup").display().to_string()]);
    let at = noted().await.expect("it is noted");
    assert!((began_s - 1.0..began_s + 60.0).contains(&at), "{at} is not now, {began_s}");
}

#[test]
fn a_damaged_backup_and_a_full_database_are_refused() {
    let ground = Ground::sqlite().with_district();
    let backup = ground.path().join("backup");
    let name = backup.display().to_string();
    ground.run(&["backup", &name]);
    assert!(ground.try_run(&["restore", &name]).is_err_and(|cause| cause.contains("not empty")));
    let mut bytes = fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&backup, bytes).unwrap();
    let other = ground.beside("restored.db");
    assert!(other.try_run(&["restore", &name]).is_err());
    assert!(other.try_run(&["restore", &name]).is_err(), "and the database is as empty as before");
}
