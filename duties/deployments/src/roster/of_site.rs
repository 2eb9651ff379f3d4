//! The roster of a site under the order it works under now: on a phone, and on paper.

use domain::PostRole;
use places::SiteHead;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, refusal::Refused, view};

use super::{RosterLine, roster};
use crate::store::{
    orders::{self, Order},
    tallies::{self, Tally},
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteRosterPage {
    pub site: SiteHead,
    /// None while the site takes part in no open order.
    pub order: Option<Order>,
    pub tallies: Vec<Tally>,
    pub lines: Vec<RosterLine>,
    pub need: u32,
    pub assigned: u32,
    pub arrived: u32,
    pub roles: Vec<PostRole>,
}
view!(SiteRosterPage, "site_roster.html");

impl SiteRosterPage {
    /// The post that lacks most people: whoever turns up unexpected goes there first.
    fn is_shortest(&self, role: &PostRole) -> bool {
        let short = |tally: &&Tally| i64::from(tally.need) - i64::from(tally.arrived);
        self.tallies.iter().rev().max_by_key(short).is_some_and(|tally| tally.role == *role)
    }
}

pub async fn show(desk: Desk, _: Ask) -> Result<Page<SiteRosterPage>, Fault> {
    let site = desk.site()?;
    let page = desk.look(move |tx| page(tx, site)).await?;
    desk.note_list("site_roster", page.lines.iter().map(|line| line.volunteer.uuid()));
    Ok(Page(page))
}

fn page(tx: &mut Tx, id: domain::Id<domain::things::Site>) -> Result<SiteRosterPage, Fault> {
    let site = places::site(tx, id)?.ok_or(Refused::NotThere)?;
    let order = orders::of_site(tx, id)?;
    let (tallies, lines) = match &order {
        Some(order) => (tallies::of_site(tx, order.id, id)?, roster(tx, order.id, id)?),
        None => (Vec::new(), Vec::new()),
    };
    let sum = |count: fn(&Tally) -> u32| tallies.iter().map(count).sum();
    Ok(SiteRosterPage {
        need: sum(|tally| tally.need),
        assigned: sum(|tally| tally.assigned),
        arrived: sum(|tally| tally.arrived),
        roles: PostRole::OF_A_SITE.to_vec(),
        site,
        order,
        tallies,
        lines,
    })
}
