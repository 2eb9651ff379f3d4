//! A small picture of a large problem: every eighth agent and every eighth slot.
//!
//! What decides about prices – which skills are short, where people live and where they are needed, who is linked to
//! what – is the same in the picture, only coarser, so that its prices are nearly those of the whole at an eighth of the
//! work. Nothing is drawn by lot: agents of one kind are counted off along the order of the tree, which keeps neighbours
//! together, and so are the slots of one skill and worth. Each quarter of the picture thereby has its share to within one.

use std::cmp::Reverse;

use super::{Engine, Watch};
use crate::net::{Net, small};
use crate::problem::Post;

/// One in so many is in the picture.
const EVERY: usize = 8;

/// One in so many of those is left out again: where the picture errs, its prices are better too high than too low. Bids
/// bring high prices down at once, but what is too low in a whole district rises slot by slot.
const LEFT_OUT: usize = 100;

impl Engine {
    pub(super) fn picture(&self) -> Net {
        let mut agents: Vec<u32> =
            self.crowd.in_order().iter().copied().filter(|&agent| self.can_work(agent)).collect();
        agents.sort_by_key(|&agent| {
            let who = &self.net.agents[agent as usize];
            (who.skills, who.penalty, who.away_cost, Reverse(who.idle_cost))
        });
        let counted_off = agents.into_iter().skip(EVERY / 2).step_by(EVERY).enumerate();
        let agents = counted_off.filter(|(at, _)| at % LEFT_OUT != LEFT_OUT / 2).map(|(_, agent)| agent);
        self.net.with(self.fewer_slots(), agents.collect())
    }

    fn can_work(&self, agent: u32) -> bool {
        self.net.agents[agent as usize].skills != 0
    }

    /// The posts, each with its share of the slots that are counted off.
    fn fewer_slots(&self) -> Vec<Post> {
        let mut posts: Vec<Post> = self.net.posts.iter().map(|post| Post { need: 0, crew: 0, ..*post }).collect();
        let places = self.market.in_order().iter();
        let mut order: Vec<u32> = places.flat_map(|&place| self.net.posts_at(place as usize)).copied().collect();
        let parts: [fn(&Post) -> (i64, u32); 2] =
            [|post| (post.crew_price, post.crew), |post| (post.gap_price, post.need - post.crew)];
        for (at, part) in parts.into_iter().enumerate() {
            order.sort_by_key(|&post| (self.net.posts[post as usize].skill, part(&self.net.posts[post as usize]).0));
            let mut counted = EVERY / 2;
            for &post in &order {
                let before = counted / EVERY;
                counted += part(&self.net.posts[post as usize]).1 as usize;
                let share = small(counted / EVERY - before);
                posts[post as usize].need += share;
                posts[post as usize].crew += if at == 0 { share } else { 0 };
            }
        }
        posts
    }

    /// Prices from an auction in the picture, which ends when they are right to about `epsilon`.
    pub(super) fn prices_of_picture(&self, picture: Net, epsilon: i64, watch: &mut Watch) -> Vec<i64> {
        let mut picture = Self::idle(picture);
        let guess = picture.guess();
        picture.hold_auction(&guess, epsilon, watch);
        let has_slots: Vec<bool> = picture.net.posts.iter().map(|post| post.need > 0).collect();
        picture.recount_crowd();
        picture.net.posts.clone_from(&self.net.posts);
        let price = |post: usize| if has_slots[post] { picture.price[post] } else { picture.first_price(small(post)) };
        (0..self.net.posts.len()).map(price).collect()
    }

    /// The price at which the first agent would come.
    fn first_price(&self, post: u32) -> i64 {
        let mut first = self.net.posts[post as usize].slot_price(0);
        self.crowd.beckon(&self.net, post, 0, first, |agent| {
            first = first.min(self.net.cost(agent, post) - self.value(agent));
            first
        });
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Problem, Travel};
    use crate::towns::Towns;

    /// The proven optimum, begun at the prices of a picture.
    fn from_picture(problem: &Problem) -> crate::Plan {
        let mut watch = |_| true;
        let mut watch = Watch::new(&mut watch);
        let mut engine = Engine::idle(Net::new(problem));
        let guess = engine.guess_from_picture(&mut watch);
        engine.hold_auction(&guess, 1, &mut watch);
        engine.let_go();
        engine.mend(&mut watch);
        engine.plan(problem, true)
    }

    fn districts() -> impl Iterator<Item = Problem> {
        let shares = [0.5, 0.95, 1.05, 2.0].into_iter().enumerate();
        shares.map(|(seed, need_share)| Towns { seed: seed as u64, agents: 700, places: 30, need_share }.problem())
    }

    #[test]
    fn the_optimum_does_not_depend_on_the_picture() {
        for mut problem in districts() {
            problem.pinned = vec![(3, 5), (77, 5)];
            let plan = from_picture(&problem);
            let proof = crate::check(&problem, &plan).unwrap();
            assert!(proof.is_optimal(), "{proof:?}");
            assert_eq!(plan.objective, crate::solve(&problem).unwrap().objective);
        }
    }

    #[test]
    fn nobody_and_nothing_make_a_picture_too() {
        for problem in districts() {
            for empty in [
                Problem { agents: Vec::new(), ..problem.clone() },
                Problem { posts: Vec::new(), ..problem.clone() },
                Problem { agents: problem.agents[..3].to_vec(), ..problem.clone() },
            ] {
                assert!(from_picture(&empty).is_optimal());
            }
        }
    }

    #[test]
    fn a_pair_costs_in_the_picture_what_it_costs() {
        let mut problem = districts().next().unwrap();
        let places = problem.places.len();
        problem.travel = Travel::Matrix { cost: (0..700 * places as u32).map(|at| at * 7_919 % 30_011).collect() };
        for (index, agent) in problem.agents.iter_mut().enumerate() {
            (agent.origin, agent.home, agent.away_cost) = (699 - index, (index % 3 == 0).then_some(index % 100), 500);
        }
        problem.barred = (0..700).map(|agent| (agent, agent % 40)).collect();
        let net = Net::new(&problem);
        let chosen: Vec<u32> = (0..700).rev().step_by(5).collect();
        let fewer = net.with(net.posts.clone(), chosen.clone());
        assert!(fewer.agents.len() == 140);
        for (index, &agent) in chosen.iter().rev().enumerate() {
            for post in 0..small(net.posts.len()) {
                assert_eq!(fewer.cost(small(index), post), net.cost(agent, post), "agent {agent} at {post}");
                assert_eq!(fewer.may(small(index), post), net.may(agent, post), "agent {agent} at {post}");
            }
        }
    }
}
