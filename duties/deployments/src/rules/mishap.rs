//! What went wrong in the night, so that a plan must be mended.

use domain::{
    Id, PostRole,
    things::{Site, Team},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a plan was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    /// The whole order, from the registers.
    Whole,
    /// Posts lack people, of those who declined or were never found; whoever was told to come is counted on.
    Gaps,
    /// "+3 gatekeepers".
    Shortage { site: Id<Site>, role: PostRole, count: u32 },
    /// The site drops out; its people are free.
    SiteClosed { site: Id<Site> },
    /// Those of a team who have not arrived are not counted on.
    TeamLate { team: Id<Team> },
    /// Those of a site who should be there and are not.
    NoShows { site: Id<Site> },
    /// Those of a site who cannot be there in time: as many others are called besides, and they come when they can.
    TooLate { site: Id<Site> },
}

impl Cause {
    /// Mends what stands instead of asking the whole question anew.
    pub const fn is_mending(&self) -> bool {
        !matches!(self, Self::Whole)
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Gaps => "gaps",
            Self::Shortage { .. } => "shortage",
            Self::SiteClosed { .. } => "site_closed",
            Self::TeamLate { .. } => "team_late",
            Self::NoShows { .. } => "no_shows",
            Self::TooLate { .. } => "too_late",
        }
    }

    /// The site that takes part no more.
    pub const fn dropped_site(&self) -> Option<Id<Site>> {
        match self {
            Self::SiteClosed { site } => Some(*site),
            _ => None,
        }
    }

    pub const fn site(&self) -> Option<Id<Site>> {
        match self {
            Self::Shortage { site, .. }
            | Self::SiteClosed { site }
            | Self::NoShows { site }
            | Self::TooLate { site } => Some(*site),
            Self::Whole | Self::Gaps | Self::TeamLate { .. } => None,
        }
    }
}
