//! The books after one change: only what the change has touched is looked at, but that against all pairs.
//!
//! The certificate can break in four ways only: a dearer post draws somebody from where they are, somebody who lost by a
//! fallen price or moved has a better deal elsewhere, or a post asks for the wrong number of slots or does not get
//! them. Everything else stands as it stood, and stood right. The questions go to the trees, not to the remembered
//! lists that the search has used.

use super::market::Ask;
use super::{Engine, slots_at};
use crate::net::NONE;

impl Engine {
    /// Whether plan and prices still prove each other; forgets what was touched.
    pub fn audit(&mut self) -> bool {
        let mut touched = std::mem::take(&mut self.repriced);
        let moved: Vec<(u32, u32)> = self.moved.clone();
        touched.extend(moved.iter().flat_map(|&(agent, from)| [from, self.post_of[agent as usize]]));
        touched.retain(|&post| post != NONE);
        touched.sort_unstable();
        touched.dedup();
        let is_right = moved.iter().all(|&(agent, _)| self.is_content(agent))
            && touched.iter().all(|&post| self.is_balanced(post) && self.draws_nobody(post))
            && touched.iter().all(|&post| self.are_content(post));
        touched.clear();
        self.repriced = touched;
        is_right
    }

    /// The post holds what it asks for, and asks for what its price allows.
    fn is_balanced(&self, post: u32) -> bool {
        let (wanted, tolerated) = slots_at(&self.net.posts[post as usize], self.price[post as usize]);
        let asked = self.asked[post as usize];
        (wanted..=tolerated).contains(&asked) && self.members[post as usize].len() == asked as usize
    }

    /// Nobody anywhere has a better deal at the post than where they are.
    fn draws_nobody(&self, post: u32) -> bool {
        let (price, mut nobody) = (self.price[post as usize], true);
        if self.net.posts[post as usize].need > 0 {
            self.crowd.beckon(&self.net, post, price, 0, |agent| {
                nobody &= self.net.cost(agent, post) - price >= self.value(agent);
                0
            });
        }
        nobody
    }

    fn are_content(&mut self, post: u32) -> bool {
        (0..self.members[post as usize].len()).all(|at| self.is_content(self.members[post as usize][at]))
    }

    /// No post anywhere is a better deal for the agent than what it has.
    fn is_content(&mut self, agent: u32) -> bool {
        let (value, mut content) = (self.value(agent), true);
        self.market.browse(&Ask::new(&self.net, &self.price, agent), value, |_, _| {
            content = false;
            i64::MIN / 2
        });
        content
    }
}

#[cfg(test)]
mod tests {
    use crate::net::{NONE, Net, small};
    use crate::towns::Towns;

    use super::super::watch::Watch;
    use super::Engine;

    fn mended() -> Engine {
        let problem = Towns { seed: 9, agents: 300, places: 12, need_share: 0.95 }.problem();
        let mut engine = Engine::from_auction(Net::new(&problem), &mut Watch::new(&mut |_| true));
        engine.mend(&mut Watch::new(&mut |_| true));
        engine.begin_change();
        engine
    }

    #[test]
    fn the_optimum_passes_wherever_it_is_touched() {
        let mut engine = mended();
        engine.repriced = (0..small(engine.price.len())).collect();
        assert!(engine.audit());
    }

    #[test]
    fn every_way_to_break_the_books_is_seen() {
        let whole = mended();
        let somebody = small(whole.post_of.iter().position(|&post| post != NONE).unwrap_or(0));
        let post = whole.post_of[somebody as usize];
        let broken: [&dyn Fn(&mut Engine); 4] = [
            &|engine| engine.price[post as usize] += 5_000,
            &|engine| engine.price[post as usize] -= 500_000,
            &|engine| engine.asked[post as usize] += 1,
            &|engine| engine.release(somebody),
        ];
        for (way, break_it) in broken.iter().enumerate() {
            let mut engine = whole.clone();
            break_it(&mut engine);
            engine.market.reprice(&engine.net, &engine.price, post);
            engine.repriced.push(post);
            assert!(!engine.audit(), "way {way} went unseen");
        }
    }
}
