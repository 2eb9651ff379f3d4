//! The auction: from a guess to prices that are right to the metre.
//!
//! Agents without a post bid for the one that is their best deal, and may pay for it until it is worse than their second
//! best by `ε`; a full post lets go of whoever can pay least, and its price falls to what the next weakest can pay
//! (falls: in this crate a high price draws agents). When nobody is left without a post who wants one, slots may be empty
//! whose price has fallen too low: they bid for agents in turn ([`Auction::reverse`]). Then nobody could better its deal
//! by more than `ε`, and the next round is held with a smaller one.
//!
//! This is the auction for transportation problems (Bertsekas and Castañon 1989) with a reverse part (Bertsekas, Castañon
//! and Tsaknakis 1993), on posts with priced slots. With the last `ε` at a metre it is not optimal yet, only near: the
//! engine's shortest paths do the rest.

use std::collections::{BinaryHeap, VecDeque};

use super::deals::LENGTH;
use super::start::Guess;
use super::watch::{Stage, Watch};
use super::{Engine, slots_at};
use crate::net::{NONE, small};

/// Each round's `ε` is this much smaller.
const STEP: i64 = 5;

/// After the reverse part so many posts are offered to everybody whose lists they now belong to, those that rose most; the
/// others only make all lists a little less sure.
const NEWSWORTHY: usize = 64;

/// A round that takes more bids per agent than this, or more calls per post, goes in steps too small for how far its prices
/// are off.
const BIDS_PER_AGENT: usize = 25;
const CALLS_PER_POST: usize = 20;

pub(super) struct Auction<'e, 'w> {
    engine: &'e mut Engine,
    /// For each post, how low its price may fall before each of its agents leaves; the first to leave on top.
    floors: Vec<BinaryHeap<(i64, u32)>>,
    without_post: VecDeque<u32>,
    epsilon: i64,
    /// In the first round, which also finds the level of prices, `ε` grows when the steps are too small.
    is_first: bool,
    risen: Vec<u32>,
    watch: &'e mut Watch<'w>,
}

impl<'e, 'w> Auction<'e, 'w> {
    pub fn new(engine: &'e mut Engine, watch: &'e mut Watch<'w>) -> Self {
        let floors = vec![BinaryHeap::new(); engine.price.len()];
        Self { engine, floors, without_post: VecDeque::new(), epsilon: 1, is_first: true, risen: Vec::new(), watch }
    }

    /// Holds rounds from the guess's `ε` down to `last` and leaves the engine with the assignment and prices of the last.
    pub fn hold(mut self, from: &Guess, last: i64) {
        self.epsilon = from.epsilon.max(last);
        for post in 0..self.floors.len() {
            self.engine.asked[post] = slots_at(&self.engine.net.posts[post], self.engine.price[post]).0;
        }
        self.without_post.extend(0..small(self.engine.post_of.len()));
        self.engine.deals.keep(from.offers);
        self.forward();
        self.reverse();
        self.is_first = false;
        self.engine.deals.keep(LENGTH);
        while self.epsilon > last && !self.watch.is_over() {
            self.lift(self.epsilon);
            self.epsilon = (self.epsilon / STEP).max(last);
            self.reopen();
            self.forward();
            self.reverse();
        }
        for (post, floors) in self.floors.iter().enumerate() {
            self.engine.members[post] = floors.iter().map(|floor| floor.1).collect();
        }
    }

    /// Raises all prices alike, but none past what its last slot is worth.
    fn lift(&mut self, by: i64) {
        let engine = &mut *self.engine;
        for (post, what) in engine.net.posts.iter().enumerate() {
            let price = engine.price[post];
            if let Some(last) = engine.asked[post].checked_sub(1) {
                engine.price[post] = (price + by).min(what.slot_price(last).max(price));
            }
        }
        engine.deals.note_rise(by);
        engine.market.reprice_all(&engine.net, &engine.price);
    }

    /// Keeps everybody whose deal is good enough for the smaller `ε`.
    fn reopen(&mut self) {
        for post in 0..small(self.floors.len()) {
            for (_, agent) in std::mem::take(&mut self.floors[post as usize]).into_vec() {
                let best = self.engine.best_offers(agent);
                let own = self.engine.value(agent);
                let idle = self.engine.net.agents[agent as usize].idle_cost;
                let other = if best.offer.post == post { best.second } else { best.deal }.min(idle);
                if own <= other + self.epsilon {
                    let floor = self.engine.paid[agent as usize] - other - self.epsilon;
                    self.floors[post as usize].push((floor, agent));
                } else {
                    self.engine.post_of[agent as usize] = NONE;
                    self.without_post.push_back(agent);
                }
            }
        }
        for agent in 0..small(self.engine.post_of.len()) {
            let who = &self.engine.net.agents[agent as usize];
            if self.engine.post_of[agent as usize] == NONE && who.skills != 0 {
                self.without_post.push_back(agent);
            }
        }
    }

    /// Bids until everybody has a post or does not want one.
    fn forward(&mut self) {
        let most = BIDS_PER_AGENT * self.engine.post_of.len();
        let mut bids = 0_usize;
        while let Some(agent) = self.without_post.pop_front() {
            if self.watch.sees(Stage::Auction { epsilon: self.epsilon }, self.without_post.len()) {
                return self.without_post.clear();
            }
            if self.engine.post_of[agent as usize] != NONE {
                continue;
            }
            let best = self.engine.best_offers(agent);
            let idle = self.engine.net.agents[agent as usize].idle_cost;
            if best.deal < idle {
                let floor = best.offer.cost - best.second.min(idle) - self.epsilon;
                self.take(agent, best.offer.post, floor);
                self.engine.paid[agent as usize] = best.offer.cost;
                bids += 1;
                if self.is_first && bids.is_multiple_of(most) {
                    self.epsilon *= STEP;
                }
            }
        }
    }

