//! How many seats each post has and what they are worth: of the people it has, a post gives away only those it does not need.

use flow::Post;

use super::case::{Candidate, Case, Want};

impl Case {
    /// The posts as the engine is asked about them.
    pub(super) fn posts(&self) -> Vec<Post> {
        let fixed = self.counted(self.fixed());
        let posts = self.wants.iter().zip(fixed).zip(self.stayers());
        posts.map(|((want, fixed), stayers)| self.post(want, fixed, stayers)).collect()
    }

    /// Those who stand where they are whatever it costs: arrived, pinned by an officer, or of a post that has not even its
    /// minimum crew.
    pub(super) fn fixed(&self) -> impl Iterator<Item = (usize, usize)> {
        let stayers = self.stayers();
        let is_broken = move |want: usize| stayers[want] < self.weights.crew(self.wants[want].headcount);
        self.candidates.iter().enumerate().filter_map(move |(at, person)| {
            let needed = || self.can_stay_at(at).filter(|want| is_broken(*want));
            Some((at, Self::fixed_at(person).or_else(needed)?))
        })
    }

    fn fixed_at(person: &Candidate) -> Option<usize> {
        let arrived = person.held.filter(|held| held.is_fixed).map(|held| held.want);
        arrived.or(person.pinned.filter(|_| !person.stays_away()))
    }

    /// A post holds at least those who are fixed to it, however many it asked for, and mending sends nobody home who can stay:
    /// beyond its need they are its surplus, which is what others are helped from. Of what it needs and has it gives nothing away:
    /// a whole crew is drained by no shortage elsewhere, and [`Self::fixed`] sees to the people of a broken one.
    fn post(&self, want: &Want, fixed: u32, stayers: u32) -> Post {
        let Want { spot, role, headcount, .. } = *want;
        let (crew, kept) = (self.weights.crew(headcount), headcount.min(stayers));
        let surplus = if self.is_mending { stayers - kept } else { 0 };
        let gap_price = if surplus > 0 { self.weights.missing_m / 2 } else { self.gap_price(spot) };
        let is_whole = stayers > 0 && kept >= crew;
        let (crew, crew_price) = if is_whole { (kept, self.drain_price()) } else { (crew, 2 * gap_price) };
        Post { place: spot, skill: role as u8, need: (headcount + surplus).max(fixed), crew, gap_price, crew_price }
    }

    fn gap_price(&self, spot: usize) -> i64 {
        self.weights.missing_m * i64::from(self.spots[spot].priority)
    }

    /// More than filling any gap of any site saves.
    fn drain_price(&self) -> i64 {
        (0..self.spots.len()).map(|spot| 4 * self.gap_price(spot)).max().unwrap_or_default()
    }

    /// How many people of each post can stay there.
    pub(super) fn stayers(&self) -> Vec<u32> {
        self.counted((0..self.candidates.len()).filter_map(|at| Some((at, self.can_stay_at(at)?))))
    }

    fn counted(&self, people: impl Iterator<Item = (usize, usize)>) -> Vec<u32> {
        let mut counts = vec![0; self.wants.len()];
        people.for_each(|(_, want)| counts[want] += 1);
        counts
    }

    /// The post somebody holds and is still able to fill, unless an officer wants them elsewhere.
    fn can_stay_at(&self, candidate: usize) -> Option<usize> {
        let person = &self.candidates[candidate];
        let want = person.held?.want;
        let may_stay = self.spots[self.wants[want].spot].is_open && person.pinned.is_none_or(|pinned| pinned == want);
        let stays = may_stay && self.cost_m(candidate, want).is_some();
        stays.then_some(want)
    }
}
