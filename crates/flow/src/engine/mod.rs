//! The engine: an assignment and prices that never contradict each other, mended by shortest paths.
//!
//! # State and invariant
//! Agents hold posts, posts have a price `y` and a number of slots *asked for* (the others are accepted as short).
//! An agent's deal at a post is `cost − y`; its dual value `u` is the deal at the post it holds, or its idle cost.
//! Complementary slackness, always:
//! - no agent would have a better deal elsewhere: `cost(a, q) − y_q ≥ u_a` for each allowed pair;
//! - a slot is asked for only if its price is at least `y`, and accepted as short only if it is at most `y`.
//!
//! A post that holds fewer agents than it asks for is *open*; an agent whose deal elsewhere beats what it has is *loose*.
//! When nobody is loose and nothing is open, plan and prices are optimal together.
//!
//! # Moves
//! [`pull`] fills one open slot: the cheapest chain of agents that can be pulled towards it, ending at an idle agent or
//! at a slot that is better left empty. [`push`] places one loose agent in the same way. Both are Dijkstra searches
//! over posts on reduced costs (which the invariant keeps non-negative), both stop at the first end of a chain and
//! change the prices of the posts they settled, no others: what is far from a change is never touched.

mod auction;
mod audit;
mod change;
mod crowd;
mod deals;
mod grove;
mod market;
mod pull;
mod push;
mod sample;
mod search;
mod start;
pub(crate) mod watch;
mod wish;

use crate::net::{NONE, Net, small};
use crate::plan::Plan;
use crate::problem::{Post, Problem};
use auction::Auction;
use crowd::Crowd;
use deals::{Best, Deals};
use market::{Market, Offer};
use search::Search;
use start::Guess;
use watch::{Stage, Watch};

/// From so many agents on, a small picture of the problem is worth its time.
const LARGE: usize = 10_000;

/// Assignment and prices under repair.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    pub net: Net,
    pub price: Vec<i64>,
    /// Slots asked for, by post.
    asked: Vec<u32>,
    members: Vec<Vec<u32>>,
    pub post_of: Vec<u32>,
    /// Cost of each agent at the post it holds.
    paid: Vec<i64>,
    search: Search,
    market: Market,
    crowd: Crowd,
    deals: Deals,
    /// Room for what a step needs, kept to spare allocations.
    changed: Vec<(u32, i64)>,
    /// Each agent placed or released, with the post it had before.
    pub moved: Vec<(u32, u32)>,
    /// Each post whose price or need has changed.
    repriced: Vec<u32>,
}

impl Engine {
    /// Nobody placed, and prices at which nobody wants to be.
    pub fn idle(net: Net) -> Self {
        let shyness = net.agents.iter().map(|agent| agent.idle_cost).max().unwrap_or(0);
        let price = vec![-shyness; net.posts.len()];
        Self::at_prices(net, price)
    }

    /// Nobody placed.
    fn at_prices(net: Net, price: Vec<i64>) -> Self {
        let (posts, agents) = (net.posts.len(), net.agents.len());
        Self {
            asked: net.posts.iter().map(|post| post.need).collect(),
            members: vec![Vec::new(); posts],
            post_of: vec![NONE; agents],
            paid: vec![0; agents],
            search: Search::new(&net),
            market: Market::new(&net, &price),
            crowd: Crowd::new(&net),
            deals: Deals::new(agents),
            changed: Vec::new(),
            moved: Vec::new(),
            repriced: Vec::new(),
            price,
            net,
        }
    }

    /// Starts from any assignment and any prices; whatever contradicts them is let go.
    pub fn from_plan(net: Net, plan: &Plan) -> Self {
        let mut engine = Self::at_prices(net, plan.prices.clone());
        for (agent, &post) in plan.post_of.iter().enumerate() {
            let (agent, post) = (small(agent), post.map_or(NONE, small));
            if post != NONE && engine.net.may(agent, post) {
                engine.place(agent, post);
            }
        }
        engine.let_go();
        engine
    }

    /// Starts from the result of an auction.
    pub fn from_auction(net: Net, watch: &mut Watch) -> Self {
        let mut engine = Self::idle(net);
        let is_large = engine.net.agents.len() >= LARGE;
        let guess = if is_large { engine.guess_from_picture(watch) } else { engine.guess() };
        engine.hold_auction(&guess, 1, watch);
        if !watch.is_over() {
            engine.let_go();
        }
        engine
    }

    /// An auction that ends when nobody could better its deal by more than about `epsilon`.
    fn hold_auction(&mut self, guess: &Guess, epsilon: i64, watch: &mut Watch) {
        self.price.clone_from(&guess.price);
        self.market.reprice_all(&self.net, &self.price);
        Auction::new(self, watch).hold(guess, epsilon);
    }

