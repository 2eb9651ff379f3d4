//! A plan to be read: the certificate, the figures, what every post gets and why a gap remains, and who goes where.

use std::collections::HashMap;

use domain::{Id, PostRole, things};
use places::SiteHead;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, view};

use crate::{
    orders,
    rules::{pick::Reason, shortfall::Shortfall},
    store::{
        orders::Order,
        plans::{self, Line, Plan, PlanPost},
    },
    wording::InWords as _,
};

const PAGE: usize = 100;
/// Gaps and dear posts shown at once.
const MOST_POSTS: usize = 40;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    plan: Id<things::Plan>,
    /// Only this site, by code or id.
    site: Option<String>,
    /// People after this one.
    after: Option<Id<things::Volunteer>>,
}

impl Ask {
    pub const fn of(order: Id<things::Order>, plan: Id<things::Plan>) -> Self {
        Self { order, plan, site: None, after: None }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanPage {
    pub order: Order,
    pub plan: Plan,
    /// What it was asked for, in the words of the registers.
    pub about: About,
    /// Posts that stay short, worst first.
    pub gaps: Vec<PostLine>,
    pub gap_posts: u64,
    /// Where one more person would save most.
    pub dearest: Vec<PostLine>,
    pub lines: Vec<PlanLine>,
    pub released: Vec<PlanLine>,
    /// What a proposal changes; of a plan for everybody none.
    pub change: Option<plans::Changed>,
    pub next: Option<Id<things::Volunteer>>,
    pub site: Option<String>,
}
view!(PlanPage, "plan.html");

/// The site or team a proposal is about.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct About {
    pub name: String,
    pub role: Option<PostRole>,
    pub count: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PostLine {
    pub site: Id<things::Site>,
    pub site_code: String,
    pub site_name: String,
    pub role: PostRole,
    pub need: u32,
    pub filled: u32,
    pub short: u32,
    pub crew_broken: bool,
    /// What one more person there would save, in metres.
    pub price: i64,
    pub shortfall: Option<Shortfall>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanLine {
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub team: String,
    pub site: Id<things::Site>,
    pub site_code: String,
    pub site_name: String,
    pub role: PostRole,
    pub distance_m: i64,
    pub reason: Option<Reason>,
    /// Where they were before, in a proposal.
    pub from: Option<String>,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<PlanPage>, Fault> {
    let page = desk.look(move |tx| page(tx, &ask)).await?;
    desk.note_list("plan", page.lines.iter().chain(&page.released).map(|line| line.volunteer.uuid()));
    Ok(Page(page))
}

fn page(tx: &mut Tx, ask: &Ask) -> Result<PlanPage, Fault> {
    let order = orders::named(tx, ask.order)?;
    let plan = super::named(tx, order.id, ask.plan)?;
    let sites = site_map(tx, &order)?;
    let mut posts = plans::posts(tx, plan.id)?;
    posts.sort_by_key(|post| std::cmp::Reverse((post.need.saturating_sub(post.filled), post.price)));
    let short: Vec<&PlanPost> = posts.iter().filter(|post| post.filled < post.need).collect();
    let gap_posts = short.len() as u64;
    let gaps = short.into_iter().take(MOST_POSTS).filter_map(|post| post_line(post, &sites)).collect();
    posts.sort_by_key(|post| std::cmp::Reverse(post.price));
    let dear = posts.iter().filter(|post| post.filled >= post.need && post.price > 0);
    let dearest = dear.take(10).filter_map(|post| post_line(post, &sites)).collect();
    let (lines, next) = shown(tx, &plan, ask, &sites)?;
    let released = plans::releases(tx, plan.id)?;
    let released = released.into_iter().take(PAGE).map(|(volunteer, site, role)| Line {
        volunteer,
        site,
        role,
        distance_m: 0,
        reason: Reason::Kept,
        from: None,
    });
    let mut released = named_lines(tx, &released.collect::<Vec<_>>(), &sites)?;
    for line in &mut released {
        line.reason = None;
    }
    let change = if plan.cause.is_mending() { Some(plans::changed(tx, plan.id)?) } else { None };
    let about = about(tx, &order, &plan, &sites)?;
    let site = ask.site.clone();
    Ok(PlanPage { order, plan, about, gaps, gap_posts, dearest, lines, released, change, next, site })
}

/// The lines asked for: a page of all, or those of one site.
fn shown(
    tx: &mut Tx,
    plan: &Plan,
    ask: &Ask,
    sites: &HashMap<Id<things::Site>, SiteHead>,
) -> Result<(Vec<PlanLine>, Option<Id<things::Volunteer>>), Fault> {
    let named = ask.site.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(text) = named {
        let site = sites.values().find(|site| site.code == text || site.id.to_string() == text);
        let lines = site.map_or(Ok(Vec::new()), |site| plans::lines_at(tx, plan.id, site.id))?;
        return Ok((named_lines(tx, &lines, sites)?, None));
    }
    let mut lines = plans::page(tx, plan.id, ask.after, PAGE + 1)?;
    let is_more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| is_more).map(|line| line.volunteer);
    Ok((named_lines(tx, &lines, sites)?, next))
}

pub fn site_map(tx: &mut Tx, order: &Order) -> Result<HashMap<Id<things::Site>, SiteHead>, Fault> {
    Ok(places::sites(tx, &order.district)?.into_iter().map(|site| (site.id, site)).collect())
}

/// Lines with the names of people and sites.
pub fn named_lines(
    tx: &mut Tx,
    lines: &[Line],
    sites: &HashMap<Id<things::Site>, SiteHead>,
) -> Result<Vec<PlanLine>, Fault> {
    let ids: Vec<_> = lines.iter().map(|line| line.volunteer).collect();
    let persons = responders::persons(tx, &ids)?;
    let named = lines.iter().filter_map(|line| {
        let (person, site) = (persons.get(&line.volunteer)?, sites.get(&line.site)?);
        Some(PlanLine {
            volunteer: line.volunteer,
            code: person.code.clone(),
            name: person.name.clone(),
            team: person.team_name.clone(),
            site: site.id,
            site_code: site.code.clone(),
            site_name: site.name.clone(),
            role: line.role,
            distance_m: line.distance_m,
            reason: Some(line.reason),
            from: line.from.and_then(|(from, _)| sites.get(&from)).map(|from| from.name.clone()),
        })
    });
    Ok(named.collect())
}

fn post_line(post: &PlanPost, sites: &HashMap<Id<things::Site>, SiteHead>) -> Option<PostLine> {
    let site = sites.get(&post.site)?;
    Some(PostLine {
        site: site.id,
        site_code: site.code.clone(),
        site_name: site.name.clone(),
        role: post.role,
        need: post.need,
        filled: post.filled,
        short: post.need.saturating_sub(post.filled),
        crew_broken: post.filled < post.crew,
        price: post.price,
        shortfall: post.shortfall,
    })
}

fn about(tx: &mut Tx, order: &Order, plan: &Plan, sites: &HashMap<Id<things::Site>, SiteHead>) -> Result<About, Fault> {
    use crate::rules::mishap::Cause;
    let site_name = |site: &Id<things::Site>| sites.get(site).map(|site| site.name.clone()).unwrap_or_default();
    Ok(match &plan.cause {
        Cause::Whole | Cause::Gaps => About::default(),
        Cause::Shortage { site, role, count } => About { name: site_name(site), role: Some(*role), count: *count },
        Cause::SiteClosed { site } | Cause::NoShows { site } | Cause::TooLate { site } => {
            About { name: site_name(site), ..About::default() }
        }
        Cause::TeamLate { team } => About { name: team_name(tx, order, *team)?, ..About::default() },
    })
}

fn team_name(tx: &mut Tx, order: &Order, id: Id<things::Team>) -> Result<String, Fault> {
    let teams = responders::teams(tx, &order.district)?;
    Ok(teams.into_iter().find(|team| team.id == id).map(|team| team.name).unwrap_or_default())
}
