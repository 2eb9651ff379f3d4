//! R9, R10, R11: what phones send late, shuffled, doubled, cut in half, or under a key that was used already.

use std::{net::SocketAddr, sync::LazyLock};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use crate::{
    client::{Client, check_in, now_ms, problem},
    ground::{Ground, SITES, VOLUNTEERS},
};

/// Small and repeatable; the seed is printed by whoever fails.
struct Dice(u64);

impl Dice {
    fn below(&mut self, top: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % top
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Check-ins of everybody, round after round and second after second: the first begins a stay, the others find the person
/// there.
fn items(volunteers: &[Uuid], count: usize) -> Vec<Value> {
    let at_ms = |n: usize| *FROM_MS + i64::try_from(n).unwrap() * 1_000;
    let item =
        |n: usize| check_in(Uuid::from_u128(0xA000 + n as u128), volunteers[n % volunteers.len()], "in", at_ms(n));
    (0..count).map(item).collect()
}

/// When the first is said to have happened: four hours before the test, the same for both districts.
static FROM_MS: LazyLock<i64> = LazyLock::new(|| now_ms() - 4 * 3_600_000);

/// What the district knows and how often, without the order in which it learned it and without what phones call it.
fn state(ground: &Ground) -> Vec<String> {
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let mut lines = Vec::new();
    for sql in [
        "select 'gate', count(*), v.code, c.way, c.said_at from check_ins c join volunteers v on v.id = c.volunteer \
         group by v.code, c.way, c.said_at",
        "select 'stays', count(*), v.code, a.in_at, coalesce(a.out_at, 0) from attendances a \
         join volunteers v on v.id = a.volunteer group by v.code, a.in_at, a.out_at",
        "select 'tally', s.code, role, arrived, 0 from tallies join sites s on s.id = site",
    ] {
        let mut statement = database.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..5).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
            lines.push(cells.join(" "));
        }
    }
    lines.sort_unstable();
    lines
}

async fn prepared() -> (Ground, crate::ground::Server, Client, Vec<Uuid>) {
    let ground = Ground::sqlite().with_district();
    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    officer.order().await;
    let volunteers = officer.volunteers().await;
    (ground, server, officer, volunteers)
}

fn path() -> String {
    format!("/sites/{}/check-ins", SITES[0])
}

/// In order, once, in batches.
async fn in_order(count: usize) -> Vec<String> {
    let (ground, server, officer, volunteers) = prepared().await;
    for batch in items(&volunteers, count).chunks(100) {
        officer.post(&path(), json!({"check_ins": batch}), None).await.unwrap().json();
    }
    server.stop();
    state(&ground)
}

/// Each three times, shuffled, from two phones, batches of all sizes, some cut off half way.
async fn shuffled(count: usize, with_stable_ids: bool) -> Vec<String> {
    let (ground, server, officer, volunteers) = prepared().await;
    let base = items(&volunteers, count);
    let mut all: Vec<Value> = base.iter().chain(&base).chain(&base).cloned().collect();
    let mut dice = Dice(20_220_915);
    dice.shuffle(&mut all);
    for (nth, item) in all.iter_mut().enumerate() {
        item["device"] = json!(["phone-a", "phone-b"][nth % 2]);
        if !with_stable_ids {
            item["id"] = json!(Uuid::new_v4());
        }
    }
    let mut rest = &all[..];
    while !rest.is_empty() {
        let (batch, later) = rest.split_at((1 + dice.below(120)).min(rest.len()));
        let body = json!({"check_ins": batch}).to_string();
        if dice.below(4) == 0 {
            cut(&server.url, &ground.token("duty_officer"), &body).await;
        }
        officer.post_until_answered(&path(), json!({"check_ins": batch}), None).await.json();
        rest = later;
    }
    server.stop();
    state(&ground)
}

/// The line breaks in the middle of a batch.
async fn cut(url: &str, token: &str, body: &str) {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /api/v1{} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        path(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body.as_bytes()[..body.len() / 2]).await.unwrap();
}

