//! How often four digits may be guessed: the entrance by badge rests longer after each mistake, and shuts after the fifth
//! until somebody opens it again. Five in ten thousand is all that a stranger with somebody's badge ever gets.

use domain::Moment;

/// Mistakes in a row that shut the entrance.
pub const MOST: u32 = 5;

/// Whether digits are looked at now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    Open,
    Rests { until: Moment },
    Shut,
}

/// The entrance after so many mistakes, the last of them then.
pub fn entrance(wrong: u32, last_at: Moment, now: Moment) -> Entrance {
    let rest_min = match wrong {
        0..=2 => return Entrance::Open,
        3 => 1,
        4 => 10,
        _ => return Entrance::Shut,
    };
    let until = last_at.plus_min(rest_min);
    // A mistake from later than now was made while the clock ran ahead: it counts, and nobody waits for it to catch up.
    let is_true = last_at <= now.plus_min(rest_min);
    if now < until && is_true { Entrance::Rests { until } } else { Entrance::Open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_costs_more_and_the_fifth_shuts() {
        let at = Moment::from_ms(0);
        let after_min = |wrong, minutes| entrance(wrong, at, at.plus_min(minutes));
        assert_eq!([after_min(0, 0), after_min(2, 0)], [Entrance::Open; 2]);
        assert_eq!(after_min(3, 0), Entrance::Rests { until: at.plus_min(1) });
        assert_eq!(after_min(3, 1), Entrance::Open);
        assert_eq!(after_min(4, 9), Entrance::Rests { until: at.plus_min(10) });
        assert_eq!(after_min(4, -60 * 24), Entrance::Open, "made by a clock that ran a day ahead");
        assert_eq!([after_min(5, 60 * 24 * 365), after_min(9, 0)], [Entrance::Shut; 2]);
    }
}
