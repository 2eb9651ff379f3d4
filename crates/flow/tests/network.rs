//! The network simplex against published optima, against a second algorithm, and at its limits.

use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use flow::network::{Arc, Flow, Network, NetworkError, UNBOUNDED, read_dimacs};
use flow::towns::Chance;

fn shared(file: &str) -> Option<impl Read> {
    let root = std::env::var_os("MUSTER_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join("flow").join(file);
    if let Ok(file) = std::fs::File::open(&path) {
        Some(flate2::read::GzDecoder::new(file))
    } else {
        println!("skipped: {file} is not in the shared data");
        None
    }
}

#[test]
fn published_optima_are_met() {
    for (file, optimum) in [
        ("netgen_8_08a.min.gz", 142_274_536),
        ("netgen_8_10a.min.gz", 369_269_289),
        ("netgen_8_13a.min.gz", 1_184_953_451),
        ("goto_8_13a.min.gz", 18_217_956_686),
        ("gridgen_8_13a.min.gz", 1_043_851_892),
        ("road_flow_01_DC_a.min.gz", 96_472_800),
        ("transport_40x30.min.gz", 42_667),
    ] {
        let Some(input) = shared(file) else { continue };
        let network = read_dimacs(BufReader::new(input)).unwrap();
        let answer = network.solve().unwrap();
        assert!(network.check(&answer), "{file}: certificate");
        assert_eq!(answer.cost, optimum, "{file}");
    }
}

#[test]
fn published_assignments_are_met() {
    for (file, optimum) in [("assign/assign100.txt.gz", 305), ("assign/assign500.txt.gz", 991)] {
        let Some(mut input) = shared(file) else { continue };
        let mut text = String::new();
        input.read_to_string(&mut text).unwrap();
        let mut numbers = text.split_ascii_whitespace().map(|word| word.parse::<i64>().unwrap());
        let n = usize::try_from(numbers.next().unwrap()).unwrap();
        let arcs = numbers.enumerate().map(|(at, cost)| unit_arc(at / n, n + at % n, cost)).collect();
        let supply = (0..2 * n).map(|node| if node < n { 1 } else { -1 }).collect();
        let network = Network { supply, arcs };
        let answer = network.solve().unwrap();
        assert!(network.check(&answer), "{file}: certificate");
        assert_eq!(answer.cost, optimum, "{file}");
    }
}

fn unit_arc(from: usize, to: usize, cost: i64) -> Arc {
    Arc { from, to, lower: 0, capacity: 1, cost }
}

/// Successive shortest paths by label correcting, on networks without negative costs: slow, short, different.
fn second_opinion(network: &Network) -> Option<i128> {
    let nodes = network.supply.len();
    let (source, sink) = (nodes, nodes + 1);
    let mut arcs: Vec<(usize, usize, i64, i64)> = Vec::new();
    let mut add = |from, to, room, cost: i64| arcs.extend([(from, to, room, cost), (to, from, 0, -cost)]);
    network.arcs.iter().for_each(|arc| add(arc.from, arc.to, arc.capacity, arc.cost));
    let (mut wanted, mut cost) = (0, 0);
    for (node, &supply) in network.supply.iter().enumerate() {
        wanted += supply.max(0);
        if supply > 0 { add(source, node, supply, 0) } else { add(node, sink, -supply, 0) }
    }
    loop {
        let mut distance = vec![i64::MAX; nodes + 2];
        let mut via = vec![usize::MAX; nodes + 2];
        distance[source] = 0;
        let mut queue = VecDeque::from([source]);
        while let Some(at) = queue.pop_front() {
            for (index, arc) in arcs.iter().enumerate().filter(|(_, arc)| arc.0 == at && arc.2 > 0) {
                if distance[at] + arc.3 < distance[arc.1] {
                    distance[arc.1] = distance[at] + arc.3;
                    via[arc.1] = index;
                    queue.push_back(arc.1);
                }
            }
        }
        if distance[sink] == i64::MAX {
            return (wanted == 0).then_some(cost);
        }
        let (mut at, mut amount) = (sink, i64::MAX);
        while at != source {
            amount = amount.min(arcs[via[at]].2);
            at = arcs[via[at]].0;
        }
        at = sink;
        while at != source {
            arcs[via[at]].2 -= amount;
            arcs[via[at] ^ 1].2 += amount;
            at = arcs[via[at]].0;
        }
        wanted -= amount;
        cost += i128::from(amount) * i128::from(distance[sink]);
    }
}

fn random_network(chance: &mut Chance, cheapest: i64, nodes: usize) -> Network {
    let mut supply = vec![0; nodes];
    for _ in 0..chance.below(4) {
        let amount = i64::try_from(chance.below(9)).unwrap();
        supply[chance.below(nodes)] += amount;
        supply[chance.below(nodes)] -= amount;
    }
    let mut number = |bound| i64::try_from(chance.below(bound)).unwrap();
    let arcs = (0..4 * nodes + 4)
        .map(|_| {
            let [from, to] = [0; 2].map(|_| usize::try_from(number(nodes)).unwrap());
            Arc { from, to, lower: 0, capacity: number(12), cost: cheapest + number(40) }
        })
        .collect();
    Network { supply, arcs }
}

#[test]
fn agrees_with_successive_shortest_paths() {
    let mut solved = 0;
    for seed in 0..2_000 {
        let network = {
            let mut chance = Chance::new(seed);
            // one in twenty is large enough for subtrees that move as a whole
            let nodes = if seed % 20 == 0 { 40 } else { chance.between(2, 7) };
            random_network(&mut chance, 0, nodes)
        };
        match (network.solve(), second_opinion(&network)) {
            (Ok(answer), Some(cost)) => {
                assert!(network.check(&answer), "seed {seed}: certificate");
                assert_eq!(answer.cost, cost, "seed {seed}: {network:?}");
                solved += 1;
            }
            (Err(NetworkError::Infeasible), None) => {}
            (one, other) => panic!("seed {seed}: {one:?} against {other:?}"),
        }
    }
    assert!(solved > 500, "only {solved} networks had a flow");
}

#[test]
fn negative_costs_and_lower_bounds_are_proven() {
    for seed in 0..2_000 {
        let mut chance = Chance::new(seed);
        let mut network = {
            let nodes = if seed % 20 == 0 { 40 } else { chance.between(2, 7) };
            random_network(&mut chance, -20, nodes)
        };
        for arc in &mut network.arcs {
            arc.lower = -i64::try_from(chance.below(5)).unwrap();
        }
        match network.solve() {
            Ok(answer) => assert!(network.check(&answer), "seed {seed}: {network:?}"),
            Err(error) => assert_eq!(error, NetworkError::Infeasible, "seed {seed}"),
        }
    }
}

#[test]
fn limits_are_named() {
    let arc = Arc { from: 0, to: 1, lower: 0, capacity: 5, cost: 1 };
    let with = |supply: [i64; 2], arcs: Vec<Arc>| Network { supply: supply.to_vec(), arcs }.solve();
    assert_eq!(with([1, 0], vec![arc]), Err(NetworkError::Unbalanced(1)));
    assert_eq!(with([1, -1], vec![Arc { to: 2, ..arc }]), Err(NetworkError::NoSuchNode(0)));
    assert_eq!(with([1, -1], vec![Arc { lower: 6, ..arc }]), Err(NetworkError::Bounds(0)));
    assert_eq!(with([6, -6], vec![arc]), Err(NetworkError::Infeasible));
    assert_eq!(with([1, -1], vec![Arc { cost: 1 << 60, ..arc }]), Err(NetworkError::CostRange));
    assert_eq!(with([1 << 62, -(1 << 62)], vec![arc]), Err(NetworkError::TooLarge));
    let wide = Arc { capacity: 1 << 59, cost: -1, ..arc };
    assert_eq!(with([0, 0], vec![wide; 2]), Err(NetworkError::TooLarge));
    assert!(with([0, 0], vec![wide]).is_ok(), "control: one of them fits");
    let free = Arc { capacity: UNBOUNDED, cost: -1, ..arc };
    assert_eq!(with([0, 0], vec![free, Arc { from: 1, to: 0, ..free }]), Err(NetworkError::Unbounded));
    let empty = Network::default().solve().unwrap();
    assert_eq!(empty, Flow { flow: vec![], potential: vec![], cost: 0 });
}

#[test]
fn the_check_sees_what_is_wrong() {
    let network = Network {
        supply: vec![2, 0, -2],
        arcs: vec![
            Arc { from: 0, to: 1, lower: 0, capacity: 2, cost: 1 },
            Arc { from: 1, to: 2, lower: 0, capacity: 2, cost: 1 },
            Arc { from: 0, to: 2, lower: 0, capacity: 2, cost: 3 },
        ],
    };
    let right = network.solve().unwrap();
    assert!(network.check(&right) && right.flow == [2, 2, 0]);
    let with = |change: fn(&mut Flow)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        network.check(&wrong)
    };
    assert!(!with(|flow| flow.flow = vec![0, 0, 2]), "dearer");
    assert!(!with(|flow| flow.flow[0] = 1), "not conserved");
    assert!(!with(|flow| flow.potential[1] += 5), "potentials do not prove it");
    assert!(!with(|flow| flow.cost -= 1), "miscounted");
    assert!(!with(|flow| flow.flow = vec![3, 3, -1]), "out of bounds");
}
