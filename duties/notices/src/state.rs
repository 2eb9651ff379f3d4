//! How far a notice has come.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// queued → sent → seen; on the way failed (is tried again by itself) or given up (somebody must look).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Queued,
    Failed,
    /// The receiving end has taken it; on one's own page: it is there.
    Sent,
    /// The person has opened it.
    Seen,
    GivenUp,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Queued, Self::Failed, Self::Sent, Self::Seen, Self::GivenUp];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Seen => "seen",
            Self::GivenUp => "given_up",
        }
    }

    /// The id of its word.
    pub fn word(&self) -> String {
        format!("notices-state-{}", self.name().replace('_', "-"))
    }

    /// The shape and colour of its tag.
    pub const fn tag(&self) -> &'static str {
        match self {
            Self::Queued => "tag-off",
            Self::Failed => "tag-warn",
            Self::Sent | Self::Seen => "tag-good",
            Self::GivenUp => "tag-bad",
        }
    }
}

impl FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| format!("no state {text}"))
    }
}
