//! Files in, plan and report out: what stands in them is counted again from the files alone.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use allocation::{Question, Report, Survey, Tables, Ways, Weights, write_plan, write_reasons};
use domain::PostRole;
use flow::towns::Towns;
use flow::{Position, check};

/// A district's files in a folder of their own.
struct District {
    folder: tempfile::TempDir,
}

impl District {
    fn from_towns(towns: Towns) -> Self {
        let problem = towns.problem();
        let (mut sites, mut teams, mut links) =
            (String::new(), String::from("code,name\n"), String::from("team,site\n"));
        let mut volunteers = String::from("code,team,latitude,longitude,roles,reserve,nights_in_a_row\n");
        let roles = ["gatekeeper", "registrar", "queue_marshal", "runner"];
        let _ = writeln!(sites, "code,name,latitude,longitude,{},priority", roles.join(","));
        for (place, at) in problem.places.iter().enumerate() {
            let needs: Vec<String> = (0..4).map(|role| problem.posts[4 * place + role].need.to_string()).collect();
            let priority = problem.posts[4 * place].gap_price / 1_000_000;
            let _ = writeln!(sites, "S{place},,{},{},{},{priority}", at.latitude, at.longitude, needs.join(","));
        }
        for team in 0..=problem.agents.iter().filter_map(|agent| agent.group).max().unwrap() {
            let _ = writeln!(teams, "T{team},");
        }
        for (team, place) in &problem.links {
            let _ = writeln!(links, "T{team},S{place}");
        }
        for (at, agent) in problem.agents.iter().enumerate() {
            let held: Vec<&str> = (0..4).filter(|role| agent.skills >> role & 1 == 1).map(|role| roles[role]).collect();
            let reserve = i32::from(agent.penalty >= 50_000);
            let nights = [0, 3_000, 10_000].iter().position(|&cost| cost == agent.penalty % 50_000).unwrap();
            let Position { latitude, longitude } = agent.position;
            let team = agent.group.unwrap();
            let _ = writeln!(volunteers, "V{at},T{team},{latitude},{longitude},{},{reserve},{nights}", held.join(";"));
        }
        let district = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in [("sites", sites), ("teams", teams), ("links", links), ("volunteers", volunteers)] {
            std::fs::write(district.file(name), text).unwrap();
        }
        district
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.csv"))
    }

