//! A tree of sixteens over points on the sphere, each with a value for every skill.
//!
//! What is searched for is a point with a small `distance − value`: the value is a price where agents look for posts
//! ([`super::market`]), and what an agent would come for where posts look for agents ([`super::crowd`]). Every node knows
//! the box round each of its sixteen children and the highest value of each skill in it, so that one step judges all
//! sixteen in a row of equal instructions, which the processor does four or more at a time.
//!
//! Positions are metres from the middle of the points, and all of this is counted in 32-bit floats: a bound is allowed to
//! be too low by as much as that costs ([`Seek::new`]), never too high. What is found is counted exactly by the caller.

use crate::geo::Direction;
use crate::net::small;

/// Children of a node.
const WIDTH: usize = 16;

/// One number for each child.
type Lane = [f32; WIDTH];

/// No value: the point is not to be found.
const NOTHING: f32 = f32::NEG_INFINITY;

/// Points in the order of the leaves, and what is known of each node.
#[derive(Clone, Debug)]
pub(super) struct Grove {
    /// Indices of the points, leaf after leaf.
    pub order: Vec<u32>,
    /// Where each point stands in `order`.
    seat: Vec<u32>,
    /// From the points up to the root.
    levels: Vec<Level>,
    /// Skills that somebody asks for are numbered below this; the tree knows no others.
    pub skills: u8,
    middle: Direction,
    radius_m: f64,
    span_m: f32,
}

/// All nodes that are equally far from the points.
#[derive(Clone, Debug)]
struct Level {
    low: Vec<[Lane; 3]>,
    high: Vec<[Lane; 3]>,
    /// Highest value by node and skill.
    highest: Vec<Lane>,
}

/// Somebody looking from somewhere for something.
struct Seek {
    from: [f32; 3],
    skills: u32,
    span_m: f32,
    threshold: f32,
}

impl Seek {
    /// The bounds of a search may be wrong by the rounding of positions, values and limit: 2⁻²⁴ of each, of which a few add
    /// up; what is near the limit has no larger value than limit and span together.
    fn limit(&mut self, limit: i64) {
        let limit = limit as f32;
        self.threshold = limit + (limit.abs() + self.span_m) / (1 << 20) as f32 + 1.0;
    }
}

impl Grove {
    pub fn new(points: &[Direction], skills: u8, radius_m: f64) -> Self {
        let bounds = bounds(points);
        let middle = Direction(bounds.map(|[low, high]| 0.5 * (low + high)));
        let width = bounds.map(|[low, high]| ((high - low) * radius_m) as f32);
        let mut order: Vec<u32> = (0..small(points.len())).collect();
        split(points, &mut order);
        let mut seat = vec![0; points.len()];
        for (at, &point) in order.iter().enumerate() {
            seat[point as usize] = small(at);
        }
        let levels = Vec::new();
        let mut grove = Self { order, seat, levels, skills, middle, radius_m, span_m: width.iter().sum() };
        grove.grow(points);
        grove
    }

    fn grow(&mut self, points: &[Direction]) {
        let at = self.order.iter().map(|&point| self.metres(points[point as usize]));
        let mut boxes: Vec<[[f32; 3]; 2]> = at.map(|at| [at, at]).collect();
        loop {
            let nodes = boxes.len().div_ceil(WIDTH).max(1);
            let mut level = Level {
                low: vec![[[0.0; WIDTH]; 3]; nodes],
                high: vec![[[0.0; WIDTH]; 3]; nodes],
                highest: vec![[NOTHING; WIDTH]; nodes * usize::from(self.skills)],
            };
            for (index, [low, high]) in boxes.iter().enumerate() {
                for axis in 0..3 {
                    level.low[index / WIDTH][axis][index % WIDTH] = low[axis];
                    level.high[index / WIDTH][axis][index % WIDTH] = high[axis];
                }
            }
            self.levels.push(level);
            if nodes == 1 {
                return;
            }
            boxes = boxes.chunks(WIDTH).map(around).collect();
        }
    }

