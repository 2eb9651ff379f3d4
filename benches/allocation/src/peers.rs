//! Solvers that are crates, on the network of an instance. Gives the cost and the seconds of the solving alone.

use mcmf::{Capacity, Cost, GraphBuilder, Vertex};
use rs_graph::mcf::{NetworkSimplex, SolutionState};
use rs_graph::traits::IndexGraph;
use rs_graph::{Buildable, Builder, LinkedListGraph};

use crate::cpu_s;
use crate::network::Instance;

pub fn solve(peer: &str, instance: &Instance) -> (i64, f64) {
    match peer {
        "ours-network" => ours(instance),
        "rs-graph" => rs_graph(instance),
        "mcmf" => mcmf(instance),
        _ => panic!("no such solver: ours-network, rs-graph or mcmf"),
    }
}

fn arcs(instance: &Instance) -> impl Iterator<Item = (usize, usize, i64, i64)> {
    let ends = instance.tail.iter().zip(&instance.head);
    ends.zip(instance.capacity.iter().zip(&instance.cost)).map(|((&a, &b), (&capacity, &cost))| (a as usize, b as usize, capacity, cost))
}

fn ours(instance: &Instance) -> (i64, f64) {
    let arcs = arcs(instance).map(|(from, to, capacity, cost)| flow::network::Arc { from, to, lower: 0, capacity, cost });
    let network = flow::network::Network { supply: instance.supply.clone(), arcs: arcs.collect() };
    let start = cpu_s();
    let flow = network.solve().expect("idling is always possible");
    let took = cpu_s() - start;
    assert!(network.check(&flow), "the certificate holds");
    (i64::try_from(flow.cost).expect("a cost that fits"), took)
}

fn rs_graph(instance: &Instance) -> (i64, f64) {
    let mut builder = LinkedListGraph::<usize>::new_builder();
    let nodes = builder.add_nodes(instance.supply.len());
    for (from, to, ..) in arcs(instance) {
        builder.add_edge(nodes[from], nodes[to]);
    }
    let graph = builder.into_graph();
    let start = cpu_s();
    let mut simplex = NetworkSimplex::<_, i64>::new(&graph);
    simplex.set_balances(|node| instance.supply[graph.node_id(node)]);
    simplex.set_lowers(|_| 0);
    simplex.set_uppers(|edge| instance.capacity[graph.edge_id(edge)]);
    simplex.set_costs(|edge| instance.cost[graph.edge_id(edge)]);
    assert_eq!(simplex.solve(), SolutionState::Optimal);
    (simplex.value(), cpu_s() - start)
}

fn mcmf(instance: &Instance) -> (i64, f64) {
    let sink = instance.supply.len() - 1;
    let mut builder = GraphBuilder::<u32>::new();
    let narrow = |number: i64| i32::try_from(number).expect("32 bits are enough for a pair");
    let vertex = |node: usize| if node == sink { Vertex::Sink } else { Vertex::Node(node as u32) };
    for (node, &supply) in instance.supply.iter().enumerate().filter(|(_, supply)| **supply > 0) {
        builder.add_edge(Vertex::Source, vertex(node), Capacity(narrow(supply)), Cost(0));
    }
    for (from, to, capacity, cost) in arcs(instance) {
        builder.add_edge(vertex(from), vertex(to), Capacity(narrow(capacity)), Cost(narrow(cost)));
    }
    let start = cpu_s();
    let (_, paths) = builder.mcmf();
    let took = cpu_s() - start;
    // Its own sum is a 32-bit number; the paths are counted instead.
    let cost = paths.iter().map(|path| path.edges().iter().map(|edge| i64::from(edge.cost) * i64::from(edge.amount)).sum::<i64>());
    (cost.sum(), took)
}
