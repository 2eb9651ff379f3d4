//! Importing a million volunteers, against merely reading the same file with the `csv` crate and inserting the rows into
//! SQLite in one transaction.

use std::{path::Path, time::Instant};

use domain::{Actor, Clock, District, Origin};
use store::{Address, Keyring, Options, Store};
use web::{House, testing::TestHouse};

use crate::measure::{self, Sheet};

/// A million and some volunteers.
const SCALE: u32 = 243;
/// A disk has its moods: each is done so often, by turns, and the medians are compared.
const ROUNDS: usize = 3;

pub fn run(sheet: &mut Sheet) {
    let scale =
        std::env::args().skip_while(|arg| arg != "--scale").nth(1).and_then(|text| text.parse().ok()).unwrap_or(SCALE);
    println!("── an import of volunteers, scale {scale}");
    let folder = store::testing::Folder::new();
    let files = folder.path().join("district");
    let recipe = sim::district::Recipe { scale, ..sim::district::Recipe::report(1) };
    recipe.district().expect("the scale is in range").write(&files).expect("files are written");
    let (mut raws, mut all_ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let round = store::testing::Folder::new();
        raws.push(raw(&files.join("volunteers.csv"), &round.path().join("raw.db")));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
        all_ours.push(runtime.block_on(ours(&files, round.path())));
    }
    let ratio = median(all_ours) / median(raws);
    sheet.at_most("volunteers imported, times as long as reading and inserting", ratio, 2.0, "×");
    sheet.say("  memory at its peak", measure::peak_mb() as f64, "MiB");
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

fn raw(file: &Path, database: &Path) -> f64 {
    let began = Instant::now();
    let mut connection = rusqlite::Connection::open(database).expect("a database");
    let mut reader = csv::Reader::from_path(file).expect("the file");
    let columns: Vec<String> =
        reader.headers().expect("headings").iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    let columns_text = columns.join(" text, ").replacen("text", "text primary key", 1) + " text";
    connection.execute(&format!("create table v ({columns_text})"), []).expect("a table");
    let transaction = connection.transaction().expect("a transaction");
    let mut count = 0_u64;
    {
        let marks = vec!["?"; columns.len()].join(", ");
        let mut statement = transaction.prepare(&format!("insert into v values ({marks})")).expect("a statement");
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).expect("a row") {
            statement.execute(rusqlite::params_from_iter(record.iter())).expect("inserted");
            count += 1;
        }
    }
    transaction.commit().expect("committed");
    let took = began.elapsed().as_secs_f64();
    println!("{:<48} {count} rows in {took:.1} s", "raw: csv crate and one transaction");
    took
}

async fn ours(files: &Path, folder: &Path) -> f64 {
    let duties = muster::duties::all();
    let address: Address = format!("sqlite:{}", folder.join("ours.db").display()).parse().expect("an address");
    let options = Options::new(Clock::movable(web::testing::MIDNIGHT, 0.0), Keyring::random());
    let store = Store::open(&address, House::migrations(&duties), options).expect("the store opens");
    let test = TestHouse::new(store, &duties).await;
    let district: District = "440902".parse().expect("six digits");
    let mut took = 0.0;
    for register in imports::Register::ALL {
        let direct = imports::Direct {
            store: test.house.store.clone(),
            words: test.house.words.clone(),
            district: district.clone(),
            zone: test.house.settings.zone.clone(),
            actor: Actor::system(),
            register,
            path: files.join(format!("{}.csv", register.name())),
            origin: Origin::Wgs84,
            mapping: Vec::new(),
        };
        let began = Instant::now();
        let Ok((_, tally)) = direct.apply(imports::Choice::All, |_| {}).await else {
            panic!("{} are not taken", register.name())
        };
        took = began.elapsed().as_secs_f64();
        println!("{:<48} {:?} in {took:.1} s", format!("muster: {}", register.name()), tally.counts);
    }
    took
}