    /// Metres from the middle.
    #[inline]
    fn metres(&self, at: Direction) -> [f32; 3] {
        [0, 1, 2].map(|axis| ((at.0[axis] - self.middle.0[axis]) * self.radius_m) as f32)
    }

    /// No point has a value any more.
    pub fn clear(&mut self) {
        for level in &mut self.levels {
            level.highest.fill([NOTHING; WIDTH]);
        }
    }

    /// Gives a point a value; `None` takes it out of every search.
    pub fn set(&mut self, point: u32, skill: u8, value: Option<i64>) {
        let mut index = self.seat[point as usize] as usize;
        let mut value = value.map_or(NOTHING, |value| value as f32);
        for level in &mut self.levels {
            let lane = &mut level.highest[index / WIDTH * usize::from(self.skills) + usize::from(skill)];
            if lane[index % WIDTH].to_bits() == value.to_bits() {
                return;
            }
            lane[index % WIDTH] = value;
            value = lane.iter().fold(NOTHING, |most, &value| if value > most { value } else { most });
            index /= WIDTH;
        }
    }

    /// Gives a point at least this value for each of the skills.
    pub fn lift(&mut self, point: u32, of: u32, value: i64) {
        let (value, skills) = (value as f32, usize::from(self.skills));
        let mut index = self.seat[point as usize] as usize;
        for level in &mut self.levels {
            let mut is_lifted = false;
            for (skill, lane) in level.highest[index / WIDTH * skills..][..skills].iter_mut().enumerate() {
                if of >> skill & 1 == 1 && lane[index % WIDTH] < value {
                    lane[index % WIDTH] = value;
                    is_lifted = true;
                }
            }
            if !is_lifted {
                return;
            }
            index /= WIDTH;
        }
    }

    /// Shows `visit` every point for which `metres − value` of one of the skills may be below the limit, the most
    /// promising first as far as that is known. `visit` returns the limit from then on.
    pub fn search(&self, from: Direction, skills: u32, limit: i64, visit: &mut impl FnMut(u32) -> i64) {
        let mut seek = Seek { from: self.metres(from), skills, span_m: self.span_m, threshold: 0.0 };
        seek.limit(limit);
        self.descend(self.levels.len() - 1, 0, &mut seek, visit);
    }

    fn descend(&self, level: usize, node: usize, seek: &mut Seek, visit: &mut impl FnMut(u32) -> i64) {
        let bounds = self.bounds(level, node, seek);
        let mut near = [(0.0, 0); WIDTH];
        let mut count = 0;
        for (child, &bound) in bounds.iter().enumerate() {
            if bound < seek.threshold {
                let mut at = count;
                while at > 0 && near[at - 1].0 > bound {
                    near[at] = near[at - 1];
                    at -= 1;
                }
                near[at] = (bound, child);
                count += 1;
            }
        }
        for &(bound, child) in &near[..count] {
            if bound >= seek.threshold {
                return;
            }
            let child = node * WIDTH + child;
            if level > 0 {
                self.descend(level - 1, child, seek, visit);
            } else {
                let limit = visit(self.order[child]);
                seek.limit(limit);
            }
        }
    }

    /// For each child: nothing in it is below this.
    #[inline]
    fn bounds(&self, level: usize, node: usize, seek: &Seek) -> Lane {
        let Level { low, high, highest } = &self.levels[level];
        let (low, high) = (&low[node], &high[node]);
        let skills = usize::from(self.skills);
        let mut value = [NOTHING; WIDTH];
        for (skill, lane) in highest[node * skills..][..skills].iter().enumerate() {
            if seek.skills >> skill & 1 == 1 {
                for at in 0..WIDTH {
                    value[at] = if lane[at] > value[at] { lane[at] } else { value[at] };
                }
            }
        }
        let mut squares = [0.0; WIDTH];
        for axis in 0..3 {
            let from = seek.from[axis];
            for at in 0..WIDTH {
                let (before, after) = (low[axis][at] - from, from - high[axis][at]);
                let gap = if before > after { before } else { after };
                let gap = if gap > 0.0 { gap } else { 0.0 };
                squares[at] += gap * gap;
            }
        }
        let mut bounds = [0.0; WIDTH];
        for at in 0..WIDTH {
            bounds[at] = squares[at].sqrt() - value[at];
        }
        bounds
    }
}

