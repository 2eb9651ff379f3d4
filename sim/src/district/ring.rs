//! Closed rings on a flat ground in kilometres.

/// A point east and north of the ground's middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub east_km: f64,
    pub north_km: f64,
}

impl Point {
    pub fn distance_km(self, other: Self) -> f64 {
        let (east_km, north_km) = (self.east_km - other.east_km, self.north_km - other.north_km);
        (east_km * east_km + north_km * north_km).sqrt()
    }
}

/// The corners of a polygon, counter-clockwise; the last is joined to the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring(pub Vec<Point>);

impl Ring {
    fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().copied().zip(next.copied())
    }

    /// By the shoelace formula; negative when the corners run clockwise.
    pub fn area_km2(&self) -> f64 {
        self.edges().map(|(a, b)| a.east_km * b.north_km - b.east_km * a.north_km).sum::<f64>() / 2.0
    }

    /// Whether a point lies inside: a ray to the east crosses the edges an odd number of times.
    pub fn contains(&self, point: Point) -> bool {
        let crossed = |(a, b): (Point, Point)| {
            (a.north_km > point.north_km) != (b.north_km > point.north_km)
                && point.east_km
                    < (b.east_km - a.east_km) * (point.north_km - a.north_km) / (b.north_km - a.north_km) + a.east_km
        };
        self.edges().filter(|&edge| crossed(edge)).count() % 2 == 1
    }

    /// What is nearer to `to` than to `than`: one cut of Sutherland and Hodgman's polygon clipping.
    pub fn nearer(&self, to: Point, than: Point) -> Self {
        let middle = Point {
            east_km: f64::midpoint(to.east_km, than.east_km),
            north_km: f64::midpoint(to.north_km, than.north_km),
        };
        let depth = |p: Point| {
            (p.east_km - middle.east_km) * (to.east_km - than.east_km)
                + (p.north_km - middle.north_km) * (to.north_km - than.north_km)
        };
        let mut corners = Vec::with_capacity(self.0.len() + 2);
        for (a, b) in self.edges() {
            let (from, until) = (depth(a), depth(b));
            if from >= 0.0 {
                corners.push(a);
            }
            if (from >= 0.0) != (until >= 0.0) {
                corners.push(between(a, b, from / (from - until)));
            }
        }
        Self(corners)
    }

    /// South-west and north-east corner of the box around the ring.
    pub fn bounds(&self) -> (Point, Point) {
        let edge = |fold: fn(f64, f64) -> f64, start: f64| Point {
            east_km: self.0.iter().map(|p| p.east_km).fold(start, fold),
            north_km: self.0.iter().map(|p| p.north_km).fold(start, fold),
        };
        (edge(f64::min, f64::INFINITY), edge(f64::max, f64::NEG_INFINITY))
    }
}

fn between(a: Point, b: Point, share: f64) -> Point {
    Point {
        east_km: a.east_km + (b.east_km - a.east_km) * share,
        north_km: a.north_km + (b.north_km - a.north_km) * share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(east_km: f64, north_km: f64) -> Point {
        Point { east_km, north_km }
    }

    fn square() -> Ring {
        Ring(vec![point(0.0, 0.0), point(4.0, 0.0), point(4.0, 4.0), point(0.0, 4.0)])
    }

    #[test]
    fn a_square_knows_its_area_and_inside() {
        assert!((square().area_km2() - 16.0).abs() < 1e-12);
        assert!(square().contains(point(1.0, 3.0)) && !square().contains(point(5.0, 3.0)));
        assert_eq!(square().bounds(), (point(0.0, 0.0), point(4.0, 4.0)));
    }

    #[test]
    fn the_cut_lies_half_way_between_two_points() {
        let west = square().nearer(point(0.0, 2.0), point(2.0, 2.0));
        assert!((west.area_km2() - 4.0).abs() < 1e-12);
        assert!(west.contains(point(0.5, 1.0)) && !west.contains(point(1.5, 1.0)));
    }
}
