//! The roles of volunteers at a sampling site.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a volunteer does at a site. The four of the sampling site, and the two of the roads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PostRole {
    /// 点位守门员: keeps the entrance, counts arrivals.
    Gatekeeper,
    /// 信息采集员: registers people at the desk.
    Registrar,
    /// 秩序引导员: keeps the queue in order.
    QueueMarshal,
    /// 物资配送员: brings supplies to the tables.
    Runner,
    /// 卡口执勤: stands at a checkpoint.
    CheckpointGuard,
    /// 物资运输: drives supplies to the site.
    Driver,
}

impl PostRole {
    pub const ALL: [Self; 6] =
        [Self::Gatekeeper, Self::Registrar, Self::QueueMarshal, Self::Runner, Self::CheckpointGuard, Self::Driver];

    /// The four that every sampling site needs.
    pub const OF_A_SITE: [Self; 4] = [Self::Gatekeeper, Self::Registrar, Self::QueueMarshal, Self::Runner];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Gatekeeper => "gatekeeper",
            Self::Registrar => "registrar",
            Self::QueueMarshal => "queue_marshal",
            Self::Runner => "runner",
            Self::CheckpointGuard => "checkpoint_guard",
            Self::Driver => "driver",
        }
    }

    /// Its place in a set of roles written as bits.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for PostRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role: one of gatekeeper, registrar, queue_marshal, runner, checkpoint_guard, driver")]
pub struct NoSuchPostRole;

impl FromStr for PostRole {
    type Err = NoSuchPostRole;

    /// The code name, or the field's Chinese word.
    fn from_str(text: &str) -> Result<Self, NoSuchPostRole> {
        let text = text.trim();
        let chinese = |role: &Self| match role {
            Self::Gatekeeper => ["守门员", "点位守门员"],
            Self::Registrar => ["信息采集员", "采集员"],
            Self::QueueMarshal => ["秩序引导员", "引导员"],
            Self::Runner => ["物资配送员", "配送员"],
            Self::CheckpointGuard => ["卡口执勤", "卡口执勤员"],
            Self::Driver => ["物资运输", "物资运输员"],
        };
        let named = |role: &&Self| role.name().eq_ignore_ascii_case(text) || chinese(role).contains(&text);
        Self::ALL.iter().find(named).copied().ok_or(NoSuchPostRole)
    }
}
