//! Filling one open slot: prices rise around it until somebody is worth pulling, or the gap is.

use super::Engine;
use crate::net::NONE;

/// Where a chain towards an open slot begins.
#[derive(Clone, Copy)]
enum Source {
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
        let price = &mut self.price;
        self.search.finish(length, |post, rise| price[post as usize] += rise);
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

    fn cheapest_source(&mut self, open: u32) -> (i64, Source) {
        let mut best = (i64::MAX, Source::Short(open));
        self.search.offer(open, 0, (NONE, NONE));
        while let Some((distance, post)) = self.search.settle(best.0) {
            let slot = self.asked[post as usize] - 1;
            let short = distance + self.net.posts[post as usize].slot_price(slot) - self.price[post as usize];
            if short < best.0 {
                best = (short, Source::Short(post));
            }
            self.look_for_agents(distance, post, &mut best);
        }
        best
    }

    /// Everybody who could come to `post`, by how much dearer that is than what they have.
    fn look_for_agents(&mut self, distance: i64, post: u32, best: &mut (i64, Source)) {
        let what = self.net.posts[post as usize];
        let base = distance - self.price[post as usize];
        for &agent in &self.net.agents_with[what.skill as usize] {
            let held = self.post_of[agent as usize];
            if held == post || !self.net.may(agent, post) {
                continue;
            }
            let length = base + self.search_cost(agent, what.place) + self.net.moving(agent, post) - self.value(agent);
            if length >= best.0 {
                continue;
            }
            match held {
                NONE => *best = (length, Source::Idle(agent, post)),
                _ => self.search.offer(held, length, (agent, post)),
            }
        }
    }

    #[inline]
    fn search_cost(&self, agent: u32, place: usize) -> i64 {
        self.net.way(agent, place)
    }
}
