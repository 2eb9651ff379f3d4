//! The picture of an order, put together from counts that other duties keep. Nobody is counted here, so it costs as much
//! as there are sites, not people; one picture a second serves everybody who looks.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
    time::{Duration, Instant},
};

use deployments::{Cause, Mender, Order, Outlook, Rates, Tally};
use domain::{
    District, Group, Id, Moment, PostRole, Scope,
    things::{self, Site},
};
use responders::attendance::Came;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Tx};
use uuid::Uuid;
use web::{Desk, Fault};

use crate::{
    rules::site::{self, Facts, Picture},
    store::{self as table, Sample},
};

/// Everything a board shows of one moment.
pub struct Whole {
    pub order: Order,
    pub made_at: Moment,
    pub pictures: Vec<Picture>,
    pub samples: Vec<Sample>,
    pub requests: Vec<GroupCount>,
    pub calls: Vec<Call>,
    pub unanswered: Vec<Unanswered>,
    /// The orders that are open, this one among them.
    pub open: Vec<OpenOrder>,
}

/// An order that the board can show.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OpenOrder {
    pub id: Id<things::Order>,
    pub name: String,
}

/// What a site has called for, with the proposal that waits for somebody's decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Call {
    pub proposal: Id<things::Plan>,
    pub site: Id<Site>,
    pub code: String,
    pub name: String,
    pub role: PostRole,
    pub count: u32,
    pub asked_at: Moment,
}

/// A request that silence has raised.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unanswered {
    pub request: Id<things::Problem>,
    pub number: String,
    pub site: Option<Id<Site>>,
    pub code: Option<String>,
    pub level: u8,
    pub raised_at: Moment,
}

impl Unanswered {
    pub fn level_word(&self) -> String {
        format!("problems-level-{}", self.level)
    }
}

/// The open requests of a group.
#[derive(Debug, Clone)]
pub struct GroupCount {
    pub group: Group,
    pub open: u64,
    pub loud: u64,
    pub oldest: Option<Moment>,
}

const FRESH: Duration = Duration::from_secs(1);

type Kept = HashMap<(Uuid, String, Option<Id<things::Order>>), (Instant, Moment, Option<Arc<Whole>>)>;

/// The last picture of each order of each district of each database in this process.
static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// The picture of the order that is wanted, or of the one that comes first; none when it is not open.
pub async fn current(desk: &Desk, wanted: Option<Id<things::Order>>) -> Result<Option<Arc<Whole>>, Fault> {
    let key = (desk.store().epoch().id, desk.district().to_string(), wanted);
    let now = desk.at();
    if let Some((made, at, whole)) = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key)
        && made.elapsed() < FRESH
        // A clock that runs fast or was moved makes a picture old sooner.
        && now.since_s(*at).abs() < 30
    {
        return Ok(whole.clone());
    }
    let district = desk.district().clone();
    let rates = deployments::rates(desk.house())?;
    let whole = desk.look(move |tx| Ok(read(tx, &district, wanted, now, &rates)?)).await?.map(Arc::new);
    let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Whatever is asked for, only what was asked for just now is kept.
    kept.retain(|_, (made, ..)| made.elapsed() < FRESH);
    kept.insert(key, (Instant::now(), now, whole.clone()));
    Ok(whole)
}

/// The pictures that these scopes cover.
pub fn within<'a>(whole: &'a Whole, scopes: &[Scope]) -> Vec<&'a Picture> {
    let sees = |picture: &&Picture| {
        scopes.iter().any(|scope| match scope {
            Scope::District => true,
            Scope::Division(division) => picture.facts.division == *division,
            Scope::Site(site) => picture.facts.id == *site,
            _ => false,
        })
    };
    whole.pictures.iter().filter(sees).collect()
}

fn read(
    tx: &mut Tx,
    district: &District,
    wanted: Option<Id<things::Order>>,
    now: Moment,
    rates: &Rates,
) -> Result<Option<Whole>, Error> {
    let orders = deployments::open_orders(tx, district)?;
    let open = orders.iter().map(|order| OpenOrder { id: order.id, name: order.name.clone() }).collect();
    let is_wanted = |order: &Order| wanted.is_none_or(|wanted| order.id == wanted);
    let Some(order) = orders.into_iter().find(is_wanted) else { return Ok(None) };
    Ok(Some(Whole { open, ..of_order(tx, order, now, rates)? }))
}

/// One order for itself.
pub fn of_order(tx: &mut Tx, order: Order, now: Moment, rates: &Rates) -> Result<Whole, Error> {
    let facts = facts(tx, &order)?;
    let pictures: Vec<Picture> =
        facts.into_iter().map(|facts| site::picture(facts, &order.milestones, now, rates)).collect();
    let requests = problems::counts(tx, &order.district)?;
    let requests = requests.into_iter().map(|count| GroupCount {
        group: count.group,
        open: count.open,
        loud: count.loud,
        oldest: count.oldest,
    });
    let calls = calls(tx, &order, &pictures, now)?;
    Ok(Whole {
        made_at: now,
        open: Vec::new(),
        calls,
        unanswered: unanswered(tx, &order.district)?,
        pictures,
        samples: table::samples(tx, order.id)?,
        requests: requests.collect(),
        order,
    })
}

