//! How one site stands, from counts and signs of life.

use deployments::{Mender, Milestones, Outlook, Rates, SetUp};
use domain::{Division, Id, Moment, Position, things};
use schemars::JsonSchema;
use serde::Serialize;

/// What is known of a site.
#[derive(Debug, Clone)]
pub struct Facts {
    pub id: Id<things::Site>,
    pub code: String,
    pub name: String,
    pub division: Division,
    pub position: Position,
    pub need: u32,
    pub assigned: u32,
    pub acknowledged: u32,
    pub arrived: u32,
    /// Missing people, post by post: surplus at one post does not fill another.
    pub missing: u32,
    /// Of these, the ones without whom a post has not even its minimum crew.
    pub below_crew: u32,
    pub has_chief: bool,
    pub set_up_at: Option<Moment>,
    pub opened_at: Option<Moment>,
    pub closed_at: Option<Moment>,
    pub heard_at: Option<Moment>,
    /// The forecast for "in place", made when people were last counted.
    pub in_place: Option<Outlook>,
    pub open_requests: u32,
    pub oldest_request: Option<Moment>,
}

/// The state a site shows: one word, one shape, one colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A milestone was missed: not set up, or a post without its minimum crew.
    Late,
    /// Nobody there has been heard of for too long: nothing is known, so nothing is green.
    Silent,
    /// A milestone will be missed if nothing is done.
    AtRisk,
    /// Everybody should be there and somebody is missing, but every post has its minimum crew: it works.
    Short,
    Underway,
    SetUp,
    /// Set up and everybody in place.
    Ready,
    /// The site has closed, or its time to close has come: nobody has to be there any more.
    Over,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Silent => "silent",
            Self::AtRisk => "at_risk",
            Self::Short => "short",
            Self::Underway => "underway",
            Self::SetUp => "set_up",
            Self::Ready => "ready",
            Self::Over => "over",
        }
    }

    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Late => "tag-bad",
            Self::Silent | Self::Over => "tag-off",
            Self::AtRisk | Self::Short => "tag-warn",
            Self::Underway => "",
            Self::SetUp | Self::Ready => "tag-good",
        }
    }
}

/// The milestone that was missed, or will be if nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    SetUp,
    InPlace,
}

/// A site as the board sees it.
#[derive(Debug, Clone)]
pub struct Picture {
    pub facts: Facts,
    pub state: State,
    /// Since when nobody has been heard of, when that is too long.
    pub silent_since: Option<Moment>,
    pub misses: Option<Missed>,
    pub mender: Option<Mender>,
}

/// Before that nobody is expected at a site, and silence says nothing.
const EXPECTED_BEFORE_SET_UP_MIN: i64 = 120;
/// Before the first milestone a chief on the road may be quiet for longer.
const QUIET_BEFORE_SET_UP_MIN: i64 = 20;
const QUIET_AFTER_MIN: i64 = 10;

/// When a site that was last heard of then counts as silent.
fn silence(facts: &Facts, milestones: &Milestones, now: Moment) -> Option<Moment> {
    let quiet_min = if now < milestones.set_up_at { QUIET_BEFORE_SET_UP_MIN } else { QUIET_AFTER_MIN };
    let expected = milestones.set_up_at.plus_min(-EXPECTED_BEFORE_SET_UP_MIN).max(milestones.order_at);
    let from = facts.heard_at.map_or(expected, |heard_at| heard_at.max(expected));
    (now >= from.plus_min(quiet_min) && now < milestones.close_at)
        .then_some(facts.heard_at.unwrap_or(milestones.order_at))
}

