//! The ground the district stands on: an outline and one cell per division, the same for every seed.
//!
//! **Both are synthetic.** The outline is an ellipse with a few waves, as large as the district (587.78 km²); the cells are
//! the Voronoi cells of the divisions' centres within it. They look like a map and are none: no boundary file was used.

use std::f64::consts::TAU;

use domain::{Position, position::EARTH_RADIUS_M};

use super::{
    chance::Chance,
    divisions::FACTS,
    ring::{Point, Ring},
};

/// The district's area, which the outline is scaled to.
pub const AREA_KM2: f64 = 587.78;

const MIDDLE: Position = Position { latitude: 21.655, longitude: 110.893 };
const KM_PER_DEGREE: f64 = EARTH_RADIUS_M / 1_000.0 * TAU / 360.0;
/// Along the middle's parallel: the cosine of its latitude, written out because constants cannot compute it.
const KM_PER_DEGREE_EAST: f64 = KM_PER_DEGREE * 0.929_422_683;
const CORNERS: u32 = 144;
/// Half the width from west to east and from south to north, before scaling.
const HALF_WIDTH_KM: (f64, f64) = (11.4, 16.4);
/// Waves along the outline: how many, how high (share of the radius), where they begin.
const WAVES: [(f64, f64, f64); 4] = [(3.0, 0.050, 0.7), (5.0, 0.035, 2.1), (8.0, 0.020, 4.0), (13.0, 0.012, 1.3)];
/// After so many misses a place is put at the centre itself. A miss is likelier than not only in a thin cell.
const TRIES: u32 = 256;
/// About a metre.
const FIFTH_DECIMAL: f64 = 100_000.0;

#[derive(Debug, Clone, PartialEq)]
pub struct Ground {
    pub outline: Ring,
    /// In the order of [`FACTS`].
    pub cells: Vec<Ring>,
    centres: Vec<Point>,
}

impl Ground {
    pub fn new() -> Self {
        let outline = outline();
        let centres: Vec<Point> = FACTS.iter().map(|fact| point(fact.centre())).collect();
        let cells = (0..centres.len()).map(|own| cell(&outline, &centres, own)).collect();
        Self { outline, cells, centres }
    }

    /// A place in a division: with the probability `huddled` near its centre, else anywhere in its cell.
    pub fn place_in(&self, division: usize, huddled: f64, chance: &mut Chance) -> Position {
        let (cell, centre) = (&self.cells[division], self.centres[division]);
        let near_km = 0.35 * (cell.area_km2() / std::f64::consts::PI).sqrt();
        let (low, high) = cell.bounds();
        for _ in 0..TRIES {
            let there = if chance.holds(huddled) { around(centre, near_km, chance) } else { within(low, high, chance) };
            let there = rounded(position(there));
            if cell.contains(point(there)) {
                return there;
            }
        }
        rounded(position(centre))
    }

    /// A home around a place, within the district.
    pub fn home_near(&self, place: Position, spread_km: f64, chance: &mut Chance) -> Position {
        for _ in 0..TRIES {
            let home = rounded(position(around(point(place), spread_km, chance)));
            if self.outline.contains(point(home)) {
                return home;
            }
        }
        place
    }
}

/// The distance on the flat ground, good to a thousandth; cheaper than along the great circle.
pub fn km_between(a: Position, b: Position) -> f64 {
    point(a).distance_km(point(b))
}

/// Where a point lies on the earth.
pub fn position(point: Point) -> Position {
    Position {
        latitude: MIDDLE.latitude + point.north_km / KM_PER_DEGREE,
        longitude: MIDDLE.longitude + point.east_km / KM_PER_DEGREE_EAST,
    }
}

/// A position as the tables hold it; whether it lies inside is asked after rounding.
fn rounded(position: Position) -> Position {
    let rounded = |degrees: f64| (degrees * FIFTH_DECIMAL).round() / FIFTH_DECIMAL;
    Position { latitude: rounded(position.latitude), longitude: rounded(position.longitude) }
}

/// Where a position lies on the flat ground (equirectangular around the middle; a district is small enough).
pub fn point(position: Position) -> Point {
    Point {
        east_km: (position.longitude - MIDDLE.longitude) * KM_PER_DEGREE_EAST,
        north_km: (position.latitude - MIDDLE.latitude) * KM_PER_DEGREE,
    }
}

fn outline() -> Ring {
    let corners = |scale: f64| {
        let corner = |index: u32| {
            let angle = TAU * f64::from(index) / f64::from(CORNERS);
            let wave: f64 = WAVES.iter().map(|(count, height, start)| height * (count * angle + start).cos()).sum();
            let reach = scale * (1.0 + wave);
            Point { east_km: reach * HALF_WIDTH_KM.0 * angle.cos(), north_km: reach * HALF_WIDTH_KM.1 * angle.sin() }
        };
        Ring((0..CORNERS).map(corner).collect())
    };
    corners((AREA_KM2 / corners(1.0).area_km2()).sqrt())
}

/// All that is nearer to one centre than to any other.
fn cell(outline: &Ring, centres: &[Point], own: usize) -> Ring {
    let others = centres.iter().enumerate().filter(|(index, _)| *index != own);
    others.fold(outline.clone(), |cell, (_, &other)| cell.nearer(centres[own], other))
}

fn around(middle: Point, spread_km: f64, chance: &mut Chance) -> Point {
    Point { east_km: middle.east_km + spread_km * chance.bell(), north_km: middle.north_km + spread_km * chance.bell() }
}

fn within(low: Point, high: Point, chance: &mut Chance) -> Point {
    Point {
        east_km: low.east_km + (high.east_km - low.east_km) * chance.unit(),
        north_km: low.north_km + (high.north_km - low.north_km) * chance.unit(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flat_ground_measures_as_the_earth_does() {
        let (here, there) = (position(point(FACTS[8].centre())), FACTS[13].centre());
        let flat_m = km_between(here, there) * 1_000.0;
        let round_m = here.distance_m(there);
        assert!((flat_m / round_m - 1.0).abs() < 0.001, "{flat_m} m flat, {round_m} m on the earth");
    }

    #[test]
    fn the_outline_has_the_districts_area_and_holds_every_centre() {
        let ground = Ground::new();
        assert!((ground.outline.area_km2() - AREA_KM2).abs() < 1e-6);
        assert!(ground.centres.iter().all(|&centre| ground.outline.contains(centre)));
    }

    #[test]
    fn the_cells_cover_the_outline_and_each_holds_its_own_centre_only() {
        let ground = Ground::new();
        let covered: f64 = ground.cells.iter().map(Ring::area_km2).sum();
        assert!((covered - AREA_KM2).abs() < 1e-6, "{covered} km² in cells");
        for (own, cell) in ground.cells.iter().enumerate() {
            let held: Vec<usize> = (0..ground.centres.len()).filter(|&i| cell.contains(ground.centres[i])).collect();
            assert_eq!(held, [own]);
        }
    }

    #[test]
    fn a_place_keeps_to_its_division() {
        let ground = Ground::new();
        let mut chance = Chance::new(1, 0);
        for division in 0..ground.cells.len() {
            for _ in 0..50 {
                let place = ground.place_in(division, 0.5, &mut chance);
                assert!(ground.cells[division].contains(point(place)));
            }
        }
    }
}
