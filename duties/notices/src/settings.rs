//! The section `[notices]` of `muster.toml`: which channels there are. A channel that is not set up is not used, and no
//! notice is made for it. Addresses that the house calls come from here and nowhere else.

use std::{collections::HashMap, str::FromStr as _};

use lettre::message::Mailbox;
use reqwest::{
    Method, Url,
    header::{HeaderName, HeaderValue},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use store::Error;
use uuid::Uuid;
use web::House;

use crate::{channel::Channel, rules::template};

const JSON_BODY: &str = r#"{"id":"{id}","phone":"{phone}","text":"{text}"}"#;
/// Group robots of both makers take 20 messages a minute.
const ROBOT_PER_MINUTE: u32 = 20;

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
    /// Without TLS: for a server on this machine only.
    #[serde(default)]
    pub plain: bool,
    pub per_minute: Option<u32>,
}

/// An HTTP gateway for SMS. `{phone}`, `{text}` and `{id}` are filled in: in the body escaped as its `content-type` asks
/// for (JSON unless the headers say a form), in the query of the address percent-encoded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    pub url: String,
    /// [default: POST]
    pub method: Option<String>,
    #[serde(default)]
    pub headers: HashMap<String, String>,
    /// The template of the body [default: {"id":"{id}","phone":"{phone}","text":"{text}"}]
    pub body: Option<String>,
    /// What a reply must say besides its status, for gateways that answer 200 to everything.
    pub success: Option<Success>,
    pub per_minute: Option<u32>,
}

/// A field of a JSON reply and the value that means success: `{ field = "/code", equals = 0 }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// A JSON pointer (RFC 6901).
    pub field: String,
    pub equals: serde_json::Value,
}

/// A robot in a group chat: gets texts without personal data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robot {
    pub kind: RobotKind,
    /// Names the group for people: `红旗街道志愿者群`.
    pub name: String,
    pub url: String,
    /// 钉钉: when the robot checks signatures (加签).
    pub secret: Option<String>,
    pub per_minute: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotKind {
    Wecom,
    Dingtalk,
}

impl Settings {
    /// The settings of this house.
    pub fn of(house: &House) -> Result<Self, Error> {
        Self::read(&house.settings).map_err(Error::Bug)
    }

    /// Reads and checks the section; the sentence says what to mend.
    pub fn read(settings: &web::Settings) -> Result<Self, String> {
        let found: Self = settings.of("notices")?;
        found.check().map_err(|why| format!("[notices]: {why}"))?;
        Ok(found)
    }

    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::InApp => true,
            Channel::Email => self.smtp.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::Wecom | Channel::Dingtalk => self.robots.iter().any(|robot| robot.channel() == channel),
        }
    }

    /// Messages a minute that the channel's receiver takes; none: as fast as they go.
    pub fn per_minute(&self, channel: Channel) -> Option<u32> {
        match channel {
            Channel::InApp => None,
            Channel::Email => self.smtp.as_ref().and_then(|smtp| smtp.per_minute),
            Channel::Sms => self.sms.as_ref().and_then(|sms| sms.per_minute),
            Channel::Wecom | Channel::Dingtalk => {
                let robots = self.robots.iter().filter(|robot| robot.channel() == channel);
                robots.map(|robot| robot.per_minute.unwrap_or(ROBOT_PER_MINUTE)).min()
            }
        }
    }

    fn check(&self) -> Result<(), String> {
        if let Some(smtp) = &self.smtp {
            Mailbox::from_str(&smtp.from).map_err(|e| format!("smtp.from {:?}: {e}", smtp.from))?;
        }
        if let Some(sms) = &self.sms {
            sms.check()?;
        }
        self.robots.iter().try_for_each(|robot| host_of(&robot.url).map(drop))
    }
}

impl Sms {
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or(JSON_BODY)
    }

    pub fn method(&self) -> Result<Method, String> {
        let name = self.method.as_deref().unwrap_or("POST").to_ascii_uppercase();
        if ["GET", "POST", "PUT"].contains(&name.as_str()) {
            Method::from_str(&name).map_err(|e| e.to_string())
        } else {
            Err(format!("sms.method {name}: use GET, POST or PUT"))
        }
    }

    /// How values are escaped in the body.
    pub fn escaping(&self) -> template::Escaping {
        let is_form = |(name, value): (&String, &String)| {
            name.eq_ignore_ascii_case("content-type") && value.contains("x-www-form-urlencoded")
        };
        if self.headers.iter().any(is_form) { template::Escaping::Url } else { template::Escaping::Json }
    }

    fn check(&self) -> Result<(), String> {
        self.method()?;
        // What is filled in may change the question, never whom it is asked.
        let fixed = self.url.split('?').next().unwrap_or_default();
        if fixed.contains('{') {
            return Err("sms.url: {phone}, {text} and {id} may stand only after the question mark".to_owned());
        }
        host_of(&self.url)?;
        for (name, value) in &self.headers {
            HeaderName::from_str(name).map_err(|e| format!("sms.headers {name}: {e}"))?;
            HeaderValue::from_str(value).map_err(|e| format!("sms.headers {name}: {e}"))?;
        }
        Ok(())
    }
}

impl Robot {
    pub const fn channel(&self) -> Channel {
        match self.kind {
            RobotKind::Wecom => Channel::Wecom,
            RobotKind::Dingtalk => Channel::Dingtalk,
        }
    }

    /// Stands for the robot where a notice names who is told: the same for the same name.
    pub fn id(&self) -> Uuid {
        let digest = Sha256::digest(self.name.as_bytes());
        Uuid::from_u128(digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte)))
    }
}

fn host_of(url: &str) -> Result<String, String> {
    let parsed = Url::parse(url).map_err(|e| format!("{url}: {e}"))?;
    match (parsed.scheme(), parsed.host_str()) {
        ("http" | "https", Some(host)) => Ok(host.to_owned()),
        _ => Err(format!("{url}: give an address that begins with https:// (or http:// on this machine)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(section: serde_json::Value) -> Result<Settings, String> {
        let mut settings = web::testing::settings();
        settings.duties.insert("notices".to_owned(), section);
        Settings::read(&settings)
    }

    #[test]
    fn nothing_set_up_means_the_page_only() {
        let settings = read(json!({})).unwrap();
        let there: Vec<_> = Channel::ALL.into_iter().filter(|channel| settings.has(*channel)).collect();
        assert_eq!(there, [Channel::InApp]);
    }

    #[test]
    fn mistakes_are_named_when_they_are_made() {
        for (section, says) in [
            (json!({"sms": {"url": "ftp://gateway/send"}}), "https://"),
            (json!({"sms": {"url": "http://{phone}.example/send"}}), "after the question mark"),
            (json!({"sms": {"url": "http://example/send", "method": "DELETE"}}), "GET, POST or PUT"),
            (json!({"sms": {"url": "http://example/send", "colour": 1}}), "colour"),
            (json!({"smtp": {"host": "mail", "port": 25, "from": "nobody"}}), "smtp.from"),
            (json!({"robots": [{"kind": "wecom", "name": "g", "url": "file:///etc/passwd"}]}), "https://"),
        ] {
            let why = read(section).unwrap_err();
            assert!(why.contains(says), "{why}");
        }
    }
}
