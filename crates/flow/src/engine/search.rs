//! The memory of one shortest-path search over posts, reused from search to search.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::net::{NONE, Net};

/// Distances, chains and the queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    distance: Vec<i64>,
    /// The agent that moves, and the post at the other end of its move, for each post reached.
    pub via: Vec<(u32, u32)>,
    queue: BinaryHeap<Reverse<(i64, u32)>>,
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
            self.queue.push(Reverse((distance, post)));
        }
    }

    /// The nearest post not settled yet, if it is nearer than `limit`.
    pub fn settle(&mut self, limit: i64) -> Option<(i64, u32)> {
        while let Some(Reverse((distance, post))) = self.queue.pop() {
            if distance >= limit {
                return None;
            }
            if distance == self.distance[post as usize] {
                return Some((distance, post));
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
