//! Mending the night: "+3 gatekeepers", a site closed, a team late, people who did not turn up. A proposal is a plan that
//! starts from what stands: the reserve first, the arrived never moved, the fewest people moved.

use domain::{Actor, Event, Id, Jurisdiction, PostRole, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Page, Undo};

use crate::{
    gate, orders,
    plans::{
        publish::{self, Published},
        show::{self, PlanPage},
        solving,
        withdraw::{self, Withdrawn},
    },
    refusals::Refused,
    rules::{mishap::Cause, weights::Weights},
    settings::Settings,
    store::orders::{self as order_rows, Order},
};

/// More than anybody calls for at once.
pub const MOST: u32 = 500;
const LONGEST_TEXT: usize = 2000;

/// Asks for a plan that mends what stands. The face for duties above.
pub fn replan(tx: &mut Tx, order: &Order, cause: &Cause, weights: &Weights) -> Result<Id<things::Plan>, Fault> {
    if order.plan.is_none() {
        return Err(Refused::NothingPublished.into());
    }
    if let Some(site) = cause.site()
        && !order_rows::covers(tx, order.id, site)?
    {
        return Err(Refused::NotInThisOrder.with("what", site).into());
    }
    Ok(solving::begin(tx, order, cause, weights)?)
}

fn refuse_odd_count(count: u32) -> Result<(), Fault> {
    if (1..=MOST).contains(&count) {
        return Ok(());
    }
    Err(web::refusal::Refused::NotUnderstood.with("reason", format!("count: 1 – {MOST}")).into())
}

/// A site calls for more people; a proposal is made at once. The face for duties above.
pub fn report_shortage(
    tx: &mut Tx,
    order: &Order,
    site: Id<things::Site>,
    role: PostRole,
    count: u32,
    weights: &Weights,
) -> Result<Id<things::Plan>, Fault> {
    refuse_odd_count(count)?;
    let plan = replan(tx, order, &Cause::Shortage { site, role, count }, weights)?;
    let event = Event::ShortageReported { site, order: order.id, role, count: u64::from(count) };
    gate::record(tx, order, site, plan.uuid(), &event)?;
    Ok(plan)
}

