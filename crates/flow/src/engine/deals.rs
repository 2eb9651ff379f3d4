//! The few best deals of each agent, remembered.
//!
//! Most questions about an agent are answered by its short list: the best [`LENGTH`] offers when it was made, and
//! `beyond`, which no offer outside the list betters. Falling prices only make offers worse, so `beyond` stays true while
//! prices fall. Rising prices are accounted for in one of two ways: exactly, by [`Deals::admit`]ting the risen post to the
//! lists it now belongs to; or summarily, by [`Deals::note_rise`], which takes the largest possible rise off every
//! `beyond` at once.

use super::market::{Ask, Market, Offer};
use crate::net::Net;

/// Offers kept per agent.
pub(super) const LENGTH: usize = 12;

/// Beyond every deal, far enough from the edge to be added to.
pub(super) const FAR: i64 = i64::MAX / 4;

#[derive(Clone, Debug)]
pub(super) struct Deals {
    offers: Vec<Offer>,
    count: Vec<u8>,
    beyond: Vec<i64>,
    /// The sum of summary rises when the list was made.
    made_at: Vec<i64>,
    risen: i64,
    /// Offers that a new list gets.
    length: usize,
}

/// An agent's best deal, where, at what cost, and the second best at another post.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    pub deal: i64,
    pub offer: Offer,
    pub second: i64,
}

impl Deals {
    pub fn new(agents: usize) -> Self {
        Self {
            offers: vec![Offer { cost: 0, post: 0 }; agents * LENGTH],
            count: vec![0; agents],
            beyond: vec![-FAR; agents],
            made_at: vec![0; agents],
            risen: 0,
            length: LENGTH,
        }
    }

    /// From now on lists get this many offers, at most [`LENGTH`].
    pub fn keep(&mut self, length: usize) {
        self.length = length.clamp(1, LENGTH);
    }

    /// The agent's list is not true any more.
    pub fn forget(&mut self, agent: u32) {
        self.count[agent as usize] = 0;
        self.beyond[agent as usize] = -FAR;
    }

    /// Some prices have risen by up to this much.
    pub fn note_rise(&mut self, rise: i64) {
        self.risen += rise;
    }

    /// The remembered offers of an agent.
    #[inline]
    pub fn list(&self, agent: u32) -> &[Offer] {
        let start = agent as usize * LENGTH;
        &self.offers[start..start + usize::from(self.count[agent as usize])]
    }

    /// No offer outside the list is a better deal than this.
    #[inline]
    pub fn beyond(&self, agent: u32) -> i64 {
        self.beyond[agent as usize] - (self.risen - self.made_at[agent as usize])
    }

    /// Makes the list anew; offers at `limit` or above are not of interest.
    pub fn renew(&mut self, net: &Net, market: &Market, price: &[i64], agent: u32, limit: i64) {
        let mut deals = [FAR; LENGTH];
        let mut count = 0;
        let length = self.length;
        let limit = if self.list(agent).len() == length {
            let worst = self.list(agent).iter().map(|offer| offer.cost - price[offer.post as usize]).max();
            limit.min(worst.map_or(limit, |worst| worst + 1))
        } else {
            limit
        };
        let offers = &mut self.offers[agent as usize * LENGTH..][..LENGTH];
        market.browse(&Ask::new(net, price, agent), limit, |offer, deal| {
            let mut at = count.min(length - 1);
            while at > 0 && deals[at - 1] > deal {
                deals[at] = deals[at - 1];
                offers[at] = offers[at - 1];
                at -= 1;
            }
            (deals[at], offers[at]) = (deal, offer);
            count = (count + 1).min(length);
            if count == length { deals[length - 1] } else { limit }
        });
        self.count[agent as usize] = count as u8;
        self.beyond[agent as usize] = if count == length { deals[length - 1] } else { limit };
        self.made_at[agent as usize] = self.risen;
    }

    /// The best deal, if the list can tell and it is below `limit`.
    #[inline]
    pub fn best(&self, price: &[i64], agent: u32) -> Best {
        let nothing = Offer { cost: 0, post: crate::net::NONE };
        let mut best = Best { deal: FAR, offer: nothing, second: FAR };
        for &offer in self.list(agent) {
            let deal = offer.cost - price[offer.post as usize];
            if deal < best.deal {
                best = Best { deal, offer, second: best.deal };
            } else if deal < best.second {
                best.second = deal;
            }
        }
        best
    }

    /// A post whose price has risen is offered to an agent that may not have it on its list.
    pub fn admit(&mut self, price: &[i64], agent: u32, offer: Offer) {
        let start = agent as usize * LENGTH;
        let count = usize::from(self.count[agent as usize]);
        let list = &mut self.offers[start..start + LENGTH];
        if list[..count].iter().any(|known| known.post == offer.post) {
            return;
        }
        if count < LENGTH {
            list[count] = offer;
            self.count[agent as usize] += 1;
            return;
        }
        let deal = |offer: &Offer| offer.cost - price[offer.post as usize];
        let worst = (1..LENGTH).fold(0, |worst, at| if deal(&list[at]) > deal(&list[worst]) { at } else { worst });
        let left_out =
            if deal(&offer) < deal(&list[worst]) { std::mem::replace(&mut list[worst], offer) } else { offer };
        let bound = deal(&left_out) + (self.risen - self.made_at[agent as usize]);
        self.beyond[agent as usize] = self.beyond[agent as usize].min(bound);
    }
}
