//! A district generated from a seed.
//!
//! The size and the shape are those of the report Muster derives from: 139 sites in the 17 divisions of Maonan, 43 teams
//! of 20 to 300 people, 4,600 volunteers of whom 3 % are kept in reserve, one million residents. Six divisions are 3–8 %
//! short of people and the others have some to give, so that what the field calls 多调少补 has something to do.
//!
//! Everything but the names of the divisions and twelve of their positions is invented: people, telephone numbers, sites,
//! addresses, teams, boundaries and every count below the district's. The organisations bear generic names of the field.
//! China reserves no mobile numbers for fiction; the volunteers get `1990000xxxx` upwards in running order, which the
//! validator takes for mobile numbers, so **never send to the numbers of a generated district**.
//!
//! The same recipe gives the same bytes: each matter draws from its own `ChaCha8` stream, each team from its own as well,
//! so people can be made team by team, without holding a million of them in memory.

mod chance;
mod divisions;
mod ground;
mod links;
mod people;
mod ring;
mod shares;
mod sites;
mod teams;
mod words;
mod write;

use std::iter;

use domain::{Moment, PostRole};
use jiff::{
    civil::Date,
    tz::{Offset, TimeZone},
};

pub use divisions::Division;
pub use links::Link;
pub use people::{People, Volunteer};
pub use sites::Site;
pub use teams::Team;
pub use write::CannotWrite;

pub(crate) use chance::Chance;
use ground::Ground;

/// The largest [`Recipe::scale`]: four million volunteers.
pub const MAX_SCALE: u32 = 1_000;
/// Each team has at least and at most so many people.
pub const TEAM_SIZES: std::ops::RangeInclusive<u32> = 20..=300;
/// So many divisions have fewer people than their sites need.
pub const SHORT_DIVISIONS: usize = 6;

const SITES: u32 = 139;
const TEAMS: u32 = 43;
const VOLUNTEERS: u32 = 4_600;
const RESERVE_PERCENT: u32 = 3;
const NEED: u32 = 4_000;
const POPULATION: u32 = 1_062_700;
const CHINA_OFFSET_H: i8 = 8;

/// What a district is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// Same seed, same district.
    pub seed: u64,
    /// How many times the report's size: 1 to [`MAX_SCALE`]. The ground stays the same and fills up.
    pub scale: u32,
    /// The day of the duty, on which volunteers are or are not available.
    pub day: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a district cannot be {0} times the report's size; choose a scale from 1 to {MAX_SCALE}")]
pub struct ScaleOutOfRange(u32);

/// A district, complete but for its volunteers, who are made when asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    pub recipe: Recipe,
    /// By code.
    pub divisions: Vec<Division>,
    /// Grouped by division, in the order of the divisions.
    pub sites: Vec<Site>,
    /// Grouped by division, in the order of the divisions.
    pub teams: Vec<Team>,
    /// By team, then site; no pair twice.
    pub links: Vec<Link>,
    ground: Ground,
}

impl Recipe {
    /// A district of the report's size, on the day of the report.
    pub const fn report(seed: u64) -> Self {
        Self { seed, scale: 1, day: Date::constant(2022, 9, 15) }
    }

    /// The district this recipe gives.
    pub fn district(self) -> Result<District, ScaleOutOfRange> {
        if !(1..=MAX_SCALE).contains(&self.scale) {
            return Err(ScaleOutOfRange(self.scale));
        }
        let ground = Ground::new();
        let divisions = divisions::fill(&ground, self.counts(), &mut self.chance(Matter::Divisions));
        let sites = sites::found(&ground, &divisions, &mut self.chance(Matter::Sites));
        let teams = teams::raise(&ground, &divisions, self.counts().teams, &mut self.chance(Matter::Teams));
        let links = links::tie(&teams, &sites, &mut self.chance(Matter::Links));
        Ok(District { recipe: self, divisions, sites, teams, links, ground })
    }

    fn counts(self) -> Counts {
        let volunteers = VOLUNTEERS * self.scale;
        let reserve = volunteers * RESERVE_PERCENT / 100;
        Counts {
            sites: SITES * self.scale,
            teams: TEAMS * self.scale,
            ordinary: volunteers - reserve,
            reserve,
            need: NEED * self.scale,
            population: POPULATION * self.scale,
        }
    }

    fn chance(self, matter: Matter) -> Chance {
        let stream = match matter {
            Matter::Divisions => 0,
            Matter::Sites => 1,
            Matter::Teams => 2,
            Matter::Links => 3,
            Matter::PeopleOf(team) => 1_000 + team as u64,
        };
        Chance::new(self.seed, stream)
    }

    /// When the day of the duty begins in China.
    fn midnight(self) -> Moment {
        let days_h = self.day.duration_since(Date::constant(1970, 1, 1)).as_hours();
        Moment::from_ms(0).plus_h(days_h - i64::from(CHINA_OFFSET_H))
    }
}

impl District {
    /// Everybody, team by team, made one at a time.
    pub fn volunteers(&self) -> impl Iterator<Item = Volunteer> + '_ {
        (0..self.teams.len()).flat_map(|team| self.people_of(team))
    }

    /// The people of the team at this place in [`teams`](Self::teams).
    pub fn people_of(&self, team: usize) -> People<'_> {
        People::new(self, team, self.recipe.chance(Matter::PeopleOf(team)))
    }

    /// Only the first so many divisions with what lies in them, for nights that are over in seconds. Sites and teams are
    /// grouped by division, so what stays keeps its place.
    #[must_use]
    pub fn first_divisions(mut self, count: usize) -> Self {
        self.divisions.truncate(count);
        self.sites.retain(|site| site.division < count);
        self.teams.retain(|team| team.division < count);
        let (teams, sites) = (self.teams.len(), self.sites.len());
        self.links.retain(|link| link.team < teams && link.site < sites);
        self
    }

    /// How many volunteers there are.
    pub fn volunteer_count(&self) -> u32 {
        self.teams.iter().map(|team| team.size).sum()
    }

    /// How many people all sites need in a role.
    pub fn need_in(&self, role: PostRole) -> u32 {
        let of_role = |site: &Site| site.need.iter().find(|need| need.0 == role).map_or(0, |need| need.1);
        self.sites.iter().map(of_role).sum()
    }
}

/// What the whole district has.
#[derive(Debug, Clone, Copy)]
struct Counts {
    sites: u32,
    teams: u32,
    ordinary: u32,
    reserve: u32,
    need: u32,
    population: u32,
}

/// What chance decides; each draws from a stream of its own, so that a change to one leaves the others as they were.
#[derive(Debug, Clone, Copy)]
enum Matter {
    Divisions,
    Sites,
    Teams,
    Links,
    PeopleOf(usize),
}

/// China keeps one time without summer time; the fixed offset needs no zone database.
fn china_time() -> TimeZone {
    TimeZone::fixed(Offset::constant(CHINA_OFFSET_H))
}

/// A running number as a code: a letter and as many digits as the last number of its kind has.
fn code(letter: char, index: usize, count: usize) -> String {
    let width = iter::successors(Some(count), |&rest| (rest >= 10).then_some(rest / 10)).count();
    format!("{letter}{:0width$}", index + 1)
}