    fn tables(&self) -> Tables {
        Tables::read(&self.file("sites"), &self.file("teams"), &self.file("links"), &self.file("volunteers")).unwrap()
    }
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.trim_start_matches('\u{FEFF}').lines().skip(1);
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The objective by the words of the order, from the files: nothing of the product's arithmetic is used.
fn objective(district: &District, held: Option<&HashMap<String, (String, String)>>) -> i64 {
    let metres = |a: (f64, f64), b: (f64, f64)| {
        let (p, q) = (a.0.to_radians(), b.0.to_radians());
        let (dp, dl) = (q - p, (b.1 - a.1).to_radians());
        let s = (dp / 2.0).sin().powi(2) + p.cos() * q.cos() * (dl / 2.0).sin().powi(2);
        (1.3 * 2.0 * 6_371_008.8 * s.sqrt().asin() + 0.5).floor() as i64
    };
    let degrees = |row: &[String], at: usize| (row[at].parse::<f64>().unwrap(), row[at + 1].parse::<f64>().unwrap());
    let sites: HashMap<String, Vec<String>> =
        rows(&district.file("sites")).into_iter().map(|row| (row[0].clone(), row)).collect();
    let people: HashMap<String, Vec<String>> =
        rows(&district.file("volunteers")).into_iter().map(|row| (row[0].clone(), row)).collect();
    let links: HashSet<(String, String)> =
        rows(&district.file("links")).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let mut filled: HashMap<(String, String), i64> = HashMap::new();
    let mut total = 0;
    let mut seen = HashSet::new();
    for line in rows(&district.file("plan")) {
        let (who, site) = (&people[&line[0]], &sites[&line[1]]);
        assert!(seen.insert(line[0].clone()), "{} has two posts", line[0]);
        assert!(who[4].split(';').any(|role| role == line[2]), "{} cannot be {}", line[0], line[2]);
        let distance = metres(degrees(who, 2), degrees(site, 2));
        assert_eq!(line[3].parse::<i64>().unwrap(), distance, "the way of {}", line[0]);
        let linked = links.contains(&(who[1].clone(), line[1].clone()));
        let tired = [0, 3_000, 10_000][who[6].parse::<usize>().unwrap().min(2)];
        total += distance + if linked { 0 } else { 8_000 } + tired + if who[5] == "1" { 50_000 } else { 0 };
        if let Some(held) = held {
            let before = held.get(&line[0]);
            let stays = before == Some(&(line[1].clone(), line[2].clone()));
            let is_free = before.is_none() && who[5] == "1";
            total += if stays || is_free { 0 } else { 100_000 };
        }
        *filled.entry((line[1].clone(), line[2].clone())).or_default() += 1;
    }
    for (code, site) in &sites {
        for (at, role) in ["gatekeeper", "registrar", "queue_marshal", "runner"].into_iter().enumerate() {
            let need = site[4 + at].parse::<i64>().unwrap();
            let filled = filled.get(&(code.clone(), role.to_owned())).copied().unwrap_or(0);
            assert!(filled <= need, "{code} has {filled} {role}, {need} are wanted");
            let crew = (6 * need + 9) / 10;
            let crew_missing = (crew - filled).max(0);
            total += 1_000_000 * site[8].parse::<i64>().unwrap() * (need - filled + crew_missing);
        }
    }
    total
}

fn allocate(district: &District, tables: Tables) -> (Question, flow::Plan, Report) {
    let question = Question::new(tables, Weights::default(), Ways::great_circle());
    let plan = question.solve(&mut |_| true).unwrap();
    let proof = check(&question.problem, &plan).unwrap();
    let report = Report::new(&question, &plan, Some(proof));
    write_plan(&district.file("plan"), &question, &plan).unwrap();
    (question, plan, report)
}

#[test]
fn the_objective_is_what_the_files_say() {
    for (seed, need_share) in [(1, 1.05), (2, 0.95)] {
        let district = District::from_towns(Towns { seed, agents: 600, places: 21, need_share });
        let (_, _, report) = allocate(&district, district.tables());
        assert!(report.optimal && report.gap == 0 && report.pairs > 600 * 20);
        assert_eq!(report.objective, objective(&district, None), "seed {seed}");
        assert_eq!(report.assigned as usize, rows(&district.file("plan")).len());
        let missing: u32 = report.unmet.iter().map(|gap| gap.missing).sum();
        assert_eq!(missing > 20, need_share > 1.0, "{missing} missing");
        let (people, placed): (u32, u32) = report
            .teams
            .iter()
            .map(|team| (team.people, team.at_own_sites + team.given))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        assert_eq!((people, u64::from(placed)), (600, report.assigned));
        let given: u32 = report.teams.iter().map(|team| team.given).sum();
        assert_eq!(u64::from(given), report.outside_link);
    }
}

#[test]
fn a_replan_moves_few_and_leaves_who_has_arrived() {
    let district = District::from_towns(Towns { seed: 3, agents: 600, places: 21, need_share: 0.9 });
    let (question, plan, _) = allocate(&district, district.tables());
    std::fs::copy(district.file("plan"), district.file("current")).unwrap();
    let held: HashMap<String, (String, String)> = rows(&district.file("plan"))
        .into_iter()
        .map(|row| (row[0].clone(), (row[1].clone(), row[2].clone())))
        .collect();
    let arrived: Vec<&String> = held.keys().filter(|code| code.ends_with('7')).collect();
    let list = arrived.iter().fold(String::from("volunteer\n"), |list, code| list + code + "\n");
    std::fs::write(district.file("arrived"), list).unwrap();
    let sites = std::fs::read_to_string(district.file("sites")).unwrap();
    let wanted = question.problem.posts[0].need;
    let more = sites.replacen(&format!(",{wanted},"), &format!(",{},", wanted + 3), 1);
    assert_ne!(sites, more);
    std::fs::write(district.file("sites"), more).unwrap();
    let mut tables = district.tables();
    tables.read_current(&district.file("current"), Some(&district.file("arrived"))).unwrap();
    let (_, after, report) = allocate(&district, tables);
    assert!(report.optimal);
    assert_eq!(report.objective, objective(&district, Some(&held)));
    let changed = plan.post_of.iter().zip(&after.post_of).filter(|(before, after)| before != after).count();
    assert!((1..=6).contains(&changed), "{changed} people are touched for three more at one site");
    let now: HashMap<String, (String, String)> = rows(&district.file("plan"))
        .into_iter()
        .map(|row| (row[0].clone(), (row[1].clone(), row[2].clone())))
        .collect();
    assert!(arrived.len() > 20 && arrived.iter().all(|code| now.get(*code) == held.get(*code)));
}

#[test]
fn reasons_name_who_would_have_to_move() {
    let district = District::from_towns(Towns { seed: 4, agents: 400, places: 14, need_share: 0.95 });
    let (question, plan, report) = allocate(&district, district.tables());
    write_reasons(&district.file("reasons"), &question, &plan).unwrap();
    let told: Vec<Vec<String>> = rows(&district.file("reasons")).into_iter().filter(|row| !row[5].is_empty()).collect();
    assert!(told.len() > 20, "only {} could have had it nearer", told.len());
    assert!(told.iter().any(|row| row[9].contains(" → ")));
    for row in told {
        assert!(row[7].parse::<i64>().unwrap() > 0 && row[8].parse::<i64>().unwrap() >= 0, "{row:?}");
    }
    assert_eq!(report.posts.len(), question.posts.len());
}

/// The great circle, asked of a service instead: the same plan, and a way that the service does not know is not taken.
#[test]
fn a_distance_service_is_asked_block_by_block() {
    let district = District::from_towns(Towns { seed: 5, agents: 90, places: 6, need_share: 0.9 });
    let tables = district.tables();
    let mut survey = Survey::new(&tables, 17);
    let blocks = survey.blocks();
    assert!(blocks.len() > 5);
    for block in &blocks {
        survey.take(block, &answer_as_a_service(&block.path)).unwrap();
    }
    assert!(survey.take(&blocks[0], r#"{"code":"Ok","distances":[[1]]}"#).is_err());
    assert!(survey.take(&blocks[0], r#"{"code":"TooBig","message":"Too many table coordinates"}"#).is_err());
    assert!(survey.take(&blocks[0], "<html>").is_err());
    let question = Question::new(tables.clone(), Weights::default(), survey.finish());
    let plan = question.solve(&mut |_| true).unwrap();
    assert!(check(&question.problem, &plan).unwrap().is_optimal());
    let straight = Question::new(tables, Weights { stretch: 1.0, ..Weights::default() }, Ways::great_circle());
    let other = straight.solve(&mut |_| true).unwrap();
    let off = (plan.objective - other.objective).abs();
    assert!(off <= 90, "six decimals of a degree are a decimetre, {off} m are more");
}

/// What an OSRM-compatible service says of a path: straight lines.
fn answer_as_a_service(path: &str) -> String {
    let (spots, query) = path.strip_prefix("/table/v1/driving/").unwrap().split_once('?').unwrap();
    let spots: Vec<Position> = spots
        .split(';')
        .map(|spot| {
            let (east, north) = spot.split_once(',').unwrap();
            Position::new(north.parse().unwrap(), east.parse().unwrap())
        })
        .collect();
    let list = |key: &str| -> Vec<usize> {
        let found = query.split('&').find_map(|part| part.strip_prefix(key)).unwrap();
        found.split(';').map(|at| at.parse().unwrap()).collect()
    };
    let row = |from: usize| {
        let ways = list("destinations=").into_iter().map(|to| spots[from].metres_to(spots[to], 1.0).to_string());
        format!("[{}]", ways.collect::<Vec<_>>().join(","))
    };
    let table: Vec<String> = list("sources=").into_iter().map(row).collect();
    format!(r#"{{"code":"Ok","distances":[{}]}}"#, table.join(","))
}

#[test]
fn a_file_of_distances_is_taken_and_missing_ways_are_not_gone() {
    let district = District::from_towns(Towns { seed: 6, agents: 60, places: 4, need_share: 0.9 });
    let tables = district.tables();
    let mut file = String::from("volunteer,site,distance_m\n");
    for person in &tables.volunteers {
        for (at, site) in tables.sites.iter().enumerate().filter(|(at, _)| *at != 2) {
            let _ = writeln!(file, "{},{},{}", person.code, site.code, 1_000 * (at + 1));
        }
    }
    std::fs::write(district.file("ways"), file).unwrap();
    let ways = Ways::read(&district.file("ways"), &tables).unwrap();
    let question = Question::new(tables, Weights::default(), ways);
    let plan = question.solve(&mut |_| true).unwrap();
    assert!(check(&question.problem, &plan).unwrap().is_optimal());
    write_plan(&district.file("plan"), &question, &plan).unwrap();
    let lines = rows(&district.file("plan"));
    assert!(lines.len() > 20 && lines.iter().all(|line| line[1] != "S2" && line[3] != "3000"));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_row() {
    let district = District::from_towns(Towns { seed: 7, agents: 40, places: 3, need_share: 0.9 });
    let volunteers = std::fs::read_to_string(district.file("volunteers")).unwrap();
    for (broken, said) in [
        ("V1,T0,21.6,110.9,dancer,0,0", "row 3"),
        ("V0,T0,21.6,110.9,runner,0,0", "stands further up"),
        ("V1,T99,21.6,110.9,runner,0,0", "no team T99"),
        ("V1,T0,91,110.9,runner,0,0", "no position"),
        ("V1,T0,,,runner,0,0", "neither the person nor the team"),
        ("V1,T0,21.6,110.9,runner,perhaps,0", "reserve is perhaps"),
    ] {
        let mut lines: Vec<&str> = volunteers.lines().collect();
        lines[2] = broken;
        std::fs::write(district.file("broken"), lines.join("\n")).unwrap();
        let read = Tables::read(
            &district.file("sites"),
            &district.file("teams"),
            &district.file("links"),
            &district.file("broken"),
        );
        let why = read.expect_err(broken).to_string();
        assert!(why.contains(said), "{broken}: {why}");
    }
    assert_eq!(PostRole::ALL.len(), 6);
}
