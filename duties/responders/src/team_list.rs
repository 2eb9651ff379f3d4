//! All teams with what they can send now, and the same per organisation: where more people could come from.

use domain::{Id, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, view};

use crate::store::teams::{self, Capacity, Team};

const PAGE: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Only the teams of this organisation.
    organisation: Option<String>,
    /// Teams after this place of the list.
    #[serde(default)]
    from: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TeamLine {
    id: Id<things::Team>,
    code: String,
    name: String,
    organisation: String,
    capacity: Capacity,
    available: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OrganisationLine {
    name: String,
    teams: i64,
    capacity: Capacity,
    available: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TeamsPage {
    total: Capacity,
    available: i64,
    organisation: Option<String>,
    organisations: Vec<OrganisationLine>,
    teams: Vec<TeamLine>,
    /// How many teams there are in all.
    count: i64,
    /// Where the next page begins.
    next: Option<usize>,
}
view!(TeamsPage, "teams.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<TeamsPage>, Fault> {
    let (district, at) = (desk.district().clone(), desk.at());
    let all = desk.look(move |tx| Ok(teams::capacities(tx, &district, at)?)).await?;
    Ok(Page(page(all, ask)))
}

fn page(all: Vec<(Team, Capacity)>, ask: Ask) -> TeamsPage {
    let total = all.iter().fold(Capacity::default(), |sum, (_, capacity)| sum.plus(*capacity));
    let organisations = organisations(&all);
    let is_wanted =
        |(team, _): &(Team, Capacity)| ask.organisation.as_ref().is_none_or(|name| team.organisation == *name);
    let wanted: Vec<(Team, Capacity)> = all.into_iter().filter(is_wanted).collect();
    let next = ask.from.saturating_add(PAGE);
    TeamsPage {
        total,
        available: total.available(),
        organisation: ask.organisation,
        organisations,
        count: i64::try_from(wanted.len()).unwrap_or(i64::MAX),
        next: (next < wanted.len()).then_some(next),
        teams: wanted.into_iter().skip(ask.from).take(PAGE).map(line).collect(),
    }
}

fn line((team, capacity): (Team, Capacity)) -> TeamLine {
    let Team { id, code, name, organisation, .. } = team;
    TeamLine { id, code, name, organisation, capacity, available: capacity.available() }
}

/// The teams stand sorted by organisation.
fn organisations(all: &[(Team, Capacity)]) -> Vec<OrganisationLine> {
    let lines = all.chunk_by(|(a, _), (b, _)| a.organisation == b.organisation).map(|group| {
        let capacity = group.iter().fold(Capacity::default(), |sum, (_, capacity)| sum.plus(*capacity));
        OrganisationLine {
            name: group[0].0.organisation.clone(),
            teams: i64::try_from(group.len()).unwrap_or(i64::MAX),
            capacity,
            available: capacity.available(),
        }
    });
    lines.collect()
}
