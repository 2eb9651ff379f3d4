//! Grouping neighbouring sites into zones, so that each zone lead has five to seven sites. One person directs three to
//! seven others well (span of control), so a zone never has more than seven sites, and never fewer than three where there
//! are enough.
//!
//! The sites are halved again and again across their longer side, each half getting sites in proportion to its zones. The
//! zones come out even and compact, in a time that a district of 20,000 sites does not notice, and the same sites always
//! give the same zones.

use domain::Position;

/// The most sites one lead can direct.
pub const MOST: usize = 7;
/// What is aimed at.
const AIM: usize = 6;

/// Groups of places that lie together; each group holds places' indices, in the order given.
pub fn group(places: &[Position]) -> Vec<Vec<usize>> {
    let mut all: Vec<usize> = (0..places.len()).collect();
    let mut groups = Vec::new();
    if !all.is_empty() {
        halve(places, &mut all, zones_for(places.len()), &mut groups);
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups
}

/// How many zones so many sites make.
pub fn zones_for(sites: usize) -> usize {
    sites.div_ceil(MOST).max((sites + AIM / 2) / AIM).max(usize::from(sites > 0))
}

fn halve(places: &[Position], members: &mut [usize], zones: usize, groups: &mut Vec<Vec<usize>>) {
    if zones <= 1 {
        groups.push(members.to_vec());
        return;
    }
    let key = longer_side(places, members);
    members.sort_unstable_by(|a, b| key(places[*a]).total_cmp(&key(places[*b])).then(a.cmp(b)));
    let first = zones / 2;
    // Sizes differ by one at most: the larger ones go to the first half, as far as they are its share.
    let (size, larger) = (members.len() / zones, members.len() % zones);
    let (one, other) = members.split_at_mut(first * size + larger.min(first));
    halve(places, one, first, groups);
    halve(places, other, zones - first, groups);
}

/// The coordinate in which these places are spread widest, in metres.
fn longer_side(places: &[Position], members: &[usize]) -> fn(Position) -> f64 {
    let spread = |of: fn(Position) -> f64| {
        let values = || members.iter().map(|at| of(places[*at]));
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    };
    let north: fn(Position) -> f64 = |p| p.latitude;
    let east: fn(Position) -> f64 = |p| p.longitude;
    let shrink = members.first().map_or(1.0, |at| places[*at].latitude.to_radians().cos());
    if spread(north) >= spread(east) * shrink { north } else { east }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places strewn by a fixed rule.
    fn strewn(count: u32) -> Vec<Position> {
        let place = |n: u32| Position {
            latitude: 21.5 + f64::from(n * 7919 % 1000) / 3000.0,
            longitude: 110.7 + f64::from(n * 104_729 % 1000) / 2000.0,
        };
        (0..count).map(place).collect()
    }

    #[test]
    fn no_lead_has_more_than_seven_sites_or_fewer_than_three() {
        for count in 0..400 {
            let groups = group(&strewn(count));
            let mut all: Vec<usize> = groups.iter().flatten().copied().collect();
            all.sort_unstable();
            assert_eq!(all, (0..count as usize).collect::<Vec<_>>());
            for group in groups {
                assert!(group.len() <= MOST && (group.len() >= 3 || count < 3), "{} of {count}", group.len());
            }
        }
        assert_eq!(zones_for(139), 23);
    }

    #[test]
    fn neighbours_stay_together() {
        let places = strewn(139);
        let widest = |group: &Vec<usize>| {
            let pairs = group.iter().flat_map(|a| group.iter().map(|b| places[*a].distance_m(places[*b])));
            pairs.fold(0.0, f64::max)
        };
        let groups = group(&places);
        let mean_m = groups.iter().map(widest).sum::<f64>() / groups.len() as f64;
        // The whole is about 64 km across; a zone of it, a fifth of that or less.
        assert!(mean_m < 13_000.0, "{mean_m} m");
    }
}
