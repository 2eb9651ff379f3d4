//! Why a row is rejected: a stable name and what the sentence names. `word()` is its sentence's id.

use schemars::JsonSchema;
use serde::Serialize;

/// Why a row cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    #[error("{column} is empty: fill it in")]
    Empty { column: &'static str },
    #[error("{column} is longer than {most} characters or holds control characters: shorten it")]
    NotAName { column: &'static str, most: usize },
    #[error("the code stands already in row {first}: keep one of the two")]
    CodeTwice { first: u64 },
    #[error("no team has the code {team}: import teams first, or correct it")]
    UnknownTeam { team: String },
    #[error("not a telephone number: write it with its area code, or with + and its country code")]
    BadPhone,
    #[error("not an e-mail address: correct it or leave it empty")]
    BadEmail,
    #[error("no such role: {role}; use gatekeeper, registrar, queue_marshal, runner, checkpoint_guard or driver")]
    NoSuchRole { role: String },
    #[error("latitude {latitude} and longitude {longitude} are no position: give degrees, like 21.66 and 110.92")]
    PositionOutOfRange { latitude: String, longitude: String },
    #[error("{column} is not yes or no: write 1 or 0, or leave it empty")]
    NotYesOrNo { column: &'static str },
    #[error("{column} is not a date and time: write 2022-09-15 08:00, or leave it empty")]
    NotATime { column: &'static str },
    #[error("available_until is not after available_from: correct one of them")]
    WindowTurned,
    #[error("{column} is not a whole number from 0 to 60: correct it or leave it empty")]
    NotACount { column: &'static str },
}

impl Reason {
    /// The id of the sentence in the words of this duty.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "responders-row-empty",
            Self::NotAName { .. } => "responders-row-not-a-name",
            Self::CodeTwice { .. } => "responders-row-code-twice",
            Self::UnknownTeam { .. } => "responders-row-unknown-team",
            Self::BadPhone => "responders-row-bad-phone",
            Self::BadEmail => "responders-row-bad-email",
            Self::NoSuchRole { .. } => "responders-row-no-such-role",
            Self::PositionOutOfRange { .. } => "responders-row-position",
            Self::NotYesOrNo { .. } => "responders-row-yes-or-no",
            Self::NotATime { .. } => "responders-row-not-a-time",
            Self::WindowTurned => "responders-row-window-turned",
            Self::NotACount { .. } => "responders-row-not-a-count",
        }
    }

    /// What the sentence names.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Empty { column }
            | Self::NotYesOrNo { column }
            | Self::NotATime { column }
            | Self::NotACount { column } => {
                vec![("column", (*column).to_owned())]
            }
            Self::NotAName { column, most } => vec![("column", (*column).to_owned()), ("most", most.to_string())],
            Self::CodeTwice { first } => vec![("first", first.to_string())],
            Self::UnknownTeam { team } => vec![("team", team.clone())],
            Self::NoSuchRole { role } => vec![("role", role.clone())],
            Self::PositionOutOfRange { latitude, longitude } => {
                vec![("latitude", latitude.clone()), ("longitude", longitude.clone())]
            }
            Self::BadPhone | Self::BadEmail | Self::WindowTurned => Vec::new(),
        }
    }
}
