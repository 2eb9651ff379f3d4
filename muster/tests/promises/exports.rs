//! S11: whatever leaves as a file can be opened on an office's machine: no cell of it is taken for a formula, however
//! people, sites, teams and orders are called. New exports fail here until they are tried.

use std::{collections::BTreeSet, io::Cursor, time::Duration};

use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};

use crate::{client::Client, ground::Ground};

/// Every route that gives a file, and how this test asks for it (`O`, `P`, `I` stand for order, plan, import).
const EXPORTS: [(&str, &[&str]); 7] = [
    ("/commendations/sheet", &["/commendations/sheet"]),
    ("/duty/calendar", &[]), // a volunteer's: asked for below
    (
        "/imports/examples/{register}",
        &["/imports/examples/volunteers?format=csv", "/imports/examples/sites?format=xlsx"],
    ),
    ("/imports/{import}/rejected", &["/imports/I/rejected?format=csv", "/imports/I/rejected?format=xlsx"]),
    (
        "/orders/{order}/plans/{plan}/sheet",
        &["/orders/O/plans/P/sheet?format=csv", "/orders/O/plans/P/sheet?format=xlsx"],
    ),
    ("/orders/{order}/cap.xml", &[]), // no sheet: looked at below
    ("/orders/{order}/report/sheet", &["/orders/O/report/sheet"]),
];
/// Answers that are neither pages nor files.
const NO_FILES: [&str; 7] =
    ["/", "/sign-in", "/sign-in/oidc", "/sign-in/oidc/answer", "/sign-out", "/enter", "/enter/{code}"];

/// One for each way in which a cell begins to run.
pub const HOSTILE: [&str; 8] = ["=1+1", "+86", "-2", "@SUM(A1)", "＝1", "＋1", "－1", "＠A1"];

fn is_hostile(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// The cells of a file that a program would run, and all its text.
fn judged(path: &str, bytes: &[u8]) -> (Vec<String>, String) {
    if bytes.starts_with(b"PK") {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
        let (mut bad, mut all) = (Vec::new(), String::new());
        for name in book.sheet_names() {
            bad.extend(book.worksheet_formula(&name).unwrap().used_cells().map(|(.., formula)| formula.clone()));
            let range = book.worksheet_range(&name).unwrap();
            for (.., cell) in range.used_cells() {
                if let Data::String(text) = cell {
                    all.push_str(text);
                    all.push('\n');
                }
            }
        }
        return (bad, all);
    }
    let text = String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| panic!("{path} is no UTF-8"));
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let cells = reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let is_number = |cell: &str| cell.parse::<f64>().is_ok() && !cell.starts_with('+');
    (cells.filter(|cell| is_hostile(cell) && !is_number(cell)).collect(), text)
}

fn route_names(openapi: &Value) -> BTreeSet<String> {
    let paths = openapi["paths"].as_object().unwrap();
    let files = paths.iter().filter(|(_, way)| {
        ["get", "post"]
            .iter()
            .any(|verb| !way[verb]["responses"]["200"]["content"]["application/octet-stream"].is_null())
    });
    files.map(|(path, _)| path.clone()).filter(|path| !NO_FILES.contains(&path.as_str())).collect()
}

fn is_of_people(path: &str) -> bool {
    path.contains("/sheet") && !path.contains("/report/") || path.contains("/rejected")
}

pub async fn wait_for<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what} did not come");
}

/// An order of that name, its plan told to everybody.
pub async fn told(officer: &Client, name: &str) -> (String, String) {
    let given = officer.post("/orders", json!({"name": name}), None).await.unwrap().json();
    let order = given["order"].as_str().unwrap().to_owned();
    let asked = officer.post(&format!("/orders/{order}/plans"), json!({}), None).await.unwrap().json();
    let plan = asked["plan"].as_str().unwrap().to_owned();
    wait_for("the plan", async || {
        let published =
            officer.post(&format!("/orders/{order}/plans/{plan}/publication"), json!({}), None).await.unwrap();
        published.is_ok().then_some(())
    })
    .await;
    (order, plan)
}

