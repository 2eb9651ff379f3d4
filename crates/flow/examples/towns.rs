//! Solves an invented district and proves it: `cargo run --release -p flow --example towns -- AGENTS PLACES SHARE SEED`.

use std::time::Instant;

use flow::towns::Towns;

fn main() -> Result<(), flow::Error> {
    let mut given = std::env::args().skip(1);
    let mut number = |default: f64| given.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (agents, places, need_share, seed) = (number(4_000.0), number(139.0), number(1.05), number(1.0));
    let problem = Towns { seed: seed as u64, agents: agents as usize, places: places as usize, need_share }.problem();
    let start = Instant::now();
    let plan = flow::solve(&problem)?;
    let solved = start.elapsed();
    let proof = flow::check(&problem, &plan)?;
    println!(
        "objective {} bound {} optimal {} assigned {} pairs {} solved {:?} proved {:?}",
        proof.objective,
        proof.lower_bound,
        proof.is_optimal(),
        plan.assigned(),
        proof.pairs,
        solved,
        start.elapsed().saturating_sub(solved)
    );
    Ok(())
}
