//! The question: agents, posts, and what each pair costs.

use crate::error::Error;
use crate::geo::Position;

/// The largest single cost or price that may enter a problem (2⁴⁰).
pub const MAX_COST: i64 = 1 << 40;

/// Somebody who can take at most one post.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// Where the way to the post begins.
    pub position: Position,
    /// Bit set: bit `k` says that posts of skill `k` can be taken. Zero takes the agent out of the problem.
    pub skills: u32,
    /// The group whose links to places count for this agent.
    pub group: Option<usize>,
    /// Added to the cost of every post (tiredness, being kept in reserve).
    pub penalty: i64,
    /// The cost of not being given a post.
    pub idle_cost: i64,
    /// The post held before, in a re-plan.
    pub home: Option<usize>,
    /// Added to the cost of every post other than `home`.
    pub away_cost: i64,
    /// Row of a travel matrix; not read with great-circle travel.
    pub origin: usize,
}

impl Agent {
    /// An agent without group, penalties or history.
    pub fn new(position: Position, skills: u32) -> Self {
        Self { position, skills, group: None, penalty: 0, idle_cost: 0, home: None, away_cost: 0, origin: 0 }
    }
}

/// A number of equal slots at one place that ask for one skill.
///
/// Missing agents cost `gap_price` each, those of the `crew` – the number without which the post cannot work –
/// `crew_price` each. Because the first to be missing is the cheaper one, shortage is spread over posts before any crew
/// is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Post {
    /// Index of the place.
    pub place: usize,
    /// The skill asked for, 0 to 31.
    pub skill: u8,
    /// Agents wanted.
    pub need: u32,
    /// Of these, the minimum crew.
    pub crew: u32,
    /// Cost of each missing agent beyond the crew.
    pub gap_price: i64,
    /// Cost of each missing member of the crew.
    pub crew_price: i64,
}

impl Post {
    /// What filling one more slot is worth when `filled` are taken.
    #[inline]
    pub fn slot_price(&self, filled: u32) -> i64 {
        if filled < self.crew { self.crew_price } else { self.gap_price }
    }

    /// The cost of having only `filled` agents. More than needed cost nothing.
    pub fn shortage_cost(&self, filled: u32) -> i64 {
        let crew_missing = self.crew.saturating_sub(filled);
        let missing = self.need.saturating_sub(filled);
        i64::from(missing - crew_missing) * self.gap_price + i64::from(crew_missing) * self.crew_price
    }
}

/// How the length of a way is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Travel {
    /// Great circle times a stretch for the detours of roads, rounded to metres.
    GreatCircle {
        /// 1.0 is as the crow flies.
        stretch: f64,
    },
    /// Given numbers (a road network's answer): row `origin` of the agent, column of the place.
    Matrix {
        /// Origins × places, row after row.
        cost: Vec<u32>,
    },
}

/// The question as a whole.
///
/// The cost of agent *a* at post *p* is
/// `travel(a, place of p) + unlinked_cost·[group of a not linked to the place] + penalty + away_cost·[p is not home]`,
/// for each post whose skill the agent has and from which the pair is not barred. Minimised is the sum over all agents of
/// their cost (or `idle_cost`) and over all posts of what their missing agents cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Positions that posts refer to.
    pub places: Vec<Position>,
    /// What is asked for.
    pub posts: Vec<Post>,
    /// Who could do it.
    pub agents: Vec<Agent>,
    /// (group, place): agents of the group are at home there.
    pub links: Vec<(usize, usize)>,
    /// Added where the group is not linked to the place.
    pub unlinked_cost: i64,
    /// How travel is measured.
    pub travel: Travel,
    /// (agent, post) that must not be.
    pub barred: Vec<(usize, usize)>,
    /// (agent, post) that stands whatever it costs; skills and bars are not asked.
    pub pinned: Vec<(usize, usize)>,
}

impl Default for Problem {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            posts: Vec::new(),
            agents: Vec::new(),
            links: Vec::new(),
            unlinked_cost: 8_000,
            travel: Travel::GreatCircle { stretch: 1.3 },
            barred: Vec::new(),
            pinned: Vec::new(),
        }
    }
}

impl Problem {
    /// Refuses what cannot be answered rightly. [`crate::solve`] and [`crate::check`] ask this first.
    pub fn validate(&self) -> Result<(), Error> {
        self.validate_places()?;
        self.validate_posts()?;
        self.validate_agents()?;
        self.validate_pairs()?;
        self.validate_size()
    }

