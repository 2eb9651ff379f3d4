//! Plans in force, change by change: `cargo run --release -p flow --example changes -- AGENTS PLACES SHARE SEED CHANGES`.
//!
//! Prints how long a change takes, its audit included, and lets the referee recount the last plan over all pairs.

use std::time::{Duration, Instant};

use flow::Live;
use flow::towns::{Chance, Towns};

fn main() -> Result<(), flow::Error> {
    let mut given = std::env::args().skip(1);
    let mut number = |default: f64| given.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (agents, places, need_share) = (number(4_000.0) as usize, number(139.0) as usize, number(0.95));
    let (seed, changes) = (number(1.0) as u64, number(1_000.0) as usize);
    let mut problem = Towns { seed, agents, places, need_share }.problem();
    let plan = flow::solve(&problem)?;
    for (agent, &post) in problem.agents.iter_mut().zip(&plan.post_of) {
        agent.home = post;
        agent.away_cost = if post.is_none() && agent.penalty >= 50_000 { 0 } else { 100_000 };
    }
    let mut live = Live::new(problem, &plan)?;
    let mut chance = Chance::new(seed);
    let names = ["three more at a post", "a post closed and opened", "fifty do not turn up", "a late team comes"];
    for (kind, name) in names.into_iter().enumerate() {
        let mut took = Vec::with_capacity(changes);
        let mut moved = 0;
        let rounds = if kind < 2 { changes } else { (changes / 20).max(5) };
        for _ in 0..rounds {
            let post = chance.below(places * 4);
            let what = live.problem().posts[post];
            let many: Vec<usize> = (0..50).map(|_| chance.below(agents)).collect();
            let start = Instant::now();
            moved += match kind {
                0 => live.set_need(post, what.need + 3, what.crew)?.len(),
                1 => live.set_need(post, 0, 0)?.len(),
                2 => live.withdraw(&many)?.len(),
                _ => live.admit(&many, 0b1111)?.len(),
            };
            took.push(start.elapsed());
            if kind < 2 {
                live.set_need(post, what.need, what.crew)?;
            }
        }
        took.sort_unstable();
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        let [p50, p99] = [at(0.50), at(0.99)].map(|took: Duration| took.as_secs_f64() * 1e3);
        println!("{name}: {rounds} times, p50 {p50:.3} ms, p99 {p99:.3} ms, {:.1} moved", moved as f64 / rounds as f64);
    }
    let last = live.plan();
    let proof = flow::check(live.problem(), &last)?;
    println!("the last plan: objective {} bound {} optimal {}", proof.objective, proof.lower_bound, proof.is_optimal());
    Ok(())
}
