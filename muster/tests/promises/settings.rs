//! Where a setting is taken from: a flag before a variable, a variable before the file, the file before the default.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
};

use domain::Moment;
use jiff::tz::TimeZone;

use crate::ground::Ground;

/// From the weakest to the strongest.
const LAYERS: [&str; 4] = ["default", "file", "variable", "flag"];
const KEYS: [&str; 6] = ["listen", "database", "key_file", "public_url", "district", "district_name"];

/// `muster serve` in an empty folder, before anything was said to it.
struct Start {
    command: Command,
    file: String,
}

impl Start {
    fn new(ground: &Ground) -> Self {
        let mut command = ground.command(&["serve"]);
        command.env_remove("MUSTER_DATABASE").env_remove("MUSTER_KEY_FILE").env_remove("MUSTER_LISTEN");
        Self { command, file: String::new() }
    }

    /// Says it at a layer; whoever says nothing leaves the default.
    fn say(&mut self, key: &str, layer: &str, value: &str) {
        match layer {
            "file" => self.file += &format!("{key} = {value:?}\n"),
            "variable" => drop(self.command.env(format!("MUSTER_{}", key.to_uppercase()), value)),
            "flag" => drop(self.command.args([format!("--{}", key.replace('_', "-")), value.to_owned()])),
            _ => {}
        }
    }

    fn write(&self, ground: &Ground) {
        fs::write(ground.path().join("muster.toml"), &self.file).unwrap();
    }

    /// What it complains of, before it has served anybody.
    fn refused(mut self, ground: &Ground) -> String {
        self.write(ground);
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut served = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut served).unwrap();
        if !served.is_empty() {
            child.kill().unwrap();
        }
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(served, "", "it serves in spite of {:?} {:?}", self.file, self.command);
        assert!(!done.status.success() && !said.contains("panicked"), "{said}");
        said
    }

    fn run(mut self, ground: &Ground) -> Running {
        self.write(ground);
        let mut child = self.command.stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut first).unwrap();
        Running { first, child, _said: output }
    }
}

