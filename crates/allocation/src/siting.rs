//! Where to put sites: the number of sites is the other half of the night's decision.

use std::collections::HashMap;
use std::path::Path;

use flow::Position;
use flow::median::{Sited, Siting, SitingError, UNLIMITED};
use serde::Serialize;
use sheets::{Cell, Columns};

use crate::Fault;
use crate::answer::{close, table};
use crate::tables::{each_row, new_code, number, position};

/// Where people live, or where a site could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    pub code: String,
    pub position: Position,
    /// People, or how many of them a site can serve.
    pub people: Option<u32>,
}

/// What is asked: where these people should go.
#[derive(Debug, Clone, PartialEq)]
pub struct Sites {
    pub demand: Vec<Spot>,
    pub candidates: Vec<Spot>,
    siting: Siting,
}

/// The figures of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SitingReport {
    pub sites: usize,
    pub people: u64,
    /// Metres that all people together go, one way.
    pub objective: i64,
    pub lower_bound: i64,
    /// How much a better choice could save at most, in percent of the objective.
    pub gap_percent: f64,
    pub mean_m: f64,
    pub farthest_m: i64,
}

const CODE: &[&str] = &["编码", "编号"];
const PEOPLE: &[&str] = &["人数", "人口"];
const CAPACITY: &[&str] = &["容量", "可服务人数"];

/// Reads `code,latitude,longitude,people`.
pub fn read_demand(path: &Path) -> Result<Vec<Spot>, Fault> {
    read(path, "people", PEOPLE, true)
}

/// Reads `code,latitude,longitude[,capacity]`; without a capacity there is no limit.
pub fn read_candidates(path: &Path) -> Result<Vec<Spot>, Fault> {
    read(path, "capacity", CAPACITY, false)
}

fn read(path: &Path, size: &'static str, headings: &[&str], is_needed: bool) -> Result<Vec<Spot>, Fault> {
    let columns =
        Columns::new().required("code", CODE).required("latitude", &["纬度"]).required("longitude", &["经度"]);
    let columns = if is_needed { columns.required(size, headings) } else { columns.optional(size, headings) };
    let (mut spots, mut codes) = (Vec::new(), HashMap::new());
    each_row(path, &columns, |row| {
        let code = new_code(row, &mut codes, spots.len())?;
        let position = position(row)?.ok_or("latitude and longitude are empty: fill them in")?;
        let people = number(row, size)?;
        if is_needed && people.is_none() {
            return Err(format!("{size} is empty: write a whole number"));
        }
        spots.push(Spot { code, position, people });
        Ok(())
    })?;
    Ok(spots)
}

impl Sites {
    /// `stretch` makes roads of the crow's ways, as in an allocation.
    pub fn new(demand: Vec<Spot>, candidates: Vec<Spot>, count: usize, stretch: f64) -> Self {
        let ways = candidates.iter().flat_map(|from| {
            demand
                .iter()
                .map(move |to| u32::try_from(from.position.metres_to(to.position, stretch)).unwrap_or(u32::MAX))
        });
        let siting = Siting {
            weight: demand.iter().map(|spot| spot.people.unwrap_or(0)).collect(),
            capacity: candidates.iter().map(|spot| spot.people.map_or(UNLIMITED, u64::from)).collect(),
            distance: ways.collect(),
            count,
        };
        Self { demand, candidates, siting }
    }

    pub fn solve(&self) -> Result<Sited, SitingError> {
        self.siting.solve()
    }

    fn way_m(&self, point: usize, candidate: usize) -> i64 {
        self.siting.distance[candidate * self.demand.len() + point].into()
    }

    pub fn report(&self, sited: &Sited) -> SitingReport {
        let people: u64 = self.siting.weight.iter().map(|&people| u64::from(people)).sum();
        let served = sited.served.iter().filter(|served| served.2 > 0);
        SitingReport {
            sites: sited.open.len(),
            people,
            objective: sited.objective,
            lower_bound: sited.lower_bound,
            gap_percent: 100.0 * sited.gap() as f64 / (sited.objective.max(1)) as f64,
            mean_m: sited.objective as f64 / people.max(1) as f64,
            farthest_m: served.map(|&(point, at, _)| self.way_m(point, at)).max().unwrap_or(0),
        }
    }

    /// Writes the chosen sites: `code,latitude,longitude,people,mean_m,farthest_m`.
    pub fn write(&self, path: &Path, sited: &Sited) -> Result<(), Fault> {
        let mut out = table(path, "sites", &["code", "latitude", "longitude", "people", "mean_m", "farthest_m"])?;
        for &candidate in &sited.open {
            let (mut people, mut metres, mut farthest) = (0_i64, 0, 0);
            for &(point, _, amount) in sited.served.iter().filter(|served| served.1 == candidate && served.2 > 0) {
                let way = self.way_m(point, candidate);
                people += amount as i64;
                metres += way * amount as i64;
                farthest = farthest.max(way);
            }
            let spot = &self.candidates[candidate];
            let cells = [
                Cell::from(&spot.code),
                Cell::from(spot.position.latitude),
                Cell::from(spot.position.longitude),
                Cell::from(people),
                Cell::from(metres / people.max(1)),
                Cell::from(farthest),
            ];
            out.row(cells).map_err(Fault::written(path))?;
        }
        close(path, out)
    }
}
