//! A list of many people comes in through the browser's door: bounded memory, progress while it runs, all accounted for.

use std::{
    io::{BufWriter, Write as _},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use sheets::{Cell, Format, Layout, SheetOut};

use crate::{
    apart::{child, measure_from_here, peak_kb, said, send_from_disk, topic},
    district::{Place, TEAMS, counts},
};

const HEADINGS: [&str; 7] = ["code", "name", "phone", "team", "latitude", "longitude", "roles"];
/// Every so many rows one is wrong.
const WRONG_EVERY: u64 = 1_000;
/// What the server may take more for a file of any length: the hashes of a million codes are 36 MB of it.
const GROWTH_LIMIT_KB: u64 = 160 << 10;

fn row(n: u64) -> [String; 7] {
    let team = if n.is_multiple_of(WRONG_EVERY) { "T9" } else { "T1" };
    let (name, phone) = (format!("陈小{n}"), format!("199{n:08}"));
    [format!("V{n:07}"), name, phone, team.into(), "21.66".into(), "110.92".into(), "runner".into()]
}

fn write(path: &Path, rows: u64) {
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    let is_workbook = path.extension().is_some_and(|extension| extension == "xlsx");
    let format = if is_workbook { Format::Xlsx } else { Format::Csv };
    let mut out = SheetOut::new(format, file, Layout::new("名单", HEADINGS)).unwrap();
    for n in 1..=rows {
        out.row(row(n).iter().map(|cell| Cell::from(cell.as_str()))).unwrap();
    }
    out.finish().unwrap().flush().unwrap();
}

/// Not a test by itself: the server that gets the list, is watched while it reads it, and takes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "no test by itself: others run it as a process of its own"]
async fn child_takes_a_list() {
    let Some(file) = topic() else { return };
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let before_kb = measure_from_here();
    let (status, reply) = send_from_disk(&place, "volunteers", &file).await;
    assert!((200..300).contains(&status), "{status} {reply}");
    let import = reply["import"].as_str().unwrap().to_owned();
    let seen = watched(&place, &import).await;
    let judged = place.look(&import).await;
    let done = place.apply(&judged, "all").await;
    println!("\ncounts: {:?} {:?}", counts(&judged), counts(&done));
    println!("growth: {}", peak_kb().saturating_sub(before_kb));
    println!("seen: {} {}", seen.len(), seen.iter().map(|(_, waited_ms)| waited_ms).max().unwrap_or(&0));
    let by_phone = place.officer.get("/volunteers?find=19900000007").await.json();
    println!("found: {}", by_phone["people"][0]["code"]);
}

/// Each new number of rows that the page tells while the file is judged, and how long it was waited for.
async fn watched(place: &Place, import: &str) -> Vec<(u64, u64)> {
    let mut seen = Vec::new();
    let (mut last, mut since) = (0, Instant::now());
    let work = place.work();
    tokio::pin!(work);
    loop {
        tokio::select! {
            () = &mut work => return seen,
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
        let rows = place.look(import).await["rows"].as_u64().unwrap();
        if rows > last {
            seen.push((rows, u64::try_from(since.elapsed().as_millis()).unwrap()));
            (last, since) = (rows, Instant::now());
        }
    }
}

fn takes(name: &str, rows: u64) {
    let folder = store::testing::Folder::new();
    let path = folder.path().join(name);
    write(&path, rows);
    let began = Instant::now();
    let output = child("large::child_takes_a_list", &path).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let wrong = rows / WRONG_EVERY;
    let wanted = [rows - wrong, 0, 0, wrong];
    assert_eq!(said(&text, "counts:"), Some(format!("{wanted:?} {wanted:?}").as_str()), "{text}");
    assert_eq!(said(&text, "found:"), Some("\"V0000007\""), "{text}");
    let growth_kb: u64 = said(&text, "growth:").unwrap().parse().unwrap();
    let (seen, longest_ms) = said(&text, "seen:").unwrap().split_once(' ').unwrap();
    let took_s = began.elapsed().as_secs_f64();
    println!("{name}: {rows} rows judged and taken in {took_s:.1} s, {} MB more", growth_kb / 1024);
    println!("{name}: the page told {seen} times how far it was, after {longest_ms} ms at most");
    assert!(growth_kb < GROWTH_LIMIT_KB, "{growth_kb} kB");
    assert!(seen.parse::<u64>().unwrap() > 3, "progress is seen: {text}");
}

#[test]
fn a_list_of_twenty_thousand_comes_in_bounded_memory() {
    takes("list.csv", 20_000);
}

#[test]
#[ignore = "long: a million rows as text"]
fn a_list_of_a_million_comes_in_bounded_memory() {
    takes("list.csv", 1_000_000);
}

#[test]
#[ignore = "long: a million rows as a workbook"]
fn a_workbook_of_a_million_comes_in_bounded_memory() {
    takes("list.xlsx", 1_000_000);
}
