//! A PostgreSQL of our own for tests: made and started once per test process from the machine's binaries, reachable
//! only through a socket in its folder, gone with the process.

use std::{
    collections::HashMap,
    fs,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{options, roomy_folder};
use crate::{
    Address, Migration, Result, Store, engine,
    engine::{Purpose, Session, apart},
};

const BINARIES: &str = "/usr/lib/postgresql";

/// Runs the server, waits for the end of this process (its end of the pipe closes, however it dies), cleans up.
const KEEPER: &str = r#""$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c shared_buffers=32MB \
    -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off >"$2/log" 2>&1 & server=$!
read -r _
kill -QUIT $server
wait $server
rm -rf "$2""#;

struct Cluster {
    folder: PathBuf,
    /// Closed by the system when this process ends.
    _keeper: (Child, ChildStdin),
    templates: Mutex<HashMap<[u8; 32], String>>,
}

/// The address of a fresh database that holds the migrations.
pub(super) fn fresh_database(migrations: &[Migration]) -> Address {
    apart(|| {
        let cluster = cluster();
        let template = cluster.template(migrations);
        let name = format!("night_{}", Uuid::new_v4().simple());
        cluster.command(&format!("create database {name} template {template}"));
        cluster.address(&name)
    })
}

/// The address of a fresh database with nothing in it.
pub(super) fn empty_database() -> Address {
    apart(|| {
        let name = format!("empty_{}", Uuid::new_v4().simple());
        cluster().command(&format!("create database {name}"));
        cluster().address(&name)
    })
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

impl Cluster {
    fn start() -> Self {
        let binaries = newest_binaries();
        let folder = roomy_folder().join(format!("muster-pg-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).expect("the temporary folder can be written");
        let user = unprivileged_user();
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).expect("root gives the folder away");
        }
        let data = folder.join("data");
        let made = as_user(Command::new(binaries.join("initdb")), user)
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=muster",
                "--encoding=UTF8",
                "--locale=C",
                "--wal-segsize=1",
            ])
            .arg("-D")
            .arg(&data)
            .current_dir(&folder)
            .output();
        let made = made.expect("initdb can be started");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let keeper = keep(&binaries.join("postgres"), &folder, user);
        let cluster = Self { folder, _keeper: keeper, templates: Mutex::default() };
        cluster.wait_until_ready();
        cluster
    }

    fn address(&self, name: &str) -> Address {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        Address::Postgres(format!("postgres://muster@{socket}/{name}"))
    }

    fn connect(&self) -> Result<Box<dyn Session>> {
        engine::connect(&self.address("postgres"), Purpose::Change)
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            if self.connect().is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("the test PostgreSQL did not start within 30 s:\n{log}");
    }

    fn command(&self, sql: &str) {
        let done = self.connect().and_then(|mut session| session.batch(sql));
        done.unwrap_or_else(|cause| panic!("{sql}: {cause}"));
    }

    /// A database to copy, made once per set of migrations.
    fn template(&self, migrations: &[Migration]) -> String {
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        let key = fingerprint(migrations);
        if let Some(name) = templates.get(&key) {
            return name.clone();
        }
        let name = format!("template_{}", Uuid::new_v4().simple());
        self.command(&format!("create database {name}"));
        Store::migrate(&self.address(&name), migrations, &options())
            .expect("the migrations apply to an empty database");
        templates.insert(key, name.clone());
        name
    }
}

fn newest_binaries() -> PathBuf {
    let versions = fs::read_dir(BINARIES).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let newest = versions.filter(|bin| bin.join("initdb").exists()).max_by_key(|bin| {
        let version = bin.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        version.and_then(|version| version.parse::<u32>().ok())
    });
    newest.unwrap_or_else(|| panic!("no PostgreSQL under {BINARIES}: run make setup"))
}

/// PostgreSQL refuses to run as root; then somebody without rights runs it.
fn unprivileged_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields[0] == name)
            .and_then(|fields| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))
    };
    find("postgres").or_else(|| find("nobody"))
}

fn as_user(mut command: Command, user: Option<(u32, u32)>) -> Command {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

fn keep(server: &Path, folder: &Path, user: Option<(u32, u32)>) -> (Child, ChildStdin) {
    let mut keeper = as_user(Command::new("sh"), user)
        .args(["-c", KEEPER, "keeper"])
        .args([server, folder])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("sh can be started");
    let pipe = keeper.stdin.take().expect("the pipe was asked for");
    (keeper, pipe)
}

fn fingerprint(migrations: &[Migration]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for migration in migrations {
        hash.update(migration.name);
        hash.update([0]);
        hash.update(migration.sql);
        hash.update([0]);
    }
    hash.finalize().into()
}
