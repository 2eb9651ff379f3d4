//! Invented districts, made from a seed: the instances that tests and benchmarks share.
//!
//! Towns lie at random in a square whose area grows with the number of places (139 places on 588 km², a real district's
//! size), their weights follow Zipf's law. Places and agents gather around towns; groups of 20 to 300 agents come from one
//! town and are linked to a few places near it. Four skills are held by chance, and the need is a few per cent more or
//! less than there are agents.

use crate::geo::Position;
use crate::problem::{Agent, Post, Problem};

/// What a district is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Towns {
    /// Same seed, same district.
    pub seed: u64,
    /// Number of agents.
    pub agents: usize,
    /// Number of places, four posts each.
    pub places: usize,
    /// Need as a share of the agents: 1.05 is five per cent short, 0.95 is a surplus.
    pub need_share: f64,
}

/// How likely an agent has each skill, and which share of the need asks for it.
const SKILLS: [(f64, f64); 4] = [(0.70, 0.30), (0.35, 0.25), (0.75, 0.30), (0.45, 0.15)];
const SOUTH_WEST: Position = Position { latitude: 21.45, longitude: 110.70 };
const KM_PER_DEGREE: f64 = 111.195;

impl Towns {
    /// The district as a problem with the default weights of the field.
    pub fn problem(&self) -> Problem {
        let mut chance = Chance::new(self.seed);
        let towns = self.towns(&mut chance);
        let places: Vec<(usize, Position)> = (0..self.places).map(|_| towns.position(&mut chance, 1.0)).collect();
        let (agents, links) = self.agents(&towns, &places, &mut chance);
        Problem {
            posts: self.posts(&mut chance),
            places: places.into_iter().map(|place| place.1).collect(),
            agents,
            links,
            ..Problem::default()
        }
    }

    fn towns(&self, chance: &mut Chance) -> Centres {
        let side_km = 24.25 * (self.places as f64 / 139.0).sqrt();
        let count = (self.places / 8).max(3);
        let at = |chance: &mut Chance| (chance.unit() * side_km, chance.unit() * side_km);
        let centres = (0..count).map(|_| at(chance)).collect();
        let mut sum = 0.0;
        let weight = |rank: usize| {
            sum += 1.0 / (rank as f64 + 1.0);
            sum
        };
        Centres { centres, cumulated: (0..count).map(weight).collect() }
    }

    fn agents(&self, towns: &Centres, places: &[(usize, Position)], chance: &mut Chance) -> AgentsAndLinks {
        let mut near = vec![Vec::new(); towns.centres.len()];
        for (index, place) in places.iter().enumerate() {
            near[place.0].push(index);
        }
        let (mut agents, mut links, mut group) = (Vec::with_capacity(self.agents), Vec::new(), 0);
        while agents.len() < self.agents {
            let town = towns.pick(chance);
            for _ in 0..chance.between(1, 4) {
                let place = if near[town].is_empty() {
                    chance.below(places.len())
                } else {
                    near[town][chance.below(near[town].len())]
                };
                links.push((group, place));
            }
            let size = chance.between(20, 300).min(self.agents - agents.len());
            agents.extend((0..size).map(|_| agent(towns.around(town, chance, 1.5), group, chance)));
            group += 1;
        }
        (agents, links)
    }

    fn posts(&self, chance: &mut Chance) -> Vec<Post> {
        let shares: Vec<f64> = (0..self.places * 4).map(|at| SKILLS[at % 4].1 * (0.4 + 1.2 * chance.unit())).collect();
        let scale = self.agents as f64 * self.need_share / shares.iter().sum::<f64>();
        let mut posts = Vec::with_capacity(shares.len());
        let (mut wanted, mut given, mut priority) = (0.0, 0.0, 1);
        for (at, share) in shares.iter().enumerate() {
            if at % 4 == 0 {
                priority = [1, 1, 1, 1, 1, 1, 1, 2, 2, 4][chance.below(10)];
            }
            wanted += share * scale;
            let need = (wanted - given).round().max(0.0);
            given += need;
            posts.push(post(at, need, priority));
        }
        posts
    }
}

type AgentsAndLinks = (Vec<Agent>, Vec<(usize, usize)>);

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of people, rounded")]
fn post(at: usize, need: f64, priority: i64) -> Post {
    Post {
        place: at / 4,
        skill: (at % 4) as u8,
        need: need as u32,
        crew: (0.6 * need).ceil() as u32,
        gap_price: 1_000_000 * priority,
        crew_price: 2_000_000 * priority,
    }
}

fn agent(position: Position, group: usize, chance: &mut Chance) -> Agent {
    let mut skills = 0;
    for (skill, held) in SKILLS.iter().enumerate() {
        skills |= u32::from(chance.unit() < held.0) << skill;
    }
    let tired = [0, 0, 0, 0, 0, 0, 0, 3_000, 3_000, 10_000][chance.below(10)];
    let reserve = if chance.below(100) < 3 { 50_000 } else { 0 };
    Agent { group: Some(group), penalty: tired + reserve, ..Agent::new(position, skills) }
}

/// Towns, nearest the south-west corner in kilometres, with their weights summed up.
struct Centres {
    centres: Vec<(f64, f64)>,
    cumulated: Vec<f64>,
}

impl Centres {
    fn pick(&self, chance: &mut Chance) -> usize {
        let at = chance.unit() * self.cumulated.last().copied().unwrap_or(1.0);
        self.cumulated.partition_point(|&sum| sum < at).min(self.centres.len() - 1)
    }

    fn position(&self, chance: &mut Chance, spread: f64) -> (usize, Position) {
        let town = self.pick(chance);
        (town, self.around(town, chance, spread))
    }

    /// Large towns are wide ones: people and places grow with the weight, and so does the area.
    fn around(&self, town: usize, chance: &mut Chance, spread: f64) -> Position {
        let (east, north) = self.centres[town];
        let share = 1.0 / (town as f64 + 1.0) / self.cumulated.last().copied().unwrap_or(1.0);
        let radius_km = spread * (0.8 + 1.4 * (share * self.centres.len() as f64).sqrt());
        let (east, north) = (east + radius_km * chance.bell(), north + radius_km * chance.bell());
        let latitude = SOUTH_WEST.latitude + north / KM_PER_DEGREE;
        Position::new(latitude, SOUTH_WEST.longitude + east / KM_PER_DEGREE / latitude.to_radians().cos())
    }
}

/// Reproducible chance: the `splitmix64` sequence of Steele, Lea and Flood (2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence that belongs to a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Evenly in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly among `0..bound`; 0 for an empty range.
    #[expect(clippy::cast_possible_truncation, reason = "the product's high half is below the bound")]
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }

    /// Evenly among `low..=high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Roughly normal with variance 1: twelve even draws.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}
