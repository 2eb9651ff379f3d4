//! Who did it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What kind of somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person of the headquarters with an account.
    Account,
    /// A volunteer, known by a personal link or badge.
    Volunteer,
    /// A device or program with an API token.
    Device,
    /// Muster itself: a job, an escalation, the command line.
    System,
    /// Somebody on a public page.
    Visitor,
}

impl ActorKind {
    pub const ALL: [Self; 5] = [Self::Account, Self::Volunteer, Self::Device, Self::System, Self::Visitor];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Volunteer => "volunteer",
            Self::Device => "device",
            Self::System => "system",
            Self::Visitor => "visitor",
        }
    }
}

impl std::str::FromStr for ActorKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("“{name}” is no kind of actor"))
    }
}

/// Somebody who acts: written beside every entry of the journal. No names here: names are personal data and live in
/// tables that can be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Uuid,
}

impl Actor {
    pub const fn new(kind: ActorKind, id: Uuid) -> Self {
        Self { kind, id }
    }

    /// Muster itself.
    pub const fn system() -> Self {
        Self::new(ActorKind::System, Uuid::nil())
    }

    /// Somebody on a public page, of whom nothing is known.
    pub const fn visitor() -> Self {
        Self::new(ActorKind::Visitor, Uuid::nil())
    }
}
