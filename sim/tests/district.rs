//! The shape of generated districts: what the report says, whatever the seed.

use std::{collections::HashSet, fs, path::Path};

use domain::{PhoneNumber, Position, PostRole};
use proptest::prelude::*;
use sim::{
    District, Recipe,
    district::{Link, MAX_SCALE, SHORT_DIVISIONS, Volunteer},
};

const FILES: [&str; 6] =
    ["sites.csv", "teams.csv", "links.csv", "volunteers.csv", "divisions.csv", "divisions.geojson"];

fn district(seed: u64) -> District {
    Recipe::report(seed).district().expect("1 is a scale")
}

fn share(people: &[Volunteer], of: impl Fn(&Volunteer) -> bool) -> f64 {
    people.iter().filter(|volunteer| of(volunteer)).count() as f64 / people.len() as f64
}

fn all_differ<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    names.into_iter().all(|name| seen.insert(name))
}

/// Whether a position lies in a ring: a ray to the east, in degrees.
fn inside(ring: &[Position], place: Position) -> bool {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed = |(a, b): &(&Position, &Position)| {
        let share = (place.latitude - a.latitude) / (b.latitude - a.latitude);
        (a.latitude > place.latitude) != (b.latitude > place.latitude)
            && place.longitude < a.longitude + share * (b.longitude - a.longitude)
    };
    edges.filter(crossed).count() % 2 == 1
}

/// The nearest centre is the division's own, up to the rounding of a place to a metre.
fn lies_in(district: &District, place: Position, division: usize) -> bool {
    let distance_m = |division: usize| district.divisions[division].centre.distance_m(place);
    (0..district.divisions.len()).all(|other| distance_m(division) <= distance_m(other) + 30.0)
}

fn counts_are_the_reports(district: &District) {
    assert_eq!((district.divisions.len(), district.sites.len(), district.teams.len()), (17, 139, 43));
    assert_eq!(district.divisions.iter().map(|division| division.population).sum::<u32>(), 1_062_700);
    assert_eq!(district.sites.iter().map(|site| site.expected_people).sum::<u32>(), 1_062_700);
    assert_eq!(PostRole::OF_A_SITE.map(|role| district.need_in(role)).iter().sum::<u32>(), 4_000);
    assert!(district.teams.iter().all(|team| (20..=300).contains(&team.size)));
}

fn sums_agree_by_division(district: &District) {
    for (index, division) in district.divisions.iter().enumerate() {
        let sites: Vec<_> = district.sites.iter().filter(|site| site.division == index).collect();
        let teams: Vec<_> = district.teams.iter().filter(|team| team.division == index).collect();
        assert_eq!(sites.len(), division.sites as usize);
        assert!(sites.len() >= 2 && !teams.is_empty());
        let need: u32 = sites.iter().flat_map(|site| site.need).map(|(_, people)| people).sum();
        assert_eq!(need, division.need);
        assert_eq!(sites.iter().map(|site| site.expected_people).sum::<u32>(), division.population);
        assert_eq!(teams.iter().map(|team| team.size).sum::<u32>(), division.ordinary + division.reserve);
        assert_eq!(teams.iter().map(|team| team.reserve).sum::<u32>(), division.reserve);
    }
}

fn six_divisions_are_short(district: &District) {
    let balances: Vec<f64> = district.divisions.iter().map(sim::district::Division::balance).collect();
    let short = balances.iter().filter(|balance| (-0.08..=-0.03).contains(*balance)).count();
    let enough = balances.iter().filter(|balance| **balance >= 0.0).count();
    assert_eq!((short, enough), (SHORT_DIVISIONS, 17 - SHORT_DIVISIONS), "{balances:?}");
}

fn everything_stands_in_its_division(district: &District) {
    assert!(district.sites.iter().all(|site| lies_in(district, site.position, site.division)));
    assert!(district.teams.iter().all(|team| lies_in(district, team.base, team.division)));
    assert!(district.sites.iter().all(|site| site.need.iter().all(|(_, people)| *people > 0)));
}

fn links_are_near_and_reach_every_site(district: &District) {
    assert!(district.links.is_sorted_by(|a, b| a < b), "no link twice");
    let linked: HashSet<usize> = district.links.iter().map(|link| link.site).collect();
    let linking: HashSet<usize> = district.links.iter().map(|link| link.team).collect();
    assert_eq!((linked.len(), linking.len()), (139, 43));
    let distance_m = |link: &Link| district.teams[link.team].base.distance_m(district.sites[link.site].position);
    let mut distances: Vec<f64> = district.links.iter().map(distance_m).collect();
    distances.sort_by(f64::total_cmp);
    let median_m = distances[distances.len() / 2];
    assert!(median_m < 5_000.0, "half of the links are longer than {median_m} m");
}

