//! Filling one open slot: prices rise around it until somebody is worth pulling, or the gap is.

use super::Engine;
use super::grove::ROOT;
use super::search::Event;
use crate::net::NONE;

/// Where a chain towards an open slot begins.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// An idle agent takes this post.
    Idle(u32, u32),
    /// This post does with one slot less.
    Short(u32),
}

impl Engine {
    /// One shortest-path step for an open post. Nobody may be loose.
    pub(super) fn pull(&mut self, open: u32) {
        debug_assert!(self.is_open(open));
        let (length, source) = self.cheapest_source(open);
        self.settle_prices(length, 1);
        let mut post = match source {
            Source::Idle(agent, post) => {
                self.shift(agent, post);
                post
            }
            Source::Short(post) => {
                self.asked[post as usize] -= 1;
                post
            }
        };
        while post != open {
            let (agent, towards) = self.search.via[post as usize];
            self.shift(agent, towards);
            post = towards;
        }
    }

    pub(super) fn cheapest_source(&mut self, open: u32) -> (i64, Source) {
        let mut best = (i64::MAX, Source::Short(open));
        self.search.offer(open, 0, (NONE, NONE));
        while let Some((distance, event)) = self.search.settle(best.0) {
            match event {
                Event::Post(post) => self.settle_source(distance, post, &mut best),
                Event::Node(node, post) => self.open_node(node as usize, post, &mut best),
                Event::Agent(..) => {}
            }
        }
        best
    }

    /// The post can be reached at this distance: it may do with one slot less, or others may come to it.
    fn settle_source(&mut self, distance: i64, post: u32, best: &mut (i64, Source)) {
        let slot = self.asked[post as usize] - 1;
        let short = distance + self.net.posts[post as usize].slot_price(slot) - self.price[post as usize];
        if short < best.0 {
            *best = (short, Source::Short(post));
        }
        let mut close = std::mem::take(&mut self.close);
        close.extend(self.net.agents_close_to(post).filter(|&agent| self.net.may(agent, post)));
        for agent in close.drain(..) {
            self.offer_agent(distance, agent, post, best);
        }
        self.close = close;
        self.offer_node(distance, ROOT, post, best);
    }

    fn offer_node(&mut self, distance: i64, node: usize, post: u32, best: &(i64, Source)) {
        let at_least = distance + (self.crowd.at_least(&self.net, node, post) - self.price[post as usize]).max(0);
        if at_least < best.0 {
            self.search.note(at_least, Event::Node(crate::net::small(node), post));
        }
    }

    fn open_node(&mut self, node: usize, post: u32, best: &mut (i64, Source)) {
        let distance = self.search.distance(post);
        if !self.crowd.is_leaf(node) {
            self.offer_node(distance, 2 * node, post, best);
            self.offer_node(distance, 2 * node + 1, post, best);
            return;
        }
        for at in 0..self.crowd.agents(node).len() {
            let agent = self.crowd.agents(node)[at];
            if self.net.may(agent, post) && !self.net.is_close_to(agent, post) {
                self.offer_agent(distance, agent, post, best);
            }
        }
    }

    /// The agent could come to `post`, for how much more than what it has now?
    fn offer_agent(&mut self, distance: i64, agent: u32, post: u32, best: &mut (i64, Source)) {
        let held = self.post_of[agent as usize];
        if held == post {
            return;
        }
        let length = distance + self.net.cost(agent, post) - self.price[post as usize] - self.value(agent);
        if length >= best.0 {
            return;
        }
        match held {
            NONE => *best = (length, Source::Idle(agent, post)),
            _ => self.search.offer(held, length, (agent, post)),
        }
    }
}
