//! Distances from a road network: a file of them, or an OSRM-compatible `table` service.
//!
//! Whoever stands at the same spot shares a row of the matrix. Where no distance is given there is no way: nobody is sent.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use flow::{Position, Travel};
use serde::Deserialize;
use sheets::Columns;

use crate::Fault;
use crate::tables::{Tables, each_row};

/// How the way from a volunteer to a site is measured.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    given: Option<Given>,
}

#[derive(Debug, Clone)]
struct Given {
    /// Row of each volunteer.
    origin: Vec<usize>,
    /// Metres, row after row, a column per site.
    metres: Vec<u32>,
}

/// The answer of a `table` service, as far as it is read.
#[derive(Debug, Deserialize)]
struct TableAnswer {
    code: String,
    message: Option<String>,
    #[serde(default)]
    distances: Vec<Vec<Option<f64>>>,
}

/// A `table` service being asked, some rows and columns at a time.
#[derive(Debug, Clone)]
pub struct Survey {
    ways: Given,
    from: Vec<Position>,
    to: Vec<Position>,
    /// Coordinates that the service takes in one question.
    most: usize,
}

/// One question to the service: rows and columns of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
    /// Path and query, to be put behind the address of the service.
    pub path: String,
}

impl Ways {
    /// Stands where no distance is known. Longer than any way, and dearer than any gap with weights that make sense.
    pub const NO_WAY: u32 = u32::MAX;

    /// As the crow flies, stretched.
    pub fn great_circle() -> Self {
        Self::default()
    }

    /// A table `volunteer,site,distance_m`.
    pub fn read(path: &Path, tables: &Tables) -> Result<Self, Fault> {
        let volunteers: HashMap<&str, usize> =
            tables.volunteers.iter().enumerate().map(|(at, person)| (person.code.as_str(), at)).collect();
        let sites = tables.sites.len();
        let mut metres = vec![Self::NO_WAY; tables.volunteers.len() * sites];
        let columns = Columns::new()
            .required("volunteer", &["志愿者"])
            .required("site", &["点位", "采样点"])
            .required("distance_m", &["距离", "距离（米）"]);
        each_row(path, &columns, |row| {
            let (volunteer, site) = (row.get("volunteer"), row.get("site"));
            let &at = volunteers.get(volunteer).ok_or_else(|| format!("there is no volunteer {volunteer}"))?;
            let column = tables.site(site).ok_or_else(|| format!("there is no site {site}: correct the code"))?;
            let text = row.get("distance_m");
            let way = text.parse::<f64>().ok().and_then(whole_metres);
            metres[at * sites + column] = way.ok_or_else(|| format!("distance_m is {text}: write metres"))?;
            Ok(())
        })?;
        Ok(Self { given: Some(Given { origin: (0..tables.volunteers.len()).collect(), metres }) })
    }

    pub(crate) fn origin(&self, volunteer: usize) -> usize {
        self.given.as_ref().map_or(0, |given| given.origin[volunteer])
    }

    pub(crate) fn travel(self, stretch: f64) -> Travel {
        match self.given {
            None => Travel::GreatCircle { stretch },
            Some(given) => Travel::Matrix { cost: given.metres },
        }
    }
}

impl Survey {
    /// Prepares the questions for everybody's way to every site. `most` is the number of coordinates in one question
    /// (`--max-table-size` of the service).
    pub fn new(tables: &Tables, most: usize) -> Self {
        let mut rows: HashMap<(u64, u64), usize> = HashMap::new();
        let mut from = Vec::new();
        let origin = tables.volunteers.iter().map(|person| {
            let spot = (person.position.latitude.to_bits(), person.position.longitude.to_bits());
            *rows.entry(spot).or_insert_with(|| {
                from.push(person.position);
                from.len() - 1
            })
        });
        let origin = origin.collect();
        let to: Vec<Position> = tables.sites.iter().map(|site| site.position).collect();
        let metres = vec![Ways::NO_WAY; from.len() * to.len()];
        Self { ways: Given { origin, metres }, from, to, most: most.max(2) }
    }

    /// All questions, in order.
    pub fn blocks(&self) -> Vec<Block> {
        let side = self.most / 2;
        let mut blocks = Vec::new();
        for rows in ranges(self.from.len(), side) {
            for columns in ranges(self.to.len(), self.most - side) {
                blocks.push(Block { path: self.path(&rows, &columns), rows: rows.clone(), columns });
            }
        }
        blocks
    }

    fn path(&self, rows: &std::ops::Range<usize>, columns: &std::ops::Range<usize>) -> String {
        let mut path = String::from("/table/v1/driving/");
        for position in self.from[rows.clone()].iter().chain(&self.to[columns.clone()]) {
            // Writing to a text cannot fail.
            let _ = write!(path, "{:.6},{:.6};", position.longitude, position.latitude);
        }
        path.pop();
        let list = |range: std::ops::Range<usize>| range.map(|at| at.to_string()).collect::<Vec<_>>().join(";");
        let (sources, all) = (rows.len(), rows.len() + columns.len());
        let _ = write!(path, "?annotations=distance&sources={}&destinations={}", list(0..sources), list(sources..all));
        path
    }

    /// Takes over the service's answer to a question.
    pub fn take(&mut self, block: &Block, answer: &str) -> Result<(), Fault> {
        let refused = |why: String| Fault::Ways(format!("the distance service answers with {why}: check its address"));
        let answer: TableAnswer = serde_json::from_str(answer)
            .map_err(|error| refused(format!("something that is not a table ({error})")))?;
        if answer.code != "Ok" {
            return Err(refused(answer.message.unwrap_or(answer.code)));
        }
        let is_whole = answer.distances.len() == block.rows.len()
            && answer.distances.iter().all(|row| row.len() == block.columns.len());
        if !is_whole {
            return Err(refused("a table of another size".to_owned()));
        }
        for (row, distances) in block.rows.clone().zip(answer.distances) {
            for (column, distance) in block.columns.clone().zip(distances) {
                self.ways.metres[row * self.to.len() + column] =
                    distance.and_then(whole_metres).unwrap_or(Ways::NO_WAY);
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Ways {
        Ways { given: Some(self.ways) }
    }
}

fn ranges(count: usize, step: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..count).step_by(step).map(move |start| start..(start + step).min(count))
}

fn whole_metres(metres: f64) -> Option<u32> {
    (metres >= 0.0 && metres + 0.5 < f64::from(Ways::NO_WAY)).then_some((metres + 0.5) as u32)
}
