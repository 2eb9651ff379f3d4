//! The program under measurement: a process of its own, over a database of its own on a disk.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use store::{Address, testing};

/// Set for a process of this file that is `muster` itself.
pub const AS_MUSTER: &str = "BENCHES_AS_MUSTER";

/// Where a database lies, with the keys and settings beside it.
pub struct Ground {
    folder: testing::Folder,
    address: Address,
}

impl Ground {
    /// An empty SQLite file.
    pub fn sqlite() -> Self {
        let folder = testing::Folder::new();
        Self { address: Address::Sqlite(folder.path().join("district.db")), folder }
    }

    /// An empty database of a PostgreSQL of our own.
    pub fn postgres() -> Self {
        Self { folder: testing::Folder::new(), address: testing::empty_postgres() }
    }

    /// An empty SQLite file that is read with the same keys.
    pub fn with_its_keys(&self) -> Self {
        let other = Self::sqlite();
        fs::copy(self.path().join("keys"), other.path().join("keys")).expect("the keys can be copied");
        other
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Settings for every command from now on.
    pub fn settle(&self, settings: &str) {
        fs::write(self.settings(), settings).expect("the folder can be written");
    }

    fn settings(&self) -> PathBuf {
        self.path().join("muster.toml")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        if !self.settings().exists() {
            self.settle("");
        }
        let database = match &self.address {
            Address::Sqlite(file) => format!("sqlite:{}", file.display()),
            Address::Postgres(url) => url.clone(),
        };
        let mut command = Command::new(std::env::current_exe().expect("this program has a file"));
        command.args(arguments).args(["--database", &database, "--log", "warn", "--listen", "127.0.0.1:0"]);
        command.env(AS_MUSTER, "1");
        command.arg("--key-file").arg(self.path().join("keys")).arg("--config").arg(self.settings());
        command
    }

    /// Runs a command to its end; gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let done = self.command(arguments).output().expect("this program can be started");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    pub fn import(&self, register: &str) -> Duration {
        let file = self.path().join(format!("district/{register}.csv"));
        let began = Instant::now();
        self.run(&["import", register, &file.display().to_string(), "--yes"]);
        began.elapsed()
    }

    /// Starts the server and waits until it is ready.
    pub async fn serve(&self) -> Server {
        let began = Instant::now();
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).spawn().expect("this program can be started");
        let mut lines = BufReader::new(child.stdout.take().expect("was asked for")).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let url = first.rsplit(' ').next().unwrap_or_default().to_owned();
        let ready = format!("{url}/readyz");
        while !reqwest::get(&ready).await.is_ok_and(|reply| reply.status().is_success()) {
            assert!(began.elapsed() < Duration::from_mins(1), "not ready after a minute: {first}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Server { child, url, ready_in: began.elapsed() }
    }
}

/// A server that is open until it is dropped.
pub struct Server {
    child: Child,
    pub url: String,
    /// From being started to being ready.
    pub ready_in: Duration,
}

impl Server {
    /// Memory that is resident now, in MiB.
    pub fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kb.map_or(f64::NAN, |kb| kb / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).ok();
    }
}