/// Puts what is near together: halves, again and again, cut where nodes of the tree end.
fn split(points: &[Direction], order: &mut [u32]) {
    if order.len() <= WIDTH {
        return;
    }
    let mut unit = WIDTH;
    while unit * WIDTH < order.len() {
        unit *= WIDTH;
    }
    let cut = (order.len() / 2).div_ceil(unit) * unit;
    let cut = if cut < order.len() { cut } else { unit };
    let of: Vec<Direction> = order.iter().map(|&point| points[point as usize]).collect();
    let width = bounds(&of).map(|[low, high]| high - low);
    let axis = (1..3).fold(0, |widest, axis| if width[axis] > width[widest] { axis } else { widest });
    let along = |&point: &u32| points[point as usize].0[axis];
    order.select_nth_unstable_by(cut, |a, b| along(a).total_cmp(&along(b)).then(a.cmp(b)));
    let (left, right) = order.split_at_mut(cut);
    split(points, left);
    split(points, right);
}

fn around(boxes: &[[[f32; 3]; 2]]) -> [[f32; 3]; 2] {
    boxes.iter().skip(1).fold(boxes[0], |[low, high], other| {
        let each = [0, 1, 2];
        [each.map(|axis| low[axis].min(other[0][axis])), each.map(|axis| high[axis].max(other[1][axis]))]
    })
}

fn bounds(points: &[Direction]) -> [[f64; 2]; 3] {
    let Some(first) = points.first() else { return [[0.0; 2]; 3] };
    points.iter().fold(first.0.map(|coordinate| [coordinate; 2]), |bounds, point| {
        [0, 1, 2].map(|axis| [bounds[axis][0].min(point.0[axis]), bounds[axis][1].max(point.0[axis])])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{EARTH_RADIUS_M, Position};
    use crate::towns::Chance;

    #[test]
    fn whatever_is_below_the_limit_is_found() {
        let mut chance = Chance::new(3);
        for count in [0, 1, 2, 16, 17, 64, 333, 5_000] {
            let mut point = || Direction::from(Position::new(20.0 + chance.unit(), 110.0 + chance.unit()));
            let points: Vec<Direction> = (0..count).map(|_| point()).collect();
            let mut grove = Grove::new(&points, 2, EARTH_RADIUS_M);
            let value = |point: usize, skill: usize| (point as i64 * 7_919 + skill as i64 * 104_729) % 40_000;
            for point in 0..count {
                grove.set(small(point), 0, Some(value(point, 0)));
                grove.lift(small(point), 0b10, value(point, 1));
            }
            let from = Direction::from(Position::new(20.3, 110.6));
            for (skills, limit) in [(0b01, 0), (0b10, 10_000), (0b11, -20_000)] {
                let deal = |point: usize| {
                    let value = (0..2).filter(|skill| skills >> skill & 1 == 1).map(|skill| value(point, skill)).max();
                    from.metres_to(points[point], EARTH_RADIUS_M) - value.unwrap_or(0)
                };
                let mut found = Vec::new();
                grove.search(from, skills, limit, &mut |point| {
                    found.push(point as usize);
                    limit
                });
                found.retain(|&point| deal(point) < limit);
                found.sort_unstable();
                let wanted: Vec<usize> = (0..count).filter(|&point| deal(point) < limit).collect();
                assert_eq!(found, wanted, "{count} points, skills {skills:b}, below {limit}");
            }
        }
    }
}