fn people_fit_the_teams(district: &District, people: &[Volunteer]) {
    assert_eq!(people.len(), 4_600);
    assert_eq!(district.volunteer_count(), 4_600);
    for (index, team) in district.teams.iter().enumerate() {
        let first = team.first_volunteer as usize;
        let own = &people[first..first + team.size as usize];
        assert!(own.iter().all(|volunteer| volunteer.team == index));
        assert_eq!(own.iter().filter(|volunteer| volunteer.reserve).count(), team.reserve as usize);
    }
    assert_eq!(people.iter().filter(|volunteer| volunteer.reserve).count(), 138);
}

fn people_live_in_the_district(district: &District, people: &[Volunteer]) {
    let at_home = |volunteer: &Volunteer| district.divisions.iter().any(|cell| inside(&cell.cell, volunteer.home));
    assert!(people.iter().all(at_home));
    let near = |volunteer: &Volunteer| volunteer.home.distance_m(district.teams[volunteer.team].base) < 15_000.0;
    assert!(people.iter().all(near));
}

fn people_can_and_may(district: &District, people: &[Volunteer]) {
    assert!(people.iter().all(|volunteer| (1..=3).contains(&volunteer.roles.len())));
    for role in PostRole::OF_A_SITE {
        let skilled = people.iter().filter(|volunteer| volunteer.roles.contains(&role)).count();
        assert!(skilled > district.need_in(role) as usize, "{role}: {skilled}");
    }
    assert!((0.80..0.95).contains(&share(people, |volunteer| volunteer.nights_in_a_row == 0)));
    let rested = |volunteer: &Volunteer| volunteer.nights_in_a_row == 0 && volunteer.available_from.is_none();
    assert!(people.iter().filter(|volunteer| volunteer.reserve).all(rested));
    let bound = |volunteer: &Volunteer| volunteer.available_from.is_some() || volunteer.available_until.is_some();
    assert!((0.08..0.16).contains(&share(people, bound)));
    assert!(people.iter().all(|one| one.available_until.is_none_or(|until| Some(until) > one.available_from)));
}

fn people_speak_as_the_district(people: &[Volunteer]) {
    let speaking = |language| share(people, |volunteer| volunteer.languages.contains(&language));
    assert!((speaking("yue") - 0.75).abs() < 0.05, "Cantonese {}", speaking("yue"));
    assert!((speaking("luh") - 0.20).abs() < 0.05, "Leizhou {}", speaking("luh"));
    assert!(speaking("cmn") > 0.88, "Mandarin {}", speaking("cmn"));
    assert!(people.iter().all(|volunteer| !volunteer.languages.is_empty()));
}

fn codes_and_numbers_are_unique(district: &District, people: &[Volunteer]) {
    assert!(all_differ(district.sites.iter().map(|site| site.code.as_str())));
    assert!(all_differ(district.sites.iter().map(|site| site.name.as_str())));
    assert!(all_differ(district.teams.iter().map(|team| team.code.as_str())));
    assert!(all_differ(district.teams.iter().map(|team| team.name.as_str())));
    assert!(all_differ(people.iter().map(|volunteer| volunteer.code.as_str())));
    assert!(all_differ(people.iter().map(|volunteer| volunteer.phone.as_str())));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_seed_gives_a_district_of_the_reports_shape(seed in any::<u64>()) {
        let district = district(seed);
        let people: Vec<Volunteer> = district.volunteers().collect();
        counts_are_the_reports(&district);
        sums_agree_by_division(&district);
        six_divisions_are_short(&district);
        everything_stands_in_its_division(&district);
        links_are_near_and_reach_every_site(&district);
        people_fit_the_teams(&district, &people);
        people_live_in_the_district(&district, &people);
        people_can_and_may(&district, &people);
        people_speak_as_the_district(&people);
        codes_and_numbers_are_unique(&district, &people);
    }

    /// Cheap without the people, so many seeds.
    #[test]
    fn no_seed_and_scale_fails(seed in any::<u64>(), scale in 1_u32..=4) {
        let district = Recipe { scale, ..Recipe::report(seed) }.district().expect("a scale within the bounds");
        six_divisions_are_short(&district);
        prop_assert_eq!(district.sites.len(), 139 * scale as usize);
        prop_assert_eq!(district.teams.iter().map(|team| team.size).sum::<u32>(), district.volunteer_count());
    }
}

#[test]
fn a_larger_scale_keeps_names_and_codes_apart() {
    let district = Recipe { scale: 40, ..Recipe::report(5) }.district().expect("40 is a scale");
    assert_eq!((district.sites.len(), district.teams.len()), (5_560, 1_720));
    assert!(all_differ(district.sites.iter().map(|site| site.name.as_str())));
    assert!(all_differ(district.teams.iter().map(|team| team.name.as_str())));
    sums_agree_by_division(&district);
}

#[test]
fn a_scale_out_of_range_is_refused_with_the_range() {
    for scale in [0, MAX_SCALE + 1] {
        let refused = Recipe { scale, ..Recipe::report(1) }.district().expect_err("out of range");
        assert!(refused.to_string().contains("from 1 to 1000"), "{refused}");
    }
}

