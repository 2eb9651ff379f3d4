//! Every row is accounted for: rows in = new + changed + same + rejected, in every form a file may have.

use std::{fmt::Write as _, io::Read as _, path::PathBuf};

use serde_json::{Value, json};
use sheets::{Cell, Format, Layout, SheetOut};

use crate::district::{Place, TEAMS, counts};

const HEADINGS: &str = "手机号,岗位,编码,姓名,队伍,经度,纬度,备注";

/// Good rows, and every seventh with a flaw of one of six kinds. Codes are what spreadsheets spoil.
fn rows(count: usize) -> Vec<[String; 8]> {
    let row = |n: usize| {
        let code = if n.is_multiple_of(2) { format!("4409021990{n:08}") } else { format!("{n:07}") };
        let mut row = [
            format!("199{n:08}"),
            "gatekeeper;信息采集员".to_owned(),
            code,
            format!("陈小明{n}"),
            "T1".to_owned(),
            "110.92".to_owned(),
            "21.66".to_owned(),
            "说明；含\"引号\"".to_owned(),
        ];
        match n % 42 {
            0 => "号码".clone_into(&mut row[0]),
            7 => "飞行员".clone_into(&mut row[1]),
            14 => row[2] = String::new(),
            21 => row[3] = "名".repeat(101),
            28 => "T9".clone_into(&mut row[4]),
            35 => "北纬".clone_into(&mut row[6]),
            _ => {}
        }
        row
    };
    (1..=count).map(row).collect()
}

fn text(rows: &[[String; 8]], delimiter: char) -> String {
    let mut text = HEADINGS.replace(',', &delimiter.to_string());
    for row in rows {
        let cells = row.each_ref().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        let _ = write!(text, "\r\n{}", cells.join(&delimiter.to_string()));
    }
    text
}

fn workbook(rows: &[[String; 8]]) -> Vec<u8> {
    let mut book = SheetOut::new(Format::Xlsx, Vec::new(), Layout::new("名单", HEADINGS.split(','))).unwrap();
    for row in rows {
        book.row(row.iter().map(|cell| Cell::from(cell.as_str()))).unwrap();
    }
    book.finish().unwrap()
}

/// The same rows in every form offices send.
fn forms(rows: &[[String; 8]]) -> Vec<(String, Vec<u8>)> {
    let mut forms = vec![("xlsx".to_owned(), workbook(rows))];
    for (name, delimiter) in [("comma", ','), ("tab", '\t'), ("semicolon", ';')] {
        let text = text(rows, delimiter);
        forms.push((format!("GB18030, {name}"), encoding_rs::GB18030.encode(&text).0.into_owned()));
        forms.push((format!("UTF-8 with its mark, {name}"), format!("\u{FEFF}{text}").into_bytes()));
        forms.push((format!("UTF-8, {name}"), text.into_bytes()));
    }
    forms
}

/// Whether each of so many rows was taken, known, or rejected and kept with its reason.
async fn accounts(place: &Place, page: &Value, rows: usize) -> bool {
    let [new, changed, same, rejected] = counts(page);
    let import = page["id"].as_str().unwrap();
    let back = place.rejected(import).await;
    let kept = records(&back) - 2;
    page["rows"].as_u64() == Some(rows as u64) && new + changed + same + rejected == rows as u64 && kept == rejected
}

/// How many records a text has: line breaks within quotation marks end none.
fn records(text: &str) -> u64 {
    let (mut count, mut is_quoted) = (0, false);
    for byte in text.trim_end().bytes() {
        is_quoted ^= byte == b'"';
        count += u64::from(byte == b'\n' && !is_quoted);
    }
    count + 1
}

#[tokio::test]
async fn every_row_of_every_form_is_taken_known_or_rejected_with_a_reason() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let rows = rows(630);
    let bad = 630 / 7;
    for (number, (name, bytes)) in forms(&rows).into_iter().enumerate() {
        let judged = place.send("volunteers", &name, &bytes).await;
        assert!(accounts(&place, &judged, rows.len()).await, "{name}: {judged}");
        let good = rows.len() as u64 - bad;
        let wanted = if number == 0 { [good, 0, 0, bad] } else { [0, 0, good, bad] };
        assert_eq!(counts(&judged), wanted, "{name}: the same people in another form are the same");
        assert_eq!(counts(&place.apply(&judged, "all").await), wanted, "{name}");
    }
    for code in ["440902199000000002", "0000001"] {
        let known = place.officer.get(&format!("/volunteers/{code}")).await;
        assert_eq!(known.json()["code"], code, "long numbers and leading zeros survive");
    }
}

#[tokio::test]
async fn control_a_table_that_is_cut_silently_does_not_add_up() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    let rows = rows(300);
    let whole = text(&rows, ',');
    let cut = whole.lines().take(200).collect::<Vec<_>>().join("\r\n");
    let judged = place.send("volunteers", "cut.csv", cut.as_bytes()).await;
    assert!(!accounts(&place, &judged, rows.len()).await, "{judged}");
}

/// File, its rows as its publisher counts them, the register, and headings with their meanings.
const REAL: &[(&str, usize, &str, &[(&str, &str)])] = &[
    ("maonan/towns_2023.csv", 17, "divisions", &[]),
    ("maonan/villages_2023.csv", 239, "links", &[("code", "team"), ("streetCode", "site")]),
    (
        "masstesting/us_pharmacy_vaccination_sites.csv.gz",
        1_706,
        "sites",
        &[
            ("id", "code"),
            ("name", "name"),
            ("state", "division"),
            ("address", "address"),
            ("lat", "latitude"),
            ("lon", "longitude"),
        ],
    ),
    (
        "masstesting/us_alaska_vaccination_sites_stock.csv.gz",
        1_109,
        "sites",
        &[
            ("provider_location_guid", "code"),
            ("loc_name", "name"),
            ("loc_admin_city", "division"),
            ("latitude", "latitude"),
            ("longitude", "longitude"),
        ],
    ),
    ("tracing/guatemala_followups.csv.gz", 11_112, "links", &[("@1", "team"), ("@2", "site")]),
    ("calls/uci_bank_calls.csv.gz", 45_211, "links", &[("month", "team"), ("duration_s", "site")]),
];

#[tokio::test]
async fn real_files_add_up_to_what_their_publishers_count() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let place = Place::sqlite().await;
    for (name, rows, register, means) in REAL {
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            println!("{name} is not here: skipped");
            continue;
        };
        let mut plain = Vec::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        } else {
            plain = bytes;
        }
        let mut page = place.send(register, name, &plain).await;
        if page["state"] == "unmapped" {
            page = explain(&place, &page, means).await;
        }
        assert_eq!(page["state"], "judged", "{name}: {page}");
        assert!(accounts(&place, &page, *rows).await, "{name}: {}", page["counts"]);
        println!("{name}: {} rows, {}", page["rows"], page["counts"]);
    }
}

/// Says what the headings of a file mean. `@2` is the second one, whatever it is called.
async fn explain(place: &Place, page: &Value, means: &[(&str, &str)]) -> Value {
    let headings = page["headings"].as_array().unwrap().iter().enumerate();
    let key = |(at, heading): (usize, &Value)| {
        let meant = |name: &str| name == heading["heading"] || name == format!("@{}", at + 1);
        means.iter().find(|(name, _)| meant(name)).map_or("", |(_, key)| *key).to_owned()
    };
    let means: Vec<String> = headings.map(key).collect();
    let import = page["id"].as_str().unwrap();
    place.officer.post(&format!("/imports/{import}/mapping"), json!({ "means": means })).await.json();
    place.work().await;
    place.look(import).await
}
