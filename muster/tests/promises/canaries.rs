//! S14: planted names, numbers and texts lie open in no file of the program: database, write-ahead log, backup, what it
//! keeps while it works, log. And the keys are changed while everybody works.

use std::{fs, io::Write as _, net::TcpStream, path::Path};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use uuid::Uuid;

use crate::{
    client::{check_in, now_ms, problem},
    exports::{told, wait_for},
    ground::{CANARY, CANARY_PHONE, Ground, SITES},
};

/// Every file below a folder that holds the text, also as UTF-16.
fn files_with(folder: &Path, text: &str, found: &mut Vec<String>) {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_with(&path, text, found);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|at| at == needle);
        if has(text.as_bytes()) || has(&wide) {
            found.push(path.display().to_string());
        }
    }
}

fn found(ground: &Ground, text: &str) -> Vec<String> {
    let mut files = Vec::new();
    files_with(ground.path(), text, &mut files);
    files
}

async fn live(ground: &Ground, officer: &crate::client::Client) {
    let (order, plan) = told(officer, &format!("{CANARY}令")).await;
    let volunteers = officer.volunteers().await;
    for (nth, volunteer) in volunteers.iter().enumerate().take(8) {
        let path = format!("/sites/{}", SITES[nth % 4]);
        let item = check_in(Uuid::now_v7(), *volunteer, "in", now_ms());
        officer
            .post(&format!("{path}/check-ins"), json!({"check_ins": [item]}), Some(Uuid::new_v4()))
            .await
            .unwrap()
            .json();
        let words = problem(&format!("{CANARY}说{CANARY_PHONE}0001打不通"));
        officer.post(&format!("{path}/requests"), words, Some(Uuid::new_v4())).await.unwrap().json();
        let key = Some(Uuid::new_v4());
        officer.post(&format!("/volunteers/{volunteer}/phone"), json!({}), key).await.unwrap().json();
        officer.get(&format!("/volunteers?find={CANARY}07")).await.unwrap();
    }
    answer_one(officer).await;
    say_everything(ground, officer, (&order, &plan)).await;
    // A used key with other content is kept, sealed.
    let key = Some(Uuid::new_v4());
    for text in ["一", "二"] {
        let path = format!("/sites/{}/requests", SITES[0]);
        officer.post(&path, problem(&format!("{CANARY}{text}")), key).await.unwrap();
    }
    officer.get(&format!("/orders/{order}")).await.unwrap().json();
    let admin = crate::client::Client::new(officer.base(), &ground.token("administrator"));
    let account = json!({"login": "chief", "name": format!("{CANARY}点长"), "phone": format!("{CANARY_PHONE}0099"), "role": "site_chief"});
    admin.post("/accounts", account, Some(Uuid::new_v4())).await.unwrap();
}

/// Everything else that people may write, each with the canary in it.
async fn say_everything(ground: &Ground, officer: &crate::client::Client, (order, plan): (&str, &str)) {
    let say = async |who: &crate::client::Client, path: &str, body: serde_json::Value| {
        who.post(path, body, Some(Uuid::new_v4())).await.unwrap().json()
    };
    let words = |about: &str| format!("{CANARY}{about}，{CANARY_PHONE}0002");
    let assessors = crate::client::Client::new(officer.base(), &ground.token("assessment_group"));
    let held = officer.volunteers().await[9];
    let link = say(officer, &format!("/volunteers/{held}/link"), json!({})).await;
    let themselves = officer.holder_of(link["address"].as_str().unwrap()).await;
    let duty = themselves.get("/duty").await.unwrap().json();
    let refusal = json!({"assignment": duty["duty"]["assignment"], "why": "other", "note": words("走不开")});
    say(&themselves, "/duty/refusal", refusal).await;
    let asked =
        say(&themselves, "/record/corrections", json!({"objection": words("少记一次"), "site": words("点")})).await;
    let settled = json!({"upheld": false, "answer": words("查无此事")});
    say(&assessors, &format!("/corrections/{}", asked["correction"].as_str().unwrap()), settled).await;
    let badge = officer.get(&format!("/volunteers/{held}")).await.unwrap().json()["badge"].clone();
    say(officer, "/deeds", json!({"badge": badge, "story": words("扶人过街")})).await;
    say(&assessors, "/commendations", json!({"volunteer": held, "listed": true, "reason": words("肯干")})).await;
    say(officer, &format!("/orders/{order}/announcements"), json!({"text": words("带伞")})).await;
    let why = json!({"format": "csv", "why": "other", "note": words("打印")});
    officer.taken(&format!("/orders/{order}/plans/{plan}/sheet"), why).await;
    let odd = format!("甲,乙,丙,丁,戊\nT8,{},局,21.66,{}\n", words("队"), words("度"));
    let begun = officer.send_file("/imports", &[("register", "teams")], odd).await.json();
    let import = format!("/imports/{}", begun["import"].as_str().unwrap());
    let is = async |state: &str| officer.get(&import).await.unwrap().json()["state"].eq(state).then_some(());
    wait_for("the question", async || is("unmapped").await).await;
    let means = json!({"means": ["code", "name", "organisation", "latitude", "longitude"]});
    say(officer, &format!("{import}/mapping"), means).await;
    wait_for("the rejected row", async || is("judged").await).await;
}