/// Raises a site's request. One for people has its proposal at once, where people have been told of an order: accepting
/// that answers the request.
pub fn raise(
    tx: &mut Tx,
    here: &Jurisdiction,
    order: Option<&Order>,
    asked: &problems::Raise,
    weights: &Weights,
) -> Result<Called, Fault> {
    let number = format!("R-{:04}", problems::raise(tx, here, asked)?);
    let order = order.filter(|order| order.is_open() && order.plan.is_some());
    let proposal = match (order, asked.place.as_ref(), asked.role, asked.count) {
        (Some(order), Some(place), Some(role), Some(count)) => {
            let proposal = report_shortage(tx, order, place.site, role, count, weights)?;
            problems::set_reference(tx, asked.id, proposal.uuid())?;
            Some(proposal)
        }
        _ => None,
    };
    Ok(Called { request: asked.id, number, order: asked.order, proposal })
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Shortage {
    role: PostRole,
    count: u32,
    details: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Called {
    pub request: Id<things::Problem>,
    pub number: String,
    pub order: Option<Id<things::Order>>,
    /// None while nobody has been told of an order yet: the request waits for the allocators.
    pub proposal: Option<Id<things::Plan>>,
}

/// "+3 gatekeepers", from the site: one request, with its proposal.
pub async fn shortage(desk: Desk, ask: Shortage) -> Result<Done<Called>, Fault> {
    refuse_odd_count(ask.count)?;
    let (site, here, weights) = (desk.site()?, desk.here().clone(), Settings::at(&desk)?.weights);
    let (id, by) = (Id::fresh(desk.at()), desk.actor());
    let called = desk.change(move |tx| {
        let order = order_rows::of_site(tx, site)?;
        let wanted = Wanted { kind: problems::Kind::People, role: Some(ask.role), count: Some(ask.count) };
        let asked = wanted.at_site(tx, id, site, order.as_ref(), ask.details.as_deref(), by)?;
        raise(tx, &here, order.as_ref(), &asked, &weights)
    });
    Ok(Done::at(format!("/sites/{site}/requests"), called.await?).saying("deployments-shortage-reported"))
}

/// What a site asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub kind: problems::Kind,
    pub role: Option<PostRole>,
    pub count: Option<u32>,
}

impl Wanted {
    /// As a request of this site.
    pub fn at_site(
        self,
        tx: &mut Tx,
        id: Id<things::Problem>,
        site: Id<things::Site>,
        order: Option<&Order>,
        details: Option<&str>,
        by: Actor,
    ) -> Result<problems::Raise, Fault> {
        let details = details.map(|text| text.trim().chars().take(LONGEST_TEXT).collect::<String>());
        let head = places::site(tx, site)?.ok_or(web::refusal::Refused::NotThere)?;
        Ok(problems::Raise {
            id,
            kind: self.kind,
            place: Some(problems::Place { site, site_code: head.code, division: head.division, zone: head.zone }),
            order: order.map(|order| order.id),
            role: self.role,
            count: self.count,
            details: details.filter(|text| !text.is_empty()),
            by,
        })
    }
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct ProposeFor {
    role: PostRole,
    count: u32,
    /// The request that it is made for: accepting it answers that.
    request: Option<Id<things::Problem>>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Proposed {
    pub order: Id<things::Order>,
    pub proposal: Id<things::Plan>,
}

/// A proposal for a site's shortage, from the headquarters, which then decides.
pub async fn propose_for(desk: Desk, ask: ProposeFor) -> Result<Done<Proposed>, Fault> {
    let (site, weights) = (desk.site()?, Settings::at(&desk)?.weights);
    let proposed = desk.change(move |tx| {
        let order = order_rows::of_site(tx, site)?.ok_or(Refused::SiteIsIdle)?;
        let proposal = report_shortage(tx, &order, site, ask.role, ask.count, &weights)?;
        if let Some(request) = ask.request {
            let known = problems::find(tx, request)?.filter(|found| found.here.site == Some(site));
            known.ok_or(web::refusal::Refused::NotThere)?;
            problems::set_reference(tx, request, proposal.uuid())?;
        }
        Ok(Proposed { order: order.id, proposal })
    });
    let proposed = proposed.await?;
    Ok(Done::at(format!("/orders/{}/proposals/{}", proposed.order, proposed.proposal), proposed))
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Propose {
    order: Id<things::Order>,
    what: Mishap,
    /// The site, by code or id.
    site: Option<String>,
    /// The team, by code.
    team: Option<String>,
    role: Option<PostRole>,
    count: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mishap {
    /// Posts lack people; nobody who was told is sent away.
    Gaps,
    Shortage,
    SiteClosed,
    TeamLate,
    NoShows,
    /// People of a site cannot be there in time.
    TooLate,
}

/// Any mishap, from the headquarters.
pub async fn propose(desk: Desk, ask: Propose) -> Result<Done<Proposed>, Fault> {
    let (id, weights, district) = (ask.order, Settings::at(&desk)?.weights, desk.district().clone());
    let proposed = desk.change(move |tx| {
        let order = orders::open(tx, id)?;
        let site = |tx: &mut Tx| site_of(tx, &district, ask.site.as_deref());
        let proposal = match ask.what {
            Mishap::Gaps => replan(tx, &order, &Cause::Gaps, &weights)?,
            Mishap::Shortage => {
                let site = site(tx)?;
                let role = ask.role.unwrap_or(PostRole::Gatekeeper);
                report_shortage(tx, &order, site, role, ask.count.unwrap_or(1), &weights)?
            }
            Mishap::SiteClosed => {
                let site = site(tx)?;
                replan(tx, &order, &Cause::SiteClosed { site }, &weights)?
            }
            Mishap::NoShows => {
                let site = site(tx)?;
                replan(tx, &order, &Cause::NoShows { site }, &weights)?
            }
            Mishap::TooLate => {
                let site = site(tx)?;
                replan(tx, &order, &Cause::TooLate { site }, &weights)?
            }
            Mishap::TeamLate => {
                let code = ask.team.as_deref().unwrap_or_default().trim();
                let team = responders::team_by_code(tx, &district, code)?;
                let team = team.ok_or_else(|| Refused::NotInThisOrder.with("what", code))?.id;
                replan(tx, &order, &Cause::TeamLate { team }, &weights)?
            }
        };
        Ok(Proposed { order: id, proposal })
    });
    let proposed = proposed.await?;
    Ok(Done::at(format!("/orders/{id}/proposals/{}", proposed.proposal), proposed))
}

/// A site as people name it, by id or code.
pub fn site_of(tx: &mut Tx, district: &domain::District, text: Option<&str>) -> Result<Id<things::Site>, Fault> {
    let text = text.unwrap_or_default().trim();
    let found = match text.parse() {
        Ok(id) if places::jurisdiction(tx, id)?.is_some_and(|it| it.district == *district) => places::site(tx, id)?,
        Ok(_) => None,
        Err(_) => places::site_by_code(tx, district, text)?,
    };
    Ok(found.ok_or_else(|| Refused::NotInThisOrder.with("what", text))?.id)
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct ProposalAsk {
    order: Id<things::Order>,
    proposal: Id<things::Plan>,
}

/// Before and after, with reasons.
pub async fn show(desk: Desk, ask: ProposalAsk) -> Result<Page<PlanPage>, Fault> {
    show::show(desk, show::Ask::of(ask.order, ask.proposal)).await
}

/// Only those who move or are called are told.
pub async fn accept(desk: Desk, ask: ProposalAsk) -> Result<Done<Published>, Fault> {
    let house = desk.house().clone();
    let published = desk.change(move |tx| publish::of_plan(tx, &house, ask.order, ask.proposal)).await?;
    let back = format!("/orders/{}/proposals/{}", ask.order, ask.proposal);
    let undo = Undo::by(format!("{back}/withdrawal"), &[]);
    Ok(Done::at(back, published).saying("deployments-proposal-accepted").undone_by(undo))
}

pub async fn withdraw(desk: Desk, ask: ProposalAsk) -> Result<Done<Withdrawn>, Fault> {
    let house = desk.house().clone();
    let withdrawn = desk.change(move |tx| withdraw::of_plan(tx, &house, ask.order, ask.proposal)).await?;
    let back = format!("/orders/{}/proposals/{}", ask.order, ask.proposal);
    Ok(Done::at(back, withdrawn).saying("deployments-plan-withdrawn"))
}
