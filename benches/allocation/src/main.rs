//! Instances for the comparison of solvers, and the solvers that are crates.
//!
//! `allocation-bench instance AGENTS PLACES SHARE SEED ARCS FILE` makes a district and writes it as a network: all pairs, or each agent's
//! nearest 12 places and 3 others, always with the pairs of the proven optimum among them – so every solver's optimum
//! must be that of all pairs, to the unit. `ours`, `ours-network`, `rs-graph` and `mcmf` solve and print one line of JSON.

mod network;
mod peers;

use std::time::Instant;

use flow::towns::Towns;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["instance", agents, places, share, seed, arcs, file] => {
            let problem = towns(agents, places, share, seed).problem();
            let plan = flow::solve(&problem).expect("a district is a problem");
            let near = if *arcs == "all" { usize::MAX } else { 12 };
            network::write(&problem, &plan, near, file).expect("the file can be written");
        }
        ["ours", agents, places, share, seed] => {
            let problem = towns(agents, places, share, seed).problem();
            let start = cpu_s();
            let plan = flow::solve(&problem).expect("a district is a problem");
            say("flow, all pairs", plan.objective, cpu_s() - start);
        }
        ["ours-proof", agents, places, share, seed] => {
            let problem = towns(agents, places, share, seed).problem();
            let plan = flow::solve(&problem).expect("a district is a problem");
            let start = cpu_s();
            let proof = flow::check(&problem, &plan).expect("a plan is checked");
            assert!(proof.is_optimal());
            say("flow, referee over all pairs", proof.lower_bound, cpu_s() - start);
        }
        [peer, file] => {
            let instance = network::read(file).expect("an instance");
            let (cost, took) = peers::solve(peer, &instance);
            say(peer, cost + instance.constant, took);
        }
        _ => eprintln!("see the head of src/main.rs"),
    }
}

fn towns(agents: &str, places: &str, share: &str, seed: &str) -> Towns {
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let (agents, places) = (number(agents) as usize, number(places) as usize);
    Towns { seed: number(seed) as u64, agents, places, need_share: number(share) }
}

fn say(solver: &str, objective: i64, solve_s: f64) {
    println!(r#"{{"solver":"{solver}","objective":{objective},"solve_s":{solve_s:.3}}}"#);
}

/// Seconds of the processor that this process has used so far; of the clock where the system does not say.
pub fn cpu_s() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let ns = std::fs::read_to_string("/proc/self/schedstat").ok();
    let ns = ns.and_then(|text| text.split_ascii_whitespace().next()?.parse::<f64>().ok());
    ns.map_or_else(|| START.get_or_init(Instant::now).elapsed().as_secs_f64(), |ns| ns / 1e9)
}
