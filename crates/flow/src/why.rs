//! Reasons that can be read off a plan and its prices.

use crate::error::Error;
use crate::live::Move;
use crate::net::{Net, small};
use crate::plan::Plan;
use crate::problem::Problem;

/// A post that would be cheaper for an agent than the one it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nearer {
    /// The post.
    pub post: usize,
    /// What the agent itself would save there.
    pub saved: i64,
    /// What everybody together would lose by it at least, says the price of the post.
    pub lost_at_least: i64,
}

/// What it would take to give an agent another post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Displacement {
    /// What everybody together would lose by it, exactly.
    pub extra_cost: i64,
    /// Everybody who would move, the agent itself included.
    pub moves: Vec<Move>,
}

/// *Why not nearer?* The posts that would be cheaper for the agent, cheapest first, and what they would cost the whole.
/// Nothing for an agent without a post, or one that is pinned.
pub fn nearer_posts(problem: &Problem, plan: &Plan, agent: usize) -> Result<Vec<Nearer>, Error> {
    problem.validate()?;
    if plan.post_of.len() != problem.agents.len() || plan.prices.len() != problem.posts.len() {
        return Err(Error::Plan);
    }
    let Some(&own) = plan.post_of.get(agent) else { return Err(Error::Unknown { what: "agent", index: agent }) };
    let Some(own) = own else { return Ok(Vec::new()) };
    let net = Net::new(problem);
    let who = small(agent);
    let own_cost = net.cost(who, small(own));
    let candidates = (0..problem.posts.len()).filter(|&post| post != own && net.may(who, small(post)));
    let mut nearer: Vec<Nearer> = candidates
        .map(|post| {
            let saved = own_cost - net.cost(who, small(post));
            Nearer { post, saved, lost_at_least: plan.prices[own] - plan.prices[post] - saved }
        })
        .filter(|nearer| nearer.saved > 0)
        .collect();
    nearer.sort_by_key(|nearer| (std::cmp::Reverse(nearer.saved), nearer.post));
    Ok(nearer)
}

/// *And if I went there all the same?* Gives the agent the post and mends the rest of an optimal plan. Slow and plain;
/// [`crate::Live::displacing`] answers from a plan in force.
pub fn displacement(problem: &Problem, plan: &Plan, agent: usize, post: usize) -> Result<Displacement, Error> {
    let mut forced = problem.clone();
    forced.pinned.retain(|pin| pin.0 != agent);
    forced.pinned.push((agent, post));
    let other = crate::replan(&forced, plan)?;
    let pairs = plan.post_of.iter().zip(&other.post_of).enumerate();
    let moves = pairs.filter(|(_, (from, to))| from != to).map(|(agent, (&from, &to))| Move { agent, from, to });
    Ok(Displacement { extra_cost: other.objective - plan.objective, moves: moves.collect() })
}
