//! Where a thing belongs, and how far somebody's rights reach.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Id,
    rights::Group,
    things::{Site, Team, Zone},
};

/// The six-digit code of a district (GB/T 2260), e.g. `440902`. Every row carries it: it is the distribution key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct District(String);

/// The nine-digit code of a street or town within a district, e.g. `440902001`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Division(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {what} code has {digits} digits")]
pub struct NotACode {
    what: &'static str,
    digits: usize,
}

fn digits(text: &str, count: usize, what: &'static str) -> Result<String, NotACode> {
    let text = text.trim();
    let fits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err(NotACode { what, digits: count }) }
}

macro_rules! code {
    ($name:ident, $digits:literal, $what:literal) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NotACode;
            fn from_str(text: &str) -> Result<Self, NotACode> {
                digits(text, $digits, $what).map(Self)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotACode;
            fn try_from(text: String) -> Result<Self, NotACode> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
code!(District, 6, "district");
code!(Division, 9, "division");

/// Where a thing belongs. The district is always known; the rest as far as it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jurisdiction {
    pub district: District,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<Division>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Id<Zone>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Id<Site>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Id<Team>>,
    /// The headquarters group that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// The one person it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
}

impl Jurisdiction {
    pub const fn district(district: District) -> Self {
        Self { district, division: None, zone: None, site: None, team: None, group: None, person: None }
    }
}

/// How far somebody's rights reach, always within one district.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "reach", content = "of")]
pub enum Scope {
    /// Everything of the district.
    District,
    Division(Division),
    Zone(Id<Zone>),
    Site(Id<Site>),
    Team(Id<Team>),
    Group(Group),
    /// One person's own things.
    Person(Uuid),
}

impl Scope {
    /// Whether a thing in that jurisdiction lies within this scope (districts are compared by the caller's session).
    pub fn covers(&self, thing: &Jurisdiction) -> bool {
        match self {
            Self::District => true,
            Self::Division(division) => thing.division.as_ref() == Some(division),
            Self::Zone(zone) => thing.zone == Some(*zone),
            Self::Site(site) => thing.site == Some(*site),
            Self::Team(team) => thing.team == Some(*team),
            Self::Group(group) => thing.group == Some(*group),
            Self::Person(person) => thing.person == Some(*person),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Moment;

    #[test]
    fn a_scope_covers_only_what_belongs_to_it() {
        let site = Id::fresh(Moment::default());
        let thing = Jurisdiction { site: Some(site), ..Jurisdiction::district("440902".parse().unwrap()) };
        assert!(Scope::District.covers(&thing));
        assert!(Scope::Site(site).covers(&thing));
        assert!(!Scope::Site(Id::fresh(Moment::default())).covers(&thing));
        assert!(!Scope::Division("440902001".parse().unwrap()).covers(&thing));
    }

    #[test]
    fn codes_have_their_digits() {
        assert!("44090".parse::<District>().is_err());
        assert!("440902001".parse::<Division>().is_ok());
        assert!("44090200x".parse::<Division>().is_err());
    }
}
