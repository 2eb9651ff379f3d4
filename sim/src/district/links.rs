//! Standing links between teams and sites (挂点直联): a team knows the sites near its base, and every site has a team.

use std::{collections::BTreeSet, ops::Range};

use domain::Position;

use super::{chance::Chance, ground::km_between, sites::Site, teams::Team};

/// A team is responsible for a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Its place in the district's teams.
    pub team: usize,
    /// Its place in the district's sites.
    pub site: usize,
}

/// One link for so many people of a team: about what one site needs.
const PEOPLE_A_LINK: u32 = 29;
/// How often a link passes over the next nearest site, and how often it goes to a site anywhere in the district.
const PASSED_OVER: f64 = 0.15;
const FAR: f64 = 0.06;

/// The links of all teams.
pub fn tie(teams: &[Team], sites: &[Site], chance: &mut Chance) -> Vec<Link> {
    let mut links = BTreeSet::new();
    for (index, team) in teams.iter().enumerate() {
        let own = of_division(sites, team.division);
        for site in chosen(team, sites, own, chance) {
            links.insert(Link { team: index, site });
        }
    }
    let linked: BTreeSet<usize> = links.iter().map(|link| link.site).collect();
    for (site, stands) in sites.iter().enumerate().filter(|(site, _)| !linked.contains(site)) {
        links.insert(Link { team: nearest_team(teams, stands), site });
    }
    links.into_iter().collect()
}

fn of_division(sites: &[Site], division: usize) -> Range<usize> {
    sites.partition_point(|site| site.division < division)..sites.partition_point(|site| site.division <= division)
}

fn chosen(team: &Team, sites: &[Site], own: Range<usize>, chance: &mut Chance) -> Vec<usize> {
    let wanted = (team.size / PEOPLE_A_LINK).max(1) as usize;
    let mut chosen = Vec::with_capacity(wanted);
    let near = nearest(team.base, sites, own, 2 * wanted);
    for &site in &near {
        if chosen.len() == wanted {
            break;
        }
        if chance.holds(FAR) {
            chosen.push(chance.below(sites.len()));
        } else if !chance.holds(PASSED_OVER) {
            chosen.push(site);
        }
    }
    if chosen.is_empty() {
        chosen.extend(near.first());
    }
    chosen
}

/// The nearest sites of a range, nearest first.
fn nearest(from: Position, sites: &[Site], range: Range<usize>, count: usize) -> Vec<usize> {
    let mut by_distance: Vec<(f64, usize)> = range.map(|site| (km_between(from, sites[site].position), site)).collect();
    if count < by_distance.len() {
        by_distance.select_nth_unstable_by(count, |a, b| a.0.total_cmp(&b.0));
        by_distance.truncate(count);
    }
    by_distance.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    by_distance.into_iter().map(|(_, site)| site).collect()
}

/// Every division has a team, so a site's nearest is looked for among its own.
fn nearest_team(teams: &[Team], site: &Site) -> usize {
    let first = teams.partition_point(|team| team.division < site.division);
    let last = teams.partition_point(|team| team.division <= site.division);
    let distance_km = |team: &usize| km_between(teams[*team].base, site.position);
    (first..last).min_by(|a, b| distance_km(a).total_cmp(&distance_km(b))).unwrap_or(0)
}
