//! The memory of one shortest-path search over posts, reused from search to search.
//!
//! Besides posts the queue holds promises to look further: nothing behind a promise is nearer than its key, so it need not
//! be opened before the search has come that far.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::net::{NONE, Net};

/// What the search comes upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A post that is reached.
    Post(u32),
    /// A post round which has been looked so often without coming to the end.
    Ring(u32, u32),
    /// An agent whose remembered offers are used up, for the how-manieth time.
    Agent(u32, u32),
}

/// Distances, chains and the queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    distance: Vec<i64>,
    /// The agent that moves, and the post at the other end of its move, for each post reached.
    pub via: Vec<(u32, u32)>,
    queue: BinaryHeap<Reverse<(i64, Event)>>,
    reached: Vec<u32>,
}

const FAR: i64 = i64::MAX;

impl Search {
    pub fn new(net: &Net) -> Self {
        let posts = net.posts.len();
        Self {
            distance: vec![FAR; posts],
            via: vec![(NONE, NONE); posts],
            queue: BinaryHeap::new(),
            reached: Vec::new(),
        }
    }

    /// How far the post is, as known now.
    #[inline]
    pub fn distance(&self, post: u32) -> i64 {
        self.distance[post as usize]
    }

    /// Offers a way of this length to the post; remembers it if it is shorter than what is known.
    #[inline]
    pub fn offer(&mut self, post: u32, distance: i64, via: (u32, u32)) {
        let known = &mut self.distance[post as usize];
        if distance < *known {
            if *known == FAR {
                self.reached.push(post);
            }
            *known = distance;
            self.via[post as usize] = via;
            self.queue.push(Reverse((distance, Event::Post(post))));
        }
    }

    /// Promises to look further from this distance on.
    #[inline]
    pub fn note(&mut self, at_least: i64, event: Event) {
        self.queue.push(Reverse((at_least, event)));
    }

    /// The nearest event that is not over, if it is nearer than `limit`.
    pub fn settle(&mut self, limit: i64) -> Option<(i64, Event)> {
        while let Some(Reverse((distance, event))) = self.queue.pop() {
            if distance >= limit {
                return None;
            }
            match event {
                Event::Post(post) if distance > self.distance[post as usize] => {}
                _ => return Some((distance, event)),
            }
        }
        None
    }

    /// Forgets the search; calls `settled` with each post nearer than `limit` and by how much.
    pub fn finish(&mut self, limit: i64, mut settled: impl FnMut(u32, i64)) {
        self.queue.clear();
        for post in self.reached.drain(..) {
            let distance = std::mem::replace(&mut self.distance[post as usize], FAR);
            if distance < limit {
                settled(post, limit - distance);
            }
        }
    }
}