pub fn picture(facts: Facts, milestones: &Milestones, now: Moment, rates: &Rates) -> Picture {
    if facts.closed_at.is_some() || now >= milestones.close_at {
        // People who go home in the evening are not missing.
        let facts = Facts { missing: 0, below_crew: 0, ..facts };
        return Picture { facts, state: State::Over, silent_since: None, misses: None, mender: None };
    }
    let known = SetUp { has_chief: facts.has_chief, declared_at: facts.set_up_at, heard_at: facts.heard_at };
    let set_up = deployments::set_up(known, milestones.set_up_at, now, rates);
    let in_place = facts.in_place.unwrap_or(if facts.missing == 0 { Outlook::Done } else { Outlook::OnTime });
    let in_place = if facts.missing == 0 { Outlook::Done } else { in_place };
    let silent_since = silence(&facts, milestones, now);
    let is = |outlook: Outlook, name: &str| outlook.name() == name;
    let is_over = is(in_place, "late") && now >= milestones.in_place_at;
    let state = if is(set_up, "late") || (is_over && facts.below_crew > 0) {
        State::Late
    } else if silent_since.is_some() {
        State::Silent
    } else if is_over && !is(set_up, "at_risk") {
        State::Short
    } else if is(set_up, "at_risk") || is(in_place, "at_risk") || is(in_place, "late") {
        State::AtRisk
    } else if is(set_up, "done") && is(in_place, "done") {
        State::Ready
    } else if is(set_up, "done") {
        State::SetUp
    } else {
        State::Underway
    };
    let is_missed = |outlook| is(outlook, "late") || is(outlook, "at_risk");
    let misses = is_missed(set_up).then_some(Missed::SetUp).or(is_missed(in_place).then_some(Missed::InPlace));
    let mender = if state == State::Silent { Some(Mender::ZoneLead) } else { set_up.mender().or(in_place.mender()) };
    Picture { facts, state, silent_since, misses, mender }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub const MIDNIGHT: Moment = Moment::from_ms(1_663_171_200_000);

    pub fn milestones() -> Milestones {
        Milestones {
            order_at: MIDNIGHT,
            set_up_at: MIDNIGHT.plus_h(5),
            in_place_at: MIDNIGHT.plus_h(8),
            close_at: MIDNIGHT.plus_h(20),
            shift_from: MIDNIGHT.plus_h(8),
            shift_until: MIDNIGHT.plus_h(20),
        }
    }

    pub fn facts(code: &str) -> Facts {
        Facts {
            id: Id::from_uuid(uuid::Uuid::nil()),
            code: code.to_owned(),
            name: format!("{code}小学"),
            division: "440902001".parse().unwrap(),
            position: Position { latitude: 21.6, longitude: 110.9 },
            need: 30,
            assigned: 30,
            acknowledged: 30,
            arrived: 0,
            missing: 30,
            below_crew: 18,
            has_chief: true,
            set_up_at: None,
            opened_at: None,
            closed_at: None,
            heard_at: None,
            in_place: None,
            open_requests: 0,
            oldest_request: None,
        }
    }

    fn state(facts: Facts, minute: i64) -> State {
        picture(facts, &milestones(), MIDNIGHT.plus_min(minute), &Rates::default()).state
    }

    #[test]
    fn a_silent_site_never_stays_green() {
        let ready = Facts {
            set_up_at: Some(MIDNIGHT.plus_h(4)),
            arrived: 30,
            missing: 0,
            heard_at: Some(MIDNIGHT.plus_h(7)),
            ..facts("S1")
        };
        assert_eq!(state(ready.clone(), 7 * 60 + 5), State::Ready);
        assert_eq!(state(ready, 7 * 60 + 10), State::Silent);
    }

    #[test]
    fn what_was_missed_is_late_and_what_can_still_be_made_is_at_risk() {
        let heard = |minute: i64| Facts { heard_at: Some(MIDNIGHT.plus_min(minute)), ..facts("S1") };
        assert_eq!(state(facts("S1"), 3 * 60), State::Underway);
        assert_eq!(state(facts("S1"), 3 * 60 + 20), State::Silent);
        assert_eq!(state(heard(230), 235), State::Underway);
        assert_eq!(state(heard(275), 280), State::AtRisk);
        assert_eq!(state(heard(300), 301), State::Late);
        let set_up = |outlook| Facts { set_up_at: Some(MIDNIGHT), in_place: Some(outlook), ..heard(400) };
        assert_eq!(state(set_up(Outlook::OnTime), 401), State::SetUp);
        assert_eq!(state(set_up(Outlook::Late { mender: Mender::Allocation }), 401), State::AtRisk);
        // A missed milestone is said even of a site that has gone silent: its "silent since" stands beside it.
        assert_eq!(state(set_up(Outlook::Late { mender: Mender::Allocation }), 480), State::Late);
    }

    #[test]
    fn the_milestone_that_is_missed_is_named() {
        let misses = |facts: Facts, minute: i64| {
            picture(facts, &milestones(), MIDNIGHT.plus_min(minute), &Rates::default()).misses
        };
        let heard = |minute: i64| Facts { heard_at: Some(MIDNIGHT.plus_min(minute)), ..facts("S1") };
        assert_eq!(misses(heard(230), 235), None);
        assert_eq!(misses(heard(275), 280), Some(Missed::SetUp));
        assert_eq!(misses(heard(300), 301), Some(Missed::SetUp));
        let risky = Some(Outlook::AtRisk { mender: Mender::Allocation });
        let set_up = Facts { set_up_at: Some(MIDNIGHT), in_place: risky, ..heard(400) };
        assert_eq!(misses(set_up, 401), Some(Missed::InPlace));
    }

    #[test]
    fn whoever_goes_home_in_the_evening_is_not_missing() {
        let gone = Facts {
            set_up_at: Some(MIDNIGHT),
            heard_at: Some(MIDNIGHT.plus_h(18)),
            in_place: Some(Outlook::Late { mender: Mender::Allocation }),
            ..facts("S1")
        };
        assert_eq!(state(gone.clone(), 18 * 60), State::Late, "at six everybody should still be there");
        let closed = Facts { closed_at: Some(MIDNIGHT.plus_h(17)), ..gone.clone() };
        for (facts, minute) in [(closed, 18 * 60), (gone, 20 * 60)] {
            let over = picture(facts, &milestones(), MIDNIGHT.plus_min(minute), &Rates::default());
            assert_eq!((over.state, over.facts.missing, over.misses), (State::Over, 0, None));
            assert!(over.silent_since.is_none() && over.mender.is_none());
        }
    }

    #[test]
    fn one_missing_person_is_not_a_broken_crew() {
        let at = |below_crew| Facts {
            set_up_at: Some(MIDNIGHT),
            heard_at: Some(MIDNIGHT.plus_h(8)),
            in_place: Some(Outlook::Late { mender: Mender::Allocation }),
            missing: 1,
            below_crew,
            ..facts("S1")
        };
        assert_eq!(state(at(1), 8 * 60 + 1), State::Late);
        assert_eq!(state(at(0), 8 * 60 + 1), State::Short);
        assert_eq!(state(at(0), 8 * 60 - 1), State::AtRisk);
        assert_eq!(state(Facts { set_up_at: None, ..at(0) }, 8 * 60 + 1), State::Late);
    }
}
