//! What the allocation weighs, in metres. Every plan prints the weights it was made with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// 挂点直联、就近安排、多调少补, as integers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Roads are longer than the crow's way by this factor.
    pub stretch: f64,
    /// Serving at a site that is not the own team's.
    pub unlinked_m: i64,
    /// The second night in a row.
    pub second_night_m: i64,
    /// The third night in a row and each after it.
    pub third_night_m: i64,
    /// Each point that somebody is past their turn: a duty more than the mean of two weeks is a hundred points. Files hold
    /// no past duties, so there it counts for nothing.
    pub turn_m: i64,
    /// Calling somebody from the reserve.
    pub reserve_m: i64,
    /// One person missing at a post, times the site's priority; twice that within the minimum crew.
    pub missing_m: i64,
    /// The minimum crew, in percent of the headcount, rounded up.
    pub crew_percent: u32,
    /// Moving or newly calling somebody in a re-plan.
    pub moved_m: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            stretch: 1.3,
            unlinked_m: 8_000,
            second_night_m: 3_000,
            third_night_m: 10_000,
            turn_m: 10,
            reserve_m: 50_000,
            missing_m: 1_000_000,
            crew_percent: 60,
            moved_m: 100_000,
        }
    }
}

impl Weights {
    /// What serving again costs after so many nights in a row.
    pub const fn tiredness_m(&self, nights_in_a_row: u32) -> i64 {
        match nights_in_a_row {
            0 => 0,
            1 => self.second_night_m,
            _ => self.third_night_m,
        }
    }

    /// The people without whom a post cannot work.
    pub const fn crew(&self, headcount: u32) -> u32 {
        let percent = if self.crew_percent > 100 { 100 } else { self.crew_percent };
        // In two parts: the product of a very large headcount would not fit.
        headcount / 100 * percent + (headcount % 100 * percent).div_ceil(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crews_round_up_and_tiredness_grows() {
        let weights = Weights::default();
        let crews = [0, 1, 2, 3, 5, 10, 99, 101, 4_000_000_000].map(|headcount| weights.crew(headcount));
        assert_eq!(crews, [0, 1, 2, 2, 3, 6, 60, 61, 2_400_000_000]);
        assert_eq!([0, 1, 2, 9].map(|nights| weights.tiredness_m(nights)), [0, 3_000, 10_000, 10_000]);
    }
}
