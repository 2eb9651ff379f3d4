//! What it would take to give an agent another post than the optimum does. Nothing is changed by asking.
//!
//! One agent more at the wanted post and one fewer at the post left behind: the cheapest way to bear it is a shortest path
//! from the one to the other. It goes from post to post – each agent on it makes room for the one before – or leaves the
//! posts on the way: somebody idles or a slot more is opened for the newcomer, and the slot left behind is filled from
//! elsewhere or stays empty.

use super::Engine;
use super::deals::FAR;
use super::pull::Source;
use super::push::Sink;
use crate::net::NONE;

/// Who moves, from where, to where.
type Step = (u32, u32, u32);

impl Engine {
    /// The loss of the whole, and everybody who moves: the agent first.
    pub fn wish(&mut self, agent: u32, wanted: u32) -> (i64, Vec<Step>) {
        let left = self.post_of[agent as usize];
        let own = self.net.cost(agent, wanted) - self.price[wanted as usize] - self.value(agent);
        let mut steps = vec![(agent, left, wanted)];
        let (filled, filling) = self.filling(left);
        let (settled, mut settling) = self.making_room(wanted, NONE, FAR);
        let apart = filled + settled;
        let (joined, mut chain) = self.making_room(wanted, left, apart);
        if joined < apart {
            steps.append(&mut chain);
        } else {
            steps.append(&mut settling);
            steps.extend(filling);
        }
        (own + joined.min(apart), steps)
    }

    /// The cheapest way to bear one more at a post, if it is shorter than `limit`; ending at `wanted` if one is.
    fn making_room(&mut self, post: u32, wanted: u32, limit: i64) -> (i64, Vec<Step>) {
        self.search.offer(post, 0, (NONE, NONE));
        let (length, sink) = self.search_sink((limit, Sink::Idle(NONE)), (NONE, 0), wanted);
        let mut steps = Vec::new();
        let mut at = match sink {
            Sink::Idle(NONE) => post,
            Sink::Idle(agent) => {
                let from = self.post_of[agent as usize];
                steps.push((agent, from, NONE));
                from
            }
            Sink::Open(post) | Sink::Widened(post) => post,
        };
        while at != post {
            let (agent, from) = self.search.via[at as usize];
            steps.push((agent, from, at));
            at = from;
        }
        self.search.finish(0, |_, _| {});
        steps.reverse();
        (length, steps)
    }

    /// The cheapest way to bear one fewer at a post.
    fn filling(&mut self, post: u32) -> (i64, Vec<Step>) {
        let (length, source) = self.cheapest_source(post);
        let mut steps = Vec::new();
        let mut at = match source {
            Source::Idle(agent, to) => {
                steps.push((agent, NONE, to));
                to
            }
            Source::Short(at) => at,
        };
        while at != post {
            let (agent, to) = self.search.via[at as usize];
            steps.push((agent, at, to));
            at = to;
        }
        self.search.finish(0, |_, _| {});
        (length, steps)
    }
}
