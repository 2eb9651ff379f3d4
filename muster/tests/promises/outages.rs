//! R4, R6, R7: the database restarts, the disk fills up, a PostgreSQL could forget.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use store::testing::Folder;
use uuid::Uuid;

use crate::{
    client::{Client, problem},
    ground::{Ground, SITES},
};

/// A PostgreSQL of this test's own that can be stopped hard.
pub struct Postgres {
    folder: Folder,
    user: Option<(u32, u32)>,
}

impl Postgres {
    pub fn start() -> Self {
        let folder = Folder::new();
        let user = rustix::process::geteuid().is_root().then(postgres_user);
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let postgres = Self { folder, user };
        let data = postgres.data();
        postgres.command(
            "initdb",
            &["--no-sync", "--auth=trust", "--username=muster", "--encoding=UTF8", "--locale=C", "-D", &data],
        );
        // Only the socket, until a test says otherwise.
        postgres.write("data/postgresql.auto.conf", "listen_addresses = ''\n");
        postgres.ctl(&["start"]);
        postgres.command("createdb", &["-h", &postgres.socket(), "-U", "muster", "night"]);
        postgres
    }

    pub fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn socket(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn url(&self) -> String {
        format!("postgres://muster@{}/night", self.socket().replace('/', "%2F"))
    }

    pub fn ctl(&self, arguments: &[&str]) {
        let settings = format!("-k {}", self.socket());
        let log = self.folder.path().join("log").display().to_string();
        let data = self.data();
        self.command("pg_ctl", &[&["-D", &data, "-o", &settings, "-l", &log, "-w"], arguments].concat());
    }

    /// A file in the folder, owned as PostgreSQL wants it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        if let Some((uid, gid)) = self.user {
            std::os::unix::fs::chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Runs one of PostgreSQL's programs, or another by its whole path, in the folder and in the name of its owner.
    pub fn command(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(binaries().join(name));
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        let done = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{name} {arguments:?}");
    }

    pub fn psql(&self, sql: &str) {
        self.command("psql", &["-q", "-h", &self.socket(), "-U", "muster", "-d", "night", "-c", sql]);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.ctl(&["stop", "-m", "immediate"]);
    }
}

fn binaries() -> PathBuf {
    let versions =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    versions.filter(|bin| bin.join("initdb").exists()).max().expect("PostgreSQL is installed: run make setup")
}

fn postgres_user() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("a user postgres");
    let fields: Vec<&str> = line.split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}

/// What one phone met.
#[derive(Default)]
struct Met {
    acked: Vec<Uuid>,
    strange: Vec<String>,
    longest_gap: Duration,
}

