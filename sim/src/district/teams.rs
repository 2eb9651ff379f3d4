//! Teams: who sends them, where they gather, how many they are.

use std::collections::HashMap;

use domain::Position;

use super::{
    TEAM_SIZES,
    chance::Chance,
    code,
    divisions::Division,
    ground::Ground,
    shares::{split, split_within},
    words,
};

/// A team of volunteers.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    pub code: String,
    pub name: String,
    /// Who sends it.
    pub organisation: String,
    /// Where its base lies: a place in the district's divisions.
    pub division: usize,
    pub base: Position,
    /// All its people.
    pub size: u32,
    /// Those of its people who are kept in reserve.
    pub reserve: u32,
    /// The running number of its first volunteer, from 0.
    pub first_volunteer: u32,
}

/// Sizes above the least follow Zipf's law (exponent 2) within each handful of teams; over hundreds of teams of one division at a large scale the law
/// itself would leave most at the least size.
const HANDFUL: usize = 6;

/// The teams of all divisions.
pub fn raise(ground: &Ground, divisions: &[Division], count: u32, chance: &mut Chance) -> Vec<Team> {
    let some_more = |division: &Division| f64::from(division.ordinary + division.reserve) * (0.6 + 0.8 * chance.unit());
    let counts = split_within(count, &divisions.iter().map(some_more).collect::<Vec<_>>(), 1..=count);
    let mut senders = Senders::default();
    let mut teams: Vec<Team> = Vec::with_capacity(count as usize);
    for (index, division) in divisions.iter().enumerate() {
        let weights: Vec<f64> = (0..counts[index] as usize).map(|rank| weight(rank, chance)).collect();
        let sizes = split_within(division.ordinary + division.reserve, &weights, TEAM_SIZES);
        let reserves = split(division.reserve, &sizes.iter().copied().map(f64::from).collect::<Vec<_>>());
        for (rank, (size, reserve)) in sizes.into_iter().zip(reserves).enumerate() {
            let organisation = senders.organisation(division, index, rank);
            teams.push(Team {
                code: code('T', teams.len(), count as usize),
                name: senders.team_name(&organisation),
                organisation,
                division: index,
                base: ground.place_in(index, 0.7, chance),
                size,
                reserve,
                first_volunteer: teams.last().map_or(0, |before| before.first_volunteer + before.size),
            });
        }
    }
    teams
}

fn weight(rank: usize, chance: &mut Chance) -> f64 {
    let place = (rank % HANDFUL + 1) as f64;
    (0.75 + 0.5 * chance.unit()) / (place * place)
}

/// Who has sent how many teams so far.
#[derive(Default)]
struct Senders {
    from_district: usize,
    teams_of: HashMap<String, u32>,
}

impl Senders {
    /// The division's own office first, then the district's departments and the division's other organisations in turn.
    fn organisation(&mut self, division: &Division, index: usize, rank: usize) -> String {
        if rank == 0 {
            return words::office(division);
        }
        if rank.is_multiple_of(2) {
            return words::local_organisation(division, index + rank / 2);
        }
        self.from_district += 1;
        words::district_organisation(self.from_district - 1)
    }

    fn team_name(&mut self, organisation: &str) -> String {
        let number = self.teams_of.entry(organisation.to_owned()).or_insert(0);
        *number += 1;
        if *number == 1 {
            format!("{organisation}志愿服务队")
        } else {
            format!("{organisation}志愿服务{number}队")
        }
    }
}
