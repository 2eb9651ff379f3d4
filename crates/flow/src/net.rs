//! The problem prepared for counting: unit vectors, link bits, posts by place and by skill.
//!
//! Pinned agents are taken out here and their slots with them, so the engine never meets them.

use crate::geo::{Direction, EARTH_RADIUS_M};
use crate::problem::{Agent, Post, Problem, Travel};

/// The part of an agent that costs are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub skills: u32,
    pub group: u32,
    pub home: u32,
    pub origin: u32,
    pub penalty: i64,
    pub idle_cost: i64,
    pub away_cost: i64,
    pub has_bars: bool,
}

/// No post, no group.
pub(crate) const NONE: u32 = u32::MAX;

/// Everything needed to price any pair in a few nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    pub posts: Vec<Post>,
    pub agents: Vec<Traits>,
    pub agent_at: Vec<Direction>,
    pub place_at: Vec<Direction>,
    /// Posts in the order of their places, and where each place's begin.
    pub posts_by_place: Vec<u32>,
    pub place_start: Vec<u32>,
    /// Agents that have the skill, by skill.
    pub agents_with: Vec<Vec<u32>>,
    links: Vec<u64>,
    words_per_group: usize,
    unlinked_cost: i64,
    radius_m: f64,
    matrix: Option<Vec<u32>>,
    barred: Vec<(u32, u32)>,
}

impl Net {
    /// Prepares a problem that [`Problem::validate`] has let pass.
    pub fn new(problem: &Problem) -> Self {
        let (radius_m, matrix) = match &problem.travel {
            Travel::GreatCircle { stretch } => (stretch * EARTH_RADIUS_M, None),
            Travel::Matrix { cost } => (0.0, Some(cost.clone())),
        };
        let mut barred: Vec<(u32, u32)> = problem.barred.iter().map(|&(a, p)| (small(a), small(p))).collect();
        barred.sort_unstable();
        let (posts_by_place, place_start) = group_by_place(&problem.posts, problem.places.len());
        let (links, words_per_group) = link_bits(problem);
        let mut net = Self {
            posts: problem.posts.clone(),
            agents: problem.agents.iter().map(Traits::from).collect(),
            agent_at: problem.agents.iter().map(|agent| agent.position.into()).collect(),
            place_at: problem.places.iter().map(|&place| place.into()).collect(),
            posts_by_place,
            place_start,
            agents_with: Vec::new(),
            links,
            words_per_group,
            unlinked_cost: problem.unlinked_cost,
            radius_m,
            matrix,
            barred,
        };
        for index in 0..net.barred.len() {
            net.agents[net.barred[index].0 as usize].has_bars = true;
        }
        for &(agent, post) in &problem.pinned {
            net.take_out(small(agent));
            net.occupy(small(post));
        }
        net.agents_with = agents_by_skill(&net.agents);
        net
    }

    /// The agent can take no post any more.
    pub fn take_out(&mut self, agent: u32) {
        self.agents[agent as usize].skills = 0;
    }

    /// One slot of the post is somebody's for good; the dearest slots go first.
    pub fn occupy(&mut self, post: u32) {
        let post = &mut self.posts[post as usize];
        post.need = post.need.saturating_sub(1);
        post.crew = post.crew.saturating_sub(1);
    }

    /// Posts of one place.
    #[inline]
    pub fn posts_at(&self, place: usize) -> &[u32] {
        &self.posts_by_place[self.place_start[place] as usize..self.place_start[place + 1] as usize]
    }

    /// Whether the agent may take the post at all.
    #[inline]
    pub fn may(&self, agent: u32, post: u32) -> bool {
        let (who, what) = (&self.agents[agent as usize], &self.posts[post as usize]);
        what.need > 0 && who.skills >> what.skill & 1 == 1 && !(who.has_bars && self.is_barred(agent, post))
    }

    fn is_barred(&self, agent: u32, post: u32) -> bool {
        self.barred.binary_search(&(agent, post)).is_ok()
    }

    /// Cost of the pair, whether or not it is allowed.
    #[inline]
    pub fn cost(&self, agent: u32, post: u32) -> i64 {
        let place = self.posts[post as usize].place;
        self.way(agent, place) + self.moving(agent, post)
    }

    /// Travel, link and penalty: what every post of the place shares.
    #[inline]
    pub fn way(&self, agent: u32, place: usize) -> i64 {
        let who = &self.agents[agent as usize];
        let travel = match &self.matrix {
            Some(matrix) => i64::from(matrix[who.origin as usize * self.place_at.len() + place]),
            None => self.agent_at[agent as usize].metres_to(self.place_at[place], self.radius_m),
        };
        travel + who.penalty + if self.is_linked(who.group, place) { 0 } else { self.unlinked_cost }
    }

    /// What leaving the post held before costs.
    #[inline]
    pub fn moving(&self, agent: u32, post: u32) -> i64 {
        let who = &self.agents[agent as usize];
        if who.home == post { 0 } else { who.away_cost }
    }

    #[inline]
    fn is_linked(&self, group: u32, place: usize) -> bool {
        group != NONE && {
            let word = group as usize * self.words_per_group + place / 64;
            self.links.get(word).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
        }
    }
}

impl From<&Agent> for Traits {
    fn from(agent: &Agent) -> Self {
        Self {
            skills: agent.skills,
            group: agent.group.map_or(NONE, small),
            home: agent.home.map_or(NONE, small),
            origin: small(agent.origin),
            penalty: agent.penalty,
            idle_cost: agent.idle_cost,
            away_cost: agent.away_cost,
            has_bars: false,
        }
    }
}

/// An index as it is kept: validation has made sure that it fits.
pub(crate) fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

fn group_by_place(posts: &[Post], places: usize) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<u32> = (0..small(posts.len())).collect();
    order.sort_by_key(|&post| posts[post as usize].place);
    let mut start = vec![0; places + 1];
    for post in posts {
        start[post.place + 1] += 1;
    }
    for place in 0..places {
        start[place + 1] += start[place];
    }
    (order, start)
}

fn agents_by_skill(agents: &[Traits]) -> Vec<Vec<u32>> {
    let mut with = vec![Vec::new(); 32];
    for (index, agent) in agents.iter().enumerate() {
        let mut skills = agent.skills;
        while skills != 0 {
            with[skills.trailing_zeros() as usize].push(small(index));
            skills &= skills - 1;
        }
    }
    with
}

fn link_bits(problem: &Problem) -> (Vec<u64>, usize) {
    let words = problem.places.len().div_ceil(64);
    let groups = problem.links.iter().map(|link| link.0 + 1).max().unwrap_or(0);
    let mut bits = vec![0_u64; groups * words];
    for &(group, place) in &problem.links {
        bits[group * words + place / 64] |= 1 << (place % 64);
    }
    (bits, words)
}
