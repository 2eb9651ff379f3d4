//! A volunteer of the night: what sort of person, what they know, where they are going.

use domain::Moment;

use super::{chance::Dice, phone::Phone};

/// What sort of person somebody is tonight; drawn once from the seed and the person's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Answers and comes.
    Reliable,
    /// Answers and does not come.
    NoShow,
    /// Says that they cannot come.
    Unable,
    /// Never reads the message, but comes when the chief calls.
    Silent,
    /// Never reads the message and never comes.
    Away,
}

/// What somebody knows of their own duty, from their own page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub assignment: String,
    /// The code of the site.
    pub site: String,
    pub badge: String,
    pub is_checked_in: bool,
}

/// A volunteer.
#[derive(Debug, Clone)]
pub struct Walker {
    pub code: String,
    pub temper: Temper,
    /// Checks in by themselves.
    pub is_self_checking: bool,
    /// Both taps "I am here" and is scanned by the chief.
    pub is_overeager: bool,
    pub link: Option<String>,
    pub phone: Option<Phone>,
    pub known: Option<Known>,
    /// The walk that counts; an earlier one was given up.
    pub walk: u32,
    pub has_come: bool,
}

impl Walker {
    pub fn new(seed: u64, code: &str) -> Self {
        let mut dice = Dice::of(seed, code);
        let temper = match dice.percent() {
            0..86 => Temper::Reliable,
            86..88 => Temper::NoShow,
            88..92 => Temper::Unable,
            92..98 => Temper::Silent,
            _ => Temper::Away,
        };
        Self {
            code: code.to_owned(),
            temper,
            is_self_checking: dice.percent() < 35,
            is_overeager: dice.percent() < 6,
            link: None,
            phone: None,
            known: None,
            walk: 0,
            has_come: false,
        }
    }

    /// Whether a message is read at all.
    pub const fn reads(&self) -> bool {
        matches!(self.temper, Temper::Reliable | Temper::NoShow | Temper::Unable)
    }

    /// When somebody stands at the gate who set out for a post: in time as a rule, late now and then, and never sooner
    /// than the way takes.
    pub fn arrives_at(&self, seed: u64, now: Moment, shift_from: Moment, distance_m: i64) -> Moment {
        let mut dice = Dice::of(seed, &format!("{} walks {}", self.code, self.walk));
        let early_min = 8 + dice.below(38);
        let late_min = if dice.percent() < 3 { 20 + dice.below(50) } else { 0 };
        let planned = shift_from.plus_min(late_min - early_min).plus_s(dice.below(60));
        planned.max(now.plus_min(5).plus_s(way_s(distance_m)))
    }
}

/// On foot for a kilometre and a half, by scooter beyond.
fn way_s(distance_m: i64) -> i64 {
    const ON_FOOT_M_PER_S: f64 = 1.3;
    const BY_SCOOTER_M_PER_S: f64 = 5.5;
    let speed = if distance_m < 1_500 { ON_FOOT_M_PER_S } else { BY_SCOOTER_M_PER_S };
    #[expect(clippy::cast_possible_truncation, reason = "the earth is smaller")]
    let seconds = (distance_m as f64 * 1.3 / speed) as i64;
    seconds
}