/// Sends without end, each thing until it is acknowledged; notes whatever is neither a yes nor "come back".
async fn work(client: Client, site: &'static str, stop: tokio::sync::watch::Receiver<bool>) -> Met {
    let (mut met, mut last) = (Met::default(), Instant::now());
    let (mut key, mut since_failure) = (Uuid::new_v4(), None::<Instant>);
    // What was sent and not answered is sent until it is.
    while !*stop.borrow() || since_failure.is_some() {
        let reply = client.post(&format!("/sites/{site}/requests"), problem("缺口罩"), Some(key)).await;
        match reply {
            Ok(reply) if reply.is_ok() => {
                met.acked.push(reply.json()["id"].as_str().unwrap().parse().unwrap());
                if since_failure.take().is_some() {
                    met.longest_gap = met.longest_gap.max(last.elapsed());
                }
                (key, last) = (Uuid::new_v4(), Instant::now());
            }
            Ok(reply) if reply.status == 503 && reply.retry_after.is_some() => {
                since_failure.get_or_insert_with(Instant::now);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(reply) => met.strange.push(format!("{} {}", reply.status, reply.text)),
            Err(cause) => met.strange.push(cause.to_string()),
        }
        let looked = client.get("/requests").await;
        match looked {
            Ok(reply) if reply.is_ok() || (reply.status == 503 && reply.retry_after.is_some()) => {}
            Ok(reply) => met.strange.push(format!("look: {} {}", reply.status, reply.text)),
            Err(cause) => met.strange.push(format!("look: {cause}")),
        }
    }
    met
}

async fn restarts(times: u32) {
    let postgres = Postgres::start();
    let ground = Ground::over(&postgres.url()).with_district();
    let server = ground.serve();
    let token = ground.token("duty_officer");
    server.client(&token).order().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let working: Vec<_> = SITES.map(|site| tokio::spawn(work(server.client(&token), site, stopped.clone()))).into();
    for _ in 0..times {
        tokio::time::sleep(Duration::from_millis(900)).await;
        postgres.ctl(&["restart", "-m", "immediate"]);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.send(true).unwrap();
    let mut acked = Vec::new();
    for phone in working {
        let met = phone.await.unwrap();
        assert_eq!(met.strange, Vec::<String>::new());
        println!("longest gap {:?}", met.longest_gap);
        assert!(
            met.longest_gap < Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 5 }),
            "{:?}",
            met.longest_gap
        );
        acked.extend(met.acked);
    }
    assert!(acked.len() > 20, "the phones worked: {}", acked.len());
    server.stop();
    let there = store::backup::write(
        &postgres.url().parse().unwrap(),
        &ground.path().join("backup"),
        domain::Clock::system().now(),
    );
    assert_eq!(there.unwrap().rows["problems"], acked.len() as u64, "lost or doubled");
    assert!(ground.run(&["verify"]).contains("whole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_restarts_is_waited_for() {
    restarts(2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: twenty restarts of PostgreSQL under load"]
async fn twenty_restarts_lose_nothing() {
    restarts(20).await;
}

/// Each setting with which PostgreSQL could forget is refused, by the doctor and at the start; the control is the start
/// without it.
#[test]
fn a_postgres_that_may_forget_is_refused_by_name() {
    let postgres = Postgres::start();
    let ground = Ground::over(&postgres.url());
    ground.run(&["migrate"]);
    let may_run = || ground.try_run(&["verify"]);
    for setting in ["synchronous_commit", "fsync", "full_page_writes"] {
        assert!(may_run().is_ok(), "the control: {setting} is on");
        postgres.psql(&format!("alter system set {setting} = off"));
        postgres.ctl(&["restart", "-m", "fast"]);
        assert!(may_run().is_err_and(|cause| cause.contains(setting)), "{setting} at the start");
        assert!(ground.try_run(&["doctor"]).is_err_and(|said| said.contains(setting)), "{setting} by the doctor");
        postgres.psql(&format!("alter system reset {setting}"));
        postgres.ctl(&["restart", "-m", "fast"]);
    }
}

/// A small disk of its own, in memory; none when this machine does not let us mount.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(folder: &Path) -> Option<Self> {
        let place = folder.join("disk");
        fs::create_dir_all(&place).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"]).arg(&place).output();
        mounted.is_ok_and(|done| done.status.success()).then_some(Self(place))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

fn filler(disk: &SmallDisk, leave: u64) -> PathBuf {
    let about = rustix::fs::statvfs(&disk.0).unwrap();
    let free = about.f_bavail * about.f_frsize;
    let file = disk.0.join("filler");
    fs::write(&file, vec![0; usize::try_from(free.saturating_sub(leave)).unwrap()]).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_writing_only_and_only_while_it_is_full() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::new(folder.path()) else {
        println!("skipped: this machine lets nobody mount a tmpfs, so no disk can be filled");
        return;
    };
    let ground = Ground::over(&format!("sqlite:{}", disk.0.join("night.db").display())).with_district();
    let server = ground.serve();
    let (officer, admin) =
        (server.client(&ground.token("duty_officer")), server.client(&ground.token("administrator")));
    officer.order().await;
    let alarm = async |client: &Client| client.page("/sign-in").await.contains("role=\"alert\"");
    assert!(!alarm(&admin).await && ground.try_run(&["doctor"]).is_ok(), "the control: no alarm while there is room");

    let file = filler(&disk, 4 << 20);
    assert!(alarm(&admin).await && alarm(&officer).await, "less than a tenth is free");
    assert!(ground.try_run(&["doctor"]).is_err_and(|said| said.contains("make room")));
    assert!(officer.get("/metrics").await.unwrap().text.contains("muster_disk_free_percent 6"));
    fs::remove_file(file).unwrap();

    let path = format!("/sites/{}/requests", SITES[0]);
    let file = filler(&disk, 0);
    let (mut acked, mut full) = (0, None);
    for _ in 0..400 {
        let reply = officer.post(&path, problem(&"满".repeat(600)), Some(Uuid::new_v4())).await.unwrap();
        match reply.status {
            200 => acked += 1,
            507 => full = Some(reply),
            other => panic!("{other} {}", reply.text),
        }
        if full.is_some() {
            break;
        }
    }
    let full = full.expect("the disk filled up");
    assert_eq!(full.code(), "web.17");
    for look in ["/requests", "/volunteers/V01", "/orders", "/sites"] {
        for _ in 0..5 {
            let reply = officer.get(look).await.unwrap();
            assert!(reply.is_ok(), "{look} on a full disk: {}", reply.status);
        }
    }
    fs::remove_file(file).unwrap();
    let again = officer.post_until_answered(&path, problem("又有地方了"), Some(Uuid::new_v4())).await;
    assert!(again.is_ok(), "without a restart: {} {}", again.status, again.text);
    server.stop();
    assert_eq!(ground.count("select count(*) from problems"), acked + 1);
    assert!(ground.run(&["verify"]).contains("whole"));
}
