//! `muster allocate` and `muster plan-sites` at their door: files in, files out, and a sentence when something is wrong.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{Command, Output},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use flow::towns::Towns;
use serde_json::Value;

const ROLES: [&str; 4] = ["gatekeeper", "registrar", "queue_marshal", "runner"];

/// A folder with a district's files.
struct District(PathBuf);

impl District {
    fn empty() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("muster-allocation-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn new(agents: usize, places: usize, need_share: f64) -> Self {
        let district = Self::empty();
        let problem = Towns { seed: 5, agents, places, need_share }.problem();
        let mut sites = format!("code,latitude,longitude,{},priority\n", ROLES.join(","));
        for (place, at) in problem.places.iter().enumerate() {
            let posts = &problem.posts[4 * place..4 * place + 4];
            let needs: Vec<String> = posts.iter().map(|post| post.need.to_string()).collect();
            let priority = posts[0].gap_price / 1_000_000;
            let _ = writeln!(sites, "S{place},{},{},{},{priority}", at.latitude, at.longitude, needs.join(","));
        }
        let mut volunteers = String::from("code,team,latitude,longitude,roles,reserve,nights_in_a_row\n");
        for (at, agent) in problem.agents.iter().enumerate() {
            let roles: Vec<&str> =
                (0..4).filter(|role| agent.skills >> role & 1 == 1).map(|role| ROLES[role]).collect();
            let (place, reserve) = (agent.position, i32::from(agent.penalty >= 50_000));
            let team = agent.group.unwrap();
            let who = format!("V{at},T{team},{},{},{}", place.latitude, place.longitude, roles.join(";"));
            let _ = writeln!(volunteers, "{who},{reserve},0");
        }
        let last = problem.agents.iter().filter_map(|agent| agent.group).max().unwrap();
        let teams: Vec<String> = (0..=last).map(|team| format!("T{team}\n")).collect();
        let links: Vec<String> = problem.links.iter().map(|(team, place)| format!("T{team},S{place}\n")).collect();
        district.write("sites.csv", &sites);
        district.write("teams.csv", &format!("code\n{}", teams.concat()));
        district.write("links.csv", &format!("team,site\n{}", links.concat()));
        district.write("volunteers.csv", &volunteers);
        district
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn rows(&self, name: &str) -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(self.0.join(name)).unwrap();
        let lines = text.trim_start_matches('\u{FEFF}').lines().skip(1);
        lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    fn muster(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(words).env_clear().current_dir(&self.0);
        command
    }

    fn allocate(&self, more: &[&str]) -> Command {
        let files = "allocate --sites sites.csv --teams teams.csv --links links.csv --volunteers volunteers.csv";
        let mut command = self.muster(&files.split(' ').collect::<Vec<_>>());
        command.args(["--plan", "plan.csv", "--report", "report.json"]).args(more);
        command
    }

    /// Runs to the end and gives the report.
    fn report(&self, more: &[&str]) -> Value {
        let output = self.allocate(more).output().unwrap();
        assert!(output.status.success(), "{more:?}: {}", said(&output));
        serde_json::from_str(&std::fs::read_to_string(self.0.join("report.json")).unwrap()).unwrap()
    }

    /// What it says when it refuses.
    fn refusal(&self, more: &[&str]) -> String {
        let output = self.allocate(more).output().unwrap();
        assert!(!output.status.success(), "{more:?} was taken: {}", said(&output));
        said(&output)
    }
}

impl Drop for District {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn number(report: &Value, field: &str) -> i64 {
    report[field].as_i64().unwrap_or_else(|| panic!("{field} is no whole number in {report}"))
}

#[test]
fn a_plan_its_figures_and_its_reasons_are_written() {
    let district = District::new(400, 14, 1.05);
    let report = district.report(&["--reasons", "reasons.csv"]);
    let plan = district.rows("plan.csv");
    assert_eq!(report["optimal"], true);
    assert_eq!(number(&report, "objective"), number(&report, "lower_bound"));
    assert_eq!(number(&report, "assigned"), plan.len() as i64);
    assert_eq!(number(&report, "moved"), 0);
    assert_eq!(number(&report, "travel_m"), plan.iter().map(|line| line[3].parse::<i64>().unwrap()).sum::<i64>());
    let needs = district.rows("sites.csv").into_iter().flat_map(|site| site[3..7].to_vec());
    let needed: i64 = needs.map(|need| need.parse::<i64>().unwrap()).sum();
    let unmet = report["unmet"].as_array().unwrap();
    let missing: i64 = unmet.iter().map(|gap| number(gap, "missing")).sum();
    assert_eq!(missing, needed - plan.len() as i64);
    assert!(unmet.iter().all(|gap| gap["site"].is_string() && gap["role"].is_string()), "{unmet:?}");
    let links = district.rows("links.csv");
    let people = district.rows("volunteers.csv");
    let of = |line: &[String]| &people[line[0][1..].parse::<usize>().unwrap()];
    let is_outside = |line: &&Vec<String>| !links.iter().any(|link| link[0] == of(line)[1] && link[1] == line[1]);
    assert_eq!(number(&report, "outside_link"), plan.iter().filter(is_outside).count() as i64);
    assert_eq!(number(&report, "reserve_used"), plan.iter().filter(|line| of(line)[5] == "1").count() as i64);
    assert!(number(&report, "pairs") > 400 * 12 && number(&report, "peak_mb") > 0, "{report}");
    assert!(report["user_s"].as_f64().is_some_and(|seconds| seconds > 0.0), "{report}");
    assert_eq!(report["weights"]["unlinked_m"], 8_000);
    assert_eq!(district.rows("reasons.csv").len(), plan.len());
}

#[test]
fn a_replan_moves_few_and_leaves_the_arrived_where_they_are() {
    let district = District::new(400, 14, 0.95);
    let before = district.report(&[]);
    std::fs::copy(district.0.join("plan.csv"), district.0.join("current.csv")).unwrap();
    let held = district.rows("current.csv");
    let sites = std::fs::read_to_string(district.0.join("sites.csv")).unwrap();
    let mut lines: Vec<String> = sites.lines().map(str::to_owned).collect();
    let mut cells: Vec<String> = lines[1].split(',').map(str::to_owned).collect();
    cells[3] = (cells[3].parse::<u32>().unwrap() + 3).to_string();
    lines[1] = cells.join(",");
    district.write("sites.csv", &lines.join("\n"));
    let arrived: Vec<&str> = held.iter().take(50).map(|line| &*line[0]).collect();
    district.write("arrived.csv", &format!("volunteer\n{}\n", arrived.join("\n")));
    let after = district.report(&["--current", "current.csv", "--arrived", "arrived.csv"]);
    assert_eq!(after["optimal"], true);
    assert!(number(&after, "moved") <= 3, "{after}");
    let now = district.rows("plan.csv");
    for line in held.iter().take(50) {
        assert!(now.iter().any(|other| other[..3] == line[..3]), "{line:?} had arrived");
    }
    assert!(number(&after, "assigned") >= number(&before, "assigned"), "{after}");
}

#[test]
fn weights_count_and_a_wrong_one_is_named() {
    let district = District::new(200, 7, 1.0);
    district.write("weights.toml", "unlinked_m = 0\n");
    let free = district.report(&["--weights", "weights.toml"]);
    assert_eq!(free["weights"]["unlinked_m"], 0);
    assert!(number(&free, "objective") < number(&district.report(&[]), "objective"));
    let trusting = district.report(&["--trust-candidates"]);
    assert_eq!((trusting["pairs"].as_i64(), trusting["optimal"].as_bool()), (Some(0), Some(true)));
    district.write("weights.toml", "unlinked = 0\n");
    assert!(district.refusal(&["--weights", "weights.toml"]).contains("unlinked"));
}

#[test]
fn what_is_wrong_with_the_files_is_said_in_a_sentence() {
    let district = District::new(60, 4, 1.0);
    for (file, text, hint) in [
        ("sites.csv", "code,latitude,longitude\nS0,north,110.9\n", "row 2"),
        ("sites.csv", "name\nhere\n", "headings"),
        ("links.csv", "team,site\nT0,S99\n", "no site S99"),
        ("volunteers.csv", "code,team,roles\nV0,T0,dancer\n", "row 2"),
        ("teams.csv", "", "teams.csv"),
        ("volunteers.csv", "\u{0}\u{0}PK\u{3}\u{4}", "volunteers.csv"),
    ] {
        let good = std::fs::read(district.0.join(file)).unwrap();
        district.write(file, text);
        let words = district.refusal(&[]);
        assert!(words.contains(hint) && !words.contains("panicked"), "{file}: {words}");
        std::fs::write(district.0.join(file), good).unwrap();
    }
    assert!(district.refusal(&["--current", "nowhere.csv"]).contains("nowhere.csv"));
}

#[test]
fn the_keyboard_ends_it_with_the_best_plan_so_far() {
    let district = District::new(12_000, 500, 1.05);
    let mut patience = Duration::from_millis(200);
    loop {
        let mut command = district.allocate(&["--trust-candidates", "--reasons", "reasons.csv"]);
        let child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        std::thread::sleep(patience);
        let id = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        let output = child.wait_with_output().unwrap();
        // It had not come so far as to hear the keyboard.
        if output.status.signal().is_some() {
            patience *= 2;
            continue;
        }
        assert!(output.status.success(), "{}", said(&output));
        assert!(said(&output).contains("not proven") && said(&output).contains("reasons.csv is not written"));
        break;
    }
    let text = std::fs::read_to_string(district.0.join("report.json")).unwrap();
    let early: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(early["optimal"], false, "{early}");
    assert_eq!(number(&early, "gap"), number(&early, "objective") - number(&early, "lower_bound"));
    let optimum = number(&district.report(&[]), "objective");
    assert!(number(&early, "lower_bound") <= optimum && optimum <= number(&early, "objective"), "{early}");
}

/// A service of distances for so many questions: every way to the k-th site is k kilometres and one.
fn service(questions: usize, status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(questions) {
            let mut stream = stream.unwrap();
            let mut question = Vec::new();
            while !question.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap() == 0 {
                    break;
                }
                question.push(byte[0]);
            }
            let question = String::from_utf8(question).unwrap();
            let count =
                |key: &str| question.split(key).nth(1).unwrap().split(['&', ' ']).next().unwrap().split(';').count();
            let row: Vec<String> = (1..=count("destinations=")).map(|at| format!("{at}000")).collect();
            let table = vec![format!("[{}]", row.join(",")); count("sources=")].join(",");
            let body = format!(r#"{{"code":"Ok","distances":[{table}]}}"#);
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn a_road_networks_service_is_asked() {
    let district = District::new(60, 4, 1.0);
    let report = district.report(&["--distance-service", &service(100, "200 OK")]);
    assert_eq!(report["optimal"], true);
    let lines = district.rows("plan.csv");
    assert!(lines.len() > 30);
    for line in lines {
        let site: i64 = line[1][1..].parse().unwrap();
        assert_eq!(line[3], ((site + 1) * 1_000).to_string(), "{line:?}");
    }
    let words = district.refusal(&["--distance-service", &service(1, "503 Service Unavailable")]);
    assert!(words.contains("503") && words.contains("check the address"), "{words}");
    let words = district.refusal(&["--distance-service", "http://127.0.0.1:9"]);
    assert!(words.contains("check that the service runs"), "{words}");
}

#[test]
fn sites_are_planned_and_too_few_are_refused() {
    let district = District::empty();
    let mut demand = String::from("code,latitude,longitude,people\n");
    let mut candidates = String::from("code,latitude,longitude,capacity\n");
    for at in 0..40 {
        let (north, east) = (21.6 + f64::from(at % 8) * 0.01, 110.8 + f64::from(at / 8) * 0.01);
        let _ = writeln!(demand, "P{at},{north},{east},{}", 100 + at);
        let _ = writeln!(candidates, "C{at},{north},{east},1500");
    }
    district.write("demand.csv", &demand);
    district.write("candidates.csv", &candidates);
    let ask = |count: &str| {
        let words = ["plan-sites", "--demand", "demand.csv", "--candidates", "candidates.csv", "--plan", "sites.csv"];
        district.muster(&words).args(["--count", count]).output().unwrap()
    };
    let output = ask("4");
    assert!(output.status.success(), "{}", said(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((number(&report, "sites"), number(&report, "people")), (4, (0..40).map(|at| 100 + at).sum()));
    assert!(0 < number(&report, "lower_bound") && number(&report, "lower_bound") <= number(&report, "objective"));
    assert!(report["gap_percent"].as_f64().is_some_and(|gap| (0.0..5.0).contains(&gap)), "{report}");
    assert_eq!(district.rows("sites.csv").len(), 4);
    let output = ask("2");
    assert!(!output.status.success() && said(&output).contains("open more"), "{}", said(&output));
}