/// The sites of an order as they stood when everybody was to be in place, whenever that is asked: with the people who
/// stood there then, not with those who are left.
pub fn of_night(tx: &mut Tx, order: &Order, stood: &[Came], now: Moment, rates: &Rates) -> Result<Vec<Picture>, Error> {
    let milestones = &order.milestones;
    let (at, is_past) = (now.min(milestones.in_place_at), now >= milestones.in_place_at);
    let weights = deployments::weights_of(tx, order)?;
    let mut came: HashMap<(Id<Site>, PostRole), u32> = HashMap::new();
    for post in stood {
        // As on the board, who came without a role fills no post.
        if let Some(role) = post.role {
            came.insert((post.site, role), post.in_time);
        }
    }
    let mut posts: HashMap<Id<Site>, Vec<Tally>> = HashMap::new();
    for tally in deployments::tallies(tx, order.id)? {
        let arrived = came.get(&(tally.site, tally.role)).copied().unwrap_or(0);
        posts.entry(tally.site).or_default().push(Tally { arrived, ..tally });
    }
    let pictures = facts(tx, order)?.into_iter().map(|facts| {
        let posts = posts.get(&facts.id).map_or(&[][..], Vec::as_slice);
        let missing: u32 = posts.iter().map(Tally::missing).sum();
        let missed = if missing == 0 { Outlook::Done } else { Outlook::Late { mender: Mender::Allocation } };
        let facts = Facts {
            arrived: posts.iter().map(|post| post.arrived).sum(),
            missing,
            below_crew: posts.iter().map(|post| post.below_crew(&weights)).sum(),
            in_place: if is_past { Some(missed) } else { facts.in_place },
            // Whoever was heard of later was not lost.
            heard_at: facts.heard_at.map(|heard_at| heard_at.max(at)),
            closed_at: facts.closed_at.filter(|closed_at| *closed_at <= at),
            ..facts
        };
        site::picture(facts, milestones, at, rates)
    });
    Ok(pictures.collect())
}

/// More than these are looked through in the queue.
const MOST_UNANSWERED: usize = 20;

fn unanswered(tx: &mut Tx, district: &District) -> Result<Vec<Unanswered>, Error> {
    let loud = problems::unanswered(tx, district, MOST_UNANSWERED)?;
    let line = |stored: problems::Stored| Unanswered {
        request: stored.id,
        number: format!("R-{:04}", stored.number),
        site: stored.here.site,
        code: stored.site_code,
        level: stored.level,
        raised_at: stored.raised_at,
    };
    Ok(loud.into_iter().map(line).collect())
}

fn calls(tx: &mut Tx, order: &Order, pictures: &[Picture], now: Moment) -> Result<Vec<Call>, Error> {
    let waiting = deployments::calls_waiting(tx, order.id, now)?;
    let called = waiting.into_iter().filter_map(|plan| {
        let Cause::Shortage { site, role, count } = plan.cause else { return None };
        let facts = &pictures.iter().find(|picture| picture.facts.id == site)?.facts;
        let (code, name) = (facts.code.clone(), facts.name.clone());
        Some(Call { proposal: plan.id, site, code, name, role, count, asked_at: plan.asked_at })
    });
    Ok(called.collect())
}

/// What is known of each site that the order covers.
fn facts(tx: &mut Tx, order: &Order) -> Result<Vec<Facts>, Error> {
    let covered: HashMap<Id<Site>, Option<Moment>> = deployments::order_sites(tx, order.id)?.into_iter().collect();
    let weights = deployments::weights_of(tx, order)?;
    let mut tallies: HashMap<Id<Site>, Vec<Tally>> = HashMap::new();
    for tally in deployments::tallies(tx, order.id)? {
        tallies.entry(tally.site).or_default().push(tally);
    }
    let days: HashMap<_, _> =
        places::readiness::overview(tx, order.id)?.into_iter().map(|day| (day.site, day)).collect();
    let heard = places::readiness::last_heard(tx, &order.district)?;
    let chiefs = places::chiefs_named(tx, &order.district)?;
    let outlooks = table::outlooks(tx, order.id)?;
    let waiting = problems::waiting(tx, &order.district)?;
    let sites =
        places::sites(tx, &order.district)?.into_iter().filter(|site| matches!(covered.get(&site.id), Some(None)));
    let facts = sites.map(|head| {
        let posts = tallies.get(&head.id).map_or(&[][..], Vec::as_slice);
        let sum = |count: fn(&Tally) -> u32| posts.iter().map(count).sum();
        let day = days.get(&head.id);
        let asked = waiting.get(&head.id);
        Facts {
            id: head.id,
            code: head.code,
            name: head.name,
            division: head.division,
            position: head.position,
            need: sum(|t| t.need),
            assigned: sum(|t| t.assigned),
            acknowledged: sum(|t| t.acknowledged),
            arrived: sum(|t| t.arrived),
            missing: sum(Tally::missing),
            below_crew: posts.iter().map(|post| post.below_crew(&weights)).sum(),
            has_chief: chiefs.contains(&head.id),
            set_up_at: day.and_then(|d| d.set_up_at),
            opened_at: day.and_then(|d| d.opened_at),
            closed_at: day.and_then(|d| d.closed_at),
            heard_at: heard.get(&head.id).copied(),
            in_place: outlooks.get(&head.id).copied(),
            open_requests: asked.map_or(0, |(count, _)| *count),
            oldest_request: asked.map(|(_, oldest)| *oldest),
        }
    });
    Ok(facts.collect())
}