/// A file with rows that are rejected, hostile in every cell.
async fn rejected_import(officer: &Client) -> String {
    let row = |text: &&str| format!("\"{text}\",\"{text}\",\"{text}\",T1,1,2,\"{text}\"");
    let rows = HOSTILE.iter().map(row).collect::<Vec<_>>().join("\n");
    let file = format!("code,name,phone,team,latitude,longitude,roles\n{rows}");
    let begun = officer.send_file("/imports", &[("register", "volunteers")], file).await.json();
    let import = begun["import"].as_str().unwrap().to_owned();
    wait_for("the judgement", async || {
        let shown = officer.get(&format!("/imports/{import}")).await.unwrap().text;
        shown.contains("\"rejected\":8").then_some(())
    })
    .await;
    import
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_of_any_export_runs() {
    let ground = Ground::sqlite().with_names(&HOSTILE);
    let server = ground.serve();
    let officer = server.client(&ground.token("duty_officer"));
    let openapi: Value = serde_json::from_str(&officer.get("/api/openapi.json").await.unwrap().text).unwrap();
    let known: BTreeSet<String> = EXPORTS.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(route_names(&openapi), known, "an export is not tried here");

    let (order, plan) = told(&officer, HOSTILE[0]).await;
    let import = rejected_import(&officer).await;
    let assessors = server.client(&ground.token("assessment_group"));
    for who in officer.volunteers().await.iter().take(8) {
        let listed = json!({"volunteer": who, "listed": true, "reason": HOSTILE[3]});
        assessors.post("/commendations", listed, None).await.unwrap().json();
    }
    let mut seen = BTreeSet::new();
    for address in EXPORTS.iter().flat_map(|(_, asked)| asked.iter()) {
        let path = address
            .replace("/O/", &format!("/{order}/"))
            .replace("/P/", &format!("/{plan}/"))
            .replace("/I/", &format!("/{import}/"));
        let client = if path.starts_with("/commendations") { &assessors } else { &officer };
        // Lists of people are taken for a reason; what is said is at the foot of the file, hostile too.
        let why = json!({"why": "other", "note": HOSTILE[0]});
        let bytes = if is_of_people(&path) { client.taken(&path, why).await } else { client.bytes(&path).await };
        let (bad, all) = judged(&path, &bytes);
        assert_eq!(bad, Vec::<String>::new(), "{path}");
        seen.extend(HOSTILE.iter().filter(|text| all.contains(**text)).copied());
    }
    assert_eq!(seen.len(), HOSTILE.len(), "every hostile name was in some export");
    calendar(&officer).await;
    let alert = String::from_utf8(officer.bytes(&format!("/orders/{order}/cap.xml")).await).unwrap();
    assert!(alert.starts_with("<?xml") && alert.contains(HOSTILE[0]), "{alert}");
}

/// A calendar entry: what somebody is called begins no line of its own.
async fn calendar(officer: &Client) {
    let made = officer.post("/volunteers/V01/link", json!({}), None).await.unwrap().text;
    let link = made.split('"').find(|word| word.contains("/enter/")).expect("a link").to_owned();
    let calendar = officer.as_holder_of(&link, "/api/v1/duty/calendar").await;
    assert!(calendar.starts_with("BEGIN:VCALENDAR"), "{calendar}");
    for line in calendar.lines().filter(|line| !line.starts_with(' ')) {
        let name = line.split([':', ';']).next().unwrap();
        assert!(name.chars().all(|c| c.is_ascii_uppercase() || c == '-') && name.len() > 1, "{line}");
    }
}

/// The control: the same search finds a cell that would run.
#[test]
fn a_plain_writer_is_found_out() {
    let (bad, _) = judged("control", "name\n=1+1\n-5\n'=1\n".as_bytes());
    assert_eq!(bad, ["=1+1"]);
}