#[test]
fn the_numbers_are_mobile_numbers_to_the_validator() {
    let district = district(1);
    let checked = district.volunteers().step_by(97).filter(|volunteer| {
        let number: PhoneNumber = volunteer.phone.parse().expect("a number that can be called");
        number.as_str() == format!("+86{}", volunteer.phone)
    });
    assert_eq!(checked.count(), 48);
    let last = format!("199{:08}", 4_600 * MAX_SCALE - 1);
    assert!(last.parse::<PhoneNumber>().is_ok());
}

#[test]
fn one_team_can_be_made_without_the_others() {
    let district = district(9);
    let everybody: Vec<Volunteer> = district.volunteers().collect();
    let first = district.teams[30].first_volunteer as usize;
    let alone: Vec<Volunteer> = district.people_of(30).collect();
    assert_eq!(alone, everybody[first..first + alone.len()]);
}

#[test]
fn windows_lie_on_the_day_of_the_duty_in_china() {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("the zone database");
    let recipe = Recipe { day: jiff::civil::date(2024, 2, 29), ..Recipe::report(2) };
    let district = recipe.district().expect("1 is a scale");
    let bounds = district.volunteers().flat_map(|one| [one.available_from, one.available_until]).flatten();
    let days: HashSet<String> = bounds.map(|bound| bound.date(&zone)).collect();
    assert_eq!(days, HashSet::from(["2024-02-29".to_owned()]));
}

fn written(seed: u64, folder: &Path) -> Vec<Vec<u8>> {
    district(seed).write(folder).expect("the folder can be written to");
    FILES.iter().map(|name| fs::read(folder.join(name)).expect("every file is there")).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let once = written(11, &folder.path().join("once"));
    let again = written(11, &folder.path().join("again"));
    let other = written(12, &folder.path().join("other"));
    for (index, name) in FILES.iter().enumerate() {
        assert!(once[index] == again[index], "{name} differs");
        assert_eq!(once[index] == other[index], *name == "divisions.csv", "{name} of another seed");
    }
}

#[test]
fn the_tables_have_the_columns_the_importers_read() {
    let folder = tempfile::tempdir().expect("a folder");
    district(1).write(folder.path()).expect("the folder can be written to");
    let heading = |name: &str| {
        let text = fs::read_to_string(folder.path().join(name)).expect("the table is there");
        (text.lines().next().unwrap_or_default().to_owned(), text.lines().count() - 1)
    };
    let sites =
        "code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner,expected_people";
    let people = "code,name,phone,team,latitude,longitude,roles,languages,reserve,available_from,available_until,\
                  nights_in_a_row";
    assert_eq!(heading("sites.csv"), (sites.to_owned(), 139));
    assert_eq!(heading("teams.csv"), ("code,name,organisation,latitude,longitude".to_owned(), 43));
    assert_eq!(heading("links.csv").0, "team,site");
    assert_eq!(heading("volunteers.csv"), (people.to_owned(), 4_600));
    assert_eq!(heading("divisions.csv"), ("code,name,latitude,longitude".to_owned(), 17));
}

#[test]
fn what_the_tables_refer_to_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    district(1).write(folder.path()).expect("the folder can be written to");
    let column = |name: &str, column: usize| -> Vec<String> {
        let mut rows = csv::Reader::from_path(folder.path().join(name)).expect("the table is there");
        rows.records().map(|row| row.expect("a row")[column].to_owned()).collect()
    };
    let known = |name: &str| column(name, 0).into_iter().collect::<HashSet<String>>();
    let (teams, sites, divisions) = (known("teams.csv"), known("sites.csv"), known("divisions.csv"));
    assert!(column("volunteers.csv", 3).iter().all(|team| teams.contains(team)));
    assert!(column("links.csv", 0).iter().all(|team| teams.contains(team)));
    assert!(column("links.csv", 1).iter().all(|site| sites.contains(site)));
    assert!(column("sites.csv", 2).iter().all(|division| divisions.contains(division)));
}

#[test]
fn the_map_is_closed_counter_clockwise_rings_as_large_as_the_district() {
    let map = district(1).map();
    let features = map["features"].as_array().expect("features");
    assert_eq!(features.len(), 17);
    let mut area_km2 = 0.0;
    for feature in features {
        assert_eq!(feature["properties"]["synthetic"], true);
        let ring: Vec<[f64; 2]> =
            serde_json::from_value(feature["geometry"]["coordinates"][0].clone()).expect("a ring of positions");
        assert_eq!(ring.first(), ring.last());
        let degrees2 = ring.windows(2).map(|edge| edge[0][0] * edge[1][1] - edge[1][0] * edge[0][1]).sum::<f64>() / 2.0;
        assert!(degrees2 > 0.0, "{} runs clockwise", feature["properties"]["name"]);
        area_km2 += degrees2 * 111.195 * 111.195 * 21.655_f64.to_radians().cos();
    }
    assert!((area_km2 - 587.78).abs() < 0.5, "{area_km2} km²");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let refused = district(1).write(file.path()).expect_err("a file is no folder");
    assert!(refused.to_string().contains(&file.path().display().to_string()), "{refused}");
}
