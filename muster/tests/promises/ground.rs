//! A database, its key file and its log in a folder of their own, and `muster` run over them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use store::testing::Folder;

use crate::client::Client;

/// The names that no file may show.
pub const CANARY: &str = "金丝雀";
pub const CANARY_PHONE: &str = "1998765";
pub const SITES: [&str; 4] = ["S1", "S2", "S3", "S4"];
pub const VOLUNTEERS: usize = 60;

/// Where Debian keeps the clock that lies.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

pub struct Ground {
    folder: Folder,
    database: String,
    plant: Option<&'static str>,
    has_clock: bool,
}

impl Ground {
    pub fn sqlite() -> Self {
        let folder = Folder::new();
        let database = format!("sqlite:{}", folder.path().join("night.db").display());
        Self { folder, database, plant: None, has_clock: false }
    }

    pub fn over(database: &str) -> Self {
        Self { folder: Folder::new(), database: database.to_owned(), plant: None, has_clock: false }
    }

    /// With the district of these tests brought in.
    pub fn with_district(self) -> Self {
        self.with_names(&[])
    }

    /// The same district; what people, sites and teams are called begins with these in turn.
    pub fn with_names(self, names: &[&str]) -> Self {
        self.bring_in(names);
        self
    }

    pub fn planting(self, fault: &'static str) -> Self {
        Self { plant: Some(fault), ..self }
    }

    /// Under a clock of its own, that goes by so much: `+1d`. Ticking is left alone, so that nothing waits for it.
    pub fn with_clock(self, by: &str) -> Self {
        let ground = Self { has_clock: true, ..self };
        ground.set_clock(by);
        ground
    }

    /// Programs that run see it at once.
    pub fn set_clock(&self, by: &str) {
        let new = self.path().join("clock-new");
        fs::write(&new, by).unwrap();
        fs::rename(new, self.path().join("clock")).unwrap();
    }

    /// Another database under the same keys.
    pub fn beside(&self, name: &str) -> Self {
        let other = Folder::new();
        let database = format!("sqlite:{}", other.path().join(name).display());
        fs::copy(self.key_file(), other.path().join("keys")).unwrap();
        Self { folder: other, database, plant: None, has_clock: false }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self) -> PathBuf {
        self.database.strip_prefix("sqlite:").expect("an SQLite file").into()
    }

    /// A count, read past the program.
    pub fn count(&self, sql: &str) -> usize {
        let database = rusqlite::Connection::open(self.file()).unwrap();
        database.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize
    }

    pub fn key_file(&self) -> PathBuf {
        self.path().join("keys")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let temporary = self.path().join("tmp");
        fs::create_dir_all(&temporary).unwrap();
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(arguments).env_clear().env("TMPDIR", temporary).current_dir(self.path());
        command.env("MUSTER_DATABASE", &self.database).env("MUSTER_KEY_FILE", self.key_file());
        command.env("MUSTER_LISTEN", "127.0.0.1:0").stderr(log);
        if self.has_clock {
            let library = fs::canonicalize(FAKETIME).expect("the Debian package faketime: run scripts/setup");
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", self.path().join("clock"));
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            command.env("DONT_FAKE_MONOTONIC", "1");
        }
        if let Some(fault) = self.plant {
            command.env("MUSTER_PLANT", fault);
        }
        command
    }

    /// What a command says; an error with its last words when it fails.
    pub fn try_run(&self, arguments: &[&str]) -> Result<String, String> {
        let done = self.command(arguments).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        if done.status.success() { Ok(said) } else { Err(said + &String::from_utf8_lossy(&done.stderr)) }
    }

    pub fn run(&self, arguments: &[&str]) -> String {
        self.try_run(arguments).unwrap_or_else(|cause| panic!("muster {arguments:?}: {cause}"))
    }

    pub fn serve(&self) -> Server {
        let began = Instant::now();
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let Some((_, url)) = line.trim().rsplit_once(" on ") else { panic!("it did not start: {}", self.log()) };
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Server { url: url.to_owned(), child, ready_after: began.elapsed() }
    }

    pub fn token(&self, role: &str) -> String {
        self.run(&["token", "--role", role]).trim().to_owned()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    /// Four sites, two teams, sixty people with canaries for names.
    fn bring_in(&self, names: &[&str]) {
        let named = |n: usize, usual: String| {
            names.get(n % names.len().max(1)).map_or(usual.clone(), |name| format!("{name}{usual}"))
        };
        let site = |n: usize| {
            let name = named(n, format!("点位{}", SITES[n]));
            format!("{},{name},440902001,路{n}号,21.66,110.92,2,1,2,1\n", SITES[n])
        };
        let team = |n: usize| format!("T{n},{},教育局,21.66,110.92\n", named(n, format!("{n}队")));
        let person = |n: usize| {
            let role = ["gatekeeper", "registrar", "queue_marshal", "runner"][n % 4];
            let name = named(n, format!("{CANARY}{n:02}"));
            format!("V{n:02},{name},{CANARY_PHONE}{n:04},T{},21.66,110.92,{role}\n", 1 + n % 2)
        };
        let places = "latitude,longitude";
        let posts = "gatekeeper,registrar,queue_marshal,runner";
        let files = [
            ("divisions", "code,name\n440902001,河西街道\n".to_owned()),
            ("sites", format!("code,name,division,address,{places},{posts}\n") + &(0..4).map(site).collect::<String>()),
            ("teams", format!("code,name,organisation,{places}\n") + &(1..3).map(team).collect::<String>()),
            ("links", "team,site\nT1,S1\nT1,S2\nT2,S3\nT2,S4\n".to_owned()),
            (
                "volunteers",
                format!("code,name,phone,team,{places},roles\n") + &(0..VOLUNTEERS).map(person).collect::<String>(),
            ),
        ];
        for (register, text) in files {
            // Outside the folder that is searched for canaries: this is the office's own file.
            let elsewhere = Folder::new();
            let file = elsewhere.path().join(format!("{register}.csv"));
            fs::write(&file, text).unwrap();
            self.run(&["import", register, &file.display().to_string(), "--yes"]);
        }
    }
}

/// `muster serve`, running.
pub struct Server {
    pub url: String,
    child: Child,
    pub ready_after: Duration,
}

impl Server {
    pub fn client(&self, token: &str) -> Client {
        Client::new(&self.url, token)
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// kill -9
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an administrator stops it.
    pub fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap();
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
