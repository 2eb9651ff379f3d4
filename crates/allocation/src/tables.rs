//! The tables: sites, teams, links, volunteers, and in a re-plan who holds what and who has arrived.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use domain::PostRole;
use flow::Position;
use sheets::{Columns, Options, Row, Table};

use crate::Fault;

/// A place where people are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub code: String,
    pub position: Position,
    pub priority: u32,
    /// How many of each role, in the order of [`PostRole::ALL`].
    pub needs: [u32; PostRole::ALL.len()],
}

/// A team, with the place its people come from who have none of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    pub code: String,
    pub position: Option<Position>,
}

/// Somebody who could serve.
#[derive(Debug, Clone, PartialEq)]
pub struct Volunteer {
    pub code: String,
    /// Index of the team.
    pub team: Option<usize>,
    pub position: Position,
    /// Bits of [`PostRole`].
    pub roles: u32,
    pub is_reserve: bool,
    pub nights_in_a_row: u32,
}

/// The post somebody holds before a re-plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Index of the site.
    pub site: usize,
    pub role: PostRole,
    /// Has arrived: is not moved.
    pub has_arrived: bool,
}

/// Everything the files say.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    pub sites: Vec<Site>,
    pub teams: Vec<Team>,
    /// Indices of team and site.
    pub links: Vec<(usize, usize)>,
    pub volunteers: Vec<Volunteer>,
    /// By volunteer; empty unless this is a re-plan.
    pub held: Vec<Option<Held>>,
    site_of: HashMap<String, usize>,
    team_of: HashMap<String, usize>,
}

const SITES: &[(&str, &[&str])] = &[
    ("gatekeeper", &["点位守门员", "守门员"]),
    ("registrar", &["信息采集员", "采集员"]),
    ("queue_marshal", &["秩序引导员", "引导员"]),
    ("runner", &["物资配送员", "配送员"]),
    ("checkpoint_guard", &["卡口执勤", "卡口执勤员"]),
    ("driver", &["物资运输", "物资运输员"]),
    ("priority", &["优先级"]),
];
const CODE: &[&str] = &["编码", "编号"];
const LATITUDE: &[&str] = &["纬度"];
const LONGITUDE: &[&str] = &["经度"];
const TEAM: &[&str] = &["队伍", "所属队伍"];
const SITE: &[&str] = &["点位", "采样点", "点位编码"];
const VOLUNTEER: &[&str] = &["志愿者", "志愿者编号"];
const ROLES: &[&str] = &["岗位", "可任岗位"];

impl Tables {
    /// Reads the four tables that every allocation needs.
    pub fn read(sites: &Path, teams: &Path, links: &Path, volunteers: &Path) -> Result<Self, Fault> {
        let mut tables = Self::default();
        tables.read_sites(sites)?;
        tables.read_teams(teams)?;
        tables.read_links(links)?;
        tables.read_volunteers(volunteers)?;
        Ok(tables)
    }

    fn read_sites(&mut self, path: &Path) -> Result<(), Fault> {
        let columns =
            Columns::new().required("code", CODE).required("latitude", LATITUDE).required("longitude", LONGITUDE);
        let columns = SITES.iter().fold(columns, |columns, (key, headings)| columns.optional(key, headings));
        each_row(path, &columns, |row| {
            let code = new_code(row, &mut self.site_of, self.sites.len())?;
            let position = position(row)?.ok_or("latitude and longitude are empty: a site must lie somewhere")?;
            let priority = number(row, "priority")?.unwrap_or(1);
            if !(1..=MOST_PRIORITY).contains(&priority) {
                return Err(format!("priority {priority}: write 1, 2 or 4"));
            }
            let mut needs = [0; PostRole::ALL.len()];
            for (need, role) in needs.iter_mut().zip(PostRole::ALL) {
                *need = number(row, role.name())?.unwrap_or(0);
            }
            self.sites.push(Site { code, position, priority, needs });
            Ok(())
        })
    }

    fn read_teams(&mut self, path: &Path) -> Result<(), Fault> {
        let columns =
            Columns::new().required("code", CODE).optional("latitude", LATITUDE).optional("longitude", LONGITUDE);
        each_row(path, &columns, |row| {
            let code = new_code(row, &mut self.team_of, self.teams.len())?;
            self.teams.push(Team { code, position: position(row)? });
            Ok(())
        })
    }

    fn read_links(&mut self, path: &Path) -> Result<(), Fault> {
        let columns = Columns::new().required("team", TEAM).required("site", SITE);
        each_row(path, &columns, |row| {
            let team = known(row, "team", &self.team_of)?.ok_or("team is empty: write its code")?;
            let site = known(row, "site", &self.site_of)?.ok_or("site is empty: write its code")?;
            self.links.push((team, site));
            Ok(())
        })
    }

