//! Fair turns: among people who could go, those who have stood less lately go first.

use domain::Moment;
use schemars::JsonSchema;
use serde::Serialize;

/// How far back duties count.
pub const LOOK_BACK_DAYS: i64 = 14;

/// What somebody has done lately, up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Lately {
    pub duties: u32,
    pub minutes: i64,
    /// When the last duty ended or, of one that lasts or is still to come, will end; never after the moment asked for.
    pub last_end: Option<Moment>,
    pub nights_in_a_row: u32,
    pub days_in_a_row: u32,
}

/// How far somebody is past their turn, in points: 100 for each duty above the district's mean, less the days since the
/// last one. Never negative: who has stood less than the mean is simply first.
pub fn points(lately: Lately, mean_duties: f64, now: Moment) -> u32 {
    let above = (f64::from(lately.duties) - mean_duties) * 100.0;
    let rest_days = lately.last_end.map_or(LOOK_BACK_DAYS, |end| now.since_s(end).max(0) / 86_400);
    let points = above - rest_days.min(LOOK_BACK_DAYS) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let points = points.clamp(0.0, 100_000.0) as u32;
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stood_more_comes_later_and_rest_brings_them_back() {
        let now = Moment::from_ms(0).plus_h(24 * 30);
        let lately =
            |duties, days_ago: i64| Lately { duties, last_end: Some(now.plus_h(-24 * days_ago)), ..Lately::default() };
        assert_eq!(points(Lately::default(), 1.0, now), 0);
        assert_eq!(points(lately(3, 0), 1.0, now), 200);
        assert_eq!(points(lately(3, 5), 1.0, now), 195);
        assert!(points(lately(4, 0), 1.0, now) > points(lately(3, 0), 1.0, now));
    }
}
