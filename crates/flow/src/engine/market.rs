//! What the posts offer, searchable from where an agent stands.
//!
//! A tree over the places knows the highest price of each skill below each node. An agent's deals are found best first:
//! a node cannot hold a better one than *nearest distance + what every unlinked post costs it − highest price*. Posts for
//! which that sum is too dark a view – places linked to the agent's group, and the post it held before – are few and
//! looked at one by one.

use super::grove::{Grove, ROOT};
use crate::geo::Direction;
use crate::net::{NONE, Net, Traits};

/// A post an agent may take, at the agent's cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub cost: i64,
    pub post: u32,
}

/// The tree of places with the prices in it.
#[derive(Clone, Debug)]
pub(super) struct Market {
    grove: Grove,
    skills: usize,
    /// Highest price by node and skill; [`NOTHING`] where no post asks for it.
    highest: Vec<i64>,
    stack: Vec<(i64, u32)>,
}

/// Lower than any price, far enough from the edge to be added to.
const NOTHING: i64 = i64::MIN / 4;

impl Market {
    pub fn new(net: &Net, price: &[i64]) -> Self {
        let grove = Grove::new(&net.place_at, 4);
        let skills = net.skills();
        let mut market = Self { highest: vec![NOTHING; grove.nodes() * skills], grove, skills, stack: Vec::new() };
        market.reprice_all(net, price);
        market
    }

    /// Takes over all prices.
    pub fn reprice_all(&mut self, net: &Net, price: &[i64]) {
        self.highest.fill(NOTHING);
        for (post, what) in net.posts.iter().enumerate().filter(|(_, what)| what.need > 0) {
            let at = self.slot(self.grove.leaf_of(crate::net::small(what.place)), what.skill);
            self.highest[at] = self.highest[at].max(price[post]);
        }
        for node in (ROOT..self.grove.nodes() / 2).rev() {
            for skill in 0..self.skills {
                let [left, right] = [2 * node, 2 * node + 1].map(|child| self.highest[child * self.skills + skill]);
                self.highest[node * self.skills + skill] = left.max(right);
            }
        }
    }

    /// Takes over one price.
    pub fn reprice(&mut self, net: &Net, price: &[i64], post: u32) {
        let what = &net.posts[post as usize];
        let mut node = self.grove.leaf_of(crate::net::small(what.place));
        let mut highest = NOTHING;
        for at in self.grove.points(node) {
            for &other in net.posts_at(self.grove.order[at] as usize) {
                let asks = &net.posts[other as usize];
                if asks.skill == what.skill && asks.need > 0 {
                    highest = highest.max(price[other as usize]);
                }
            }
        }
        loop {
            let at = self.slot(node, what.skill);
            if self.highest[at] == highest {
                return;
            }
            self.highest[at] = highest;
            if node == ROOT {
                return;
            }
            highest = highest.max(self.highest[self.slot(node ^ 1, what.skill)]);
            node /= 2;
        }
    }

    #[inline]
    fn slot(&self, node: usize, skill: u8) -> usize {
        node * self.skills + usize::from(skill)
    }

    /// Shows `visit` every offer whose deal is below its limit, roughly best first. `visit` returns the limit from then
    /// on: it may lower it.
    pub fn browse(&mut self, ask: &Ask, mut limit: i64, mut visit: impl FnMut(Offer, i64) -> i64) {
        for &place in ask.net.places_linked(ask.who.group) {
            limit = ask.look_at(place as usize, limit, &mut visit);
        }
        if let Some(place) = ask.home_place().filter(|&place| !ask.is_linked(place)) {
            limit = ask.look_at(place, limit, &mut visit);
        }
        let mut stack = std::mem::take(&mut self.stack);
        stack.push((self.at_least(ask, ROOT), 1));
        while let Some((at_least, node)) = stack.pop() {
            let node = node as usize;
            if at_least >= limit {
                continue;
            }
            if self.grove.is_leaf(node) {
                for at in self.grove.points(node) {
                    let place = self.grove.order[at] as usize;
                    if !ask.is_linked(place) && ask.home_place() != Some(place) {
                        limit = ask.look_at(place, limit, &mut visit);
                    }
                }
                continue;
            }
            let (left, right) = (self.at_least(ask, 2 * node), self.at_least(ask, 2 * node + 1));
            let near = usize::from(right < left);
            for (child, bound) in [(1 - near, left.max(right)), (near, left.min(right))] {
                if bound < limit {
                    stack.push((bound, crate::net::small(2 * node + child)));
                }
            }
        }
        self.stack = stack;
    }

    /// No deal below the node is better, places looked at one by one aside.
    #[inline]
    fn at_least(&self, ask: &Ask, node: usize) -> i64 {
        let prices = &self.highest[node * self.skills..][..self.skills];
        let mut highest = NOTHING;
        for (skill, &price) in prices.iter().enumerate() {
            if ask.who.skills >> skill & 1 == 1 {
                highest = highest.max(price);
            }
        }
        ask.anyway + self.grove.metres_at_least(node, ask.from, ask.net.radius_m) - highest
    }
}

/// One agent asking what there is.
pub(super) struct Ask<'n> {
    net: &'n Net,
    price: &'n [i64],
    agent: u32,
    who: Traits,
    from: Direction,
    /// What every post costs the agent that is neither linked nor its home, travel apart.
    anyway: i64,
}

impl<'n> Ask<'n> {
    pub fn new(net: &'n Net, price: &'n [i64], agent: u32) -> Self {
        let who = net.agents[agent as usize];
        let anyway = who.penalty + who.away_cost + net.unlinked_cost;
        Self { net, price, agent, who, from: net.agent_at[agent as usize], anyway }
    }

    #[inline]
    fn is_linked(&self, place: usize) -> bool {
        self.net.is_linked(self.who.group, place)
    }

    #[inline]
    fn home_place(&self) -> Option<usize> {
        (self.who.home != NONE).then(|| self.net.posts[self.who.home as usize].place)
    }

    #[inline]
    fn look_at(&self, place: usize, mut limit: i64, visit: &mut impl FnMut(Offer, i64) -> i64) -> i64 {
        let mut way = None;
        for &post in self.net.posts_at(place) {
            if self.net.may(self.agent, post) {
                let way = *way.get_or_insert_with(|| self.net.way(self.agent, place));
                let cost = way + self.net.moving(self.agent, post);
                let deal = cost - self.price[post as usize];
                if deal < limit {
                    limit = visit(Offer { cost, post }, deal);
                }
            }
        }
        limit
    }
}
