//! Where to put sites, from files to files.

use std::fmt::Write as _;

use allocation::{Sites, read_candidates, read_demand};
use flow::towns::Chance;

#[test]
fn the_sites_written_serve_everybody_within_their_capacity() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut chance = Chance::new(11);
    let mut demand = String::from("code,latitude,longitude,people\n");
    let mut candidates = String::from("编码,纬度,经度,容量\n");
    for at in 0..120 {
        let (north, east) = (21.6 + 0.2 * chance.unit(), 110.8 + 0.2 * chance.unit());
        let _ = writeln!(demand, "P{at},{north},{east},{}", chance.between(50, 400));
        if at % 3 == 0 {
            let _ = writeln!(candidates, "C{at},{north},{east},{}", chance.between(3_000, 6_000));
        }
    }
    std::fs::write(file("demand.csv"), demand).unwrap();
    std::fs::write(file("candidates.csv"), candidates).unwrap();
    let people = read_demand(&file("demand.csv")).unwrap();
    let places = read_candidates(&file("candidates.csv")).unwrap();
    let sites = Sites::new(people.clone(), places.clone(), 8, 1.3);
    let sited = sites.solve().unwrap();
    let report = sites.report(&sited);
    sites.write(&file("sites.csv"), &sited).unwrap();
    assert!(report.lower_bound > 0 && report.lower_bound <= report.objective, "{report:?}");
    assert!(report.gap_percent < 3.0, "{report:?}");
    let text = std::fs::read_to_string(file("sites.csv")).unwrap();
    let mut served = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let place = places.iter().find(|place| place.code == cells[0]).unwrap();
        let count: u32 = cells[3].parse().unwrap();
        assert!(count <= place.people.unwrap(), "{line}");
        served += count;
    }
    assert_eq!(text.lines().count(), 9);
    assert_eq!(served, people.iter().filter_map(|spot| spot.people).sum::<u32>());
    assert!(Sites::new(people, places, 4, 1.3).solve().unwrap_err().to_string().contains("open more"));
}
