//! Volunteers, made one at a time from the stream of their team.

use domain::{Moment, Position, PostRole};

use super::{District, Team, chance::Chance, code, divisions::Division, words};

/// A volunteer. Nobody real: see the module above.
#[derive(Debug, Clone, PartialEq)]
pub struct Volunteer {
    pub code: String,
    pub name: String,
    /// A mobile number as written in China, without the country.
    pub phone: String,
    /// Its place in the district's teams.
    pub team: usize,
    pub home: Position,
    /// One to three of the four roles of a site.
    pub roles: Vec<PostRole>,
    /// ISO 639-3 codes: `yue` Cantonese, `luh` 雷话 (Leizhou), `cmn` Mandarin.
    pub languages: Vec<&'static str>,
    pub reserve: bool,
    pub available_from: Option<Moment>,
    pub available_until: Option<Moment>,
    /// Nights on duty just before this one.
    pub nights_in_a_row: u32,
}

/// The people of one team.
#[derive(Debug, Clone)]
pub struct People<'a> {
    district: &'a District,
    team: usize,
    chance: Chance,
    made: u32,
    reserve_made: u32,
    volunteers: usize,
}

/// How many can do each role: gatekeeper, registrar, queue marshal, runner. Each more than the sites ask for.
const SKILLED: [f64; 4] = [0.55, 0.50, 0.60, 0.40];
const MOST_ROLES: usize = 3;
/// How many are not free all day.
const BOUND: f64 = 0.12;

impl<'a> People<'a> {
    pub(super) fn new(district: &'a District, team: usize, chance: Chance) -> Self {
        let volunteers = district.volunteer_count() as usize;
        Self { district, team, chance, made: 0, reserve_made: 0, volunteers }
    }

    fn team(&self) -> &'a Team {
        &self.district.teams[self.team]
    }

    fn volunteer(&mut self, number: u32, reserve: bool) -> Volunteer {
        let (district, team) = (self.district, self.team());
        let division = &district.divisions[team.division];
        let chance = &mut self.chance;
        let midnight = district.recipe.midnight();
        let (from_h, until_h) = if reserve { (None, None) } else { window_h(chance) };
        Volunteer {
            code: code('V', number as usize, self.volunteers),
            name: words::person(chance),
            phone: format!("199{number:08}"),
            team: self.team,
            home: district.ground.home_near(team.base, spread_km(division), chance),
            roles: roles(chance),
            languages: languages(division, chance),
            reserve,
            available_from: from_h.map(|hour| midnight.plus_h(hour)),
            available_until: until_h.map(|hour| midnight.plus_h(hour)),
            nights_in_a_row: if reserve { 0 } else { nights(chance) },
        }
    }
}

impl Iterator for People<'_> {
    type Item = Volunteer;

    /// Who is in reserve is drawn as one goes along so that the team's number comes out exactly (Knuth's selection
    /// sampling). The reserve is rested and free all day.
    fn next(&mut self) -> Option<Volunteer> {
        let team = self.team();
        let left = team.size - self.made;
        if left == 0 {
            return None;
        }
        let reserve = self.chance.below(left as usize) < (team.reserve - self.reserve_made) as usize;
        let volunteer = self.volunteer(team.first_volunteer + self.made, reserve);
        self.made += 1;
        self.reserve_made += u32::from(reserve);
        Some(volunteer)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.team().size - self.made) as usize;
        (left, Some(left))
    }
}

/// How far people live from where their team gathers.
fn spread_km(division: &Division) -> f64 {
    if division.is_street() { 1.2 } else { 2.4 }
}

fn roles(chance: &mut Chance) -> Vec<PostRole> {
    let mut roles: Vec<PostRole> = Vec::with_capacity(4);
    for (role, skilled) in PostRole::OF_A_SITE.into_iter().zip(SKILLED) {
        if chance.holds(skilled) {
            roles.push(role);
        }
    }
    if roles.is_empty() {
        roles.push(chance.pick(&PostRole::OF_A_SITE));
    }
    if roles.len() > MOST_ROLES {
        roles.remove(chance.below(roles.len()));
    }
    roles
}

/// So that 75 % of the district speak Cantonese and 20 % 雷话, most of these in the three towns where it is spoken.
fn languages(division: &Division, chance: &mut Chance) -> Vec<&'static str> {
    let (cantonese, leizhou) = if division.speaks_leizhou() { (0.35, 0.92) } else { (0.84, 0.04) };
    let mut languages = Vec::with_capacity(3);
    for (language, share) in [("yue", cantonese), ("luh", leizhou)] {
        if chance.holds(share) {
            languages.push(language);
        }
    }
    if chance.holds(0.92) || languages.is_empty() {
        languages.push("cmn");
    }
    languages
}

/// Hours of the day from and until which somebody is free; nearly everybody is all day.
fn window_h(chance: &mut Chance) -> (Option<i64>, Option<i64>) {
    const FROM_H: [i64; 4] = [6, 7, 9, 13];
    const UNTIL_H: [i64; 4] = [14, 16, 18, 20];
    if !chance.holds(BOUND) {
        return (None, None);
    }
    let (from_h, until_h) = (chance.pick(&FROM_H), chance.pick(&UNTIL_H));
    match chance.below(3) {
        0 => (Some(from_h), None),
        1 => (None, Some(until_h)),
        _ => (Some(from_h), Some(until_h)),
    }
}

fn nights(chance: &mut Chance) -> u32 {
    match chance.below(100) {
        0..88 => 0,
        88..95 => 1,
        95..98 => 2,
        _ => 3,
    }
}
