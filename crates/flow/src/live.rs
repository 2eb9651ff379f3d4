//! A plan in force, mended change by change.
//!
//! Each change touches what it affects: a new slot pulls one chain of agents, an agent who drops out leaves one slot to
//! fill, a closed post sends its agents elsewhere. Plan and prices stay optimal together throughout, so the certificate
//! covers everything after each change as it did before.

use crate::engine::Engine;
use crate::engine::watch::Watch;
use crate::error::Error;
use crate::net::{NONE, Net, small};
use crate::plan::Plan;
use crate::problem::{Post, Problem};
use crate::why::Displacement;

/// An agent whose post has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub agent: usize,
    /// The post before.
    pub from: Option<usize>,
    /// The post now.
    pub to: Option<usize>,
}

/// An optimal plan that changes are asked of.
#[derive(Clone, Debug)]
pub struct Live {
    problem: Problem,
    engine: Engine,
}

impl Live {
    /// Takes a plan over. Agents' `home` and `away_cost` in the problem decide what moving somebody costs from now on.
    pub fn new(problem: Problem, plan: &Plan) -> Result<Self, Error> {
        problem.validate()?;
        if plan.post_of.len() != problem.agents.len() || plan.prices.len() != problem.posts.len() {
            return Err(Error::Plan);
        }
        let mut engine = Engine::from_plan(Net::new(&problem), plan);
        engine.mend(&mut Watch::new(&mut |_| true));
        engine.begin_change();
        Ok(Self { problem, engine })
    }

    /// The problem as it stands after all changes.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The plan as it stands, with its certificate counted over all agents.
    pub fn plan(&mut self) -> Plan {
        self.engine.plan(&self.problem, true)
    }

    /// The post needs this many, of whom so many are its minimum crew. Zero closes it.
    pub fn set_need(&mut self, post: usize, need: u32, crew: u32) -> Result<Vec<Move>, Error> {
        let Some(what) = self.problem.posts.get_mut(post) else {
            return Err(Error::Unknown { what: "post", index: post });
        };
        if crew > need {
            return Err(Error::Crew { post });
        }
        let before = std::mem::replace(what, Post { need, crew, ..*what });
        if let Err(error) = self.problem.validate_size() {
            self.problem.posts[post] = before;
            return Err(error);
        }
        self.engine.begin_change();
        self.renew_need(post);
        Ok(self.moves())
    }

    /// These agents take no post any more, pinned or not.
    pub fn withdraw(&mut self, agents: &[usize]) -> Result<Vec<Move>, Error> {
        self.know(agents)?;
        self.engine.begin_change();
        for &agent in agents {
            self.problem.agents[agent].skills = 0;
            self.engine.withdraw(small(agent));
            if let Some(at) = self.problem.pinned.iter().position(|pin| pin.0 == agent) {
                let post = self.problem.pinned.swap_remove(at).1;
                self.engine.moved.push((small(agent), small(post)));
                self.renew_need(post);
            }
        }
        Ok(self.moves())
    }

    /// These agents, withdrawn before, can take posts of these skills (again).
    pub fn admit(&mut self, agents: &[usize], skills: u32) -> Result<Vec<Move>, Error> {
        self.know(agents)?;
        self.engine.begin_change();
        for &agent in agents {
            if self.problem.agents[agent].skills == 0 && !self.is_pinned(agent) {
                self.problem.agents[agent].skills = skills;
                self.engine.admit(small(agent), skills);
            }
        }
        Ok(self.moves())
    }

    /// These agents have arrived where they were sent and stay. Whoever has no post is passed over.
    pub fn pin(&mut self, agents: &[usize]) -> Result<(), Error> {
        self.know(agents)?;
        self.engine.begin_change();
        for &agent in agents {
            let post = self.engine.post_of[agent];
            if post != NONE {
                self.problem.pinned.push((agent, post as usize));
                self.engine.pin(small(agent));
            }
        }
        self.engine.begin_change();
        Ok(())
    }

    /// *And if this agent went there all the same?* What everybody together would lose, and who would move. Changes
    /// nothing. For an agent with a post, and a post it may take.
    pub fn displacing(&mut self, agent: usize, post: usize) -> Result<Displacement, Error> {
        self.know(&[agent])?;
        let (who, to) = (small(agent), small(post));
        let held = self.engine.post_of[agent];
        if post >= self.problem.posts.len() || held == NONE || held == to || !self.engine.net.may(who, to) {
            return Err(Error::Plan);
        }
        let (extra_cost, steps) = self.engine.wish(who, to);
        let index = |post: u32| (post != NONE).then_some(post as usize);
        let step =
            |(agent, from, to): (u32, u32, u32)| Move { agent: agent as usize, from: index(from), to: index(to) };
        Ok(Displacement { extra_cost, moves: steps.into_iter().map(step).collect() })
    }

    fn know(&self, agents: &[usize]) -> Result<(), Error> {
        match agents.iter().find(|&&agent| agent >= self.problem.agents.len()) {
            Some(&index) => Err(Error::Unknown { what: "agent", index }),
            None => Ok(()),
        }
    }

    fn is_pinned(&self, agent: usize) -> bool {
        self.problem.pinned.iter().any(|pin| pin.0 == agent)
    }

    /// Asks the engine for what the problem says, less those who are pinned.
    fn renew_need(&mut self, post: usize) {
        let pins = small(self.problem.pinned.iter().filter(|pin| pin.1 == post).count());
        let Post { need, crew, .. } = self.problem.posts[post];
        self.engine.set_need(small(post), need.saturating_sub(pins), crew.saturating_sub(pins));
    }

    /// What the change has moved: first and last post of everybody touched. The books are audited first; should they ever
    /// be wrong, the engine starts again from the plan and audits itself from the ground.
    fn moves(&mut self) -> Vec<Move> {
        let is_right = self.engine.audit();
        debug_assert!(is_right, "the certificate was broken by a change");
        if !is_right {
            self.engine.let_go();
            self.engine.mend(&mut Watch::new(&mut |_| true));
        }
        let mut touched = std::mem::take(&mut self.engine.moved);
        touched.sort_by_key(|touch| touch.0);
        touched.dedup_by_key(|touch| touch.0);
        let post = |post: u32| (post != NONE).then_some(post as usize);
        let moves = touched.into_iter().map(|(agent, from)| Move {
            agent: agent as usize,
            from: post(from),
            to: post(self.engine.post_of[agent as usize]),
        });
        moves.filter(|step| step.from != step.to).collect()
    }
}
