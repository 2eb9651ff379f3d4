//! Rest between duties: who has had enough sleep to be sent again, and how many nights somebody has stood in a row.

use std::collections::BTreeSet;

use domain::Moment;
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rules of rest. Local rules differ, so they are a value that comes in from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rest {
    /// Hours between the end of one duty and the beginning of the next.
    pub least_h: i64,
    /// After this many nights in a row somebody sleeps at home.
    pub most_nights_in_a_row: u32,
}

impl Default for Rest {
    fn default() -> Self {
        Self { least_h: 8, most_nights_in_a_row: 3 }
    }
}

/// One stay at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    pub from: Moment,
    /// None while it lasts.
    pub until: Option<Moment>,
}

/// Whether somebody may be sent at `moment`: rested since the last duty, and not too many nights in a row.
pub fn is_rested(rest: Rest, last_end: Option<Moment>, nights_in_a_row: u32, moment: Moment) -> bool {
    let has_slept = last_end.is_none_or(|end| moment >= end.plus_h(rest.least_h));
    has_slept && nights_in_a_row < rest.most_nights_in_a_row
}

/// How many nights in a row somebody has stood, up to the last one before `moment`. A night is midnight to six on the
/// clock of the place, and counts when any part of it was spent on duty. The night that is running does not count, and
/// does not break the row either.
pub fn nights_in_a_row(stays: &[Stay], moment: Moment, zone: &TimeZone) -> u32 {
    let nights: BTreeSet<Date> = stays.iter().flat_map(|stay| nights_of(*stay, moment, zone)).collect();
    let today = moment.in_zone(zone).date();
    // At half past midnight the last finished night is yesterday's; at noon it is today's.
    let last = if moment.in_zone(zone).hour() < DAWN { today.saturating_sub(1.days()) } else { today };
    let row = std::iter::successors(Some(last), |night| Some(night.saturating_sub(1.days())));
    u32::try_from(row.take_while(|night| nights.contains(night)).count()).unwrap_or(u32::MAX)
}

/// How many days in a row somebody has had a duty, up to the day before `moment`'s. A duty counts for the day it began on.
pub fn days_in_a_row(stays: &[Stay], moment: Moment, zone: &TimeZone) -> u32 {
    let days: BTreeSet<Date> = stays.iter().map(|stay| stay.from.in_zone(zone).date()).collect();
    let yesterday = moment.in_zone(zone).date().saturating_sub(1.days());
    let row = std::iter::successors(Some(yesterday), |day| Some(day.saturating_sub(1.days())));
    u32::try_from(row.take_while(|day| days.contains(day)).count()).unwrap_or(u32::MAX)
}

const DAWN: i8 = 6;

/// The nights (by the day they end on) that a stay touches. Stays never last longer than a few days.
fn nights_of(stay: Stay, now: Moment, zone: &TimeZone) -> Vec<Date> {
    let until = stay.until.unwrap_or(now).max(stay.from);
    let (from, end) = (stay.from.in_zone(zone), until.in_zone(zone));
    let first = if from.hour() < DAWN { from.date() } else { from.date().saturating_add(1.days()) };
    std::iter::successors(Some(first), |night| Some(night.saturating_add(1.days())))
        .take_while(|night| *night <= end.date())
        .take(31)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    fn at(text: &str) -> Moment {
        Moment::parse(text, &zone()).unwrap()
    }

    fn stay(from: &str, until: &str) -> Stay {
        Stay { from: at(from), until: (!until.is_empty()).then(|| at(until)) }
    }

    #[test]
    fn eight_hours_of_rest_and_no_fourth_night() {
        let rest = Rest::default();
        let end = at("2022-09-15T09:00");
        for (nights, moment, rested) in [
            (0, "2022-09-15T16:59", false),
            (0, "2022-09-15T17:00", true),
            (2, "2022-09-16T00:00", true),
            (3, "2022-09-16T00:00", false),
        ] {
            assert_eq!(is_rested(rest, Some(end), nights, at(moment)), rested, "{nights} {moment}");
        }
        assert!(is_rested(rest, None, 0, end));
    }

    #[test]
    fn nights_count_while_the_row_is_unbroken() {
        let row = [stay("2022-09-13T22:00", "2022-09-14T09:00"), stay("2022-09-15T00:30", "2022-09-15T12:00")];
        let count = |stays: &[Stay], moment| nights_in_a_row(stays, at(moment), &zone());
        assert_eq!(count(&row, "2022-09-15T18:00"), 2);
        assert_eq!(count(&row, "2022-09-16T00:30"), 2, "the night that has begun breaks nothing");
        assert_eq!(count(&row, "2022-09-16T07:00"), 0, "a night at home breaks the row");
        assert_eq!(count(&row[..1], "2022-09-15T18:00"), 0);
        assert_eq!(count(&[stay("2022-09-14T08:00", "2022-09-14T18:00")], "2022-09-15T18:00"), 0, "a day is no night");
    }

    #[test]
    fn days_count_while_the_row_is_unbroken() {
        let row = [stay("2022-09-13T08:00", "2022-09-13T20:00"), stay("2022-09-14T07:40", "2022-09-14T20:00")];
        let count = |stays: &[Stay], moment| days_in_a_row(stays, at(moment), &zone());
        assert_eq!(count(&row, "2022-09-15T08:00"), 2);
        assert_eq!(count(&row, "2022-09-14T08:00"), 1, "the day that has begun does not count");
        assert_eq!(count(&row, "2022-09-16T08:00"), 0, "a day at home breaks the row");
        assert_eq!(count(&row[..1], "2022-09-15T08:00"), 0);
    }

    #[test]
    fn a_stay_that_lasts_counts_up_to_now() {
        let open = [stay("2022-09-14T20:00", "")];
        assert_eq!(nights_in_a_row(&open, at("2022-09-15T08:00"), &zone()), 1);
        assert_eq!(nights_in_a_row(&open, at("2022-09-14T23:00"), &zone()), 0);
    }
}
