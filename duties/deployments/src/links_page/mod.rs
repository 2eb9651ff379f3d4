//! The register of standing links: which team answers for which site.

pub mod import;

use std::collections::HashMap;

use domain::{Id, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault, Page, Undo, view};

use crate::{refusals::Refused, store::links};

const PAGE: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Sites after this code.
    after: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct LinksPage {
    pub rows: Vec<LinkedSite>,
    pub links: u64,
    /// Sites that no team answers for.
    pub unlinked_sites: u64,
    pub next: Option<String>,
}
view!(LinksPage, "links.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct LinkedSite {
    pub site: Id<things::Site>,
    pub code: String,
    pub name: String,
    pub teams: Vec<LinkedTeam>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkedTeam {
    pub code: String,
    pub name: String,
}

pub async fn list(desk: Desk, ask: Ask) -> Result<Page<LinksPage>, Fault> {
    let district = desk.district().clone();
    let page = desk.look(move |tx| {
        let links = links::all(tx, &district)?;
        let teams = responders::teams(tx, &district)?;
        let teams: HashMap<_, _> =
            teams.into_iter().map(|team| (team.id, LinkedTeam { code: team.code, name: team.name })).collect();
        let mut of_site: HashMap<_, Vec<LinkedTeam>> = HashMap::new();
        for (team, site) in &links {
            of_site.entry(*site).or_default().extend(teams.get(team).cloned());
        }
        let sites = places::sites(tx, &district)?;
        let unlinked_sites = sites.iter().filter(|site| !of_site.contains_key(&site.id)).count() as u64;
        let after = ask.after.unwrap_or_default();
        let mut sites: Vec<_> = sites.into_iter().filter(|site| site.code > after).take(PAGE + 1).collect();
        let is_more = sites.len() > PAGE;
        sites.truncate(PAGE);
        let next = sites.last().filter(|_| is_more).map(|site| site.code.clone());
        let rows = sites.into_iter().map(|site| {
            let mut teams = of_site.remove(&site.id).unwrap_or_default();
            teams.sort_by(|a, b| a.code.cmp(&b.code));
            LinkedSite { site: site.id, code: site.code, name: site.name, teams }
        });
        Ok(LinksPage { rows: rows.collect(), links: links.len() as u64, unlinked_sites, next })
    });
    Ok(Page(page.await?))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SetLink {
    /// Codes, as in the file.
    team: String,
    site: String,
    #[serde(default)]
    off: bool,
}

pub async fn set(desk: Desk, ask: SetLink) -> Result<Done<()>, Fault> {
    let district = desk.district().clone();
    let undo = [("team", ask.team.as_str()), ("site", &ask.site), ("off", if ask.off { "false" } else { "true" })];
    let undo = Undo::by("/links", &undo);
    desk.change(move |tx| {
        let missing = |code: &str| Refused::NoSuchEnd.with("code", code);
        let team = responders::team_by_code(tx, &district, ask.team.trim())?.ok_or_else(|| missing(&ask.team))?;
        let site = places::site_by_code(tx, &district, &ask.site)?.ok_or_else(|| missing(&ask.site))?;
        if ask.off {
            links::remove(tx, &district, team.id, site.id)?;
        } else {
            links::add(tx, &district, &[(team.id, site.id)])?;
        }
        let place = domain::Jurisdiction::district(district.clone());
        Ok(tx.record(
            &place,
            site.id.uuid(),
            &domain::Event::LinkChanged { team: team.id, site: site.id, linked: !ask.off },
        )?)
    })
    .await?;
    Ok(Done::at("/links", ()).saying("web-saved").undone_by(undo))
}
