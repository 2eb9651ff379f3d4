//! PostgreSQL's `numeric` on the wire, as far as Muster meets it: `sum` of a `bigint` answers one, and a parameter
//! compared with such a sum must be one. Base-10000 digits, a weight, a sign and a display scale.

use crate::Value;

const NEGATIVE: u16 = 0x4000;
const NOT_A_NUMBER: u16 = 0xC000;

/// An integer where the number is one and fits, else a real. `None` for NaN, infinities and damaged bytes.
pub(crate) fn decode(raw: &[u8]) -> Option<Value> {
    let mut halves = raw.chunks_exact(2).map(|half| u16::from_be_bytes([half[0], half[1]]));
    let count = halves.next()?;
    let weight = i32::from(halves.next()?.cast_signed());
    let sign = halves.next()?;
    let _scale = halves.next()?;
    if sign & NOT_A_NUMBER == NOT_A_NUMBER {
        return None;
    }
    let digits: Vec<u16> = halves.take(count.into()).collect();
    let whole = whole(&digits, weight).map(|it| if sign == NEGATIVE { -it } else { it });
    if let Some(whole) = whole.and_then(|it| i64::try_from(it).ok()) {
        return Some(Value::Int(whole));
    }
    let size: f64 = digits.iter().zip(0..).map(|(digit, at)| f64::from(*digit) * 10_000_f64.powi(weight - at)).sum();
    Some(Value::Real(if sign == NEGATIVE { -size } else { size }))
}

/// The number without its sign, if it has no fraction and fits.
fn whole(digits: &[u16], weight: i32) -> Option<i128> {
    let places = usize::try_from(weight + 1).unwrap_or(0);
    if digits.iter().skip(places).any(|digit| *digit != 0) {
        return None;
    }
    let digit_at = |at: usize| i128::from(digits.get(at).copied().unwrap_or(0));
    (0..places).try_fold(0_i128, |sum, at| sum.checked_mul(10_000)?.checked_add(digit_at(at)))
}

/// An integer as `numeric`.
pub(crate) fn encode(number: i64) -> Vec<u8> {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    while rest > 0 {
        digits.push(u16::try_from(rest % 10_000).unwrap_or(0));
        rest /= 10_000;
    }
    let count = u16::try_from(digits.len()).unwrap_or(0);
    let sign = if number < 0 { NEGATIVE } else { 0 };
    let head = [count, count.saturating_sub(1), sign, 0];
    head.into_iter().chain(digits.into_iter().rev()).flat_map(u16::to_be_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves(halves: &[u16]) -> Vec<u8> {
        halves.iter().flat_map(|half| half.to_be_bytes()).collect()
    }

    #[test]
    fn whole_numbers_go_there_and_back() {
        for number in [0, 1, -1, 9_999, 10_000, -20_000, 123_456_789, i64::MAX, i64::MIN] {
            assert_eq!(decode(&encode(number)), Some(Value::Int(number)));
        }
    }

    #[test]
    fn fractions_become_reals() {
        // 12.5 = 12 · 10000⁰ + 5000 · 10000⁻¹
        assert_eq!(decode(&halves(&[2, 0, 0, 1, 12, 5000])), Some(Value::Real(12.5)));
        assert_eq!(decode(&halves(&[1, 0xFFFF, NEGATIVE, 2, 2500])), Some(Value::Real(-0.25)));
    }

    #[test]
    fn trailing_zeros_may_be_left_out_on_the_wire() {
        assert_eq!(decode(&halves(&[1, 1, 0, 0, 3])), Some(Value::Int(30_000)));
    }

    #[test]
    fn what_is_no_number_is_none() {
        assert_eq!(decode(&halves(&[0, 0, NOT_A_NUMBER, 0])), None);
        assert_eq!(decode(&[0, 1]), None);
    }
}
