//! Who will be late, known before they are. Fed with what is known now: answers, distances, arrivals, signs of life.
//!
//! The rates are dated configuration, not knowledge of people: they begin as stated here and should be replaced by
//! what a district measures in its own nights.

use domain::{Moment, PostRole};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How people come, as assumed until measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// From being told to leaving the house.
    pub get_ready_min: i64,
    /// Across a town, by whatever they have.
    pub travel_m_per_min: i64,
    /// Of those who said they come, how many do.
    pub shows_if_acknowledged: f64,
    /// Of those who have not answered in good time.
    pub shows_if_silent: f64,
    /// What part of the time between being told and the milestone people may take to answer: nobody told at midnight to
    /// come by eight is missed at one.
    pub answers_within: f64,
    /// A site nobody has heard of for so long is silent.
    pub silent_min: i64,
    /// A set-up that has not been declared so long before its milestone is at risk.
    pub set_up_notice_min: i64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            get_ready_min: 20,
            travel_m_per_min: 250,
            shows_if_acknowledged: 0.97,
            shows_if_silent: 0.7,
            answers_within: 0.25,
            silent_min: 45,
            set_up_notice_min: 30,
        }
    }
}

/// One person on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comer {
    pub role: PostRole,
    pub told_at: Moment,
    pub has_acknowledged: bool,
    pub distance_m: i64,
    pub arrived_at: Option<Moment>,
}

/// Who mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mender {
    /// 点长: can call the people and finish the set-up.
    SiteChief,
    /// 片长: can go and look.
    ZoneLead,
    /// 志愿者调配组: can send more people.
    Allocation,
}

/// How it will be at a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "outlook")]
pub enum Outlook {
    /// Reached already.
    Done,
    OnTime,
    AtRisk {
        mender: Mender,
    },
    /// Cannot be reached any more, or was missed.
    Late {
        mender: Mender,
    },
}

/// People at a milestone: needed, there now, and expected by then.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InPlace {
    pub need: u32,
    pub arrived: u32,
    /// Expected by the milestone, the arrived included.
    pub expected: f64,
    pub outlook: Outlook,
}

impl Outlook {
    pub const fn mender(self) -> Option<Mender> {
        match self {
            Self::Done | Self::OnTime => None,
            Self::AtRisk { mender } | Self::Late { mender } => Some(mender),
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::OnTime => "on_time",
            Self::AtRisk { .. } => "at_risk",
            Self::Late { .. } => "late",
        }
    }
}

impl Comer {
    /// When this person could be there, leaving as soon as they are ready.
    pub fn earliest(&self, now: Moment, rates: &Rates) -> Moment {
        let leaves = self.told_at.plus_min(rates.get_ready_min).max(now);
        leaves.plus_min(self.distance_m.max(0) / rates.travel_m_per_min.max(1))
    }

    /// How surely they are there by the milestone.
    pub fn chance(&self, by: Moment, now: Moment, rates: &Rates) -> f64 {
        match self.arrived_at {
            Some(_) => 1.0,
            None if self.earliest(now, rates) > by => 0.0,
            None if self.has_acknowledged || now < self.answer_due(by, rates) => rates.shows_if_acknowledged,
            None => rates.shows_if_silent,
        }
    }

    /// From when on having heard nothing says something.
    fn answer_due(&self, by: Moment, rates: &Rates) -> Moment {
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "minutes of a night")]
        let patience_min = (by.since_s(self.told_at) as f64 / 60.0 * rates.answers_within) as i64;
        self.told_at.plus_min(patience_min)
    }
}

/// Whether a site's people will be in place.
pub fn in_place(need: u32, comers: &[Comer], by: Moment, now: Moment, rates: &Rates) -> InPlace {
    let arrived = u32::try_from(comers.iter().filter(|comer| comer.arrived_at.is_some()).count()).unwrap_or(u32::MAX);
    let expected: f64 = comers.iter().map(|comer| comer.chance(by, now, rates)).sum();
    let possible = comers.iter().filter(|comer| comer.chance(by, now, rates) > 0.0).count();
    let answered = comers.iter().filter(|comer| comer.has_acknowledged || comer.arrived_at.is_some()).count();
    let is_possible = possible >= need as usize;
    let outlook = if arrived >= need {
        Outlook::Done
    } else if now >= by || !is_possible {
        let mender = if is_possible { Mender::SiteChief } else { Mender::Allocation };
        Outlook::Late { mender }
    } else if expected + 0.5 < f64::from(need) * rates.shows_if_acknowledged {
        // Less than if everybody who is needed had said yes. Silent people can be called; where enough have answered,
        // others must be sent.
        let mender = if answered < need as usize { Mender::SiteChief } else { Mender::Allocation };
        Outlook::AtRisk { mender }
    } else {
        Outlook::OnTime
    };
    InPlace { need, arrived, expected, outlook }
}

