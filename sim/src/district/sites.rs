//! Sampling sites: where they stand, how many people they expect and whom they need.

use domain::{Position, PostRole};

use super::{
    chance::Chance,
    code,
    divisions::Division,
    ground::{Ground, km_between},
    shares::{split, split_within},
    words,
};

/// A sampling site.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub code: String,
    pub name: String,
    /// Its place in the district's divisions.
    pub division: usize,
    pub address: String,
    pub position: Position,
    /// Headcount by role, in the order of [`PostRole::OF_A_SITE`].
    pub need: [(PostRole, u32); 4],
    /// Residents who are to be sampled here.
    pub expected_people: u32,
}

/// The share of a site's people in each role: gatekeeper, registrar, queue marshal, runner.
const ROLE_SHARES: [f64; 4] = [0.20, 0.35, 0.30, 0.15];
/// Fewer cannot run a site: about two people a role, so that one can rest.
const LEAST_PEOPLE: u32 = 8;
/// Places tried for each site; the one furthest from its neighbours is taken (Mitchell's best candidate).
const CANDIDATES: usize = 6;
/// How many of the sites before are looked at; all of them at the report's size.
const NEIGHBOURS: usize = 64;

/// The sites of all divisions.
pub fn found(ground: &Ground, divisions: &[Division], chance: &mut Chance) -> Vec<Site> {
    let count: u32 = divisions.iter().map(|division| division.sites).sum();
    let mut sites = Vec::with_capacity(count as usize);
    for (index, division) in divisions.iter().enumerate() {
        let places = places(ground, index, division, chance);
        let crowds: Vec<f64> = places.iter().map(|_| 0.5 + chance.unit() + chance.unit()).collect();
        let expected = split(division.population, &crowds);
        let people = split_within(division.need, &crowds, LEAST_PEOPLE..=division.need);
        let first_word = chance.below(words::NEIGHBOURHOODS.len());
        for (number, &position) in places.iter().enumerate() {
            sites.push(Site {
                code: code('S', sites.len(), count as usize),
                name: words::site(division, first_word + number),
                division: index,
                address: words::address(division, chance),
                position,
                need: need(people[number], chance),
                expected_people: expected[number],
            });
        }
    }
    sites
}

fn places(ground: &Ground, index: usize, division: &Division, chance: &mut Chance) -> Vec<Position> {
    let huddled = if division.is_street() { 0.3 } else { 0.6 };
    let mut places: Vec<Position> = Vec::with_capacity(division.sites as usize);
    for _ in 0..division.sites {
        let neighbours = &places[places.len().saturating_sub(NEIGHBOURS)..];
        let room_km = |place| neighbours.iter().map(|other| km_between(place, *other)).fold(f64::INFINITY, f64::min);
        let candidates = (0..CANDIDATES).map(|_| ground.place_in(index, huddled, chance));
        let with_room = candidates.map(|place| (room_km(place), place));
        let best = with_room.max_by(|a, b| a.0.total_cmp(&b.0));
        places.push(best.map_or(division.centre, |(_, place)| place));
    }
    places
}

/// A site's people by role: about the usual shares, no role without anybody.
fn need(people: u32, chance: &mut Chance) -> [(PostRole, u32); 4] {
    let weights = ROLE_SHARES.map(|share| share * (0.85 + 0.3 * chance.unit()));
    let parts = split_within(people, &weights, 1..=people);
    std::array::from_fn(|role| (PostRole::OF_A_SITE[role], parts[role]))
}
