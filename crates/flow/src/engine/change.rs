//! Changes to a plan in force, each mended at once. The invariant holds before and after.

use super::Engine;
use crate::net::NONE;

/// A price at which no agent takes a post, whatever idling costs it.
const UNWANTED: i64 = -4 * crate::problem::MAX_COST;

impl Engine {
    /// The change before is history: nothing is touched.
    pub fn begin_change(&mut self) {
        self.moved.clear();
        self.repriced.clear();
    }

    /// The post needs more or fewer agents.
    pub fn set_need(&mut self, post: u32, need: u32, crew: u32) {
        let what = &mut self.net.posts[post as usize];
        let was_closed = what.need == 0;
        (what.need, what.crew) = (need, crew);
        if was_closed || need == 0 {
            self.price[post as usize] = UNWANTED;
        }
        self.repriced.push(post);
        self.market.reprice(&self.net, &self.price, post);
        let before = self.moved.len();
        self.ask_anew(post);
        let released: Vec<u32> = self.moved[before..].iter().map(|touch| touch.0).collect();
        for agent in released {
            self.settle(agent);
        }
        self.fill(post);
    }

    /// The agent leaves its post and takes no other; the slot is filled if that is worth it.
    pub fn withdraw(&mut self, agent: u32) {
        let post = self.post_of[agent as usize];
        if post != NONE {
            self.release(agent);
        }
        self.net.take_out(agent);
        self.deals.forget(agent);
        if post != NONE {
            self.ask_anew(post);
            self.fill(post);
        }
    }

    /// The agent, out of the problem until now, can take posts of these skills.
    pub fn admit(&mut self, agent: u32, skills: u32) {
        self.net.agents[agent as usize].skills = skills;
        self.deals.forget(agent);
        self.moved.push((agent, NONE));
        self.settle(agent);
    }

    /// The agent stays where it is for good; nothing else changes.
    pub fn pin(&mut self, agent: u32) {
        let post = self.post_of[agent as usize];
        self.release(agent);
        self.net.take_out(agent);
        self.deals.forget(agent);
        self.net.occupy(post);
        self.asked[post as usize] -= 1;
        self.market.reprice(&self.net, &self.price, post);
    }

    /// Gives somebody without a post the best there is, be it idleness.
    fn settle(&mut self, agent: u32) {
        if self.is_loose(agent) {
            self.push(agent);
        } else {
            self.crowd.raise(&self.net, agent, self.value(agent));
        }
    }
}
