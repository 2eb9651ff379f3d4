//! Why this person at this post: the headquarters' principle, said of one pick.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An officer fixed it.
    Pinned,
    /// Was there before the re-plan and stays.
    Kept,
    /// 挂点直联: the own team answers for this site.
    OwnLink,
    /// 就近安排: a team without sites of its own helps where it is near.
    Nearest,
    /// 多调少补: the own team's sites are served, others are short.
    Surplus,
    /// From the mobile reserve.
    Reserve,
}

/// How the person's team stands to the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It answers for this site.
    Own,
    /// It answers for others.
    Others,
    /// It answers for none.
    None,
}

/// The facts a reason is told from.
#[derive(Debug, Clone, Copy)]
pub struct Pick {
    pub is_pinned: bool,
    pub was_there: bool,
    pub link: Link,
    pub is_reserve: bool,
}

impl Reason {
    pub const ALL: [Self; 6] = [Self::Pinned, Self::Kept, Self::OwnLink, Self::Nearest, Self::Surplus, Self::Reserve];

    pub const fn of(pick: Pick) -> Self {
        match pick {
            Pick { is_pinned: true, .. } => Self::Pinned,
            Pick { was_there: true, .. } => Self::Kept,
            Pick { is_reserve: true, .. } => Self::Reserve,
            Pick { link: Link::Own, .. } => Self::OwnLink,
            Pick { link: Link::Others, .. } => Self::Surplus,
            _ => Self::Nearest,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Kept => "kept",
            Self::OwnLink => "own_link",
            Self::Nearest => "nearest",
            Self::Surplus => "surplus",
            Self::Reserve => "reserve",
        }
    }
}

impl std::str::FromStr for Reason {
    type Err = domain::rights::NoSuchName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|reason| reason.name() == text).ok_or(domain::rights::NoSuchName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_fact_is_the_reason() {
        let plain = Pick { is_pinned: false, was_there: false, link: Link::None, is_reserve: false };
        let own = Pick { link: Link::Own, ..plain };
        let table = [
            (Pick { is_pinned: true, ..own }, Reason::Pinned),
            (Pick { was_there: true, is_reserve: true, ..plain }, Reason::Kept),
            (Pick { is_reserve: true, ..own }, Reason::Reserve),
            (own, Reason::OwnLink),
            (Pick { link: Link::Others, ..plain }, Reason::Surplus),
            (plain, Reason::Nearest),
        ];
        for (pick, reason) in table {
            assert_eq!(Reason::of(pick), reason, "{pick:?}");
        }
    }
}