    /// Restores the invariant where it is broken by taking agents off their posts.
    pub fn let_go(&mut self) {
        for agent in 0..small(self.post_of.len()) {
            let post = self.post_of[agent as usize];
            if post != NONE && self.value(agent) > self.best_deal(agent) {
                self.release(agent);
            }
        }
        for post in 0..small(self.price.len()) {
            self.ask_anew(post);
        }
    }

    /// Sets the slots asked for to what the price allows, as near as possible to what is held.
    pub fn ask_anew(&mut self, post: u32) {
        let (wanted, tolerated) = slots_at(&self.net.posts[post as usize], self.price[post as usize]);
        let held = small(self.members[post as usize].len());
        self.asked[post as usize] = held.clamp(wanted, tolerated);
        for _ in tolerated..held {
            if let Some(&agent) = self.members[post as usize].last() {
                self.release(agent);
            }
        }
    }

    /// Places everybody who is loose, then fills everything that is open.
    pub fn mend(&mut self, watch: &mut Watch) {
        for agent in 0..small(self.post_of.len()) {
            if watch.sees(Stage::Placing, self.post_of.len() - agent as usize) {
                return self.place_as_it_comes();
            }
            if self.is_loose(agent) {
                self.push(agent);
            }
        }
        self.recount_crowd();
        for post in 0..small(self.price.len()) {
            while self.is_open(post) {
                if watch.sees(Stage::Filling, self.price.len() - post as usize) {
                    return self.place_as_it_comes();
                }
                self.pull(post);
            }
        }
    }

    /// The work was ended: whoever has no post takes the best one that still has a slot worth more than their way.
    fn place_as_it_comes(&mut self) {
        for agent in 0..small(self.post_of.len()) {
            if self.post_of[agent as usize] != NONE {
                continue;
            }
            self.best_offers(agent);
            let idle = self.net.agents[agent as usize].idle_cost;
            let saved = |offer: &Offer| {
                let held = small(self.members[offer.post as usize].len());
                let what = &self.net.posts[offer.post as usize];
                (held < what.need).then(|| what.slot_price(held) + idle - offer.cost)
            };
            let best = self.deals.list(agent).iter().filter_map(|offer| Some((saved(offer)?, offer.post))).max();
            if let Some((_, post)) = best.filter(|best| best.0 > 0) {
                self.place(agent, post);
            }
        }
    }

    /// Pulls until the post is no longer open.
    pub fn fill(&mut self, post: u32) {
        while self.is_open(post) {
            self.pull(post);
        }
    }

    pub fn is_open(&self, post: u32) -> bool {
        self.members[post as usize].len() < self.asked[post as usize] as usize
    }

    pub fn is_loose(&mut self, agent: u32) -> bool {
        self.post_of[agent as usize] == NONE && self.best_deal(agent) < self.value(agent)
    }

    /// The dual value of an agent: its deal, or its idle cost.
    #[inline]
    pub fn value(&self, agent: u32) -> i64 {
        match self.post_of[agent as usize] {
            NONE => self.net.agents[agent as usize].idle_cost,
            post => self.paid[agent as usize] - self.price[post as usize],
        }
    }

    /// The best that prices offer the agent, idling included.
    pub fn best_deal(&mut self, agent: u32) -> i64 {
        self.best_offers(agent).deal.min(self.net.agents[agent as usize].idle_cost)
    }

    /// The best and second best of what is better than idling.
    #[inline]
    fn best_offers(&mut self, agent: u32) -> Best {
        let beyond = self.deals.beyond(agent);
        let best = self.deals.best(&self.price, agent);
        if best.deal <= beyond {
            return Best { second: best.second.min(beyond), ..best };
        }
        let idle = self.net.agents[agent as usize].idle_cost;
        if beyond >= idle {
            return best;
        }
        self.deals.renew(&self.net, &self.market, &self.price, agent, idle);
        let best = self.deals.best(&self.price, agent);
        Best { second: best.second.min(self.deals.beyond(agent)), ..best }
    }

    /// Tells the crowd what everybody has.
    fn recount_crowd(&mut self) {
        let (post_of, paid, price, agents) = (&self.post_of, &self.paid, &self.price, &self.net.agents);
        self.crowd.recount(&self.net, |agent| match post_of[agent as usize] {
            NONE => agents[agent as usize].idle_cost,
            post => paid[agent as usize] - price[post as usize],
        });
    }

    /// Puts posts whose price has risen on the lists they now belong to. The crowd needs a recount afterwards.
    fn spread_news(&mut self, risen: &[u32]) {
        let (net, price, deals) = (&self.net, &self.price, &mut self.deals);
        self.crowd.recount(net, |agent| deals.beyond(agent));
        for &post in risen {
            let now = price[post as usize];
            self.crowd.beckon(net, post, now, 0, |agent| {
                let cost = net.cost(agent, post);
                if cost - now < deals.beyond(agent) {
                    deals.admit(price, agent, Offer { cost, post });
                }
                0
            });
        }
    }

