//! Drawing a district as a picture of its own: no tiles from elsewhere. Positions are laid flat around their middle
//! (equirectangular), which over 60 km is out by less than a line's width.

use std::fmt::Write as _;

use domain::Position;

use super::boundary::Shape;

/// Space kept free around the picture, in its units.
const MARGIN: f64 = 14.0;
/// Points of a line closer than this are drawn as one.
const FINEST: f64 = 0.7;

/// A sheet onto which positions are laid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    pub width: f64,
    pub height: f64,
    west: f64,
    north: f64,
    per_degree_east: f64,
    per_degree_north: f64,
}

impl Canvas {
    /// A sheet of that width that holds all these positions; none when there are none.
    pub fn fit(positions: impl IntoIterator<Item = Position>, width: f64) -> Option<Self> {
        let (mut west, mut east, mut south, mut north) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for at in positions {
            (west, east) = (west.min(at.longitude), east.max(at.longitude));
            (south, north) = (south.min(at.latitude), north.max(at.latitude));
        }
        if west > east {
            return None;
        }
        let shrink = f64::midpoint(south, north).to_radians().cos().max(0.01);
        // One place alone, or a line of them, still has an extent. Nothing is drawn taller than twice its width.
        let wide = (east - west).max((north - south) / shrink / 2.0).max(0.002);
        let per_degree_east = (width - 2.0 * MARGIN) / wide;
        let per_degree_north = per_degree_east / shrink;
        let height = ((north - south) * per_degree_north).max(width / 4.0) + 2.0 * MARGIN;
        let spare_east = (width - 2.0 * MARGIN) / per_degree_east - (east - west);
        let spare_north = (height - 2.0 * MARGIN) / per_degree_north - (north - south);
        Some(Self {
            width,
            height: height.round(),
            west: west - spare_east / 2.0,
            north: north + spare_north / 2.0,
            per_degree_east,
            per_degree_north,
        })
    }

    /// Where a position lies on the sheet, from its upper left corner.
    pub fn place(&self, at: Position) -> (f64, f64) {
        let x = MARGIN + (at.longitude - self.west) * self.per_degree_east;
        let y = MARGIN + (self.north - at.latitude) * self.per_degree_north;
        ((x * 10.0).round() / 10.0, (y * 10.0).round() / 10.0)
    }

    /// The `d` of an SVG path; for `fill-rule="evenodd"`, so that holes stay open.
    pub fn path(&self, shape: &Shape) -> String {
        shape.0.iter().flatten().fold(String::new(), |mut path, ring| {
            self.draw_ring(ring, &mut path);
            path
        })
    }

    /// The `d` of the line around some positions (their convex hull).
    pub fn hull(&self, positions: &[Position]) -> String {
        let mut path = String::new();
        let corners = hull(positions.iter().map(|at| self.place(*at)).collect());
        for (at, (x, y)) in corners.iter().enumerate() {
            push(&mut path, if at == 0 { 'M' } else { 'L' }, *x, *y);
        }
        path + "Z"
    }

    fn draw_ring(&self, ring: &[Position], path: &mut String) {
        let mut last: Option<(f64, f64)> = None;
        for (x, y) in ring.iter().map(|at| self.place(*at)) {
            if last.is_some_and(|(a, b)| (x - a).abs() < FINEST && (y - b).abs() < FINEST) {
                continue;
            }
            push(path, if last.is_none() { 'M' } else { 'L' }, x, y);
            last = Some((x, y));
        }
        path.push('Z');
    }
}

/// Which of these labels can be written without one lying on another: the earlier ones win. `place` is the middle of the
/// line of text; a Chinese character is as wide as it is high.
pub fn legible(labels: &[((f64, f64), &str)], height: f64) -> Vec<bool> {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 0.55 } else { 1.0 }).sum::<f64>() * height;
    let mut written: Vec<(f64, f64, f64)> = Vec::new();
    let fits = |((x, y), text): &((f64, f64), &str)| {
        let half = width(text) / 2.0 + 2.0;
        let is_free =
            written.iter().all(|(a, b, other)| (x - a).abs() >= half + other || (y - b).abs() >= height * 1.15);
        if is_free {
            written.push((*x, *y, half));
        }
        is_free
    };
    labels.iter().map(fits).collect()
}

fn push(path: &mut String, command: char, x: f64, y: f64) {
    // Writing to a string cannot fail.
    let _ = write!(path, "{command}{x} {y}");
}

/// Andrew's monotone chain.
fn hull(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut corners = chain(points.iter().copied());
    corners.pop();
    let mut back = chain(points.iter().rev().copied());
    back.pop();
    corners.append(&mut back);
    corners
}

fn chain(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let turns_left =
        |a: (f64, f64), b: (f64, f64), c: (f64, f64)| (b.0 - a.0) * (c.1 - a.1) > (b.1 - a.1) * (c.0 - a.0);
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for point in points {
        while corners.len() > 1 && !turns_left(corners[corners.len() - 2], corners[corners.len() - 1], point) {
            corners.pop();
        }
        corners.push(point);
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position { latitude, longitude }
    }

    #[test]
    fn everything_lies_on_the_sheet_and_north_is_up() {
        let corners = [at(21.5, 110.7), at(21.9, 111.1), at(21.7, 110.8)];
        let canvas = Canvas::fit(corners, 640.0).unwrap();
        for corner in corners {
            let (x, y) = canvas.place(corner);
            assert!((0.0..=640.0).contains(&x) && (0.0..=canvas.height).contains(&y), "{x} {y}");
        }
        assert!(canvas.place(corners[1]).1 < canvas.place(corners[0]).1);
        assert_eq!(Canvas::fit([], 640.0), None);
        let alone = Canvas::fit([corners[0]], 640.0).unwrap();
        assert!((alone.place(corners[0]).0 - 320.0).abs() < 0.1);
    }

    #[test]
    fn a_square_is_as_high_as_wide_on_the_ground() {
        let (south_west, north_east) = (at(21.0, 110.0), at(21.1, 110.0 + 0.1 / 21.05_f64.to_radians().cos()));
        let canvas = Canvas::fit([south_west, north_east], 640.0).unwrap();
        assert!((canvas.height - 640.0).abs() <= 1.0, "{}", canvas.height);
    }

    #[test]
    fn a_label_gives_way_to_the_one_before_it() {
        let labels = [
            ((100.0, 100.0), "河西街道"),
            ((120.0, 104.0), "官渡街道"),
            ((100.0, 120.0), "高山镇"),
            ((200.0, 100.0), "羊角镇"),
        ];
        assert_eq!(legible(&labels, 12.0), [true, false, true, true]);
    }

    #[test]
    fn a_hull_leaves_out_what_lies_inside() {
        let square = vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (2.0, 2.0), (2.0, 0.0)];
        assert_eq!(hull(square), [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]);
    }
}
