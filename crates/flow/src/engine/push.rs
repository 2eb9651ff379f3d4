//! Placing one loose agent: prices fall around it until a slot is worth opening, or somebody is better idle.

use super::Engine;
use crate::net::NONE;

/// Where a chain from a loose agent ends.
#[derive(Clone, Copy)]
enum Sink {
    /// This agent idles.
    Idle(u32),
    /// This post is open anyway.
    Open(u32),
    /// This post asks for one slot more.
    Widened(u32),
}

impl Engine {
    /// One shortest-path step for a loose agent.
    pub(super) fn push(&mut self, loose: u32) {
        let (length, sink) = self.cheapest_sink(loose);
        let price = &mut self.price;
        self.search.finish(length, |post, fall| price[post as usize] -= fall);
        let mut post = match sink {
            Sink::Idle(agent) if agent == loose => return,
            Sink::Idle(agent) => {
                let post = self.post_of[agent as usize];
                self.release(agent);
                post
            }
            Sink::Open(post) => post,
            Sink::Widened(post) => {
                self.asked[post as usize] += 1;
                post
            }
        };
        loop {
            let (agent, from) = self.search.via[post as usize];
            self.shift(agent, post);
            if agent == loose {
                return;
            }
            post = from;
        }
    }

    fn cheapest_sink(&mut self, loose: u32) -> (i64, Sink) {
        let value = self.best_deal(loose);
        let mut best = (self.net.agents[loose as usize].idle_cost - value, Sink::Idle(loose));
        self.offer_deals(loose, 0, value, NONE, &best);
        while let Some((distance, post)) = self.search.settle(best.0) {
            let asked = self.asked[post as usize];
            if self.is_open(post) {
                return (distance, Sink::Open(post));
            }
            let what = &self.net.posts[post as usize];
            if asked < what.need {
                let widened = distance + self.price[post as usize] - what.slot_price(asked);
                if widened < best.0 {
                    best = (widened, Sink::Widened(post));
                }
            }
            for at in 0..self.members[post as usize].len() {
                let agent = self.members[post as usize][at];
                let value = self.value(agent);
                let idle = distance + self.net.agents[agent as usize].idle_cost - value;
                if idle < best.0 {
                    best = (idle, Sink::Idle(agent));
                }
                self.offer_deals(agent, distance, value, post, &best);
            }
        }
        best
    }

    /// Reaches every post the agent could go to from `from`.
    fn offer_deals(&mut self, agent: u32, distance: i64, value: i64, from: u32, best: &(i64, Sink)) {
        let mut search = std::mem::take(&mut self.search);
        self.each_deal(agent, |post, deal| {
            let length = distance + deal - value;
            if post != from && length < best.0 {
                search.offer(post, length, (agent, from));
            }
        });
        self.search = search;
    }
}
