//! The district as files: the tables a headquarters imports, and the divisions for the map (GeoJSON, RFC 7946).

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use csv::Writer;
use domain::{Moment, Position};
use serde_json::{Value, json};

use super::{District, Volunteer, china_time};

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be written; choose a folder you may write to, with room left")]
pub struct CannotWrite {
    path: PathBuf,
    source: io::Error,
}

type Table = Writer<File>;

impl District {
    /// Writes `sites.csv`, `teams.csv`, `links.csv`, `volunteers.csv`, `divisions.csv` and `divisions.geojson` (UTF-8)
    /// into a folder, which is made if it is missing; files of these names are replaced.
    pub fn write(&self, folder: &Path) -> Result<(), CannotWrite> {
        fs::create_dir_all(folder).map_err(|source| CannotWrite { path: folder.to_owned(), source })?;
        let table = |name: &str, fill: &dyn Fn(&mut Table) -> csv::Result<()>| {
            let path = folder.join(name);
            let written = File::create(&path).and_then(|file| {
                let mut rows = Writer::from_writer(file);
                fill(&mut rows)?;
                rows.flush()
            });
            written.map_err(|source| CannotWrite { path, source })
        };
        table("sites.csv", &|rows| self.sites_rows(rows))?;
        table("teams.csv", &|rows| self.teams_rows(rows))?;
        table("links.csv", &|rows| self.links_rows(rows))?;
        table("volunteers.csv", &|rows| self.volunteers_rows(rows))?;
        table("divisions.csv", &|rows| self.divisions_rows(rows))?;
        let path = folder.join("divisions.geojson");
        self.write_map(&path).map_err(|source| CannotWrite { path, source })
    }

    /// The divisions as GeoJSON in WGS-84: one polygon each, with `code` and `name`. Synthetic, and says so itself.
    pub fn map(&self) -> Value {
        let features: Vec<Value> = self
            .divisions
            .iter()
            .map(|division| {
                json!({
                    "type": "Feature",
                    "properties": {
                        "code": division.code,
                        "name": division.name,
                        "population": division.population,
                        "synthetic": true,
                    },
                    "geometry": { "type": "Polygon", "coordinates": [closed(&division.cell)] },
                })
            })
            .collect();
        json!({
            "type": "FeatureCollection",
            "note": "Synthetic cells around the divisions' centres; not an administrative boundary.",
            "features": features,
        })
    }

    fn write_map(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        serde_json::to_writer(&mut file, &self.map())?;
        file.write_all(b"\n")?;
        file.flush()
    }

    fn sites_rows(&self, rows: &mut Table) -> csv::Result<()> {
        rows.write_record([
            "code",
            "name",
            "division",
            "address",
            "latitude",
            "longitude",
            "gatekeeper",
            "registrar",
            "queue_marshal",
            "runner",
            "expected_people",
        ])?;
        for site in &self.sites {
            let [latitude, longitude] = degrees(site.position);
            let [gatekeeper, registrar, queue_marshal, runner] = site.need.map(|(_, people)| people.to_string());
            rows.write_record([
                &site.code,
                &site.name,
                self.divisions[site.division].code.as_str(),
                &site.address,
                &latitude,
                &longitude,
                &gatekeeper,
                &registrar,
                &queue_marshal,
                &runner,
                &site.expected_people.to_string(),
            ])?;
        }
        Ok(())
    }

    fn teams_rows(&self, rows: &mut Table) -> csv::Result<()> {
        rows.write_record(["code", "name", "organisation", "latitude", "longitude"])?;
        for team in &self.teams {
            let [latitude, longitude] = degrees(team.base);
            rows.write_record([&team.code, &team.name, &team.organisation, &latitude, &longitude])?;
        }
        Ok(())
    }

    fn links_rows(&self, rows: &mut Table) -> csv::Result<()> {
        rows.write_record(["team", "site"])?;
        for link in &self.links {
            rows.write_record([&self.teams[link.team].code, &self.sites[link.site].code])?;
        }
        Ok(())
    }

    fn volunteers_rows(&self, rows: &mut Table) -> csv::Result<()> {
        rows.write_record([
            "code",
            "name",
            "phone",
            "team",
            "latitude",
            "longitude",
            "roles",
            "languages",
            "reserve",
            "available_from",
            "available_until",
            "nights_in_a_row",
        ])?;
        for volunteer in self.volunteers() {
            self.volunteer_row(&volunteer, rows)?;
        }
        Ok(())
    }

    fn volunteer_row(&self, volunteer: &Volunteer, rows: &mut Table) -> csv::Result<()> {
        let [latitude, longitude] = degrees(volunteer.home);
        let roles: Vec<&str> = volunteer.roles.iter().map(|role| role.name()).collect();
        rows.write_record([
            &volunteer.code,
            &volunteer.name,
            &volunteer.phone,
            &self.teams[volunteer.team].code,
            &latitude,
            &longitude,
            &roles.join(";"),
            &volunteer.languages.join(";"),
            &u8::from(volunteer.reserve).to_string(),
            &local_time(volunteer.available_from),
            &local_time(volunteer.available_until),
            &volunteer.nights_in_a_row.to_string(),
        ])
    }

    fn divisions_rows(&self, rows: &mut Table) -> csv::Result<()> {
        rows.write_record(["code", "name", "latitude", "longitude"])?;
        for division in &self.divisions {
            let [latitude, longitude] = degrees(division.centre);
            rows.write_record([division.code.as_str(), division.name, &latitude, &longitude])?;
        }
        Ok(())
    }
}

fn degrees(position: Position) -> [String; 2] {
    [position.latitude, position.longitude].map(|degrees| format!("{degrees:.5}"))
}

/// RFC 3339 with China's offset; empty when there is no bound.
fn local_time(moment: Option<Moment>) -> String {
    moment.map_or_else(String::new, |at| at.in_zone(&china_time()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// Longitude first, the first corner again at the end, six decimals (about a decimetre), as RFC 7946 advises.
fn closed(ring: &[Position]) -> Vec<[f64; 2]> {
    let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
    ring.iter().chain(ring.first()).map(|corner| [rounded(corner.longitude), rounded(corner.latitude)]).collect()
}
