//! A moment: milliseconds since 1970-01-01T00:00:00Z. Everything is stored and compared in this one unit; local time
//! exists only where a person reads or writes it.

use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn ms(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus_s(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    #[must_use]
    pub const fn plus_min(self, minutes: i64) -> Self {
        self.plus_s(minutes * 60)
    }

    #[must_use]
    pub const fn plus_h(self, hours: i64) -> Self {
        self.plus_min(hours * 60)
    }

    /// Seconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn since_s(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1000
    }

    /// The same moment on the clock of a place.
    pub fn in_zone(self, zone: &TimeZone) -> ZonedDateTime {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned_datetime(zone.clone())
    }

    /// Hours and minutes on the clock of a place: `05:00`.
    pub fn hh_mm(self, zone: &TimeZone) -> String {
        self.in_zone(zone).strftime("%H:%M").to_string()
    }

    /// Date, hours and minutes on the clock of a place: `2022-09-15 05:00`.
    pub fn date_hh_mm(self, zone: &TimeZone) -> String {
        self.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The calendar day on the clock of a place: `2022-09-15`.
    pub fn date(self, zone: &TimeZone) -> String {
        self.in_zone(zone).strftime("%Y-%m-%d").to_string()
    }

    /// RFC 3339 in UTC.
    pub fn rfc3339(self) -> String {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
    }

    /// Reads RFC 3339 (`2022-09-15T05:00:00+08:00`), or a local date and time of `zone` (`2022-09-15T05:00`, with a
    /// blank instead of `T`, seconds optional), as browsers' date fields and people write it.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Self(timestamp.as_millisecond()));
        }
        let local = text.replacen(' ', "T", 1).parse::<jiff::civil::DateTime>().ok()?;
        Some(Self(local.to_zoned_datetime(zone.clone()).ok()?.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("the zone database is built in")
    }

    #[test]
    fn local_and_offset_times_name_the_same_moment() {
        let zone = shanghai();
        let offset = Moment::parse("2022-09-15T05:00:00+08:00", &zone);
        assert_eq!(offset, Some(Moment::from_ms(1_663_189_200_000)));
        assert_eq!(Moment::parse("2022-09-15T05:00", &zone), offset);
        assert_eq!(Moment::parse(" 2022-09-15 05:00:00 ", &zone), offset);
        assert_eq!(Moment::parse("five o'clock", &zone), None);
    }

    #[test]
    fn a_moment_reads_as_the_clock_on_the_wall() {
        let at = Moment::from_ms(1_663_189_200_000);
        assert_eq!(at.hh_mm(&shanghai()), "05:00");
        assert_eq!(at.date_hh_mm(&shanghai()), "2022-09-15 05:00");
        assert_eq!(at.rfc3339(), "2022-09-14T21:00:00Z");
    }
}
