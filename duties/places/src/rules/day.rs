//! A site's day under one order: the set-up checklist, and the stages *set up*, *open* and *closed*.
//!
//! A site that opens late is a queue that never ends: in the mass testings that went wrong, sites opened without staff or
//! tubes. So opening has a gate: the required items must be marked. Setting up has none, it is what the eye sees.
//!
//! Phones send marks when they have a network again, in any order and more than once. The newest mark of an item wins,
//! whatever order they arrive in; of two of the same millisecond the one that says "not done" wins, because a site wrongly
//! thought ready costs more than one wrongly thought unready.

use std::{fmt, str::FromStr};

use domain::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line of the set-up checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// The site chief is there.
    Chief,
    /// A registrar is at the desk.
    Registrar,
    /// The samplers are there.
    Samplers,
    /// Tubes and swabs are there and counted.
    Tubes,
    /// Phones and scanners were tried: a code was read, a registration went through.
    DeviceCheck,
    Water,
    Tents,
    /// Gowns, gloves, face shields.
    Ppe,
}

impl Item {
    pub const ALL: [Self; 8] = [
        Self::Chief,
        Self::Registrar,
        Self::Samplers,
        Self::Tubes,
        Self::DeviceCheck,
        Self::Water,
        Self::Tents,
        Self::Ppe,
    ];

    /// Whether a site cannot open without it.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Chief | Self::Registrar | Self::Samplers | Self::Tubes | Self::DeviceCheck)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Chief => "chief",
            Self::Registrar => "registrar",
            Self::Samplers => "samplers",
            Self::Tubes => "tubes",
            Self::DeviceCheck => "device_check",
            Self::Water => "water",
            Self::Tents => "tents",
            Self::Ppe => "ppe",
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such item of the checklist")]
pub struct NoSuchItem;

impl FromStr for Item {
    type Err = NoSuchItem;
    fn from_str(text: &str) -> Result<Self, NoSuchItem> {
        Self::ALL.into_iter().find(|item| item.name() == text).ok_or(NoSuchItem)
    }
}

/// What a mark says, and when it was made at the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub done: bool,
    pub at: Moment,
}

impl Mark {
    /// Whether this mark takes the place of another.
    pub fn outranks(self, other: Self) -> bool {
        (self.at, !self.done) > (other.at, !other.done)
    }
}

/// The times of a site's day, as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "`_at` says that it is a moment, as everywhere")]
pub struct Times {
    pub set_up_at: Option<Moment>,
    pub opened_at: Option<Moment>,
    pub closed_at: Option<Moment>,
}

/// How far a site's day has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Preparing,
    SetUp,
    Open,
    Closed,
}

impl Stage {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::SetUp => "set_up",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl Times {
    pub const fn stage(&self) -> Stage {
        match self {
            Self { closed_at: Some(_), .. } => Stage::Closed,
            Self { opened_at: Some(_), .. } => Stage::Open,
            Self { set_up_at: Some(_), .. } => Stage::SetUp,
            _ => Stage::Preparing,
        }
    }

    /// The site stands. Saying it again changes nothing, unless it is heard late of an earlier time.
    #[must_use]
    pub fn set_up(self, at: Moment) -> Self {
        Self { set_up_at: earliest(self.set_up_at, at), ..self }
    }

    /// The site takes people: it also stands, and it is no longer closed – unless it closed after that.
    #[must_use]
    pub fn open(self, at: Moment) -> Self {
        let closed_at = self.closed_at.filter(|closed_at| *closed_at > at);
        Self { opened_at: earliest(self.opened_at, at), closed_at, ..self.set_up(at) }
    }

    /// The site is done for this order, whether it ever opened or not.
    #[must_use]
    pub fn close(self, at: Moment) -> Self {
        Self { closed_at: self.closed_at.or(Some(at)), ..self }
    }

    /// Takes back the last stage, when it was declared by mistake.
    #[must_use]
    pub const fn withdraw(self) -> Self {
        match self.stage() {
            Stage::Closed => Self { closed_at: None, ..self },
            Stage::Open => Self { opened_at: None, ..self },
            Stage::SetUp | Stage::Preparing => Self { set_up_at: None, ..self },
        }
    }
}

fn earliest(known: Option<Moment>, at: Moment) -> Option<Moment> {
    Some(known.map_or(at, |known| known.min(at)))
}

/// When something was done, by the server's clock. A phone says when by its own clock, and what that clock shows while
/// sending; the difference is true even when the phone's clock is a day off. Nothing is done in the future.
pub fn when_done(now: Moment, marked_at: Option<Moment>, sent_at: Option<Moment>) -> Moment {
    let Some(marked_at) = marked_at else { return now };
    let ago_ms = sent_at.unwrap_or(now).ms().saturating_sub(marked_at.ms()).max(0);
    Moment::from_ms(now.ms().saturating_sub(ago_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Moment {
        Moment::from_ms(minute * 60_000)
    }

    #[test]
    fn marks_end_alike_in_any_order_and_any_number() {
        let marks = [
            Mark { done: true, at: at(1) },
            Mark { done: false, at: at(2) },
            Mark { done: true, at: at(2) },
            Mark { done: true, at: at(1) },
        ];
        for start in 0..marks.len() {
            let mut last = marks[start];
            for mark in marks.iter().cycle().skip(start).take(7) {
                last = if mark.outranks(last) { *mark } else { last };
            }
            assert_eq!(last, marks[1]);
        }
    }

    #[test]
    fn a_day_goes_its_way_and_back() {
        let day = Times::default().set_up(at(5)).set_up(at(6)).open(at(8));
        assert_eq!((day.stage(), day.set_up_at, day.opened_at), (Stage::Open, Some(at(5)), Some(at(8))));
        let closed = day.close(at(12));
        assert_eq!(closed.stage(), Stage::Closed);
        assert_eq!(closed.open(at(13)).opened_at, Some(at(8)));
        assert_eq!(closed.withdraw(), day);
        assert_eq!(day.withdraw().withdraw(), Times::default());
        assert_eq!(Times::default().open(at(9)).set_up_at, Some(at(9)));
    }

    #[test]
    fn what_a_phone_says_late_counts_from_when_it_was_so() {
        let heard = Times::default().set_up(at(10)).open(at(12)).close(at(60));
        let late = heard.set_up(at(4)).open(at(5));
        assert_eq!((late.set_up_at, late.opened_at), (Some(at(4)), Some(at(5))));
        assert_eq!(late.stage(), Stage::Closed, "an old word does not open again what was closed since");
        assert_eq!(heard.open(at(61)).stage(), Stage::Open);
    }

    #[test]
    fn a_phone_with_a_wrong_clock_still_says_how_long_ago() {
        let now = at(1000);
        assert_eq!(when_done(now, None, None), now);
        assert_eq!(when_done(now, Some(at(990)), None), at(990));
        // A day ahead: 20 minutes before it sent.
        assert_eq!(when_done(now, Some(at(2420)), Some(at(2440))), at(980));
        assert_eq!(when_done(now, Some(at(1500)), None), now);
        assert!(when_done(now, Some(Moment::from_ms(i64::MIN)), None) < now);
    }
}
