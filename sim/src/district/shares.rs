//! Splitting a whole into parts by weight so that nothing is lost: the largest-remainder method (Hamilton's), as seats
//! are given to parties.

use std::ops::RangeInclusive;

/// Whole parts in proportion to the weights; their sum is exactly `total`. Ties go to the earlier part.
pub fn split(total: u32, weights: &[f64]) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    assert!(sum > 0.0 || total == 0, "nobody to give {total} to");
    let exact: Vec<f64> = weights.iter().map(|weight| f64::from(total) * weight / sum.max(f64::MIN_POSITIVE)).collect();
    let mut parts: Vec<u32> = exact.iter().map(|&part| whole(part)).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
    let missing = total - parts.iter().sum::<u32>();
    for &index in order.iter().take(missing as usize) {
        parts[index] += 1;
    }
    parts
}

/// Like [`split`], with every part within `bounds`: what is above the upper bound goes to the others by weight.
pub fn split_within(total: u32, weights: &[f64], bounds: RangeInclusive<u32>) -> Vec<u32> {
    let (min, max) = (*bounds.start(), *bounds.end());
    let places = u32::try_from(weights.len()).unwrap_or(u32::MAX);
    assert!(min.saturating_mul(places) <= total, "{total} is too few for {places} parts of at least {min}");
    assert!(max.saturating_mul(places) >= total, "{total} is too many for {places} parts of at most {max}");
    let mut parts = vec![min; weights.len()];
    let mut left = total - min * places;
    while left > 0 {
        let open = |part: u32, weight: f64| if part < max { weight } else { 0.0 };
        let open_weights: Vec<f64> = parts.iter().zip(weights).map(|(&part, &weight)| open(part, weight)).collect();
        for (part, more) in parts.iter_mut().zip(split(left, &open_weights)) {
            let taken = more.min(max - *part);
            *part += taken;
            left -= taken;
        }
    }
    parts
}

/// The whole part of a number that is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of people, far below four billion")]
pub fn whole(number: f64) -> u32 {
    number.floor() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainders_are_rounded_up() {
        assert_eq!(split(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(split(10, &[2.6, 3.9, 3.5]), [3, 4, 3]);
        assert_eq!(split(0, &[1.0, 0.0]), [0, 0]);
    }

    #[test]
    fn what_is_above_the_bound_goes_to_the_others() {
        assert_eq!(split_within(100, &[90.0, 6.0, 4.0], 10..=50), [50, 28, 22]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(total in 0_u32..5_000_000, weights in prop::collection::vec(0.01_f64..100.0, 1..40)) {
            prop_assert_eq!(split(total, &weights).iter().sum::<u32>(), total);
        }

        #[test]
        fn bounds_hold(share in 0.0_f64..=1.0, weights in prop::collection::vec(0.01_f64..100.0, 1..40)) {
            let places = weights.len() as f64;
            let total = whole(20.0 * places + share * 280.0 * places);
            let parts = split_within(total, &weights, 20..=300);
            prop_assert_eq!(parts.iter().sum::<u32>(), total);
            prop_assert!(parts.iter().all(|part| (20..=300).contains(part)));
        }
    }
}
