//! A number in a cell as the text a person would have typed.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use crate::faults::Reason;

use super::styles::Shape;

/// Digits a spreadsheet keeps (IEEE 754 doubles, shown to 15): a whole number from here on has lost some.
const DIGITS_KEPT_BELOW: f64 = 1e15;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// Days of the serial calendar up to 9999-12-31.
const LAST_SERIAL: f64 = 2_958_466.0;

/// The text of a numeric cell: no `.0`, no exponent, dates and times as ISO 8601.
pub(super) fn text_of(raw: &str, shape: Shape, is_1904: bool) -> Result<String, Reason> {
    let raw = raw.trim();
    let Ok(value) = raw.parse::<f64>() else { return Ok(raw.to_owned()) };
    if !value.is_finite() {
        return Ok(raw.to_owned());
    }
    let is_serial = (0.0..LAST_SERIAL).contains(&value);
    match shape {
        Shape::Moment if is_serial => Ok(moment(value, is_1904).unwrap_or_else(|| plain(value))),
        Shape::Elapsed if is_serial => Ok(clock((value * SECONDS_PER_DAY).round())),
        _ if value.abs() >= DIGITS_KEPT_BELOW => Err(Reason::DigitsLost),
        Shape::Padded(digits) if value.fract() == 0.0 && value >= 0.0 => {
            Ok(format!("{value:0>width$}", width = usize::from(digits)))
        }
        _ => Ok(plain(value)),
    }
}

/// A number whose last digits are lost, written so that nobody (and no reader of ours) takes it for whole.
pub(super) fn without_lost_digits(raw: &str) -> String {
    let exponential = raw.trim().parse::<f64>().map(|value| format!("{value:.5E}"));
    exponential.map_or_else(|_| raw.to_owned(), |text| text.replace('E', "E+"))
}

/// As a spreadsheet shows it: 15 significant digits, so that 0.30000000000000004 is 0.3.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 {
        return format!("{}", value + 0.0); // adding zero turns -0 into 0
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// Day and time of a serial number. The calendar that begins in 1900 has a 29 February that never was.
fn moment(serial: f64, is_1904: bool) -> Option<String> {
    let seconds = (serial * SECONDS_PER_DAY).round();
    let days = (seconds / SECONDS_PER_DAY).floor();
    let in_day = seconds - days * SECONDS_PER_DAY;
    if days == 0.0 {
        return Some(clock(in_day));
    }
    let (origin, days) = match is_1904 {
        true => (date(1904, 1, 1), days),
        false if days < 60.0 => (date(1899, 12, 31), days),
        false => (date(1899, 12, 30), days),
    };
    let day = after(origin, days)?;
    Some(if in_day == 0.0 { day.to_string() } else { format!("{day}T{}", clock(in_day)) })
}

fn after(origin: Date, days: f64) -> Option<Date> {
    let span: Span = (whole(days)).days();
    origin.checked_add(span).ok()
}

fn clock(seconds: f64) -> String {
    let seconds = whole(seconds);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[expect(clippy::cast_possible_truncation, reason = "callers pass serials below LAST_SERIAL, in days or seconds")]
fn whole(value: f64) -> i64 {
    value as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_typed() {
        let cases = [
            ("139", Shape::Number, "139"),
            ("139.0", Shape::Number, "139"),
            ("1.3800138E10", Shape::Number, "13800138000"),
            ("0.30000000000000004", Shape::Number, "0.3"),
            ("21.657812", Shape::Number, "21.657812"),
            ("1e-7", Shape::Number, "0.0000001"),
            ("-0", Shape::Number, "0"),
            ("-110.925", Shape::Number, "-110.925"),
            ("999999999999999", Shape::Number, "999999999999999"),
            ("7", Shape::Padded(6), "000007"),
            ("44819", Shape::Moment, "2022-09-15"),
            ("44819.333333333336", Shape::Moment, "2022-09-15T08:00:00"),
            ("44818.999999", Shape::Moment, "2022-09-15"),
            ("0.20833333333333334", Shape::Moment, "05:00:00"),
            ("1", Shape::Moment, "1900-01-01"),
            ("61", Shape::Moment, "1900-03-01"),
            ("1.5", Shape::Elapsed, "36:00:00"),
            ("-1", Shape::Moment, "-1"),
            ("1e300", Shape::Elapsed, ""),
            ("nonsense", Shape::Number, "nonsense"),
        ];
        for (raw, shape, text) in cases {
            let expected = if text.is_empty() { Err(Reason::DigitsLost) } else { Ok(text.to_owned()) };
            assert_eq!(text_of(raw, shape, false), expected, "{raw}");
        }
        assert_eq!(text_of("43357", Shape::Moment, true), Ok("2022-09-15".to_owned()));
    }

    #[test]
    fn eighteen_digits_are_refused() {
        for raw in ["440902190001011234", "4.4090219000101126E+17", "-1000000000000000"] {
            assert_eq!(text_of(raw, Shape::Number, false), Err(Reason::DigitsLost), "{raw}");
            assert!(crate::raw::looks_like_lost_digits(&without_lost_digits(raw)), "{raw}");
        }
    }
}
