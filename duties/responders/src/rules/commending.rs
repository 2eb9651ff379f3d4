//! The commendation list, as rules that can be read aloud: enough hours, punctual, or a published deed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bar for the list. Configured, because headquarters set it anew each time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bar {
    /// Hours on duty.
    pub hours: i64,
    /// Of a hundred duties, how many were begun in time.
    pub punctual_percent: i64,
    /// Duties with a known time, below which punctuality says nothing.
    pub least_duties: i64,
}

impl Default for Bar {
    fn default() -> Self {
        Self { hours: 24, punctual_percent: 95, least_duties: 3 }
    }
}

/// What is known of somebody's duties and deeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Merits {
    pub minutes: i64,
    /// Duties with a known time to be there, and those begun by it.
    pub timed: i64,
    pub punctual: i64,
    /// Deeds that are published.
    pub deeds: i64,
}

/// Why somebody is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Ground {
    /// So many hours, and punctual.
    Hours { hours: i64, punctual_percent: i64 },
    /// So many published deeds.
    Deeds { deeds: i64 },
    /// The assessment group decided so.
    Decided,
}

/// The grounds that the rules find.
pub fn grounds(bar: Bar, merits: Merits) -> Vec<Ground> {
    let hours = merits.minutes / 60;
    let percent = merits.punctual.saturating_mul(100).checked_div(merits.timed);
    let mut grounds = Vec::new();
    if let Some(percent) = percent
        && hours >= bar.hours
        && merits.timed >= bar.least_duties
        && percent >= bar.punctual_percent
    {
        grounds.push(Ground::Hours { hours, punctual_percent: percent });
    }
    if merits.deeds > 0 {
        grounds.push(Ground::Deeds { deeds: merits.deeds });
    }
    grounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_need_punctuality_and_deeds_stand_alone() {
        let bar = Bar::default();
        let merits = |minutes, timed, punctual, deeds| Merits { minutes, timed, punctual, deeds };
        let hours = Ground::Hours { hours: 24, punctual_percent: 100 };
        assert_eq!(grounds(bar, merits(1440, 3, 3, 0)), [hours]);
        assert_eq!(grounds(bar, merits(1439, 3, 3, 0)), [], "a minute short of 24 hours");
        assert_eq!(grounds(bar, merits(1440, 3, 2, 0)), [], "late once in three");
        assert_eq!(grounds(bar, merits(1440, 2, 2, 0)), [], "two duties say nothing of punctuality");
        assert_eq!(grounds(bar, merits(1440, 0, 0, 0)), []);
        assert_eq!(grounds(bar, merits(0, 0, 0, 2)), [Ground::Deeds { deeds: 2 }]);
        assert_eq!(grounds(bar, merits(1440, 3, 3, 1)).len(), 2);
    }
}
