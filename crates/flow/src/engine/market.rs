//! What the posts offer, searchable from where an agent stands.
//!
//! A tree over the places knows the highest price of each skill below each node. An agent's deals are found best first:
//! a node cannot hold a better one than *nearest distance + what every unlinked post costs it − highest price*. Posts for
//! which that sum is too dark a view – places linked to the agent's group, and the post it held before – are few and
//! looked at one by one.

use super::grove::Grove;
use crate::geo::Direction;
use crate::net::{NONE, Net, Traits, small};

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
}

impl Market {
    pub fn new(net: &Net, price: &[i64]) -> Self {
        let mut market = Self { grove: Grove::new(&net.place_at, net.skills(), net.radius_m) };
        market.reprice_all(net, price);
        market
    }

    /// Takes over all prices.
    pub fn reprice_all(&mut self, net: &Net, price: &[i64]) {
        self.grove.clear();
        for (post, what) in net.posts.iter().enumerate().filter(|(_, what)| what.need > 0) {
            self.grove.lift(small(what.place), 1 << what.skill, price[post]);
        }
    }

    /// Takes over one price.
    pub fn reprice(&mut self, net: &Net, price: &[i64], post: u32) {
        let what = &net.posts[post as usize];
        let alike = net.posts_at(what.place).iter().filter(|&&other| {
            let asks = &net.posts[other as usize];
            asks.skill == what.skill && asks.need > 0
        });
        let highest = alike.map(|&other| price[other as usize]).max();
        self.grove.set(small(what.place), what.skill, highest);
    }

    /// The places, what is near together.
    pub fn in_order(&self) -> &[u32] {
        &self.grove.order
    }

    /// Shows `visit` every offer whose deal is below its limit, roughly best first. `visit` returns the limit from then
    /// on: it may lower it.
    pub fn browse(&self, ask: &Ask, mut limit: i64, mut visit: impl FnMut(Offer, i64) -> i64) {
        for &place in ask.net.places_linked(ask.who.group) {
            limit = ask.look_at(place as usize, limit, &mut visit);
        }
        if let Some(place) = ask.home_place().filter(|&place| !ask.is_linked(place)) {
            limit = ask.look_at(place, limit, &mut visit);
        }
        self.grove.search(ask.from, ask.who.skills, limit - ask.anyway, &mut |place| {
            let place = place as usize;
            if !ask.is_linked(place) && ask.home_place() != Some(place) {
                limit = ask.look_at(place, limit, &mut visit);
            }
            limit - ask.anyway
        });
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
