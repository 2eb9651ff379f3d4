//! Why a gap remains: of everybody with the skill, where are they?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The people who could take a post by their skill, counted by where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Qualified {
    /// On duty under this plan.
    pub assigned: u32,
    pub resting: u32,
    /// Not available at these hours.
    pub away: u32,
    /// Left out by an officer.
    pub excluded: u32,
    pub declined: u32,
    /// Held by another order.
    pub elsewhere: u32,
    /// Free, but nobody can be brought for less than the gap costs.
    pub idle: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    NobodyQualified,
    AllResting,
    Declined,
    OtherOrders,
    NotAvailable,
    AllAssigned,
    TooFar,
}

/// Why people are missing at a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortfall {
    pub cause: Cause,
    /// All who have the skill.
    pub total: u32,
    pub qualified: Qualified,
}

impl Qualified {
    pub const fn total(&self) -> u32 {
        self.assigned + self.resting + self.away + self.excluded + self.declined + self.elsewhere + self.idle
    }
}

impl Shortfall {
    /// Free people outweigh every other cause; then whatever took most of those who are not on duty; then: all are.
    pub fn of(qualified: Qualified) -> Self {
        let kept_away = [
            (qualified.resting, Cause::AllResting),
            (qualified.declined, Cause::Declined),
            (qualified.elsewhere, Cause::OtherOrders),
            (qualified.away + qualified.excluded, Cause::NotAvailable),
        ];
        let most = kept_away.into_iter().rev().max_by_key(|(count, _)| *count);
        let cause = match (qualified, most) {
            _ if qualified.total() == 0 => Cause::NobodyQualified,
            (Qualified { idle: 1.., .. }, _) => Cause::TooFar,
            (Qualified { assigned, .. }, Some((count, cause))) if count > assigned => cause,
            _ => Cause::AllAssigned,
        };
        Self { cause, total: qualified.total(), qualified }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_what_took_most_people() {
        let none = Qualified::default();
        let table = [
            (none, Cause::NobodyQualified),
            (Qualified { assigned: 40, resting: 3, ..none }, Cause::AllAssigned),
            (Qualified { resting: 3, declined: 2, ..none }, Cause::AllResting),
            (Qualified { assigned: 1, declined: 2, ..none }, Cause::Declined),
            (Qualified { elsewhere: 5, ..none }, Cause::OtherOrders),
            (Qualified { away: 2, excluded: 2, resting: 3, ..none }, Cause::NotAvailable),
            (Qualified { assigned: 9, idle: 1, ..none }, Cause::TooFar),
        ];
        for (qualified, cause) in table {
            assert_eq!(Shortfall::of(qualified).cause, cause, "{qualified:?}");
        }
    }
}