    fn take(&mut self, agent: u32, post: u32, floor: i64) {
        self.engine.post_of[agent as usize] = post;
        let floors = &mut self.floors[post as usize];
        floors.push((floor, agent));
        if floors.len() > self.engine.asked[post as usize] as usize
            && let Some((_, weakest)) = floors.pop()
        {
            self.engine.post_of[weakest as usize] = NONE;
            self.without_post.push_back(weakest);
        }
        if floors.len() == self.engine.asked[post as usize] as usize {
            self.lower(post);
        }
    }

    /// A full post's price is what the weakest can pay, or what its next slot is worth.
    fn lower(&mut self, post: u32) {
        let what = &self.engine.net.posts[post as usize];
        let asked = &mut self.engine.asked[post as usize];
        let weakest = self.floors[post as usize].peek().map_or(i64::MIN, |floor| floor.0);
        let price = if *asked < what.need && what.slot_price(*asked) >= weakest {
            *asked += 1;
            what.slot_price(*asked - 1)
        } else {
            weakest
        };
        self.set_price(post, price);
    }

    fn set_price(&mut self, post: u32, price: i64) {
        if self.engine.price[post as usize] != price {
            self.engine.price[post as usize] = price;
            self.engine.market.reprice(&self.engine.net, &self.engine.price, post);
        }
    }

    /// Empty slots bid for agents until each is filled or not worth it – or until that has taken too long: what is still
    /// empty after that many calls is left to the shortest paths.
    fn reverse(&mut self) {
        let mut open: Vec<u32> = (0..small(self.floors.len())).filter(|&post| self.short_of(post) > 0).collect();
        if open.is_empty() {
            return;
        }
        let most = CALLS_PER_POST * self.floors.len();
        let (mut calls, mut is_over) = (0_usize, false);
        let before = self.engine.price.clone();
        self.engine.recount_crowd();
        while let Some(post) = open.pop() {
            while self.short_of(post) > 0 && !is_over {
                calls += 1;
                is_over = self.watch.sees(Stage::Auction { epsilon: self.epsilon }, open.len());
                if calls.is_multiple_of(most) {
                    self.epsilon *= if self.is_first { STEP } else { 1 };
                    is_over |= !self.is_first;
                }
                let left = self.call(post);
                if left != NONE && self.short_of(left) > 0 {
                    open.push(left);
                }
            }
            let (wanted, tolerated) = slots_at(&self.engine.net.posts[post as usize], self.engine.price[post as usize]);
            let held = small(self.floors[post as usize].len());
            self.engine.asked[post as usize] = held.clamp(wanted, tolerated);
        }
        self.spread_news(&before);
    }

    /// Slots of the post that are empty and worth more than its price.
    fn short_of(&self, post: u32) -> usize {
        let wanted = slots_at(&self.engine.net.posts[post as usize], self.engine.price[post as usize]).0;
        (wanted as usize).saturating_sub(self.floors[post as usize].len())
    }

    /// Raises the price until somebody comes, or until the slot is not worth it. Returns the post that was left.
    fn call(&mut self, post: u32) -> u32 {
        let what = self.engine.net.posts[post as usize];
        let price = self.engine.price[post as usize];
        let wanted = slots_at(&what, price).0;
        let most = what.slot_price(wanted - 1) - price;
        let (first, second, caller) = self.two_nearest(post, most);
        self.risen.push(post);
        if first >= most {
            self.set_price(post, price + most);
            return NONE;
        }
        let rise = (second + self.epsilon).min(most);
        self.set_price(post, price + rise);
        let left = std::mem::replace(&mut self.engine.post_of[caller as usize], post);
        if left != NONE {
            self.floors[left as usize].retain(|floor| floor.1 != caller);
        }
        self.engine.paid[caller as usize] = self.engine.net.cost(caller, post);
        self.floors[post as usize].push((price + first - self.epsilon, caller));
        let Engine { crowd, net, paid, price, .. } = &mut *self.engine;
        for &(_, agent) in &self.floors[post as usize] {
            crowd.renew(net, agent, paid[agent as usize] - price[post as usize]);
        }
        left
    }

    /// The least that the two nearest agents lose by coming, and the nearest; `most` where there is nobody.
    fn two_nearest(&self, post: u32, most: i64) -> (i64, i64, u32) {
        let engine = &*self.engine;
        let price = engine.price[post as usize];
        let (mut first, mut second, mut nearest) = (most, most, NONE);
        engine.crowd.beckon(&engine.net, post, price, most, |agent| {
            if engine.post_of[agent as usize] != post && agent != nearest {
                let loss = engine.net.cost(agent, post) - price - engine.value(agent);
                if loss < first {
                    (second, first, nearest) = (first, loss, agent);
                } else {
                    second = second.min(loss);
                }
            }
            second
        });
        (first, second, nearest)
    }

    /// Makes the lists true again after prices have risen.
    fn spread_news(&mut self, before: &[i64]) {
        let mut risen = std::mem::take(&mut self.risen);
        let rise = |post: u32| self.engine.price[post as usize] - before[post as usize];
        risen.sort_unstable_by_key(|&post| (std::cmp::Reverse(rise(post)), post));
        risen.dedup();
        risen.retain(|&post| rise(post) > 0);
        if let Some(&post) = risen.get(NEWSWORTHY) {
            let rise = rise(post);
            self.engine.deals.note_rise(rise);
            risen.truncate(NEWSWORTHY);
        }
        self.engine.spread_news(&risen);
    }
}
