//! The clock of an order: when it is given, when sites are set up, when everybody is in place, when it closes.

use domain::Moment;
use jiff::{civil::time, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The four milestones and the shift people serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Milestones {
    pub order_at: Moment,
    pub set_up_at: Moment,
    pub in_place_at: Moment,
    pub close_at: Moment,
    pub shift_from: Moment,
    pub shift_until: Moment,
}

/// Why milestones cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    #[error("each milestone comes after the one before it")]
    Milestones,
    #[error("a shift ends after it begins and lasts at most a day")]
    Shift,
}

impl Milestones {
    /// The night of the report: order 00:00, set up 05:00, in place 08:00, close 20:00 – of today while it is still
    /// before five, of tomorrow afterwards.
    pub fn usual(now: Moment, zone: &TimeZone) -> Self {
        let local = now.in_zone(zone);
        let today = local.date();
        let day = if local.time() < time(5, 0, 0, 0) { today } else { today.tomorrow().unwrap_or(today) };
        let at = |hour| {
            let clock = day.at(hour, 0, 0, 0).to_zoned_datetime(zone.clone());
            clock.map_or(now, |clock| Moment::from_ms(clock.timestamp().as_millisecond()))
        };
        let (order_at, set_up_at, in_place_at, close_at) = (at(0), at(5), at(8), at(20));
        Self { order_at, set_up_at, in_place_at, close_at, shift_from: in_place_at, shift_until: close_at }
    }

    pub fn check(&self) -> Result<(), OutOfOrder> {
        let milestones = [self.order_at, self.set_up_at, self.in_place_at, self.close_at];
        if !milestones.is_sorted_by(|earlier, later| earlier < later) {
            return Err(OutOfOrder::Milestones);
        }
        let shift_s = self.shift_until.since_s(self.shift_from);
        if (1..=24 * 3600).contains(&shift_s) { Ok(()) } else { Err(OutOfOrder::Shift) }
    }

    /// The local day that the shift counts for: nobody holds two posts on one day.
    pub fn day(&self, zone: &TimeZone) -> String {
        self.shift_from.date(zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("the zone database is built in")
    }

    fn at(text: &str) -> Moment {
        Moment::parse(text, &shanghai()).expect("a moment")
    }

    #[test]
    fn the_usual_night_is_tonight_until_five() {
        let cases = [
            ("2022-09-15T00:00", "2022-09-15"),
            ("2022-09-15T04:59", "2022-09-15"),
            ("2022-09-15T05:00", "2022-09-16"),
        ];
        for (now, day) in cases {
            let usual = Milestones::usual(at(now), &shanghai());
            assert_eq!(usual.in_place_at, at(&format!("{day}T08:00")), "at {now}");
            assert_eq!((usual.check(), usual.day(&shanghai())), (Ok(()), day.to_owned()));
        }
    }

    #[test]
    fn milestones_stand_in_their_order() {
        let usual = Milestones::usual(at("2022-09-15T00:00"), &shanghai());
        let late = Milestones { set_up_at: usual.in_place_at.plus_min(1), ..usual };
        assert_eq!(late.check(), Err(OutOfOrder::Milestones));
        let endless = Milestones { shift_until: usual.shift_from.plus_h(25), ..usual };
        assert_eq!(endless.check(), Err(OutOfOrder::Shift));
    }
}