    /// Ends a search of this length: what was settled becomes dearer or cheaper by what was left of the way.
    fn settle_prices(&mut self, length: i64, sign: i64) {
        let mut changed = std::mem::take(&mut self.changed);
        self.search.finish(length, |post, by| changed.push((post, by)));
        let most = changed.iter().map(|change| change.1).max().unwrap_or(0);
        for (post, by) in changed.drain(..) {
            self.price[post as usize] += sign * by;
            self.market.reprice(&self.net, &self.price, post);
            self.repriced.push(post);
            for &agent in &self.members[post as usize] {
                self.crowd.renew(&self.net, agent, self.paid[agent as usize] - self.price[post as usize]);
            }
        }
        if sign > 0 {
            self.deals.note_rise(most);
        }
        self.changed = changed;
    }

    pub fn place(&mut self, agent: u32, post: u32) {
        self.moved.push((agent, self.post_of[agent as usize]));
        self.post_of[agent as usize] = post;
        self.paid[agent as usize] = self.net.cost(agent, post);
        self.members[post as usize].push(agent);
    }

    pub fn release(&mut self, agent: u32) {
        let post = std::mem::replace(&mut self.post_of[agent as usize], NONE);
        self.moved.push((agent, post));
        let members = &mut self.members[post as usize];
        if let Some(at) = members.iter().position(|&member| member == agent) {
            members.swap_remove(at);
        }
    }

    fn shift(&mut self, agent: u32, post: u32) {
        if self.post_of[agent as usize] != NONE {
            self.release(agent);
        }
        self.place(agent, post);
    }

    /// The plan as it stands, with the bound its prices prove. `pinned` is added back. The work `is_whole` unless it was
    /// ended before its end: then those with a post may have better deals, too.
    pub fn plan(&mut self, problem: &Problem, is_whole: bool) -> Plan {
        let mut post_of: Vec<Option<usize>> =
            self.post_of.iter().map(|&post| (post != NONE).then_some(post as usize)).collect();
        for &(agent, post) in &problem.pinned {
            post_of[agent] = Some(post);
        }
        let pins: i64 = problem.pinned.iter().map(|&(agent, post)| self.net.cost(small(agent), small(post))).sum();
        let pinned: i64 = problem.pinned.iter().map(|pin| problem.agents[pin.0].idle_cost).sum();
        let constant = pins - pinned;
        Plan {
            post_of,
            prices: self.price.clone(),
            objective: self.objective() + constant,
            lower_bound: self.lower_bound(is_whole) + constant,
        }
    }

    fn objective(&self) -> i64 {
        let agents = (0..self.post_of.len()).map(|agent| match self.post_of[agent] {
            NONE => self.net.agents[agent].idle_cost,
            _ => self.paid[agent],
        });
        let posts = self.net.posts.iter().zip(&self.members);
        agents.sum::<i64>() + posts.map(|(post, members)| post.shortage_cost(small(members.len()))).sum::<i64>()
    }

    /// The dual objective at the present prices. It counts agents that are loose by their best deal.
    fn lower_bound(&mut self, is_whole: bool) -> i64 {
        let posts = self.net.posts.iter().zip(&self.price).map(|(post, &price)| {
            i64::from(post.crew) * price.min(post.crew_price)
                + i64::from(post.need - post.crew) * price.min(post.gap_price)
        });
        let mut bound = posts.sum::<i64>();
        for agent in 0..small(self.post_of.len()) {
            bound += match self.post_of[agent as usize] {
                NONE => self.best_deal(agent),
                _ if is_whole => self.value(agent),
                _ => self.value(agent).min(self.best_deal(agent)),
            };
        }
        bound
    }
}

/// Slots that must be asked for at this price, and slots that may be.
fn slots_at(post: &Post, price: i64) -> (u32, u32) {
    let count = |crew: bool, others: bool| match (crew, others) {
        (_, true) => post.need,
        (true, false) => post.crew,
        (false, false) => 0,
    };
    (count(post.crew_price > price, post.gap_price > price), count(post.crew_price >= price, post.gap_price >= price))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_follow_the_price() {
        let post = Post { place: 0, skill: 0, need: 10, crew: 6, gap_price: 100, crew_price: 200 };
        let cases = [(99, (10, 10)), (100, (6, 10)), (150, (6, 6)), (200, (0, 6)), (201, (0, 0))];
        for (price, slots) in cases {
            assert_eq!(slots_at(&post, price), slots, "at {price}");
        }
    }
}
