//! The part of `deny.toml` that is judged here.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    #[serde(default)]
    clarify: Vec<Clarification>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Clarification {
    #[serde(rename = "crate")]
    name: String,
    expression: String,
}

#[derive(Debug, Deserialize)]
struct Bans {
    #[serde(default)]
    skip: Vec<Skipped>,
}

#[derive(Debug, Deserialize)]
struct Skipped {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

impl Policy {
    pub fn read(text: &str) -> Result<Self, String> {
        let policy: Self = toml::from_str(text).map_err(|error| format!("deny.toml: {error}"))?;
        match policy.bans.skip.iter().find(|skipped| skipped.reason.trim().is_empty()) {
            Some(skipped) => Err(format!("deny.toml: {} is skipped without a reason", skipped.name)),
            None => Ok(policy),
        }
    }

    pub(super) fn allows(&self, package: &str, licence: &str) -> bool {
        let own = self.licenses.exceptions.iter().filter(|exception| exception.name == package);
        own.flat_map(|exception| &exception.allow).chain(&self.licenses.allow).any(|allowed| allowed == licence)
    }

    pub(super) fn clarified(&self, package: &str) -> Option<&str> {
        self.licenses
            .clarify
            .iter()
            .find(|clarification| clarification.name == package)
            .map(|found| found.expression.as_str())
    }

    pub(super) fn may_be_doubled(&self, package: &str) -> bool {
        self.bans.skip.iter().any(|skipped| skipped.name == package)
    }

    /// Every package that an exception speaks of.
    pub(super) fn crates_named(&self) -> impl Iterator<Item = &str> {
        let exceptions = self.licenses.exceptions.iter().map(|exception| exception.name.as_str());
        let clarified = self.licenses.clarify.iter().map(|clarification| clarification.name.as_str());
        let skipped = self.bans.skip.iter().map(|skipped| skipped.name.as_str());
        exceptions.chain(clarified).chain(skipped)
    }
}