/// Somebody takes a request on with words of their own.
async fn answer_one(officer: &crate::client::Client) {
    let path = format!("/sites/{}/requests", SITES[0]);
    let raised = officer.post(&path, problem("缺水"), Some(Uuid::new_v4())).await.unwrap().json();
    let number = raised["number"].as_str().unwrap_or_else(|| panic!("no number in {raised}"));
    officer.post(&format!("/requests/{number}/take"), json!({}), None).await.unwrap().json();
    let words = json!({"note": format!("{CANARY}十分钟后到"), "minutes": 10});
    officer.post(&format!("/requests/{number}/answer"), words, None).await.unwrap().json();
}

/// Names, numbers and identity numbers of people who are in no register; the last stand in a column that nobody reads.
const SENT: [&str; 3] = ["白额雁", "1997654", "440902199001017654"];

fn list_of_people() -> String {
    let begin = "code,name,phone,team,latitude,longitude,roles,身份证号\n".to_owned();
    let [name, phone, identity] = SENT;
    (0..8000).fold(begin, |text, n| {
        text + &format!("W{n:04},{name}{n:04},{phone}{n:04},T1,21.66,110.92,gatekeeper,{identity}\n")
    })
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).map(|entries| entries.map(Result::unwrap).collect::<Vec<_>>());
    entries.unwrap_or_default().iter().map(|entry| entry.metadata().unwrap().len()).sum()
}

/// A list that comes, and one that waits for its decision, lie sealed; what waited is taken as it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn no_canary_of_a_file_lies_open_while_it_comes_and_while_it_waits() {
    let ground = Ground::sqlite().with_district();
    let (officer, text) = (ground.token("duty_officer"), list_of_people());
    let server = ground.serve();
    let open = || SENT.map(|canary| found(&ground, canary)).concat();

    let half = &text[..text.len() / 2];
    let coming = begin_to_send(&server.url, &officer, half);
    let temporary = ground.path().join("tmp");
    wait_for("the file on its way", async || (bytes_below(&temporary) > 100 << 10).then_some(())).await;
    assert_eq!(open(), Vec::<String>::new(), "while it comes");
    drop(coming);

    let officer = server.client(&officer);
    let begun = officer.send_file("/imports", &[("register", "volunteers")], text.clone()).await.json();
    let import = format!("/imports/{}", begun["import"].as_str().unwrap());
    let waits = async || officer.get(&import).await.unwrap().json()["state"].eq("judged").then_some(());
    wait_for("the decision table", waits).await;
    let mut spool = ground.file().into_os_string();
    spool.push(".imports");
    assert!(bytes_below(Path::new(&spool)) >= text.len() as u64, "it lies there");
    assert_eq!(open(), Vec::<String>::new(), "while it waits");
    let plain = Path::new(&spool).join("plain");
    fs::write(&plain, &text).unwrap();
    assert_eq!(open().len(), SENT.len(), "the control: the same file, as it was sent, is found");
    fs::remove_file(plain).unwrap();

    officer.post(&format!("{import}/application"), json!({"choice": "all"}), None).await.unwrap().json();
    wait_for("the rows", async || officer.get(&import).await.unwrap().json()["state"].eq("done").then_some(())).await;
    let page = officer.get(&import).await.unwrap().json();
    assert_eq!((&page["counts"]["new"], &page["counts"]["rejected"]), (&json!(8000), &json!(0)), "{page}");
    server.kill();
    assert_eq!(open(), Vec::<String>::new(), "afterwards");
}

