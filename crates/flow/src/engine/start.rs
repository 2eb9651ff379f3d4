//! A first guess at the prices: the problem without distances.
//!
//! Agents with the same skills are alike when nobody counts the way. What is left is a small network – kinds of agents,
//! skills, price levels of slots – whose optimum says which skills are short and what a slot of theirs is worth. The true
//! prices lie some ways of ordinary length around that, which is where the auction starts. The guess decides how long the
//! auction takes and nothing else.

use std::collections::BTreeMap;

use super::deals::{FAR, LENGTH};
use super::market::{Ask, Market};
use super::{Engine, Watch};
use crate::net::{Net, small};
use crate::network::{Arc, Network, UNBOUNDED};

/// Where to start, and in which steps.
pub(super) struct Guess {
    pub price: Vec<i64>,
    /// How far from right they may ordinarily be.
    pub epsilon: i64,
    /// Offers worth remembering per agent at first: few when prices will move so fast that more would be stale at once.
    pub offers: usize,
}

impl Engine {
    /// The problem without its distances.
    pub(super) fn guess(&self) -> Guess {
        let scale = ordinary_cost(&self.net, &self.market);
        let of_skill = price_of_skills(&self.net, scale);
        let price = self.net.posts.iter().map(|post| of_skill[usize::from(post.skill)] + 3 * scale).collect();
        Guess { price, epsilon: scale / 2, offers: 4 }
    }

    /// A large problem, from a small picture of it. Where nearly as many can work as are wanted, a picture may lack people
    /// and the whole not, or the other way round; then its prices lie right to each other, but at the wrong level.
    pub(super) fn guess_from_picture(&self, watch: &mut Watch) -> Guess {
        let scale = ordinary_cost(&self.net, &self.market);
        let epsilon = (scale / 16).max(1);
        let picture = self.picture();
        let (whole, part) = (price_of_skills(&self.net, scale), price_of_skills(&picture, scale));
        let mut price = self.prices_of_picture(picture, epsilon, watch);
        for (price, post) in price.iter_mut().zip(&self.net.posts) {
            *price += whole[usize::from(post.skill)] - part[usize::from(post.skill)];
        }
        Guess { price, epsilon, offers: LENGTH }
    }
}

/// The mean cost of the nearest post, over a sample of the agents.
fn ordinary_cost(net: &Net, market: &Market) -> i64 {
    let free = vec![0; net.posts.len()];
    let (mut sum, mut count) = (0, 0);
    let step = (net.agents.len() / 64).max(1);
    for agent in (0..net.agents.len()).step_by(step) {
        let mut nearest = FAR;
        market.browse(&Ask::new(net, &free, small(agent)), FAR, |_, deal| {
            nearest = deal;
            nearest
        });
        if nearest < FAR {
            sum += nearest;
            count += 1;
        }
    }
    (sum / count.max(1)).max(1)
}

/// What one more agent of each skill is worth when distances do not count.
fn price_of_skills(net: &Net, scale: i64) -> Vec<i64> {
    const SKILLS: usize = 32;
    let kinds = kinds_of_agents(net, scale);
    let sink = SKILLS + kinds.len();
    let mut network = Network { supply: vec![0; sink + 1], arcs: Vec::new() };
    for (at, (&(skills, anyway, idle), &count)) in kinds.iter().enumerate() {
        let kind = SKILLS + at;
        network.supply[kind] = count;
        network.supply[sink] -= count;
        network.arcs.push(Arc { from: kind, to: sink, lower: 0, capacity: UNBOUNDED, cost: idle });
        for skill in (0..SKILLS).filter(|skill| skills >> skill & 1 == 1) {
            network.arcs.push(Arc { from: kind, to: skill, lower: 0, capacity: UNBOUNDED, cost: anyway });
        }
    }
    for (&(skill, price), &slots) in &slots_by_price(net) {
        let from = usize::from(skill);
        network.arcs.push(Arc { from, to: sink, lower: 0, capacity: slots, cost: -price });
    }
    match network.solve() {
        Ok(flow) => (0..SKILLS).map(|skill| flow.potential[skill] - flow.potential[sink]).collect(),
        Err(_) => vec![0; SKILLS],
    }
}

/// How many agents there are of each kind: skills, what any post costs them, what idling costs them, in coarse steps.
fn kinds_of_agents(net: &Net, step: i64) -> BTreeMap<(u32, i64, i64), i64> {
    let mut kinds = BTreeMap::new();
    for agent in net.agents.iter().filter(|agent| agent.skills != 0) {
        let coarse = |cost: i64| cost / step * step;
        let kind = (agent.skills, coarse(agent.penalty + agent.away_cost), coarse(agent.idle_cost));
        *kinds.entry(kind).or_insert(0) += 1;
    }
    kinds
}

fn slots_by_price(net: &Net) -> BTreeMap<(u8, i64), i64> {
    let mut slots = BTreeMap::new();
    for post in &net.posts {
        *slots.entry((post.skill, post.crew_price)).or_insert(0) += i64::from(post.crew);
        *slots.entry((post.skill, post.gap_price)).or_insert(0) += i64::from(post.need - post.crew);
    }
    slots
}
