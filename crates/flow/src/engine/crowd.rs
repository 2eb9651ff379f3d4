//! Who could come, searchable from where a post lies.
//!
//! A tree over the agents knows below each node, skill by skill, the highest *reach*: an agent's dual value less
//! the penalty and away cost it has anywhere. Coming to post `p` is dearer than what the agent has by
//! `distance + unlinked + … − y_p − reach`, so a node cannot hold anybody nearer (in cost) than that sum with its box's
//! distance. Agents close to the post – linked to its place, or at home there – are looked at one by one.

use super::grove::{Grove, ROOT};
use crate::net::Net;

#[derive(Clone, Debug)]
pub(super) struct Crowd {
    grove: Grove,
    skills: usize,
    /// Highest reach by node and skill; may be too high, never too low.
    reach: Vec<i64>,
}

/// Nobody's reach, far enough from the edge to be added to.
const NOBODY: i64 = i64::MIN / 4;

impl Crowd {
    pub fn new(net: &Net) -> Self {
        let grove = Grove::new(&net.agent_at, 6);
        let skills = net.skills();
        Self { reach: vec![NOBODY; grove.nodes() * skills], skills, grove }
    }

    /// Takes over the dual values of all agents.
    pub fn recount(&mut self, net: &Net, value: impl Fn(u32) -> i64) {
        self.reach.fill(NOBODY);
        for leaf in self.grove.nodes() / 2..self.grove.nodes() {
            for at in self.grove.points(leaf) {
                let agent = self.grove.order[at];
                let reach = reach_of(net, agent, value(agent));
                self.lift(leaf, net.agents[agent as usize].skills, reach);
            }
        }
        for at in (ROOT * self.skills..self.reach.len() / 2).rev() {
            let (node, skill) = (at / self.skills, at % self.skills);
            let child = 2 * node * self.skills + skill;
            self.reach[at] = self.reach[child].max(self.reach[child + self.skills]);
        }
    }

    /// The agent's dual value has risen.
    pub fn raise(&mut self, net: &Net, agent: u32, value: i64) {
        let reach = reach_of(net, agent, value);
        let mut node = self.grove.leaf_of(agent);
        while node >= ROOT && self.lift(node, net.agents[agent as usize].skills, reach) {
            node /= 2;
        }
    }

    /// Lifts the reach of the skills to at least this; whether any was lower.
    fn lift(&mut self, node: usize, skills: u32, reach: i64) -> bool {
        let mut lifted = false;
        for (skill, known) in self.reach[node * self.skills..][..self.skills].iter_mut().enumerate() {
            if skills >> skill & 1 == 1 && *known < reach {
                *known = reach;
                lifted = true;
            }
        }
        lifted
    }

    /// Calls `visit` with the agents that may come to the post and for whom `cost − price − value` is below a limit –
    /// and with some more. `visit` returns the limit from then on.
    pub fn beckon(&self, net: &Net, post: u32, price: i64, mut limit: i64, mut visit: impl FnMut(u32) -> i64) {
        for agent in net.agents_close_to(post) {
            if net.may(agent, post) {
                limit = visit(agent);
            }
        }
        let mut stack = vec![(self.at_least(net, ROOT, post), ROOT)];
        while let Some((at_least, node)) = stack.pop() {
            if at_least - price >= limit {
                continue;
            }
            if self.grove.is_leaf(node) {
                for &agent in self.agents(node) {
                    if net.may(agent, post) && !net.is_close_to(agent, post) {
                        limit = visit(agent);
                    }
                }
                continue;
            }
            let (left, right) = (self.at_least(net, 2 * node, post), self.at_least(net, 2 * node + 1, post));
            let near = usize::from(right < left);
            stack.push((left.max(right), 2 * node + 1 - near));
            stack.push((left.min(right), 2 * node + near));
        }
    }

    /// What the cheapest of the node's agents must pay at least more than it does now to come to the post, the post's
    /// price not counted.
    #[inline]
    pub fn at_least(&self, net: &Net, node: usize, post: u32) -> i64 {
        let what = &net.posts[post as usize];
        let reach = self.reach[node * self.skills + usize::from(what.skill)];
        if reach == NOBODY {
            return -NOBODY;
        }
        let metres = self.grove.metres_at_least(node, net.place_at[what.place], net.radius_m);
        net.unlinked_cost + metres - reach
    }

    #[inline]
    pub fn is_leaf(&self, node: usize) -> bool {
        self.grove.is_leaf(node)
    }

    /// The agents of a leaf.
    pub fn agents(&self, leaf: usize) -> &[u32] {
        &self.grove.order[self.grove.points(leaf)]
    }
}

#[inline]
fn reach_of(net: &Net, agent: u32, value: i64) -> i64 {
    let who = &net.agents[agent as usize];
    value - who.penalty - who.away_cost
}
