#![doc = include_str!("../README.md")]

mod check;
mod engine;
mod error;
mod geo;
mod live;
pub mod median;
mod neighbourhoods;
mod net;
pub mod network;
mod plan;
mod problem;
pub mod towns;
mod why;

use engine::watch::Watch;

pub use check::{Proof, check};
pub use engine::watch::{Progress, Stage};
pub use error::Error;
pub use geo::{EARTH_RADIUS_M, Position};
pub use live::{Live, Move};
pub use plan::Plan;
pub use problem::{Agent, MAX_COST, Post, Problem, Travel};
pub use why::{Displacement, Nearer, displacement, nearer_posts};

/// Solves to proven optimality.
pub fn solve(problem: &Problem) -> Result<Plan, Error> {
    solve_watched(problem, &mut |_| true)
}

/// Solves and tells from time to time how far it is. When `tell` answers `false`, the work ends: the plan is the best so
/// far, and its `lower_bound` honest.
pub fn solve_watched(problem: &Problem, tell: &mut dyn FnMut(Progress) -> bool) -> Result<Plan, Error> {
    problem.validate()?;
    let mut watch = Watch::new(tell);
    let mut engine = engine::Engine::from_auction(net::Net::new(problem), &mut watch);
    engine.mend(&mut watch);
    Ok(engine.plan(problem, !watch.is_over()))
}

/// Solves anew from the plan and prices of a similar problem: what has not changed is not touched.
pub fn replan(problem: &Problem, before: &Plan) -> Result<Plan, Error> {
    problem.validate()?;
    if before.post_of.len() != problem.agents.len() || before.prices.len() != problem.posts.len() {
        return Err(Error::Plan);
    }
    let mut engine = engine::Engine::from_plan(net::Net::new(problem), before);
    engine.mend(&mut Watch::new(&mut |_| true));
    Ok(engine.plan(problem, true))
}
