//! The one sentence on top, and the exceptions below it, worst first.

use deployments::Milestones;
use domain::Moment;
use schemars::JsonSchema;
use serde::Serialize;

use super::site::{Picture, State};

/// What is counted over all sites.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    pub sites: u32,
    pub set_up: u32,
    pub open: u32,
    pub closed: u32,
    pub ready: u32,
    pub silent: u32,
    pub late: u32,
    pub at_risk: u32,
    /// Sites that have closed, or whose time to close has come.
    pub over: u32,
    /// Sites that miss people, and how many people in all.
    pub short_sites: u32,
    pub short_people: u32,
    pub need: u32,
    pub assigned: u32,
    pub acknowledged: u32,
    pub arrived: u32,
}

pub fn totals(pictures: &[Picture]) -> Totals {
    pictures.iter().fold(Totals::default(), |mut sum, picture| {
        let facts = &picture.facts;
        sum.sites += 1;
        sum.set_up += u32::from(facts.set_up_at.is_some());
        sum.open += u32::from(facts.opened_at.is_some());
        sum.closed += u32::from(facts.closed_at.is_some());
        sum.ready += u32::from(picture.state == State::Ready);
        sum.silent += u32::from(picture.silent_since.is_some());
        sum.late += u32::from(picture.state == State::Late);
        sum.at_risk += u32::from(picture.state == State::AtRisk);
        sum.over += u32::from(picture.state == State::Over);
        sum.short_sites += u32::from(facts.missing > 0);
        sum.short_people += facts.missing;
        sum.need += facts.need;
        sum.assigned += facts.assigned;
        sum.acknowledged += facts.acknowledged;
        sum.arrived += facts.arrived;
        sum
    })
}

/// What the sentence speaks of: before the set-up milestone of set-up, then of people in place, at last of closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    SetUp,
    InPlace,
    Over,
}

pub fn topic(milestones: &Milestones, totals: &Totals, now: Moment) -> Topic {
    if totals.over == totals.sites && totals.sites > 0 {
        return Topic::Over;
    }
    let is_set_up = totals.set_up == totals.sites && totals.sites > 0;
    if now < milestones.set_up_at && !is_set_up { Topic::SetUp } else { Topic::InPlace }
}

/// How many exceptions a screen shows; the rest is counted.
pub const MOST: usize = 12;

/// What is not as it should be, worst first: missed, silent, at risk, short; among equals the one whose crews lack most people,
/// then the one that misses most, then the one that has waited longest for an answer.
pub fn exceptions(pictures: &[Picture]) -> Vec<&Picture> {
    let mut found: Vec<_> =
        pictures.iter().filter(|picture| picture.state <= State::Short || picture.facts.open_requests > 0).collect();
    found.sort_by(|a, b| {
        let waiting = |picture: &Picture| picture.facts.oldest_request.unwrap_or(Moment::from_ms(i64::MAX));
        a.state
            .cmp(&b.state)
            .then(b.facts.below_crew.cmp(&a.facts.below_crew))
            .then(b.facts.missing.cmp(&a.facts.missing))
            .then(waiting(a).cmp(&waiting(b)))
            .then(a.facts.code.cmp(&b.facts.code))
    });
    found
}

/// The site whose crews lack most people, then the one that misses most.
pub fn worst(pictures: &[Picture]) -> Option<&Picture> {
    pictures
        .iter()
        .filter(|picture| picture.facts.missing > 0)
        .max_by_key(|picture| (picture.facts.below_crew, picture.facts.missing, &picture.facts.code))
}

/// The site with the most posts that have nobody yet.
pub fn emptiest(pictures: &[Picture]) -> Option<&Picture> {
    let gap = |picture: &Picture| picture.facts.need.saturating_sub(picture.facts.assigned);
    let gaping = pictures.iter().filter(|picture| gap(picture) > 0);
    gaping.max_by_key(|picture| (gap(picture), std::cmp::Reverse(&picture.facts.code)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::site::{
        Facts, picture,
        tests::{MIDNIGHT, facts, milestones},
    };
    use deployments::Rates;

    fn pictures(of: Vec<Facts>, minute: i64) -> Vec<Picture> {
        of.into_iter()
            .map(|facts| picture(facts, &milestones(), MIDNIGHT.plus_min(minute), &Rates::default()))
            .collect()
    }

    #[test]
    fn the_worst_comes_first_and_what_is_well_does_not_come() {
        let heard = Some(MIDNIGHT.plus_min(300));
        let done = Facts { set_up_at: heard, heard_at: heard, arrived: 30, missing: 0, ..facts("S1") };
        let late = Facts { heard_at: heard, missing: 3, below_crew: 0, ..facts("S2") };
        let later = Facts { heard_at: heard, missing: 9, below_crew: 0, ..facts("S3") };
        let silent = Facts { set_up_at: heard, heard_at: Some(MIDNIGHT), missing: 30, ..facts("S4") };
        let all = pictures(vec![done, late, later, silent], 301);
        let broken = Facts { heard_at: heard, missing: 2, below_crew: 1, ..facts("S5") };
        let all: Vec<_> = all.into_iter().chain(pictures(vec![broken], 301)).collect();
        let codes: Vec<_> = exceptions(&all).iter().map(|picture| picture.facts.code.as_str()).collect();
        assert_eq!(codes, ["S5", "S3", "S2", "S4"]);
        assert_eq!(worst(&all).unwrap().facts.code, "S4");
        let sum = totals(&all);
        assert_eq!((sum.sites, sum.set_up, sum.ready, sum.late, sum.silent, sum.short_people), (5, 2, 1, 3, 1, 44));
    }

    #[test]
    fn the_emptiest_site_is_the_one_with_most_posts_without_a_name() {
        let of = |code: &str, assigned: u32| Facts { assigned, ..facts(code) };
        let all = pictures(vec![of("S1", 30), of("S2", 27), of("S3", 25), of("S4", 25)], 60);
        assert_eq!(emptiest(&all).unwrap().facts.code, "S3");
        assert!(emptiest(&all[..1]).is_none());
    }

    #[test]
    fn sites_that_have_closed_are_counted() {
        let all = pictures(vec![Facts { closed_at: Some(MIDNIGHT.plus_h(20)), ..facts("S1") }, facts("S2")], 1200);
        assert_eq!(totals(&all).closed, 1);
    }

    #[test]
    fn the_sentence_turns_from_set_up_to_people() {
        let sum = Totals { sites: 2, set_up: 1, ..Totals::default() };
        assert_eq!(topic(&milestones(), &sum, MIDNIGHT.plus_h(4)), Topic::SetUp);
        assert_eq!(topic(&milestones(), &sum, MIDNIGHT.plus_h(6)), Topic::InPlace);
        assert_eq!(topic(&milestones(), &Totals { set_up: 2, ..sum }, MIDNIGHT.plus_h(4)), Topic::InPlace);
    }
}
