//! Placing one loose agent: prices fall around it until a slot is worth opening, or somebody is better idle.

use super::Engine;
use super::market::Ask;
use super::search::Event;
use crate::net::NONE;

/// Where a chain from a loose agent ends.
#[derive(Clone, Copy)]
pub(super) enum Sink {
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
        self.push_along(loose);
        self.crowd.raise(&self.net, loose, self.value(loose));
    }

    fn push_along(&mut self, loose: u32) {
        let (length, sink) = self.cheapest_sink(loose);
        self.settle_prices(length, -1);
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
        let best = (self.net.agents[loose as usize].idle_cost - value, Sink::Idle(loose));
        self.offer_deals(loose, -value, NONE, &best);
        self.search_sink(best, (loose, value), NONE)
    }

    /// Goes on until a sink is nearer than everything else. A post that is `wanted` is the only sink there is.
    pub(super) fn search_sink(&mut self, mut best: (i64, Sink), loose: (u32, i64), wanted: u32) -> (i64, Sink) {
        while let Some((distance, event)) = self.search.settle(best.0) {
            match event {
                Event::Post(post) if post == wanted || wanted == NONE && self.is_open(post) => {
                    return (distance, Sink::Open(post));
                }
                Event::Post(post) => self.settle_sink(distance, post, wanted == NONE, &mut best),
                Event::Agent(agent, times) => self.offer_more(distance, agent, times, loose, &best),
                Event::Ring(..) => {}
            }
        }
        best
    }

    /// The post can be reached at this distance: it may open one slot more, or let somebody go, if it `may_end` here.
    fn settle_sink(&mut self, distance: i64, post: u32, may_end: bool, best: &mut (i64, Sink)) {
        let what = &self.net.posts[post as usize];
        let asked = self.asked[post as usize];
        if may_end && asked < what.need {
            let widened = distance + self.price[post as usize] - what.slot_price(asked);
            if widened < best.0 {
                *best = (widened, Sink::Widened(post));
            }
        }
        for at in 0..self.members[post as usize].len() {
            let agent = self.members[post as usize][at];
            let base = distance - self.value(agent);
            let idle = base + self.net.agents[agent as usize].idle_cost;
            if may_end && idle < best.0 {
                *best = (idle, Sink::Idle(agent));
            }
            self.offer_deals(agent, base, post, best);
        }
    }

    /// Reaches the posts on the agent's list, and notes when others might be nearer. `base` is what is added to a deal.
    fn offer_deals(&mut self, agent: u32, base: i64, from: u32, best: &(i64, Sink)) {
        for offer in self.deals.list(agent) {
            let length = base + offer.cost - self.price[offer.post as usize];
            if offer.post != from && length < best.0 {
                self.search.offer(offer.post, length, (agent, from));
            }
        }
        self.promise(agent, 0, base, self.deals.beyond(agent), best);
    }

    /// There may be deals from `beyond` on that have not been offered.
    fn promise(&mut self, agent: u32, times: u32, base: i64, beyond: i64, best: &(i64, Sink)) {
        if base + beyond < best.0 && beyond < self.net.agents[agent as usize].idle_cost {
            self.search.note(base + beyond, Event::Agent(agent, times));
        }
    }

    /// The agent's offers have come to their end: first the list is made anew, then ever wider rings are looked at.
    fn offer_more(&mut self, reached: i64, agent: u32, times: u32, loose: (u32, i64), best: &(i64, Sink)) {
        let (base, from) = match self.post_of[agent as usize] {
            _ if agent == loose.0 => (-loose.1, NONE),
            post => (self.search.distance(post) - self.value(agent), post),
        };
        let idle = self.net.agents[agent as usize].idle_cost;
        if times == 0 {
            self.deals.renew(&self.net, &self.market, &self.price, agent, idle);
            for offer in self.deals.list(agent) {
                let length = base + offer.cost - self.price[offer.post as usize];
                if offer.post != from && length < best.0 {
                    self.search.offer(offer.post, length, (agent, from));
                }
            }
            return self.promise(agent, 1, base, self.deals.beyond(agent), best);
        }
        let limit = (reached - base).saturating_add(RING_M << times.min(30)).min(best.0 - base).min(idle);
        let search = &mut self.search;
        self.market.browse(&Ask::new(&self.net, &self.price, agent), limit, |offer, deal| {
            if offer.post != from {
                search.offer(offer.post, base + deal, (agent, from));
            }
            limit
        });
        self.promise(agent, times + 1, base, limit, best);
    }
}

/// Width of the first ring beyond the remembered offers; each next one is twice as wide.
const RING_M: i64 = 100;