/// What is known of a site's set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetUp {
    pub has_chief: bool,
    pub declared_at: Option<Moment>,
    pub heard_at: Option<Moment>,
}

/// Whether a site will be set up in time.
pub fn set_up(site: SetUp, by: Moment, now: Moment, rates: &Rates) -> Outlook {
    let is_silent = site.heard_at.is_none_or(|at| now > at.plus_min(rates.silent_min));
    let mender = match site {
        SetUp { has_chief: false, .. } => Mender::Allocation,
        _ if is_silent => Mender::ZoneLead,
        _ => Mender::SiteChief,
    };
    match site.declared_at {
        Some(_) => Outlook::Done,
        None if now >= by => Outlook::Late { mender },
        None if !site.has_chief => Outlook::AtRisk { mender },
        None if now.plus_min(rates.set_up_notice_min) >= by => Outlook::AtRisk { mender },
        None if is_silent && now.plus_min(2 * rates.silent_min) >= by => Outlook::AtRisk { mender },
        None => Outlook::OnTime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: Moment = Moment::from_ms(1_663_171_200_000);

    fn comer(has_acknowledged: bool, distance_m: i64) -> Comer {
        Comer { role: PostRole::Runner, told_at: MIDNIGHT, has_acknowledged, distance_m, arrived_at: None }
    }

    #[test]
    fn people_in_place() {
        let (eight, rates) = (MIDNIGHT.plus_h(8), Rates::default());
        let here = Comer { arrived_at: Some(MIDNIGHT.plus_h(7)), ..comer(false, 0) };
        let table: [(&str, u32, Vec<Comer>, i64, Outlook); 10] = [
            ("all there", 1, vec![here], 7 * 60, Outlook::Done),
            ("nobody needed", 0, vec![], 60, Outlook::Done),
            ("all answered", 2, vec![comer(true, 900); 2], 60, Outlook::OnTime),
            ("thirty who said yes", 30, vec![comer(true, 900); 30], 60, Outlook::OnTime),
            ("asked just now", 30, vec![comer(false, 900); 30], 60, Outlook::OnTime),
            ("a few asked just now", 4, vec![comer(false, 900); 4], 60, Outlook::OnTime),
            ("silent ones", 4, vec![comer(false, 900); 4], 120, Outlook::AtRisk { mender: Mender::SiteChief }),
            ("too few people", 3, vec![comer(true, 900); 2], 60, Outlook::Late { mender: Mender::Allocation }),
            ("too far now", 1, vec![comer(true, 50_000)], 7 * 60, Outlook::Late { mender: Mender::Allocation }),
            ("time is over", 2, vec![here], 8 * 60, Outlook::Late { mender: Mender::Allocation }),
        ];
        for (what, need, comers, minute, outlook) in table {
            let now = MIDNIGHT.plus_min(minute);
            assert_eq!(in_place(need, &comers, eight, now, &rates).outlook, outlook, "{what}");
        }
    }

    #[test]
    fn sites_set_up() {
        let (five, rates) = (MIDNIGHT.plus_h(5), Rates::default());
        let heard = SetUp { has_chief: true, declared_at: None, heard_at: Some(MIDNIGHT.plus_h(4)) };
        let table = [
            ("done", SetUp { declared_at: Some(MIDNIGHT), ..heard }, 4 * 60, Outlook::Done),
            ("in time", heard, 4 * 60, Outlook::OnTime),
            ("half an hour left", heard, 4 * 60 + 30, Outlook::AtRisk { mender: Mender::SiteChief }),
            ("silent", SetUp { heard_at: None, ..heard }, 3 * 60 + 40, Outlook::AtRisk { mender: Mender::ZoneLead }),
            ("no chief", SetUp { has_chief: false, ..heard }, 10, Outlook::AtRisk { mender: Mender::Allocation }),
            ("missed", heard, 5 * 60, Outlook::Late { mender: Mender::ZoneLead }),
        ];
        for (what, site, minute, outlook) in table {
            assert_eq!(set_up(site, five, MIDNIGHT.plus_min(minute), &rates), outlook, "{what}");
        }
    }

    #[test]
    fn nobody_arrives_before_they_can() {
        let now = MIDNIGHT.plus_h(7);
        assert_eq!(comer(true, 2_500).earliest(now, &Rates::default()), now.plus_min(10));
        assert_eq!(comer(true, 2_500).earliest(MIDNIGHT, &Rates::default()), MIDNIGHT.plus_min(30));
    }
}
