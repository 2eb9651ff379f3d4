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
    /// Places linked to each group, and groups linked to each place.
    places_of_group: Rows,
    groups_of_place: Rows,
    agents_of_group: Rows,
    agents_at_home: Rows,
    links: Vec<u64>,
    words_per_group: usize,
    pub unlinked_cost: i64,
    pub radius_m: f64,
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
        let agents = || problem.agents.iter().enumerate();
        let mut net = Self {
            posts: problem.posts.clone(),
            agents: problem.agents.iter().map(Traits::from).collect(),
            agent_at: problem.agents.iter().map(|agent| agent.position.into()).collect(),
            place_at: problem.places.iter().map(|&place| place.into()).collect(),
            posts_by_place,
            place_start,
            places_of_group: Rows::new(problem.links.iter().copied()),
            groups_of_place: Rows::new(problem.links.iter().map(|&(group, place)| (place, group))),
            agents_of_group: Rows::new(agents().filter_map(|(index, agent)| Some((agent.group?, index)))),
            agents_at_home: Rows::new(agents().filter_map(|(index, agent)| Some((agent.home?, index)))),
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
        net
    }

    /// The same places and links with other needs and only these agents.
    pub fn with(&self, posts: Vec<Post>, mut chosen: Vec<u32>) -> Self {
        chosen.sort_unstable();
        let mut agents: Vec<Traits> = chosen.iter().map(|&agent| self.agents[agent as usize]).collect();
        let places = self.place_at.len();
        let row = |who: &Traits| who.origin as usize * places..(who.origin as usize + 1) * places;
        let matrix =
            self.matrix.as_ref().map(|matrix| agents.iter().flat_map(|who| &matrix[row(who)]).copied().collect());
        for (index, who) in agents.iter_mut().enumerate() {
            who.origin = small(index);
        }
        let barred =
            self.barred.iter().filter_map(|&(agent, post)| Some((small(chosen.binary_search(&agent).ok()?), post)));
        let belonging = |to: fn(&Traits) -> u32| {
            let to = agents.iter().map(to).enumerate().filter(|&(_, to)| to != NONE);
            Rows::new(to.map(|(agent, to)| (to as usize, agent)))
        };
        Self {
            posts,
            agent_at: chosen.iter().map(|&agent| self.agent_at[agent as usize]).collect(),
            place_at: self.place_at.clone(),
            posts_by_place: self.posts_by_place.clone(),
            place_start: self.place_start.clone(),
            places_of_group: self.places_of_group.clone(),
            groups_of_place: self.groups_of_place.clone(),
            agents_of_group: belonging(|who| who.group),
            agents_at_home: belonging(|who| who.home),
            links: self.links.clone(),
            words_per_group: self.words_per_group,
            unlinked_cost: self.unlinked_cost,
            radius_m: self.radius_m,
            matrix,
            barred: barred.collect(),
            agents,
        }
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

    /// Skills that posts ask for are numbered below this.
    pub fn skills(&self) -> u8 {
        self.posts.iter().map(|post| post.skill + 1).max().unwrap_or(1)
    }

    /// Places that the group is linked to.
    pub fn places_linked(&self, group: u32) -> &[u32] {
        self.places_of_group.row(group)
    }

    /// Agents for whom this post is not like any other: linked to its place, or at home there. Some come twice.
    pub fn agents_close_to(&self, post: u32) -> impl Iterator<Item = u32> {
        let groups = self.groups_of_place.row(small(self.posts[post as usize].place));
        let linked = groups.iter().flat_map(|&group| self.agents_of_group.row(group));
        linked.chain(self.agents_at_home.row(post)).copied()
    }

    /// Whether [`Net::agents_close_to`] names this agent.
    #[inline]
    pub fn is_close_to(&self, agent: u32, post: u32) -> bool {
        let who = &self.agents[agent as usize];
        who.home == post || self.is_linked(who.group, self.posts[post as usize].place)
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
    pub fn is_linked(&self, group: u32, place: usize) -> bool {
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

fn link_bits(problem: &Problem) -> (Vec<u64>, usize) {
    let words = problem.places.len().div_ceil(64);
    let groups = problem.links.iter().map(|link| link.0 + 1).max().unwrap_or(0);
    let mut bits = vec![0_u64; groups * words];
    for &(group, place) in &problem.links {
        bits[group * words + place / 64] |= 1 << (place % 64);
    }
    (bits, words)
}

/// Short lists of different lengths, end to end.
#[derive(Clone, Debug)]
struct Rows {
    start: Vec<u32>,
    items: Vec<u32>,
}

impl Rows {
    /// From pairs of row and item, each kept once.
    fn new(pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut pairs: Vec<(u32, u32)> = pairs.map(|(row, item)| (small(row), small(item))).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let rows = pairs.last().map_or(0, |pair| pair.0 + 1);
        let start = (0..=rows).map(|row| small(pairs.partition_point(|pair| pair.0 < row))).collect();
        Self { start, items: pairs.into_iter().map(|pair| pair.1).collect() }
    }

    /// The items of a row; none beyond the last row.
    #[inline]
    fn row(&self, row: u32) -> &[u32] {
        let row = row as usize;
        match self.start.get(row..row.saturating_add(2)) {
            Some(&[from, to]) => &self.items[from as usize..to as usize],
            _ => &[],
        }
    }
}
