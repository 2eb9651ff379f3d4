//! The section `[notices]` of `muster.toml`: which channels there are. A channel that is not set up is not used.

use std::collections::HashMap;

use serde::Deserialize;
use store::Error;
use web::House;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub smtp: Option<Smtp>,
    pub sms: Option<Sms>,
    #[serde(default)]
    pub robots: Vec<Robot>,
}

/// A mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    /// The sender: `Muster <muster@example.org>`.
    pub from: String,
    pub user: Option<String>,
    pub password: Option<String>,
    /// Plain connections are for a server on this machine only.
    #[serde(default)]
    pub plain: bool,
}

/// An HTTP gateway for SMS. `{phone}`, `{text}` and `{id}` in the body are filled in, escaped for JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    pub url: String,
    #[serde(default)]
    pub headers: HashMap<String, String>,
    /// The template of the body [default: {"id":"{id}","phone":"{phone}","text":"{text}"}]
    pub body: Option<String>,
}

/// A robot in a group chat: gets texts without personal data.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Robot {
    /// 企业微信
    Wecom { url: String },
    /// 钉钉; `secret` when the robot checks signatures.
    Dingtalk { url: String, secret: Option<String> },
}

impl Settings {
    /// The settings of this house. They were checked when it was built.
    pub fn of(house: &House) -> Result<Self, Error> {
        house.settings.of("notices").map_err(Error::Bug)
    }
}