    fn validate_places(&self) -> Result<(), Error> {
        match self.places.iter().position(|place| !place.is_on_earth()) {
            Some(index) => Err(Error::Position { of: "place", index }),
            None => Ok(()),
        }
    }

    fn validate_posts(&self) -> Result<(), Error> {
        for (index, post) in self.posts.iter().enumerate() {
            if post.place >= self.places.len() {
                return Err(Error::Unknown { what: "place", index: post.place });
            }
            if post.skill > 31 {
                return Err(Error::Skill { post: index });
            }
            cost_in_range("gap price", index, post.gap_price)?;
            cost_in_range("crew price", index, post.crew_price)?;
            if post.crew > post.need || post.crew_price < post.gap_price {
                return Err(Error::Crew { post: index });
            }
        }
        cost_in_range("unlinked cost", 0, self.unlinked_cost)
    }

    fn validate_agents(&self) -> Result<(), Error> {
        let origins = self.origins()?;
        for (index, agent) in self.agents.iter().enumerate() {
            if !agent.position.is_on_earth() {
                return Err(Error::Position { of: "agent", index });
            }
            if agent.origin >= origins {
                return Err(Error::Unknown { what: "origin", index: agent.origin });
            }
            if let Some(post) = agent.home.filter(|&post| post >= self.posts.len()) {
                return Err(Error::Unknown { what: "post", index: post });
            }
            cost_in_range("penalty", index, agent.penalty)?;
            cost_in_range("idle cost", index, agent.idle_cost)?;
            cost_in_range("away cost", index, agent.away_cost)?;
        }
        Ok(())
    }

    /// Rows of the travel matrix; any origin will do where there is none.
    fn origins(&self) -> Result<usize, Error> {
        let Travel::Matrix { cost } = &self.travel else { return Ok(usize::MAX) };
        let rows = self.agents.iter().map(|agent| agent.origin + 1).max().unwrap_or(0);
        let expected = rows.saturating_mul(self.places.len());
        if cost.len() < expected || cost.len() % self.places.len().max(1) != 0 {
            return Err(Error::Matrix { expected, found: cost.len() });
        }
        Ok(rows)
    }

    fn validate_pairs(&self) -> Result<(), Error> {
        if let Some(&(_, place)) = self.links.iter().find(|link| link.1 >= self.places.len()) {
            return Err(Error::Unknown { what: "place", index: place });
        }
        for &(agent, post) in self.barred.iter().chain(&self.pinned) {
            if agent >= self.agents.len() {
                return Err(Error::Unknown { what: "agent", index: agent });
            }
            if post >= self.posts.len() {
                return Err(Error::Unknown { what: "post", index: post });
            }
        }
        let mut pinned: Vec<usize> = self.pinned.iter().map(|pin| pin.0).collect();
        pinned.sort_unstable();
        match pinned.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Error::PinnedTwice { agent: pair[0] }),
            None => Ok(()),
        }
    }

    /// All sums that can arise fit 62 bits: (dearest pair or slot) × (agents + slots).
    pub(crate) fn validate_size(&self) -> Result<(), Error> {
        let slots: u128 = self.posts.iter().map(|post| u128::from(post.need)).sum();
        let groups = self.agents.iter().filter_map(|agent| agent.group).max().unwrap_or(0);
        let limit = 1 << 31;
        if self.posts.len() >= limit || self.agents.len() >= limit || groups >= limit || slots >= limit as u128 {
            return Err(Error::TooLarge);
        }
        let dearest_slot = self.posts.iter().map(|post| post.crew_price).max().unwrap_or(0);
        let of_agent = |agent: &Agent| agent.penalty + agent.idle_cost + agent.away_cost;
        let dearest_agent = self.agents.iter().map(of_agent).max().unwrap_or(0);
        let dearest = i128::from(dearest_slot + dearest_agent + self.unlinked_cost + MAX_TRAVEL);
        let terms = self.agents.len() as i128 + i128::try_from(slots).unwrap_or(i128::MAX) + 1;
        if dearest.saturating_mul(terms) >= 1 << 62 { Err(Error::TooLarge) } else { Ok(()) }
    }
}

/// No way is longer: a matrix holds 32-bit numbers, and the Earth is smaller.
const MAX_TRAVEL: i64 = 1 << 32;

fn cost_in_range(of: &'static str, index: usize, cost: i64) -> Result<(), Error> {
    if (0..=MAX_COST).contains(&cost) { Ok(()) } else { Err(Error::Cost { of, index }) }
}
