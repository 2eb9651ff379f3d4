//! Positions on the sphere and the length of the way between them.
//!
//! Positions are WGS-84 degrees, as people write them. Distances are great circles on a sphere with the
//! mean Earth radius of IUGG (R₁ = 6,371,008.8 m), stretched by a factor for the detours of real roads and rounded
//! to whole metres, so that everything after this module is integer arithmetic.
//!
//! A position is turned into a unit vector once. The angle between two of them then costs three
//! subtractions, a square root and a short series – no trigonometry – and is exact to about 10⁻⁹ m, which the usual
//! haversine formula does not better.

/// Mean Earth radius in metres (IUGG, R₁).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place on Earth in WGS-84 degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

impl Position {
    /// A position from degrees north and degrees east.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude }
    }

    /// Whether both numbers are finite and in range.
    pub fn is_on_earth(self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }

    /// Metres along the great circle, stretched by `stretch` and rounded half up.
    pub fn metres_to(self, other: Self, stretch: f64) -> i64 {
        Direction::from(self).metres_to(Direction::from(other), stretch * EARTH_RADIUS_M)
    }
}

/// A position as a unit vector from the centre of the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Direction(pub [f64; 3]);

impl From<Position> for Direction {
    fn from(position: Position) -> Self {
        let (latitude, longitude) = (position.latitude.to_radians(), position.longitude.to_radians());
        Self([latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()])
    }
}

impl Direction {
    /// Rounded length of the arc on a sphere of `radius_m`.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "half the Earth's girth in metres is far below 2^53")]
    pub fn metres_to(self, other: Self, radius_m: f64) -> i64 {
        (arc(self.chord_squared(other)) * radius_m + 0.5) as i64
    }

    /// Square of the straight line through the Earth, in radii.
    #[inline]
    pub fn chord_squared(self, other: Self) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|axis| self.0[axis] - other.0[axis]);
        x * x + y * y + z * z
    }
}

/// The angle whose chord has this square: `2·asin(√c²/2)`.
///
/// Below 500 km the series of the arc sine is exact to the last bit with six terms; beyond, the library's function.
#[inline]
fn arc(chord_squared: f64) -> f64 {
    let half = 0.5 * chord_squared.sqrt();
    let h2 = half * half;
    if h2 < 0.0016 {
        let tail = h2 * (35.0 / 1152.0 + h2 * (63.0 / 2816.0));
        2.0 * half * (1.0 + h2 * (1.0 / 6.0 + h2 * (3.0 / 40.0 + h2 * (15.0 / 336.0 + tail))))
    } else {
        2.0 * half.min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook formula, as an oracle.
    fn haversine(a: Position, b: Position) -> f64 {
        let (p, q) = (a.latitude.to_radians(), b.latitude.to_radians());
        let (dp, dl) = (q - p, (b.longitude - a.longitude).to_radians());
        let s = (dp / 2.0).sin().powi(2) + p.cos() * q.cos() * (dl / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_M * s.sqrt().min(1.0).asin()
    }

    #[test]
    fn agrees_with_haversine_near_and_far() {
        let home = Position::new(21.66, 110.92);
        for (latitude, longitude) in
            [(21.66, 110.92), (21.66, 110.920_001), (21.7, 110.8), (25.3, 110.9), (39.9, 116.4), (-21.66, -69.08)]
        {
            let there = Position::new(latitude, longitude);
            let (fast, slow) = (home.metres_to(there, 1.0), haversine(home, there));
            assert!((fast as f64 - slow).abs() <= 0.51, "{latitude} {longitude}: {fast} against {slow}");
        }
    }

    #[test]
    fn the_series_meets_the_library_at_its_border() {
        for half in [0.000_1_f64, 0.01, 0.03, 0.039_99] {
            let (series, library) = (arc(4.0 * half * half), 2.0 * half.asin());
            assert!((series - library).abs() <= 4.0 * f64::EPSILON * library, "{half}: {series} {library}");
        }
    }

    #[test]
    fn the_poles_and_the_date_line_are_ordinary() {
        assert_eq!(Position::new(90.0, 0.0).metres_to(Position::new(90.0, 77.0), 1.0), 0);
        assert_eq!(Position::new(0.0, 180.0).metres_to(Position::new(0.0, -180.0), 1.0), 0);
        assert_eq!(Position::new(0.0, 0.0).metres_to(Position::new(0.0, 180.0), 1.0), 20_015_114);
    }
}