struct Running {
    /// Muster serves DATABASE on URL
    first: String,
    child: Child,
    /// Held, because whoever writes to nobody stops.
    _said: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Ports of this machine that nobody has; nobody else is on its other addresses.
fn free(address: &str) -> String {
    TcpListener::bind(address).unwrap().local_addr().unwrap().to_string()
}

fn values(key: &str) -> [String; 4] {
    let of = |make: fn(&str) -> String| LAYERS.map(make);
    match key {
        "listen" => [String::new(), free("127.0.0.2:0"), free("127.0.0.3:0"), free("127.0.0.4:0")],
        "database" => ["sqlite:muster.db", "sqlite:file.db", "sqlite:variable.db", "sqlite:flag.db"].map(str::to_owned),
        "key_file" => of(|layer| format!("{layer}.keys")),
        "public_url" => of(|layer| format!("http://{layer}.example")),
        "district" => ["440902", "440903", "440904", "440905"].map(str::to_owned),
        _ => ["茂南区", "甲区", "乙区", "丙区"].map(str::to_owned),
    }
}

/// Each setting stands at another layer, with all the weaker ones saying something else.
#[test]
fn each_setting_is_taken_from_the_strongest_that_names_it() {
    for turn in 0..LAYERS.len() {
        let ground = Ground::sqlite();
        let mut start = Start::new(&ground);
        let mut said = KEYS.map(values);
        // The default address is anybody's: it is tried by itself.
        let layers: Vec<usize> = (0..KEYS.len()).map(|n| if n == 0 { 1 + turn % 3 } else { (n + turn) % 4 }).collect();
        for (n, key) in KEYS.iter().enumerate() {
            (1..=layers[n]).for_each(|layer| start.say(key, LAYERS[layer], &said[n][layer]));
        }
        // Two defaults follow another setting.
        let [listen, database] = [0, 1].map(|n| said[n][layers[n]].clone());
        said[2][0] = format!("{}.key", database.trim_start_matches("sqlite:"));
        said[3][0] = format!("http://{listen}");

        let running = start.run(&ground);
        let expected: Vec<&String> = said.iter().zip(&layers).map(|(values, layer)| &values[*layer]).collect();
        let told = format!("Muster serves {database} on {}", expected[3]);
        assert_eq!(running.first.trim(), told, "turn {turn}: {}", ground.log());
        for (layer, address) in said[0].iter().enumerate().skip(1) {
            assert_eq!(TcpStream::connect(address).is_ok(), layer == layers[0], "turn {turn}: {address}");
        }
        for keys in &said[2] {
            assert_eq!(ground.path().join(keys).exists(), keys == expected[2], "turn {turn}: {keys}");
        }
        let file = ground.path().join(database.trim_start_matches("sqlite:"));
        let row = rusqlite::Connection::open(file).unwrap().query_row("select code, name from districts", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        assert_eq!(row.unwrap(), (expected[4].clone(), expected[5].clone()), "turn {turn}");
    }
}

/// Each layer's value is wrong in its own way, so that the complaint says whose was taken, and what to write instead.
#[test]
fn a_wrong_value_is_refused_by_the_name_of_its_setting_and_with_what_to_write() {
    let wrong = [
        ("database", "nowhere-", "write sqlite:FILE or postgres://"),
        ("key_file", "/nowhere/", "No such file or directory"),
        ("listen", "nowhere:", "write ADDRESS:PORT"),
        ("public_url", "nowhere/", "write the address that people open"),
        ("district", "number-", "write a code like 440902"),
        ("timezone", "Nowhere/", "write it as Asia/Shanghai"),
        ("log", "info,target=", "write a level"),
    ];
    for (key, begins, words) in wrong {
        for strongest in 1..LAYERS.len() {
            let ground = Ground::sqlite();
            let mut start = Start::new(&ground);
            for layer in &LAYERS[1..=strongest] {
                start.say(key, layer, &format!("{begins}{layer}"));
            }
            let said = start.refused(&ground);
            let is_named = said.contains(&format!("{begins}{}", LAYERS[strongest])) && said.contains(words);
            assert!(is_named, "{key} at {}: {said}", LAYERS[strongest]);
            assert!(key == "key_file" || said.contains(&format!("--{}", key.replace('_', "-"))), "{key}: {said}");
        }
    }
    for url in ["ftp://muster.example", "https://muster.example/path", "https://muster.example?x=1", "muster.example"] {
        let ground = Ground::sqlite();
        let mut start = Start::new(&ground);
        start.say("public_url", "flag", url);
        assert!(start.refused(&ground).contains(url), "{url}");
    }
    let ground = Ground::sqlite();
    let mut start = Start::new(&ground);
    start.say("district_name", "file", " ");
    assert!(start.refused(&ground).contains("--district-name"));
}

#[test]
fn what_nobody_knows_in_the_file_is_refused_by_name() {
    let sections = ["web", "notices", "notices.smtp", "responders", "places", "deployments", "erasure"];
    let sections = sections.map(|section| (format!("[{section}]\nmoonlight = 3\n"), section));
    let keys = [("moonlight = 3\n", "moonlight"), ("key-file = \"x\"\n", "key-file"), ("[moonlight]\n", "moonlight")];
    let keys = keys.map(|(text, name)| (text.to_owned(), name));
    for (text, name) in keys.into_iter().chain(sections) {
        let ground = Ground::sqlite();
        let mut start = Start::new(&ground);
        start.say("listen", "variable", "127.0.0.1:0");
        start.file = text;
        let said = start.refused(&ground);
        let section = name.split('.').next().unwrap();
        assert!(said.contains("moonlight") || said.contains("key-file"), "{name}: {said}");
        assert!(said.contains(section), "{name}: {said}");
    }
}

#[test]
fn the_settings_file_itself_is_named_by_a_flag_before_a_variable() {
    for (strongest, name) in [(0, "甲区"), (1, "乙区"), (2, "丙区")] {
        let ground = Ground::sqlite();
        let mut start = Start::new(&ground);
        start.file = "district_name = \"甲区\"\nlisten = \"127.0.0.1:0\"\n".to_owned();
        for (file, name, layer) in [("second.toml", "乙区", "variable"), ("third.toml", "丙区", "flag")] {
            let text = format!("district_name = \"{name}\"\nlisten = \"127.0.0.1:0\"\n");
            fs::write(ground.path().join(file), text).unwrap();
            if LAYERS[2..2 + strongest].contains(&layer) {
                start.say("config", layer, file);
            }
        }
        drop(start.run(&ground));
        let database = rusqlite::Connection::open(ground.path().join("muster.db")).unwrap();
        let called: String = database.query_row("select name from districts", [], |row| row.get(0)).unwrap();
        assert_eq!(called, name);
    }
    let ground = Ground::sqlite();
    let mut start = Start::new(&ground);
    start.say("config", "flag", "nowhere.toml");
    assert!(start.refused(&ground).contains("nowhere.toml"));
}

/// Whoever sits there already is told of, so that nobody wonders which address it was.
#[test]
fn the_default_address_is_this_machine_at_8080() {
    let _taken = TcpListener::bind("127.0.0.1:8080");
    let ground = Ground::sqlite();
    let said = Start::new(&ground).refused(&ground);
    assert!(said.contains("listening on 127.0.0.1:8080"), "{said}");
}

/// An order begins with a local day.
#[tokio::test]
async fn the_default_time_zone_is_that_of_the_district() {
    let ground = Ground::sqlite().with_district();
    let officer = ground.token("duty_officer");
    for (zone, name) in [(None, "Asia/Shanghai"), (Some("America/Lima"), "America/Lima")] {
        let mut command = ground.command(&["serve"]);
        command.envs(zone.map(|zone| ("MUSTER_TIMEZONE", zone)));
        let running = Start { command, file: String::new() }.run(&ground);
        let (_, url) = running.first.trim().rsplit_once(" on ").unwrap();
        let client = crate::client::Client::new(url, &officer);
        let order = client.order().await;
        let shown = client.get(&format!("/orders/{order}")).await.unwrap().json();
        let begins = shown.pointer("/order/milestones/order_at").and_then(serde_json::Value::as_i64);
        let begins = begins.unwrap_or_else(|| panic!("no beginning in {shown}"));
        let local = Moment::from_ms(begins).in_zone(&TimeZone::get(name).unwrap());
        assert_eq!((local.hour(), local.minute()), (0, 0), "{name}: {shown}");
        client.post(&format!("/orders/{order}/closing"), serde_json::json!({}), None).await.unwrap();
    }
}