/// A form whose file does not come to its end.
fn begin_to_send(url: &str, token: &str, text: &str) -> TcpStream {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let part = |named: &str| format!("--X\r\nContent-Disposition: form-data; name={named}\r\n\r\n");
    let body = format!("{}volunteers\r\n{}{text}", part("\"register\""), part("\"file\"; filename=\"a.csv\""));
    write!(stream, "POST /api/v1/imports HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n").unwrap();
    write!(stream, "Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {}\r\n\r\n{body}", body.len() * 2)
        .unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_lies_open_and_keys_change_while_everybody_works() {
    let ground = Ground::sqlite().with_district();
    // A gateway that nobody keeps: numbers and texts wait for it.
    fs::write(ground.path().join("muster.toml"), "[notices.sms]\nurl = \"http://127.0.0.1:9/send\"\n").unwrap();
    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    live(&ground, &officer).await;
    let backup = ground.path().join("backup").display().to_string();
    ground.run(&["backup", &backup]);

    // Everybody looks people up and writes while every value is sealed anew.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let working = {
        let officer = officer.clone();
        tokio::spawn(async move {
            let mut answers = 0;
            while !*stopped.borrow() {
                officer.get("/volunteers/V07").await.unwrap().json();
                let path = format!("/sites/{}/requests", SITES[1]);
                officer.post(&path, problem(&format!("{CANARY}在换钥匙")), Some(Uuid::new_v4())).await.unwrap().json();
                answers += 1;
            }
            answers
        })
    };
    let said = ground.run(&["rotate-keys"]);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    stop.send(true).unwrap();
    assert!(working.await.unwrap() > 5, "nobody worked meanwhile");
    let sealed =
        |line: &str| line.strip_prefix("sealed under the new key: ")?.strip_suffix(" values")?.parse::<u32>().ok();
    assert!(said.lines().find_map(sealed).is_some_and(|count| count > 60), "{said}");
    officer.get("/volunteers/V07").await.unwrap().json();
    officer.get("/conflicts").await.unwrap().json();
    server.kill();
    for text in [CANARY, CANARY_PHONE] {
        assert_eq!(found(&ground, text), Vec::<String>::new(), "{text} lies open");
    }
    assert!(found(&ground, "点位S1").len() >= 2, "the control: what is not sealed is found, in database and backup");
    every_value_opens(&ground);
    let again = ground.serve();
    let officer = again.client(&ground.token("duty_officer"));
    assert!(officer.get("/volunteers/V07").await.unwrap().text.contains(CANARY), "the new keys open everything");
}

/// Sealed columns that stay empty here: who an identity provider names is tried in a browser.
const NOT_HELD: [(&str, &str); 1] = [("identities", "claimed")];

/// Every value of every sealed column opens with the keys there are, and under the one key that is left.
fn every_value_opens(ground: &Ground) {
    let keyring = store::Keyring::load(&ground.key_file()).unwrap();
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    let duties = muster::duties::all();
    let columns = store::rotate::STORE.iter().chain(duties.iter().flat_map(|duty| duty.sealed));
    let mut opened = std::collections::BTreeMap::new();
    for column in columns {
        let sql = format!("select {0} from {1} where {0} is not null", column.column, column.table);
        let mut statement = database.prepare(&sql).unwrap();
        for sealed in statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap().map(Result::unwrap) {
            assert_eq!(sealed[0], keyring.active(), "{column:?}");
            keyring.open(column.label, sealed).unwrap_or_else(|cause| panic!("{column:?}: {cause}"));
            *opened.entry((column.table, column.column)).or_insert(0) += 1;
        }
    }
    let columns = store::rotate::STORE.iter().chain(duties.iter().flat_map(|duty| duty.sealed));
    let empty: Vec<_> = columns.map(|it| (it.table, it.column)).filter(|it| !opened.contains_key(it)).collect();
    assert_eq!(empty, NOT_HELD, "nothing lies there to be found or opened: let `live` write it");
}

/// The control: a column that is not sealed is found by the same search.
#[test]
fn a_plain_column_would_be_found() {
    let ground = Ground::sqlite().with_district();
    let database = rusqlite::Connection::open(ground.file()).unwrap();
    database.execute("update teams set name = ?1 where code = 'T1'", [format!("{CANARY}队")]).unwrap();
    drop(database);
    assert_eq!(found(&ground, CANARY).len(), 1);
}

/// The softest limit on core files of a process, as the system has it.
fn core_limit(process: &str) -> String {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    line.split_whitespace().nth(4).expect("its number").to_owned()
}

/// What crashes leaves no picture of its memory, however generous the machine is.
#[test]
fn a_crash_leaves_no_core() {
    let whole = getrlimit(Resource::Core);
    setrlimit(Resource::Core, Rlimit { current: whole.maximum, ..whole }).unwrap();
    assert_ne!(core_limit("self"), "0", "control: what this process starts may leave one");
    let ground = Ground::sqlite();
    let server = ground.serve();
    assert_eq!(core_limit(&server.process_id().to_string()), "0");
}
