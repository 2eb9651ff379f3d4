//! Filling one open slot: prices rise around it until somebody is worth pulling, or the gap is.

use super::Engine;
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
                Event::Ring(post, times) => self.look_around(distance, post, times, &mut best),
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
        self.look_around(distance, post, 0, best);
    }

    /// Looks for who could come to the post, in ever wider rings as the search comes that far.
    fn look_around(&mut self, reached: i64, post: u32, times: u32, best: &mut (i64, Source)) {
        let Self { crowd, net, price, post_of, paid, search, .. } = self;
        let (distance, price_here) = (search.distance(post), price[post as usize]);
        let ring = (reached - distance).saturating_add(RING_M << (2 * times).min(40));
        let rest = |best: &(i64, Source)| ring.min(best.0 - distance);
        crowd.beckon(net, post, price_here, rest(best), |agent| {
            let held = post_of[agent as usize];
            let value = match held {
                NONE => net.agents[agent as usize].idle_cost,
                _ if search.distance(held) <= distance => return rest(best),
                _ => paid[agent as usize] - price[held as usize],
            };
            let length = distance + net.cost(agent, post) - price_here - value;
            if length < best.0 {
                match held {
                    NONE => *best = (length, Source::Idle(agent, post)),
                    _ => search.offer(held, length, (agent, post)),
                }
            }
            rest(best)
        });
        if distance + ring < best.0 {
            search.note(distance + ring, Event::Ring(post, times + 1));
        }
    }
}

/// Width of the first ring; each next one is four times as wide. In a crowded district a few metres hold hundreds.
const RING_M: i64 = 20;
