//! The ways a notice can go.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way out of the house. The first three reach one person; the robots speak to a group chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The person's own page: always there.
    InApp,
    Email,
    Sms,
    /// 企业微信群机器人
    Wecom,
    /// 钉钉群机器人
    Dingtalk,
}

impl Channel {
    pub const ALL: [Self; 5] = [Self::InApp, Self::Email, Self::Sms, Self::Wecom, Self::Dingtalk];
    /// Those that reach one person.
    pub const PERSONAL: [Self; 3] = [Self::InApp, Self::Email, Self::Sms];

    pub const fn name(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Wecom => "wecom",
            Self::Dingtalk => "dingtalk",
        }
    }

    /// The id of its word.
    pub fn word(&self) -> String {
        format!("notices-channel-{}", self.name().replace('_', "-"))
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Channel {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|channel| channel.name() == text).ok_or_else(|| format!("no channel {text}"))
    }
}
