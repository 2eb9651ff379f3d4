//! Positions on the earth: WGS-84 in storage, with a note where they came from.

use std::f64::consts::PI;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mean radius of the earth in metres (IUGG), as the allocation's distances use it.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Which system the numbers were in when they were given to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    #[default]
    Wgs84,
    /// Chinese maps (GCJ-02), converted at import: at Maonan 465 m east and 308 m south of WGS-84.
    Gcj02,
}

/// A point on the earth in WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position: latitude lies between -90 and 90, longitude between -180 and 180")]
pub struct NotAPosition;

impl Position {
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, NotAPosition> {
        let fits = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        if fits { Ok(Self { latitude, longitude }) } else { Err(NotAPosition) }
    }

    /// A point given in a system of `origin`, converted.
    pub fn from_origin(latitude: f64, longitude: f64, origin: Origin) -> Result<Self, NotAPosition> {
        let given = Self::new(latitude, longitude)?;
        Ok(match origin {
            Origin::Wgs84 => given,
            Origin::Gcj02 => gcj02_to_wgs84(given),
        })
    }

    /// Metres along the great circle.
    pub fn distance_m(self, other: Self) -> f64 {
        let (a, b) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = ((b - a) / 2.0).sin();
        let half_lon = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + a.cos() * b.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }
}

/// The inverse of the GCJ-02 offset by fixed-point iteration; exact to well under a metre.
fn gcj02_to_wgs84(given: Position) -> Position {
    let mut guess = given;
    for _ in 0..5 {
        let shown = wgs84_to_gcj02(guess);
        guess.latitude += given.latitude - shown.latitude;
        guess.longitude += given.longitude - shown.longitude;
    }
    guess
}

/// The published approximation of the offset (Krasovsky 1940 ellipsoid).
fn wgs84_to_gcj02(p: Position) -> Position {
    const AXIS_M: f64 = 6_378_245.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (p.longitude - 105.0, p.latitude - 35.0);
    let waves = |z: f64| (20.0 * (6.0 * z * PI).sin() + 20.0 * (2.0 * z * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + waves(x)
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + waves(x)
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let latitude = p.latitude.to_radians();
    let bend = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let metres_north = (AXIS_M * (1.0 - ECCENTRICITY_SQUARED)) / (bend * bend.sqrt()) * PI / 180.0;
    let metres_east = AXIS_M / bend.sqrt() * latitude.cos() * PI / 180.0;
    Position { latitude: p.latitude + north / metres_north, longitude: p.longitude + east / metres_east }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_maonan_gcj02_lies_465_m_east_and_308_m_south() {
        let here = Position::new(21.66, 110.92).unwrap();
        let shown = wgs84_to_gcj02(here);
        let east = Position { longitude: shown.longitude, ..here }.distance_m(here);
        let south = Position { latitude: shown.latitude, ..here }.distance_m(here);
        assert!((east - 465.0).abs() < 15.0 && shown.longitude > here.longitude, "{east} m east");
        assert!((south - 308.0).abs() < 15.0 && shown.latitude < here.latitude, "{south} m south");
    }

    #[test]
    fn the_conversion_comes_back_to_the_same_place() {
        let here = Position::new(21.66, 110.92).unwrap();
        let shown = wgs84_to_gcj02(here);
        let back = Position::from_origin(shown.latitude, shown.longitude, Origin::Gcj02).unwrap();
        assert!(back.distance_m(here) < 0.01);
    }

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        let d = Position::new(21.0, 110.0).unwrap().distance_m(Position::new(22.0, 110.0).unwrap());
        assert!((d - 111_195.0).abs() < 1.0);
        assert!(Position::new(91.0, 0.0).is_err() && Position::new(f64::NAN, 0.0).is_err());
    }
}
