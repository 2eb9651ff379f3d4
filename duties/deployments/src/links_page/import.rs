//! Standing links from a file: columns `team,site`, both codes. Rows judged first, applied then; again is no change.

use std::collections::{HashMap, HashSet};

use domain::{
    District, Id,
    things::{Site, Team},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx};

use crate::store::links::{self, Link};

/// One row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LinkRow {
    pub team: String,
    pub site: String,
}

/// What a row would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    New,
    Same,
    UnknownTeam,
    UnknownSite,
    /// The same pair stands further up in the file.
    Twice,
}

impl Verdict {
    pub const fn is_rejected(self) -> bool {
        matches!(self, Self::UnknownTeam | Self::UnknownSite | Self::Twice)
    }

    /// Why a row is rejected and what to do, as the id of a word.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::New | Self::Same => None,
            Self::UnknownTeam => Some("deployments-link-unknown-team"),
            Self::UnknownSite => Some("deployments-link-unknown-site"),
            Self::Twice => Some("deployments-link-twice"),
        }
    }
}

/// How many rows were what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    pub new: u64,
    pub same: u64,
    pub rejected: u64,
}

/// Says of each row what it would do; changes nothing.
pub fn judge(tx: &mut Tx, district: &District, rows: &[LinkRow]) -> Result<Vec<Verdict>, Error> {
    let ends = Ends::read(tx, district)?;
    let mut seen = HashSet::new();
    Ok(rows.iter().map(|row| ends.judge(row, &mut seen).0).collect())
}

/// Adds the links of the rows that can be taken.
pub fn apply(tx: &mut Tx, district: &District, rows: &[LinkRow]) -> Result<Counts, Error> {
    let ends = Ends::read(tx, district)?;
    let mut seen = HashSet::new();
    let (mut counts, mut wanted) = (Counts::default(), Vec::new());
    for row in rows {
        match ends.judge(row, &mut seen) {
            (Verdict::New, pair) => {
                counts.new += 1;
                wanted.extend(pair);
            }
            (Verdict::Same, _) => counts.same += 1,
            _ => counts.rejected += 1,
        }
    }
    wanted.sort_unstable();
    links::add(tx, district, &wanted)?;
    Ok(counts)
}

/// The registers that a link ties.
struct Ends {
    teams: HashMap<String, Id<Team>>,
    sites: HashMap<String, Id<Site>>,
    linked: HashSet<Link>,
}

impl Ends {
    fn read(tx: &mut Tx, district: &District) -> Result<Self, Error> {
        let teams = responders::teams(tx, district)?.into_iter().map(|team| (team.code, team.id)).collect();
        let sites = places::sites(tx, district)?.into_iter().map(|site| (site.code, site.id)).collect();
        Ok(Self { teams, sites, linked: links::all(tx, district)? })
    }

    fn judge(&self, row: &LinkRow, seen: &mut HashSet<Link>) -> (Verdict, Option<Link>) {
        let Some(&team) = self.teams.get(row.team.trim()) else { return (Verdict::UnknownTeam, None) };
        let Some(&site) = self.sites.get(row.site.trim()) else { return (Verdict::UnknownSite, None) };
        let pair = (team, site);
        let verdict = match (seen.insert(pair), self.linked.contains(&pair)) {
            (false, _) => Verdict::Twice,
            (true, true) => Verdict::Same,
            (true, false) => Verdict::New,
        };
        (verdict, Some(pair))
    }
}