    fn read_volunteers(&mut self, path: &Path) -> Result<(), Fault> {
        let columns = Columns::new()
            .required("code", CODE)
            .required("team", TEAM)
            .optional("latitude", LATITUDE)
            .optional("longitude", LONGITUDE)
            .required("roles", ROLES)
            .optional("reserve", &["机动", "机动队"])
            .optional("nights_in_a_row", &["连续夜班"]);
        let mut codes = HashMap::new();
        each_row(path, &columns, |row| {
            let code = new_code(row, &mut codes, self.volunteers.len())?;
            let team = known(row, "team", &self.team_of)?;
            let own = position(row)?;
            let position = own.or_else(|| self.teams[team?].position).ok_or_else(|| {
                "neither the person nor the team has a position: give latitude and longitude to one of them".to_owned()
            })?;
            self.volunteers.push(Volunteer {
                code,
                team,
                position,
                roles: roles(row.get("roles"))?,
                is_reserve: is_yes(row.get("reserve"))?,
                nights_in_a_row: number(row, "nights_in_a_row")?.unwrap_or(0),
            });
            Ok(())
        })
    }

    /// Makes this a re-plan: `current` is a plan as it was written, `arrived` names those who stay where they are.
    pub fn read_current(&mut self, current: &Path, arrived: Option<&Path>) -> Result<(), Fault> {
        let volunteers: HashMap<&str, usize> =
            self.volunteers.iter().enumerate().map(|(at, person)| (person.code.as_str(), at)).collect();
        let mut held = vec![None; self.volunteers.len()];
        let columns =
            Columns::new().required("volunteer", VOLUNTEER).required("site", SITE).required("role", &["岗位"]);
        each_row(current, &columns, |row| {
            let Some(&volunteer) = volunteers.get(row.get("volunteer")) else { return Ok(()) };
            let Some(&site) = self.site_of.get(row.get("site")) else { return Ok(()) };
            let role = row.get("role").parse::<PostRole>().map_err(|error| error.to_string())?;
            match held[volunteer].replace(Held { site, role, has_arrived: false }) {
                None => Ok(()),
                Some(_) => Err("this volunteer stands in the plan twice: keep one line".to_owned()),
            }
        })?;
        if let Some(arrived) = arrived {
            each_row(arrived, &Columns::new().required("volunteer", VOLUNTEER), |row| {
                let code = row.get("volunteer");
                let &volunteer = volunteers.get(code).ok_or_else(|| unknown("volunteer", code))?;
                let Some(held) = &mut held[volunteer] else {
                    return Err(format!("{code} has arrived but has no post in the current plan: correct one of them"));
                };
                held.has_arrived = true;
                Ok(())
            })?;
        }
        self.held = held;
        Ok(())
    }

    /// The index of a site, by its code.
    pub fn site(&self, code: &str) -> Option<usize> {
        self.site_of.get(code).copied()
    }
}

const MOST_PRIORITY: u32 = 1_000;

/// Goes through a table; the first row that cannot be taken ends it.
pub(crate) fn each_row(
    path: &Path,
    columns: &Columns,
    mut take: impl FnMut(&Row) -> Result<(), String>,
) -> Result<(), Fault> {
    let file = File::open(path).map_err(Fault::file(path))?;
    let unreadable = |why: String| Fault::Table { path: path.to_owned(), why };
    let table = Table::open(BufReader::new(file), columns, Options::default());
    for row in table.map_err(|fault| unreadable(fault.to_string()))? {
        let row = row.map_err(|fault| unreadable(fault.to_string()))?;
        take(&row).map_err(|why| Fault::row(path, row.number(), why))?;
    }
    Ok(())
}

/// The code of a row that introduces something, kept under its index.
pub(crate) fn new_code(row: &Row, known: &mut HashMap<String, usize>, index: usize) -> Result<String, String> {
    let code = row.get("code");
    if code.is_empty() {
        return Err("code is empty: fill it in".to_owned());
    }
    match known.insert(code.to_owned(), index) {
        None => Ok(code.to_owned()),
        Some(_) => Err(format!("the code {code} stands further up already: keep one of the two")),
    }
}

fn known(row: &Row, column: &str, among: &HashMap<String, usize>) -> Result<Option<usize>, String> {
    match row.get(column) {
        "" => Ok(None),
        code => among.get(code).copied().map(Some).ok_or_else(|| unknown(column, code)),
    }
}

fn unknown(column: &str, code: &str) -> String {
    format!("there is no {column} {code}: add it to its table, or correct the code")
}

pub(crate) fn position(row: &Row) -> Result<Option<Position>, String> {
    let (latitude, longitude) = (row.get("latitude"), row.get("longitude"));
    if latitude.is_empty() && longitude.is_empty() {
        return Ok(None);
    }
    let degrees = |text: &str| text.parse::<f64>().ok();
    let position = degrees(latitude).zip(degrees(longitude)).map(|(north, east)| Position::new(north, east));
    let on_earth = position.filter(|position| position.is_on_earth());
    on_earth.map(Some).ok_or_else(|| {
        format!("latitude {latitude} and longitude {longitude} are no position: give degrees, like 21.66 and 110.92")
    })
}

pub(crate) fn number(row: &Row, column: &str) -> Result<Option<u32>, String> {
    match row.get(column) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("{column} is {text}: write a whole number")),
    }
}

fn roles(text: &str) -> Result<u32, String> {
    let parts = text.split([';', '；', '、', ',']).map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| part.parse::<PostRole>().map(PostRole::bit).map_err(|error| format!("{part}: {error}")))
        .try_fold(0, |all, role| Ok(all | role?))
}

fn is_yes(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "" | "0" | "no" | "false" | "否" => Ok(false),
        "1" | "yes" | "true" | "是" => Ok(true),
        _ => Err(format!("reserve is {text}: write 1 or 0")),
    }
}
