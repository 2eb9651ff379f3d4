//! Killed in the middle of the night: nothing acknowledged is lost, nothing is done twice (R1, R14).
//!
//! Each test starts this very program again as a child that works and says what was acknowledged, and kills it.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use domain::Actor;
use store::{Address, Error, Migration, Options, Reply, Result, Store, Tx, params, replies::Asked, testing};
use uuid::Uuid;

use crate::common::{TABLES, act, record, visit};

/// Tells the child what to be: `address mode`.
const TASK: &str = "MUSTER_TEST_CHILD";
const WORKERS: usize = 16;

/// Not a test of its own: what the child does.
#[test]
#[ignore = "no test by itself: others run it as a process of its own"]
fn child() {
    let Ok(task) = std::env::var(TASK) else { return };
    let (mode, address) = task.split_once(' ').expect("mode and address");
    let address: Address = address.parse().unwrap();
    match mode {
        "migrate" => {
            println!("started");
            Store::migrate(&address, &many_migrations(), &testing::options()).unwrap();
            println!("ended");
        }
        _ => work_until_killed(&address, mode == "too-early"),
    }
}

/// Several workers at once, until the kill.
fn work_until_killed(address: &Address, too_early: bool) {
    let store = Store::open(address, vec![TABLES], testing::options()).unwrap();
    for _ in 1..WORKERS {
        let store = store.clone();
        std::thread::spawn(move || work(&store, too_early));
    }
    work(&store, too_early)
}

/// Sends keyed visits without end; says each key once it is acknowledged (or, for the control, before).
fn work(store: &Store, too_early: bool) -> ! {
    loop {
        let key = Uuid::new_v4();
        let change = move |tx: &mut Tx| {
            take(tx, key)?;
            if too_early {
                acknowledge(key);
            }
            Ok::<_, Error>(())
        };
        store.change_blocking(act(), change).unwrap();
        if !too_early {
            acknowledge(key);
        }
    }
}

fn take(tx: &mut Tx, key: Uuid) -> Result<()> {
    let by = Actor::system();
    if tx.reply(key, &by, [0; 32])? == Reply::New {
        visit(tx, Uuid::new_v4(), &key.to_string())?;
        record(tx)?;
        tx.keep_reply(Asked { key, by: &by, fingerprint: [0; 32], path: "", body: "" }, "")?;
    }
    Ok(())
}

/// One write of one line, so that a kill never leaves half of one.
fn acknowledge(key: Uuid) {
    let line = format!("acked {key}\n");
    std::io::stdout().write_all(line.as_bytes()).and_then(|()| std::io::stdout().flush()).unwrap();
}

struct Working {
    child: Child,
    lines: mpsc::Receiver<String>,
}

fn start(mode: &str, address: &Address) -> Working {
    let url = match address {
        Address::Sqlite(file) => format!("sqlite:{}", file.display()),
        Address::Postgres(url) => url.clone(),
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "killed::child", "--nocapture", "--test-threads=1"])
        .env(TASK, format!("{mode} {url}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (heard, lines) = mpsc::channel();
    std::thread::spawn(move || output.lines().map_while(Result::<_, _>::ok).try_for_each(|line| heard.send(line)));
    Working { child, lines }
}

impl Working {
    fn wait_for(&self, line: &str) {
        // The test runner writes before it, on the same line.
        while !self.lines.recv().expect("the child lives").ends_with(line) {}
    }

    /// Kills it and returns what it had said.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }
}

/// Kills a working child some times; returns what it was told was safe, and what is there.
fn killed(rounds: u64, mode: &str, address: &Address) -> (BTreeSet<Uuid>, Vec<Uuid>) {
    let mut acked = BTreeSet::new();
    for round in 0..rounds {
        let working = start(mode, address);
        std::thread::sleep(Duration::from_millis(400 + 37 * round));
        acked.extend(working.kill().iter().filter_map(|line| line.strip_prefix("acked ")?.parse::<Uuid>().ok()));
    }
    let store = Store::open(address, vec![TABLES], testing::options()).unwrap();
    // A phone that got no answer sends again.
    for key in acked.iter().take(50).copied().collect::<Vec<_>>() {
        if mode == "work" {
            store.change_blocking(act(), move |tx| take(tx, key)).unwrap();
        }
    }
    let there =
        store.look_blocking(|tx| tx.rows("select site from visits", params![], |row| row.parse("site"))).unwrap();
    let report = store.look_blocking(|tx| store::journal::verify(tx, None)).unwrap();
    assert!(report.is_whole() && report.entries == there.len() as u64, "{report:?}");
    (acked, there)
}

fn addresses(folder: &testing::Folder) -> [Address; 2] {
    let addresses = [Address::Sqlite(folder.path().join("night.db")), testing::empty_postgres()];
    for address in &addresses {
        Store::migrate(address, &[TABLES], &testing::options()).unwrap();
    }
    addresses
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let folder = testing::Folder::new();
    for address in addresses(&folder) {
        let (acked, there) = killed(5, "work", &address);
        let distinct: BTreeSet<Uuid> = there.iter().copied().collect();
        assert!(acked.len() > 100, "the child worked: {}", acked.len());
        assert_eq!(distinct.len(), there.len(), "doubled");
        assert_eq!(acked.difference(&distinct).count(), 0, "lost");
    }
}

/// The control: answering before the commit must lose something, or the test above could not fail.
#[test]
fn answering_too_early_loses() {
    let folder = testing::Folder::new();
    let [sqlite, _] = addresses(&folder);
    let lost = (0..10).any(|_| {
        let (acked, there) = killed(1, "too-early", &sqlite);
        let distinct: BTreeSet<Uuid> = there.into_iter().collect();
        acked.difference(&distinct).next().is_some()
    });
    assert!(lost, "the control lost nothing in ten kills");
}

/// A row of migrations that takes a while.
fn many_migrations() -> Vec<Migration> {
    let mut migrations = vec![TABLES];
    migrations.extend((0..300).map(|n| {
        let sql = format!("create table t{n} (id uuid primary key, at bigint); create index t{n}_at on t{n} (at);");
        Migration { name: format!("slow/{n:04}").leak(), sql: sql.leak() }
    }));
    migrations
}

#[test]
fn a_migration_killed_anywhere_is_old_or_new() {
    let folder = testing::Folder::new();
    let all = many_migrations();
    for address in addresses(&folder) {
        let fits = |migrations: &[Migration]| {
            Store::open(&address, migrations.to_vec(), Options { readers: 1, ..testing::options() }).is_ok()
        };
        let mut cut_short = 0;
        for pause_ms in 0..12 {
            let working = start("migrate", &address);
            working.wait_for("started");
            std::thread::sleep(Duration::from_millis(pause_ms * 3));
            if !working.kill().iter().any(|line| line.ends_with("ended")) {
                cut_short += 1;
            }
            assert_ne!(fits(&[TABLES]), fits(&all), "half a migration");
        }
        assert!(cut_short > 0, "no kill came in time");
        Store::migrate(&address, &all, &testing::options()).unwrap();
        assert!(fits(&all));
    }
}
