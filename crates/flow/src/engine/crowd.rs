//! Who could come, searchable from where a post lies.
//!
//! A tree over the agents knows below each node, skill by skill, the highest *reach*: an agent's dual value less
//! the penalty and away cost it has anywhere. Coming to post `p` is dearer than what the agent has by
//! `distance + unlinked + … − y_p − reach`, so a node cannot hold anybody nearer (in cost) than that sum with its box's
//! distance. Agents close to the post – linked to its place, or at home there – are looked at one by one.

use super::grove::Grove;
use crate::net::{Net, small};

#[derive(Clone, Debug)]
pub(super) struct Crowd {
    /// Reaches; they may be too high, never too low.
    grove: Grove,
}

impl Crowd {
    pub fn new(net: &Net) -> Self {
        Self { grove: Grove::new(&net.agent_at, net.skills(), net.radius_m) }
    }

    /// The agents, what is near together.
    pub fn in_order(&self) -> &[u32] {
        &self.grove.order
    }

    /// Takes over the dual values of all agents.
    pub fn recount(&mut self, net: &Net, value: impl Fn(u32) -> i64) {
        self.grove.clear();
        for agent in 0..small(net.agents.len()) {
            self.raise(net, agent, value(agent));
        }
    }

    /// The agent's dual value has risen.
    pub fn raise(&mut self, net: &Net, agent: u32, value: i64) {
        let who = &net.agents[agent as usize];
        self.grove.lift(agent, who.skills, value - who.penalty - who.away_cost);
    }

    /// The agent's dual value is this.
    pub fn renew(&mut self, net: &Net, agent: u32, value: i64) {
        let who = &net.agents[agent as usize];
        let reach = Some(value - who.penalty - who.away_cost);
        for skill in (0..self.grove.skills).filter(|skill| who.skills >> skill & 1 == 1) {
            self.grove.set(agent, skill, reach);
        }
    }

    /// Calls `visit` with the agents that may come to the post and for whom `cost − price − value` is below a limit –
    /// and with some more. `visit` returns the limit from then on.
    pub fn beckon(&self, net: &Net, post: u32, price: i64, mut limit: i64, mut visit: impl FnMut(u32) -> i64) {
        for agent in net.agents_close_to(post) {
            if net.may(agent, post) {
                limit = visit(agent);
            }
        }
        let what = &net.posts[post as usize];
        let anyway = net.unlinked_cost - price;
        self.grove.search(net.place_at[what.place], 1 << what.skill, limit - anyway, &mut |agent| {
            if net.may(agent, post) && !net.is_close_to(agent, post) {
                limit = visit(agent);
            }
            limit - anyway
        });
    }
}
