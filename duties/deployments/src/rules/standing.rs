//! How it stands with one assignment, from being told to having left.
//!
//! ```text
//! told ─► acknowledged ─► arrived ─► left
//!   └───────────┴─► declined         (withdrawn by a plan: from told and acknowledged)
//! ```
//! Somebody may arrive without having acknowledged: people come who never read a message.

use domain::{Id, Moment, things::Site};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Each state carries what is true only in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Standing {
    /// A notice was queued.
    Told,
    /// "I am coming"; of a changed assignment: "I have seen it".
    Acknowledged {
        at: Moment,
    },
    Arrived {
        at: Moment,
        /// Another site than the assignment's, when somebody turned up there.
        stands_at: Option<Id<Site>>,
    },
    Left {
        arrived_at: Moment,
        at: Moment,
    },
    Declined {
        at: Moment,
        why: DeclineReason,
    },
    /// Another plan took its place.
    Withdrawn {
        at: Moment,
    },
}

/// Why somebody cannot come. Fixed words, so that shortfalls can be counted; what they write besides is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    Ill,
    Working,
    Family,
    TooFar,
    Other,
}

impl DeclineReason {
    pub const ALL: [Self; 5] = [Self::Ill, Self::Working, Self::Family, Self::TooFar, Self::Other];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ill => "ill",
            Self::Working => "working",
            Self::Family => "family",
            Self::TooFar => "too_far",
            Self::Other => "other",
        }
    }
}

impl std::str::FromStr for DeclineReason {
    type Err = domain::rights::NoSuchName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|reason| reason.name() == text).ok_or(domain::rights::NoSuchName)
    }
}

/// What an action does to a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It becomes this.
    Becomes(Standing),
    /// It was so already: nothing to write.
    Already,
    /// Not from here.
    No,
}

impl Standing {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Arrived { .. } => "arrived",
            Self::Left { .. } => "left",
            Self::Declined { .. } => "declined",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// When it became so; a standing of being told knows no moment of its own.
    pub const fn since(&self) -> Option<Moment> {
        match self {
            Self::Told => None,
            Self::Acknowledged { at }
            | Self::Arrived { at, .. }
            | Self::Left { at, .. }
            | Self::Declined { at, .. }
            | Self::Withdrawn { at } => Some(*at),
        }
    }

    /// The person still holds the post (or has served it).
    pub const fn is_live(&self) -> bool {
        !matches!(self, Self::Declined { .. } | Self::Withdrawn { .. })
    }

    pub const fn has_arrived(&self) -> bool {
        matches!(self, Self::Arrived { .. } | Self::Left { .. })
    }

    pub const fn acknowledge(&self, at: Moment) -> Step {
        match self {
            Self::Told => Step::Becomes(Self::Acknowledged { at }),
            Self::Acknowledged { .. } | Self::Arrived { .. } => Step::Already,
            Self::Left { .. } | Self::Declined { .. } | Self::Withdrawn { .. } => Step::No,
        }
    }

    /// Who has arrived leaves by checking out, not by declining.
    pub const fn decline(&self, at: Moment, why: DeclineReason) -> Step {
        match self {
            Self::Told | Self::Acknowledged { .. } => Step::Becomes(Self::Declined { at, why }),
            Self::Declined { .. } => Step::Already,
            Self::Arrived { .. } | Self::Left { .. } | Self::Withdrawn { .. } => Step::No,
        }
    }

    /// Whoever was sent home by the same day's check-out may come back.
    pub const fn arrive(&self, at: Moment, elsewhere: Option<Id<Site>>) -> Step {
        match self {
            Self::Told | Self::Acknowledged { .. } | Self::Left { .. } => {
                Step::Becomes(Self::Arrived { at, stands_at: elsewhere })
            }
            Self::Arrived { .. } => Step::Already,
            Self::Declined { .. } | Self::Withdrawn { .. } => Step::No,
        }
    }

    pub const fn leave(&self, at: Moment) -> Step {
        match self {
            Self::Arrived { at: arrived_at, .. } => Step::Becomes(Self::Left { arrived_at: *arrived_at, at }),
            Self::Left { .. } => Step::Already,
            Self::Told | Self::Acknowledged { .. } | Self::Declined { .. } | Self::Withdrawn { .. } => Step::No,
        }
    }

    /// A plan may take a post away only from somebody who is not there yet.
    pub const fn withdraw(&self, at: Moment) -> Step {
        match self {
            Self::Told | Self::Acknowledged { .. } => Step::Becomes(Self::Withdrawn { at }),
            Self::Withdrawn { .. } => Step::Already,
            Self::Arrived { .. } | Self::Left { .. } | Self::Declined { .. } => Step::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::from_ms(1);

    #[test]
    fn the_steps_from_each_state() {
        let ack = Standing::Acknowledged { at: NOON };
        let here = Standing::Arrived { at: NOON, stands_at: None };
        let gone = Standing::Left { arrived_at: NOON, at: NOON };
        let no = Standing::Declined { at: NOON, why: DeclineReason::Ill };
        let off = Standing::Withdrawn { at: NOON };
        let word = |step: Step| match step {
            Step::Becomes(standing) => standing.name(),
            Step::Already => "=",
            Step::No => "-",
        };
        let table = [
            (Standing::Told, ["acknowledged", "declined", "arrived", "-", "withdrawn"]),
            (ack, ["=", "declined", "arrived", "-", "withdrawn"]),
            (here, ["=", "-", "=", "left", "-"]),
            (gone, ["-", "-", "arrived", "=", "-"]),
            (no, ["-", "=", "-", "-", "-"]),
            (off, ["-", "-", "-", "-", "="]),
        ];
        for (from, expected) in table {
            let steps = [
                from.acknowledge(NOON),
                from.decline(NOON, DeclineReason::Ill),
                from.arrive(NOON, None),
                from.leave(NOON),
                from.withdraw(NOON),
            ];
            assert_eq!(steps.map(word), expected, "from {}", from.name());
        }
    }
}