async fn compare(count: usize) {
    let (want, got) = (in_order(count).await, shuffled(count, true).await);
    assert!(want.len() > VOLUNTEERS, "the control of the control: something was written");
    let differ: Vec<_> = want.iter().zip(&got).filter(|(want, got)| want != got).take(5).collect();
    assert!(differ.is_empty() && want.len() == got.len(), "{} and {} lines: {differ:#?}", want.len(), got.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn thrice_shuffled_cut_and_from_two_phones_is_once_in_order() {
    compare(300).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: ten thousand items, each three times"]
async fn ten_thousand_items_thrice_are_once_in_order() {
    compare(10_000).await;
}

/// The control: copies that nobody can tell from others by their id count, and the lines say so.
#[tokio::test(flavor = "multi_thread")]
async fn without_stable_ids_copies_count() {
    assert_ne!(in_order(120).await, shuffled(120, false).await);
}

/// Between the phones and the program: loses every third answer, after the program has given it.
async fn lossy(upstream: &str) -> (String, tokio::task::JoinHandle<()>) {
    let to: SocketAddr = upstream.trim_start_matches("http://").parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let passing = tokio::spawn(async move {
        for nth in 0_u64.. {
            let Ok((phone, _)) = listener.accept().await else { return };
            tokio::spawn(pass(phone, to, nth % 3 == 2));
        }
    });
    (url, passing)
}

async fn pass(phone: TcpStream, to: SocketAddr, loses_answer: bool) {
    let Ok(server) = TcpStream::connect(to).await else { return };
    let ((mut from_phone, mut to_phone), (mut from_server, mut to_server)) = (phone.into_split(), server.into_split());
    let asking = tokio::spawn(async move { tokio::io::copy(&mut from_phone, &mut to_server).await.map(drop) });
    let mut first = vec![0; 64 << 10];
    // The answer comes after the commit: from here on the effect is there.
    let read = from_server.read(&mut first).await.unwrap_or(0);
    if !loses_answer && to_phone.write_all(&first[..read]).await.is_ok() {
        tokio::io::copy(&mut from_server, &mut to_phone).await.ok();
    }
    asking.abort();
}

fn requests(ground: &Ground) -> usize {
    ground.count("select count(*) from problems")
}

async fn through_a_lossy_line(keyed: bool) -> (usize, usize) {
    const ASKED: usize = 60;
    let (ground, server, _, _) = prepared().await;
    let (url, passing) = lossy(&server.url).await;
    let phone = Client::new(&url, &ground.token("duty_officer"));
    for n in 0..ASKED {
        let key = keyed.then(Uuid::new_v4);
        let path = format!("/sites/{}/requests", SITES[n % SITES.len()]);
        phone.post_until_answered(&path, problem("缺消毒液"), key).await.json();
    }
    passing.abort();
    server.stop();
    (ASKED, requests(&ground))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_doubles_nothing() {
    let (asked, there) = through_a_lossy_line(true).await;
    assert_eq!(asked, there);
}

/// The control: without a key every lost answer is a second request.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_a_lost_answer_doubles() {
    let (asked, there) = through_a_lossy_line(false).await;
    assert!(there > asked, "{asked} asked, {there} there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_other_content_is_kept_whole_and_decided() {
    const ASKED: usize = 40;
    let (ground, server, officer, volunteers) = prepared().await;
    let path = format!("/sites/{}/requests", SITES[0]);
    for n in 0..ASKED {
        let key = Some(Uuid::from_u128(n as u128 + 1));
        officer.post(&path, problem(&format!("先 {n}")), key).await.unwrap().json();
        let second = officer.post(&path, problem(&format!("后 {n}")), key).await.unwrap();
        assert_eq!((second.status, second.code().as_str()), (409, "web.4"));
    }
    let id = Uuid::now_v7();
    for volunteer in &volunteers[..2] {
        officer
            .post(&self::path(), json!({"check_ins": [check_in(id, *volunteer, "in", now_ms())]}), None)
            .await
            .unwrap()
            .json();
    }
    let open = officer.get("/conflicts").await.unwrap().json();
    let open = open["conflicts"].as_array().unwrap();
    assert_eq!(open.len(), ASKED + 1, "every one is kept");
    let text = serde_json::to_string(open).unwrap();
    assert!((0..ASKED).all(|n| text.contains(&format!("先 {n}")) && text.contains(&format!("后 {n}"))));
    // The last is the gate's: the second version takes the first back.
    let gate = &open[ASKED];
    assert!(gate.to_string().contains("金丝雀00") && gate.to_string().contains("金丝雀01"), "{gate}");
    for conflict in [&open[0], gate] {
        let decided =
            officer.post("/conflicts", json!({"conflict": conflict["id"], "choice": "second"}), None).await.unwrap();
        assert!(decided.is_ok(), "{}", decided.text);
    }
    assert_eq!(officer.get("/conflicts").await.unwrap().json()["conflicts"].as_array().unwrap().len(), ASKED - 1);
    server.stop();
    assert_eq!(requests(&ground), ASKED + 1, "forty first ones, and the one second that was decided for");
    let here = "select v.code from attendances a join volunteers v on v.id = a.volunteer where a.undone_at is null";
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    assert_eq!(database.query_row(here, [], |row| row.get::<_, String>(0)).unwrap(), "V01");
}

/// The control: a server that takes the last writer's word keeps nothing to decide, and the same questions show it.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_last_writer_wins_nothing_is_kept() {
    let ground = Ground::sqlite().with_district().planting("last-write-wins");
    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    officer.order().await;
    let (path, key) = (format!("/sites/{}/requests", SITES[0]), Some(Uuid::new_v4()));
    for text in ["先", "后"] {
        let answer = officer.post(&path, problem(text), key).await.unwrap();
        assert!(answer.is_ok(), "{} instead of 409", answer.status);
    }
    assert_eq!(officer.get("/conflicts").await.unwrap().json()["conflicts"], json!([]));
    server.stop();
    assert_eq!(requests(&ground), 2);
}
