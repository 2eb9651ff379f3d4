//! How fast volunteers are brought in, against merely reading the same CSV and inserting it into SQLite in one
//! transaction: `cargo run --release -p responders --example import_speed -- ROWS`.

use std::{fmt::Write as _, time::Instant};

use domain::{Clock, District};
use jiff::tz::TimeZone;
use responders::register::{CHUNK, Reading, TeamRow, VolunteerRow, apply_teams, apply_volunteers};
use sheets::{Columns, Options, Row, Table};
use store::{Act, Store};
use web::{Fault, House, house::own_duty};

const HEADING: &str = "code,name,phone,team,latitude,longitude,roles,languages,reserve";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let csv = csv_of(rows);
    let plain_s = plainly(&csv)?;
    println!("csv crate + one SQLite transaction: {plain_s:.2} s, {:.0} rows/s", f64::from(rows) / plain_s);
    let store = store::testing::sqlite(House::migrations(&[own_duty(), responders::duty()]));
    for pass in ["new", "same"] {
        let begun = Instant::now();
        bring_in(&store, csv.clone()).await?;
        let took_s = begun.elapsed().as_secs_f64();
        println!(
            "{pass}: {took_s:.2} s, {:.0} rows/s, {:.2} of the plain speed",
            f64::from(rows) / took_s,
            plain_s / took_s
        );
    }
    look(&store).await
}

/// How long the duty's own questions take at that size.
async fn look(store: &Store) -> Result<(), Box<dyn std::error::Error>> {
    let district: District = "440902".parse()?;
    for question in ["capacities", "each_for_allocation", "persons"] {
        let (of, at) = (district.clone(), store.clock().now());
        let begun = Instant::now();
        let answered = store.look(move |tx| {
            Ok::<_, store::Error>(match question {
                "capacities" => responders::capacities(tx, &of, at)?.len(),
                "each_for_allocation" => {
                    let mut count = 0;
                    responders::each_for_allocation(tx, &of, |_| count += 1)?;
                    count
                }
                _ => {
                    let mut ids = Vec::new();
                    responders::each_for_allocation(tx, &of, |head| {
                        if ids.len() < 4_000 {
                            ids.push(head.id);
                        }
                    })?;
                    let begun = Instant::now();
                    let found = responders::persons(tx, &ids)?.len();
                    println!("of it opening {found} people: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
                    found
                }
            })
        });
        println!("{question}: {} in {:.1} ms", answered.await?, begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}

fn csv_of(rows: u32) -> Vec<u8> {
    let mut text = format!("{HEADING}\n");
    for n in 0..rows {
        let (team, reserve) = (n / 93 % 430, u8::from(n % 33 == 0));
        let _ = writeln!(
            text,
            "V{n:07},陈小{n},199{n:08},T{team:03},21.{:05},110.{:05},gatekeeper;runner,cmn yue,{reserve}",
            n % 99_999,
            n % 98_989
        );
    }
    text.into_bytes()
}

fn plainly(csv: &[u8]) -> Result<f64, Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("plain-{}.db", uuid::Uuid::new_v4()));
    let begun = Instant::now();
    let mut db = rusqlite::Connection::open(&folder)?;
    db.execute_batch("create table v (code text primary key, name text, phone text, team text, latitude real, longitude real, roles text, languages text, reserve integer)")?;
    let tx = db.transaction()?;
    {
        let mut insert = tx.prepare("insert into v values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
        let mut reader = csv::Reader::from_reader(csv);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            insert.execute(rusqlite::params_from_iter(record.iter()))?;
        }
    }
    tx.commit()?;
    let took_s = begun.elapsed().as_secs_f64();
    std::fs::remove_file(folder)?;
    Ok(took_s)
}

/// Reads, judges and seals a chunk while the gate applies the one before.
async fn bring_in(store: &Store, csv: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
    let district: District = "440902".parse()?;
    let act = Act::system(Clock::system().now());
    let teams = (0..430).map(|n| TeamRow {
        number: n,
        code: format!("T{n:03}"),
        name: format!("队{n}"),
        organisation: "x".into(),
        latitude: "21.6".into(),
        longitude: "110.9".into(),
    });
    let teams: Vec<TeamRow> = teams.collect();
    let of = district.clone();
    store.change(act, move |tx| Ok::<_, Fault>(apply_teams(tx, &of, &teams)?)).await?;
    let (chunks, mut next) = tokio::sync::mpsc::channel(2);
    std::thread::spawn(move || read(csv, |chunk| chunks.blocking_send(chunk).is_ok()));
    let of = district.clone();
    let mut reading = store.look(move |tx| Reading::begin(tx, &of, &TimeZone::UTC)).await?;
    let mut applying: Option<tokio::task::JoinHandle<Result<_, Fault>>> = None;
    while let Some(rows) = next.recv().await {
        let judging = store.look(move |tx| {
            let rows: Vec<VolunteerRow<'_>> = rows.iter().map(volunteer).collect();
            let judged = reading.judge(tx, &rows)?;
            let ready = judged.seal(tx, &reading);
            Ok::<_, store::Error>((reading, ready))
        });
        let (back, ready) = judging.await?;
        reading = back;
        if let Some(before) = applying.take() {
            before.await??;
        }
        let (store, district, act) = (store.clone(), district.clone(), Act::system(Clock::system().now()));
        applying =
            Some(tokio::spawn(
                async move { store.change(act, move |tx| apply_volunteers(tx, &district, &ready)).await },
            ));
    }
    if let Some(last) = applying {
        last.await??;
    }
    Ok(())
}

fn read(csv: Vec<u8>, mut take: impl FnMut(Vec<Row>) -> bool) {
    let columns = HEADING
        .split(',')
        .fold(Columns::new(), |columns, name| columns.required(Box::leak(name.to_owned().into_boxed_str()), &[]));
    let table = Table::open(std::io::Cursor::new(csv), &columns, Options::default()).expect("the table opens");
    let mut chunk = Vec::with_capacity(CHUNK);
    for row in table {
        chunk.push(row.expect("the row is good"));
        if chunk.len() == CHUNK && !take(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))) {
            return;
        }
    }
    take(chunk);
}

fn volunteer(row: &Row) -> VolunteerRow<'_> {
    let get = |key: &str| row.get(key).into();
    VolunteerRow {
        number: row.number(),
        code: get("code"),
        name: get("name"),
        phone: get("phone"),
        team: get("team"),
        latitude: get("latitude"),
        longitude: get("longitude"),
        roles: get("roles"),
        languages: get("languages"),
        reserve: get("reserve"),
        ..VolunteerRow::default()
    }
}
