//! Places in neighbourhoods within neighbourhoods: each has a middle, and a radius within which all its places lie.

use std::ops::Range;

use crate::geo::Direction;

/// A neighbourhood of no more places has no smaller ones within.
const FEW: usize = 8;

/// Three lengths rounded to whole metres miss the triangle inequality by at most this.
const ROUNDING_M: i64 = 2;

/// All neighbourhoods of some places; those within another follow it.
#[derive(Clone, Debug)]
pub(crate) struct Neighbourhoods {
    /// Places, so that each neighbourhood's stand together.
    pub places: Vec<usize>,
    pub all: Vec<Neighbourhood>,
}

#[derive(Clone, Debug)]
pub(crate) struct Neighbourhood {
    /// Its part of the places.
    pub part: Range<usize>,
    /// The first that is not within this one.
    pub after: usize,
    /// None where nothing is known of distances.
    pub middle: Option<Direction>,
    /// A place is at least its distance to the middle less this from anybody, in whole metres.
    pub radius_m: i64,
}

impl Neighbourhood {
    pub fn has_smaller(&self) -> bool {
        self.middle.is_some() && self.part.len() > FEW
    }
}

impl Neighbourhoods {
    /// Halves the places across their widest side until each piece is small. Its middle is the place that was the median.
    pub fn of(at: &[Direction], radius_m: f64) -> Self {
        let mut found = Self { places: (0..at.len()).collect(), all: Vec::new() };
        found.halve(0..at.len(), at, radius_m);
        found
    }

    /// All places, about whose distances nothing is known.
    pub fn of_everything(places: usize) -> Self {
        let whole = Neighbourhood { part: 0..places, after: 1, middle: None, radius_m: 0 };
        Self { places: (0..places).collect(), all: vec![whole] }
    }

    fn halve(&mut self, part: Range<usize>, at: &[Direction], radius_m: f64) {
        if part.is_empty() {
            return;
        }
        let (half, own) = (part.len() / 2, self.all.len());
        let places = &mut self.places[part.clone()];
        let axis = widest(places, at);
        places.select_nth_unstable_by(half, |&a, &b| at[a].0[axis].total_cmp(&at[b].0[axis]).then(a.cmp(&b)));
        let middle = at[places[half]];
        let farthest = places.iter().map(|&place| middle.metres_to(at[place], radius_m)).max().unwrap_or(0);
        let radius_with_rounding_m = farthest + ROUNDING_M;
        let (from, to) = (part.start, part.end);
        self.all.push(Neighbourhood { part, after: 0, middle: Some(middle), radius_m: radius_with_rounding_m });
        if self.all[own].has_smaller() {
            self.halve(from..from + half, at, radius_m);
            self.halve(from + half..to, at, radius_m);
        }
        self.all[own].after = self.all.len();
    }
}

fn widest(places: &[usize], at: &[Direction]) -> usize {
    let width = |&axis: &usize| {
        let along = || places.iter().map(|&place| at[place].0[axis]);
        along().fold(f64::NEG_INFINITY, f64::max) - along().fold(f64::INFINITY, f64::min)
    };
    (0..3).max_by(|a, b| width(a).total_cmp(&width(b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{EARTH_RADIUS_M, Position};

    #[test]
    fn every_place_is_in_one_of_the_smallest_and_nobody_is_nearer_than_each_says() {
        let at = |n: u32| {
            let spread = f64::from(n * 7_919 % 10_007) / 10_007.0;
            Direction::from(Position::new(21.4 + spread, 110.5 + f64::from(n % 97) / 97.0))
        };
        let places: Vec<Direction> = (0..1_000).map(at).collect();
        let found = Neighbourhoods::of(&places, 1.3 * EARTH_RADIUS_M);
        let smallest = found.all.iter().filter(|around| !around.has_smaller());
        let mut all: Vec<usize> = smallest.flat_map(|around| found.places[around.part.clone()].to_vec()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..1_000).collect::<Vec<_>>());
        for who in (0..300).map(|n| at(n * 31 + 5)) {
            for around in &found.all {
                let metres = |to: Direction| who.metres_to(to, 1.3 * EARTH_RADIUS_M);
                let at_least = metres(around.middle.expect("a middle")) - around.radius_m;
                assert!(found.places[around.part.clone()].iter().all(|&place| metres(places[place]) >= at_least));
            }
        }
    }

    #[test]
    fn no_places_have_no_neighbourhood() {
        assert!(Neighbourhoods::of(&[], EARTH_RADIUS_M).all.is_empty());
    }
}
