//! Where to put places: published optima, all sets tried, and bounds that are bounds.

use std::io::Read;
use std::path::PathBuf;

use flow::median::{Sited, Siting, SitingError, UNLIMITED};
use flow::network::{Arc, Network, UNBOUNDED};
use flow::towns::Chance;

fn shared(file: &str) -> Option<String> {
    let root = std::env::var_os("MUSTER_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join("flow/pmed").join(file);
    let Ok(packed) = std::fs::File::open(&path) else {
        println!("skipped: {file} is not in the shared data");
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    Some(text)
}

/// Shortest ways between all nodes of a graph in OR-Library's form.
fn from_graph(text: &str) -> Siting {
    let mut numbers = text.split_ascii_whitespace().map(|word| word.parse::<usize>().unwrap());
    let [nodes, edges, count] = [(); 3].map(|()| numbers.next().unwrap());
    let mut distance = vec![u32::MAX / 4; nodes * nodes];
    (0..nodes).for_each(|node| distance[node * nodes + node] = 0);
    for _ in 0..edges {
        let [a, b, cost] = [(); 3].map(|()| numbers.next().unwrap());
        distance[(a - 1) * nodes + b - 1] = cost as u32;
        distance[(b - 1) * nodes + a - 1] = cost as u32;
    }
    for via in 0..nodes {
        for from in 0..nodes {
            let first = distance[from * nodes + via];
            for to in 0..nodes {
                let way = first + distance[via * nodes + to];
                distance[from * nodes + to] = distance[from * nodes + to].min(way);
            }
        }
    }
    Siting { weight: vec![1; nodes], capacity: vec![UNLIMITED; nodes], distance, count }
}

#[test]
fn published_medians_are_met() {
    let optima = [
        ("pmed1", 5_819),
        ("pmed2", 4_093),
        ("pmed3", 4_250),
        ("pmed4", 3_034),
        ("pmed5", 1_355),
        ("pmed10", 1_255),
        ("pmed15", 1_729),
    ];
    for (name, optimum) in optima {
        let Some(text) = shared(&format!("{name}.txt.gz")) else { continue };
        let sited = from_graph(&text).solve().unwrap();
        println!("{name}: {} bound {}", sited.objective, sited.lower_bound);
        assert!(
            sited.lower_bound <= optimum && optimum <= sited.objective,
            "{name}: {} {}",
            sited.objective,
            sited.lower_bound
        );
        assert!(sited.objective * 1_000 <= optimum * 1_005, "{name}: {} for {optimum}", sited.objective);
        assert!(sited.gap() * 100 <= 2 * optimum, "{name}: bound {} for {optimum}", sited.lower_bound);
    }
}

fn small(chance: &mut Chance, is_limited: bool) -> Siting {
    let (points, candidates, count) = (chance.between(3, 10), chance.between(3, 7), chance.between(1, 3));
    let spot = |chance: &mut Chance| (chance.below(1_000) as i64, chance.below(1_000) as i64);
    let demand: Vec<_> = (0..points).map(|_| spot(chance)).collect();
    let mut distance = Vec::new();
    for _ in 0..candidates {
        let at = spot(chance);
        distance.extend(demand.iter().map(|to| ((at.0 - to.0).abs() + (at.1 - to.1).abs()) as u32));
    }
    let weight: Vec<u32> = (0..points).map(|_| chance.between(0, 30) as u32).collect();
    let all: u64 = weight.iter().map(|&weight| u64::from(weight)).sum();
    let capacity = (0..candidates)
        .map(|_| if is_limited { all * (2 + chance.below(8) as u64) / (4 * count as u64) } else { UNLIMITED });
    Siting { weight, capacity: capacity.collect(), distance, count }
}

/// The cheapest of all sets, each served by a flow over all pairs.
fn by_trying_all(siting: &Siting) -> Option<i128> {
    let (points, candidates) = (siting.weight.len(), siting.capacity.len());
    let sets = (0_u32..1 << candidates).filter(|set| set.count_ones() as usize == siting.count);
    let cost = |set: u32| {
        let sink = points + candidates;
        let mut network = Network { supply: vec![0; sink + 1], arcs: Vec::new() };
        for (point, &weight) in siting.weight.iter().enumerate() {
            network.supply[point] = weight.into();
            network.supply[sink] -= i64::from(weight);
        }
        for candidate in (0..candidates).filter(|candidate| set >> candidate & 1 == 1) {
            for point in 0..points {
                let cost = siting.distance[candidate * points + point].into();
                network.arcs.push(Arc { from: point, to: points + candidate, lower: 0, capacity: UNBOUNDED, cost });
            }
            let capacity = i64::try_from(siting.capacity[candidate]).unwrap_or(UNBOUNDED).min(UNBOUNDED);
            network.arcs.push(Arc { from: points + candidate, to: sink, lower: 0, capacity, cost: 0 });
        }
        network.solve().ok().map(|flow| flow.cost)
    };
    sets.filter_map(cost).min()
}

/// The answer is one: it serves everybody, within capacities, from so many places, for what it says.
fn prove(siting: &Siting, sited: &Sited) {
    let mut rest: Vec<i64> = siting.weight.iter().map(|&weight| weight.into()).collect();
    let mut room = siting.capacity.clone();
    let mut cost = 0;
    for &(point, candidate, amount) in &sited.served {
        assert!(sited.open.contains(&candidate));
        rest[point] -= amount as i64;
        room[candidate] = room[candidate].checked_sub(amount).unwrap();
        cost += i64::from(siting.distance[candidate * siting.weight.len() + point]) * amount as i64;
    }
    assert!(rest.iter().all(|&rest| rest == 0) && sited.open.len() == siting.count);
    assert_eq!(cost, sited.objective);
}

#[test]
fn small_sitings_are_the_best_of_all_sets_or_say_how_far_they_are() {
    for is_limited in [false, true] {
        let (mut asked, mut best) = (0, 0);
        for seed in 0..200 {
            let siting = small(&mut Chance::new(seed), is_limited);
            let optimum = by_trying_all(&siting);
            match siting.solve() {
                Err(error) => assert_eq!((error, optimum), (SitingError::Capacity, None), "seed {seed}"),
                Ok(sited) => {
                    let optimum = i64::try_from(optimum.unwrap()).unwrap();
                    prove(&siting, &sited);
                    assert!(
                        sited.lower_bound <= optimum && optimum <= sited.objective,
                        "seed {seed}: {optimum} {sited:?}"
                    );
                    asked += 1;
                    best += i32::from(sited.objective == optimum);
                }
            }
        }
        println!("limited {is_limited}: {best} of {asked} are optimal");
        assert!(asked > 100 && best * 100 >= asked * if is_limited { 85 } else { 99 }, "{best} of {asked}");
    }
}

#[test]
fn impossible_questions_are_named() {
    let siting = Siting { weight: vec![5, 5], capacity: vec![4, 4], distance: vec![1; 4], count: 2 };
    assert_eq!(siting.solve(), Err(SitingError::Capacity));
    assert_eq!(Siting { count: 3, ..siting.clone() }.solve(), Err(SitingError::Count));
    assert_eq!(Siting { distance: vec![1; 3], ..siting.clone() }.solve(), Err(SitingError::Matrix));
    let huge =
        Siting { weight: vec![u32::MAX; 2], capacity: vec![UNLIMITED; 2], distance: vec![u32::MAX; 4], count: 1 };
    assert_eq!(huge.solve(), Err(SitingError::TooLarge));
}
