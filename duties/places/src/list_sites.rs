//! The sites of the district: by division, searched by code or name, a hundred at a time.

use domain::Division;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, view};

use crate::store::{
    divisions::{self, DivisionHead},
    listing::{self, Question, SiteLine},
};

const PAGE: u32 = 100;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListAsk {
    /// Only this division.
    division: Option<Division>,
    /// Part of a code or name.
    search: Option<String>,
    /// Those out of use instead.
    #[serde(default)]
    retired: bool,
    /// Where the page before ended: division and code.
    after_division: Option<String>,
    after: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SitesPage {
    sites: Vec<SiteLine>,
    /// How many the question finds in all.
    found: u32,
    /// Among all sites in use.
    total: u32,
    without_chief: u32,
    without_zone: u32,
    divisions: Vec<DivisionHead>,
    division: Option<Division>,
    search: String,
    retired: bool,
    /// The query of the next page, when there is one.
    next: Option<Next>,
}
view!(SitesPage, "places_sites.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct Next {
    after_division: Division,
    after: String,
}

impl SitesPage {
    fn is_chosen(&self, division: &DivisionHead) -> bool {
        self.division.as_ref() == Some(&division.code)
    }
}

pub async fn list(desk: Desk, ask: ListAsk) -> Result<Page<SitesPage>, Fault> {
    let district = desk.district().clone();
    let question = Question {
        division: ask.division,
        search: ask.search.unwrap_or_default(),
        retired: ask.retired,
        after: (ask.after_division.unwrap_or_default(), ask.after.unwrap_or_default()),
        limit: PAGE + 1,
    };
    let page = desk.look(move |tx| {
        let mut sites = listing::page(tx, &district, &question)?;
        let more = sites.len() > PAGE as usize;
        sites.truncate(PAGE as usize);
        let next = sites
            .last()
            .filter(|_| more)
            .map(|line| Next { after_division: line.site.division.clone(), after: line.site.code.clone() });
        let (total, without_chief, without_zone) = listing::gaps(tx, &district)?;
        Ok(SitesPage {
            found: listing::count(tx, &district, &question)?,
            divisions: divisions::divisions(tx, &district)?,
            sites,
            total,
            without_chief,
            without_zone,
            next,
            division: question.division,
            search: question.search,
            retired: question.retired,
        })
    });
    Ok(Page(page.await?))
}
