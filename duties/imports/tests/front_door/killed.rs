//! An import that is killed is completed by sending the file again: nobody is lost, nobody is there twice.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader},
    path::Path,
};

use domain::{Actor, Clock, District, Origin};
use imports::{Choice, Counts, Direct, Register, Tally};
use store::{Address, Keyring, Options, Store};
use web::Words;

use crate::{
    apart::{child, topic},
    district::{TEAMS, duties, migrations},
};

const ROWS: u32 = 40_000;

fn open(folder: &Path) -> Store {
    let address: Address = format!("sqlite:{}", folder.join("night.db").display()).parse().unwrap();
    let keyring = Keyring::load_or_create(&folder.join("night.key")).unwrap();
    Store::open(&address, migrations(), Options::new(Clock::system(), keyring)).unwrap()
}

async fn bring(folder: &Path, store: Store, register: Register, on_piece: impl FnMut(&Tally)) -> Counts {
    let files: Vec<_> = duties().iter().flat_map(|duty| duty.words).collect();
    let direct = Direct {
        store,
        words: std::sync::Arc::new(Words::new(&files).unwrap()),
        district: "440902".parse::<District>().unwrap(),
        zone: web::testing::settings().zone,
        actor: Actor::system(),
        register,
        path: folder.join(format!("{register}.csv")),
        origin: Origin::Wgs84,
        mapping: Vec::new(),
    };
    let Ok((_, tally)) = direct.apply(Choice::All, on_piece).await else { panic!("{register} are not taken") };
    tally.counts
}

/// Not a test by itself: brings the people in and tells each piece, until it is killed.
#[tokio::test]
#[ignore = "no test by itself: others run it as a process of its own"]
async fn child_is_killed() {
    let Some(folder) = topic() else { return };
    let store = open(&folder);
    bring(&folder, store, Register::Volunteers, |tally| println!("\npiece {}", tally.counts.rows())).await;
}

#[tokio::test]
async fn sending_the_file_again_completes_an_import_that_was_killed() {
    let folder = store::testing::Folder::new();
    let mut text = "code,name,phone,team,latitude,longitude,roles\n".to_owned();
    for n in 0..ROWS {
        let _ = writeln!(text, "V{n:06},陈小{n},199{n:08},T{},21.66,110.92,runner", n % 2 + 1);
    }
    std::fs::write(folder.path().join("volunteers.csv"), text).unwrap();
    std::fs::write(folder.path().join("teams.csv"), TEAMS).unwrap();
    let store = open(folder.path());
    bring(folder.path(), store.clone(), Register::Teams, |_| {}).await;
    store.close();

    let mut importing = child("killed::child_is_killed", folder.path()).spawn().unwrap();
    let told = BufReader::new(importing.stdout.take().unwrap()).lines();
    // The second piece is told when the first has been written.
    told.map_while(Result::ok).filter(|line| line.starts_with("piece")).nth(1).unwrap();
    importing.kill().unwrap();
    importing.wait().unwrap();

    let store = open(folder.path());
    let again = bring(folder.path(), store.clone(), Register::Volunteers, |_| {}).await;
    assert!(again.new > 0 && again.same > 0, "it was killed in the middle: {again:?}");
    assert_eq!((again.new + again.same, again.changed, again.rejected), (ROWS.into(), 0, 0));
    let third = bring(folder.path(), store.clone(), Register::Volunteers, |_| {}).await;
    assert_eq!(third, Counts { same: ROWS.into(), ..Counts::default() });
    let at = store.clock().now();
    let people = store.look(move |tx| {
        let district: District = "440902".parse().unwrap();
        let capacities = responders::capacities(tx, &district, at)?;
        Ok::<_, store::Error>(capacities.iter().map(|(_, capacity)| capacity.people).sum::<i64>())
    });
    assert_eq!(people.await.unwrap(), i64::from(ROWS), "each counts once for their team");
}
