//! The page of a site's chief: everything the site needs, on one phone.

use domain::{District, Id, Moment, PostRole, things::Site};
use notices::Announced;
use places::{
    SiteHead,
    readiness::{self, Readiness},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::Tx;
use uuid::Uuid;
use web::{Desk, Fault, Page, refusal::Refused, view};

use crate::{
    roster::{Presence, RosterLine, roster},
    store::{
        orders::{self, Order},
        phones::{self, Phone},
        tallies::{self, Tally},
    },
};

/// As many requests and announcements as one looks through on a phone.
const REQUESTS: usize = 30;
const ANNOUNCEMENTS: usize = 5;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SitePage {
    pub site: SiteHead,
    /// None while the site takes part in no open order.
    pub order: Option<Order>,
    pub head: Heads,
    /// The people by role, whoever is missing first.
    pub groups: Vec<RoleGroup>,
    pub readiness: Option<Readiness>,
    pub requests: Vec<problems::Line>,
    pub announcements: Vec<Announced>,
    pub phones: Vec<Phone>,
    pub roles: Vec<PostRole>,
    /// The database's life: when it changes, phones send again what they still have.
    pub epoch: Uuid,
    pub made_at: Moment,
}
view!(SitePage, "site_page.html");

/// How many of a group are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Heads {
    pub need: u32,
    pub arrived: u32,
    /// Said they come, and it is not yet time to be in place.
    pub coming: u32,
    /// Have not answered, or are late.
    pub missing: u32,
}

impl Heads {
    /// How many more have to come; below nothing when more came than were needed.
    pub fn short(&self) -> i64 {
        i64::from(self.need) - i64::from(self.arrived)
    }
}

impl SitePage {
    /// The post that lacks most people: whoever turns up unexpected goes there first.
    pub fn is_shortest(&self, role: &PostRole) -> bool {
        let short = |group: &&RoleGroup| group.head.short();
        let shortest = self.groups.iter().filter(|group| group.role.is_some()).rev().max_by_key(short);
        shortest.is_some_and(|group| group.role == Some(*role))
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RoleGroup {
    /// None for those who came and nobody said for what.
    pub role: Option<PostRole>,
    pub head: Heads,
    pub people: Vec<Somebody>,
}

/// Somebody of the roster, with what a phone needs to know their badge without a network.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Somebody {
    #[serde(flatten)]
    pub line: RosterLine,
    pub mark: String,
}

pub async fn show(desk: Desk, _: Ask) -> Result<Page<SitePage>, Fault> {
    let (site, district) = (desk.site()?, desk.district().clone());
    let page = desk.look(move |tx| page(tx, &district, site)).await?;
    let people = page.groups.iter().flat_map(|group| &group.people);
    desk.note_list("site_people", people.map(|somebody| somebody.line.volunteer.uuid()));
    Ok(Page(page))
}

fn page(tx: &mut Tx, district: &District, id: Id<Site>) -> Result<SitePage, Fault> {
    let site = places::site(tx, id)?.ok_or(Refused::NotThere)?;
    let order = orders::of_site(tx, id)?;
    let (tallies, lines, readiness) = match &order {
        Some(order) => {
            (tallies::of_site(tx, order.id, id)?, roster(tx, order.id, id)?, readiness::state(tx, order.id, id)?)
        }
        None => (Vec::new(), Vec::new(), None),
    };
    let made_at = tx.at();
    let is_late = order.as_ref().is_some_and(|order| made_at >= order.milestones.in_place_at);
    let groups = groups(&tallies, lines, is_late);
    let wanted = problems::Wanted { open: true, site: Some(id), limit: REQUESTS, ..problems::Wanted::default() };
    let asked = problems::list(tx, district, &wanted)?;
    Ok(SitePage {
        head: sum(groups.iter().map(|group| group.head)),
        groups,
        readiness,
        requests: asked.into_iter().map(|stored| problems::Line::open(tx, stored)).collect::<Result<_, _>>()?,
        announcements: notices::latest_announcements(tx, district, Some(id), ANNOUNCEMENTS)?,
        phones: phones::of_site(tx, id)?,
        roles: PostRole::OF_A_SITE.to_vec(),
        epoch: store::epoch::current(tx)?.id,
        made_at,
        site,
        order,
    })
}

/// The roster comes sorted by role; posts that nobody was found for have a group as well.
fn groups(tallies: &[Tally], lines: Vec<RosterLine>, is_late: bool) -> Vec<RoleGroup> {
    let mut groups: Vec<RoleGroup> = tallies
        .iter()
        .filter(|tally| tally.need > 0)
        .map(|tally| RoleGroup {
            role: Some(tally.role),
            head: Heads { need: tally.need, ..Heads::default() },
            people: Vec::new(),
        })
        .collect();
    for line in lines {
        let at = groups.iter().position(|group| group.role == line.role).unwrap_or_else(|| {
            groups.push(RoleGroup { role: line.role, head: Heads::default(), people: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[at];
        match line.presence {
            Presence::Arrived { .. } | Presence::WalkedIn { .. } => group.head.arrived += 1,
            Presence::Coming if !is_late => group.head.coming += 1,
            Presence::Coming | Presence::Told | Presence::Elsewhere { .. } => group.head.missing += 1,
            Presence::Left { .. } => {}
        }
        let mark = mark(&line.badge);
        group.people.push(Somebody { line, mark });
    }
    groups.sort_by_key(|group| (group.role.is_none(), group.role));
    groups
}

fn sum(heads: impl Iterator<Item = Heads>) -> Heads {
    heads.fold(Heads::default(), |sum, head| Heads {
        need: sum.need + head.need,
        arrived: sum.arrived + head.arrived,
        coming: sum.coming + head.coming,
        missing: sum.missing + head.missing,
    })
}

/// Three bytes of a badge code's digest: enough to find its owner among the people of a site, too little to find the code
/// (which, with four digits of the telephone number, lets its owner in).
fn mark(badge: &str) -> String {
    Sha256::digest(badge).iter().take(3).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
