//! Plans: what was asked, how far it is, what came of it.

use std::{
    collections::{BTreeSet, HashMap},
    ops::ControlFlow,
};

use domain::{
    Id, Moment, PostRole,
    things::{Order as AnOrder, Plan as APlan, Site, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, Value, params};
use uuid::Uuid;

use super::orders::Order;
use crate::rules::{
    case::{Answer, Case, Figures},
    mishap::Cause,
    pick::Reason,
    shortfall::Shortfall,
    weights::Weights,
};

/// One allocation of people to the posts of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    pub id: Id<APlan>,
    pub order: Id<AnOrder>,
    /// 1, 2, 3 within its order.
    pub number: u32,
    pub cause: Cause,
    pub stage: Stage,
    pub weights: Weights,
    pub asked_by: Uuid,
    pub asked_at: Moment,
    pub published_at: Option<Moment>,
    pub withdrawn_at: Option<Moment>,
}

/// How far a plan is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Stage {
    Asked,
    /// People and posts are being read.
    Reading,
    /// The engine works and proves.
    Solving,
    Ready(Score),
    Failed {
        why: String,
    },
}

/// The figures of a plan that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    pub ready_at: Moment,
    pub took_ms: u64,
    pub objective: i64,
    /// No plan whatever costs less than this; proven against all pairs.
    pub lower_bound: i64,
    pub is_optimal: bool,
    pub pairs: u64,
    pub people: u64,
    pub assigned: u64,
    pub unmet: u64,
    pub outside_link: u64,
    pub reserve_used: u64,
    pub moved: u64,
    pub called: u64,
    pub released: u64,
    pub travel_m: i64,
}

impl Plan {
    pub const fn score(&self) -> Option<&Score> {
        match &self.stage {
            Stage::Ready(score) => Some(score),
            _ => None,
        }
    }

    /// People were told of it and it was not undone.
    pub const fn is_published(&self) -> bool {
        self.published_at.is_some() && self.withdrawn_at.is_none()
    }

    pub const fn is_at_work(&self) -> bool {
        matches!(self.stage, Stage::Asked | Stage::Reading | Stage::Solving)
    }

    fn read(row: &Row<'_>) -> Result<Self, Error> {
        let json = |column: &str| row.get::<serde_json::Value>(column);
        let broken = |e: serde_json::Error| Error::Bug(format!("plans: {e}"));
        Ok(Self {
            id: row.get("id")?,
            order: row.get("order_id")?,
            number: row.get("number")?,
            cause: serde_json::from_value(json("cause")?).map_err(broken)?,
            stage: stage(row)?,
            weights: serde_json::from_value(json("weights")?).map_err(broken)?,
            asked_by: row.get("asked_by")?,
            asked_at: row.get("asked_at")?,
            published_at: row.get("published_at")?,
            withdrawn_at: row.get("withdrawn_at")?,
        })
    }
}

fn stage(row: &Row<'_>) -> Result<Stage, Error> {
    let name: String = row.get("stage")?;
    Ok(match name.as_str() {
        "asked" => Stage::Asked,
        "reading" => Stage::Reading,
        "solving" => Stage::Solving,
        "failed" => Stage::Failed { why: row.get::<Option<String>>("failure")?.unwrap_or_default() },
        _ => {
            let (objective, lower_bound) = (row.get("objective")?, row.get("lower_bound")?);
            Stage::Ready(Score {
                ready_at: row.get("ready_at")?,
                took_ms: row.get("took_ms")?,
                objective,
                lower_bound,
                is_optimal: objective == lower_bound,
                pairs: row.get("pairs")?,
                people: row.get("people")?,
                assigned: row.get("assigned")?,
                unmet: row.get("unmet")?,
                outside_link: row.get("outside_link")?,
                reserve_used: row.get("reserve_used")?,
                moved: row.get("moved")?,
                called: row.get("called")?,
                released: row.get("released")?,
                travel_m: row.get("travel_m")?,
            })
        }
    })
}

const COLUMNS: &str = "select id, order_id, number, cause, stage, failure, weights, asked_by, asked_at, ready_at, took_ms, \
     objective, lower_bound, pairs, people, assigned, unmet, outside_link, reserve_used, moved, called, released, travel_m, \
     published_at, withdrawn_at from plans";

pub fn plan(tx: &mut Tx, id: Id<APlan>) -> Result<Option<Plan>, Error> {
    tx.first(&format!("{COLUMNS} where id = $1"), params![id], Plan::read)
}

/// A plan of this order, and of no other.
pub fn of_order(tx: &mut Tx, order: Id<AnOrder>, id: Id<APlan>) -> Result<Option<Plan>, Error> {
    Ok(plan(tx, id)?.filter(|plan| plan.order == order))
}

/// The plans of an order, newest first.
pub fn all(tx: &mut Tx, order: Id<AnOrder>) -> Result<Vec<Plan>, Error> {
    tx.rows(&format!("{COLUMNS} where order_id = $1 order by number desc limit 100"), params![order], Plan::read)
}

/// How long a call that nobody decides stands before the district: later its figures are no longer true.
const CALL_STANDS_S: i64 = 2 * 3600;

/// What sites have called for and nobody has decided: the latest proposal for each post, ready to be accepted.
pub fn calls_waiting(tx: &mut Tx, order: Id<AnOrder>, now: Moment) -> Result<Vec<Plan>, Error> {
    let mut posts = BTreeSet::new();
    let is_latest = |plan: &Plan| match plan.cause {
        Cause::Shortage { site, role, .. } => posts.insert((site, role)),
        _ => false,
    };
    let is_waiting = |plan: &Plan| {
        plan.published_at.is_none() && plan.score().is_some() && now.since_s(plan.asked_at) < CALL_STANDS_S
    };
    Ok(all(tx, order)?.into_iter().filter(is_latest).filter(is_waiting).collect())
}

/// The plan that people were told of last, still standing.
pub fn last_published(tx: &mut Tx, order: Id<AnOrder>) -> Result<Option<Plan>, Error> {
    let sql = format!(
        "{COLUMNS} where order_id = $1 and published_at is not null and withdrawn_at is null order by published_at desc, \
         number desc limit 1"
    );
    tx.first(&sql, params![order], Plan::read)
}

pub fn ask(tx: &mut Tx, order: &Order, cause: &Cause, weights: &Weights) -> Result<Id<APlan>, Error> {
    let (at, by, id) = (tx.at(), tx.actor().id, Id::fresh(tx.at()));
    let json = |value: serde_json::Result<serde_json::Value>| value.map_err(|e| Error::Bug(e.to_string()));
    let (cause, weights) = (json(serde_json::to_value(cause))?, json(serde_json::to_value(weights))?);
    tx.execute(
        "insert into plans (id, order_id, district, number, cause, stage, weights, asked_by, asked_at) \
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, 'asked', $5, $6, $7 from plans where order_id = $2",
        params![id, order.id, &order.district, cause, weights, by, at],
    )?;
    Ok(id)
}

pub fn set_stage(tx: &mut Tx, id: Id<APlan>, stage: &str, failure: Option<&str>) -> Result<(), Error> {
    let sql = "update plans set stage = $2, failure = $3 where id = $1 and stage <> 'ready'";
    tx.execute(sql, params![id, stage, failure])?;
    Ok(())
}

pub fn set_published(
    tx: &mut Tx,
    id: Id<APlan>,
    published: Option<Moment>,
    withdrawn: Option<Moment>,
) -> Result<(), Error> {
    let sql = "update plans set published_at = $2, withdrawn_at = $3 where id = $1";
    tx.execute(sql, params![id, published, withdrawn])?;
    Ok(())
}

/// Writes an answer down: of a re-plan only what it changes.
pub fn keep(
    tx: &mut Tx,
    order: &Order,
    id: Id<APlan>,
    case: &Case,
    answer: &Answer,
    took_ms: u64,
) -> Result<(), Error> {
    keep_lines(tx, order, id, case, answer)?;
    keep_releases(tx, order, id, case, answer)?;
    keep_posts(tx, order, id, case, answer)?;
    keep_score(tx, id, &answer.figures, took_ms)
}

fn keep_lines(tx: &mut Tx, order: &Order, id: Id<APlan>, case: &Case, answer: &Answer) -> Result<(), Error> {
    let place = |want: usize| (case.spots[case.wants[want].spot].site, case.wants[want].role);
    let lines = answer.lines.iter().filter(|line| !case.is_mending || line.is_news(case));
    let row = |line: &crate::rules::case::Line| -> [Value; 9] {
        let (site, role) = place(line.want);
        let person = &case.candidates[line.candidate];
        let from = person.held.map(|held| place(held.want));
        [
            id.into(),
            (&order.district).into(),
            person.volunteer.into(),
            site.into(),
            role.name().into(),
            line.distance_m.into(),
            line.reason.name().into(),
            from.map(|(site, _)| site).into(),
            from.map(|(_, role)| role.name()).into(),
        ]
    };
    tx.insert_many(
        "insert into plan_lines (plan, district, volunteer, site, role, distance_m, reason, from_site, from_role)",
        "",
        lines.map(row),
    )?;
    Ok(())
}

fn keep_releases(tx: &mut Tx, order: &Order, id: Id<APlan>, case: &Case, answer: &Answer) -> Result<(), Error> {
    let rows = answer.released.iter().filter_map(|&at| {
        let person = &case.candidates[at];
        let want = &case.wants[person.held?.want];
        let site = case.spots[want.spot].site;
        Some([id.into(), (&order.district).into(), person.volunteer.into(), site.into(), want.role.name().into()])
    });
    tx.insert_many("insert into plan_releases (plan, district, volunteer, site, role)", "", rows)?;
    Ok(())
}

fn keep_posts(tx: &mut Tx, order: &Order, id: Id<APlan>, case: &Case, answer: &Answer) -> Result<(), Error> {
    let mut rows = Vec::new();
    for outcome in &answer.outcomes {
        let want = &case.wants[outcome.want];
        let shortfall = outcome.shortfall.map(|shortfall| serde_json::to_string(&shortfall));
        let shortfall = shortfall.transpose().map_err(|e| Error::Bug(e.to_string()))?;
        let row: [Value; 9] = [
            id.into(),
            (&order.district).into(),
            case.spots[want.spot].site.into(),
            want.role.name().into(),
            outcome.need.into(),
            outcome.crew.into(),
            outcome.filled.into(),
            outcome.price.into(),
            shortfall.into(),
        ];
        rows.push(row);
    }
    tx.insert_many(
        "insert into plan_posts (plan, district, site, role, need, crew, filled, price, shortfall)",
        "",
        rows,
    )?;
    Ok(())
}

/// What a mending plan changes, in people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// To another post than the one they hold.
    pub moved: u64,
    /// Who held none.
    pub called: u64,
    pub called_from_reserve: u64,
    pub sent_home: u64,
}

impl Changed {
    pub const fn told(&self) -> u64 {
        self.moved + self.called + self.sent_home
    }
}

/// The lines of a mending plan are its news: whoever stays where they are has none.
pub fn changed(tx: &mut Tx, plan: Id<APlan>) -> Result<Changed, Error> {
    let sql = "select count(from_site) as moved, count(*) filter (where from_site is null) as called, \
         count(*) filter (where from_site is null and reason = $2) as reserve, \
         (select count(*) from plan_releases where plan = $1) as released from plan_lines where plan = $1";
    let found = tx.first(sql, params![plan, Reason::Reserve.name()], |row| {
        Ok(Changed {
            moved: row.get("moved")?,
            called: row.get("called")?,
            called_from_reserve: row.get("reserve")?,
            sent_home: row.get("released")?,
        })
    })?;
    found.ok_or_else(|| Error::Missing { statement: sql.to_owned() })
}

fn keep_score(tx: &mut Tx, id: Id<APlan>, figures: &Figures, took_ms: u64) -> Result<(), Error> {
    let at = tx.at();
    tx.execute(
        "update plans set stage = 'ready', failure = null, ready_at = $2, took_ms = $3, objective = $4, lower_bound = $5, \
         pairs = $6, people = $7, assigned = $8, unmet = $9, outside_link = $10, reserve_used = $11, moved = $12, \
         called = $13, released = $14, travel_m = $15 where id = $1",
        params![
            id,
            at,
            took_ms,
            figures.objective,
            figures.lower_bound,
            figures.pairs,
            figures.people,
            figures.assigned,
            figures.unmet,
            figures.outside_link,
            figures.reserve_used,
            figures.moved,
            figures.called,
            figures.released,
            figures.travel_m
        ],
    )?;
    Ok(())
}

/// One person at one post of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    pub volunteer: Id<Volunteer>,
    pub site: Id<Site>,
    pub role: PostRole,
    pub distance_m: i64,
    pub reason: Reason,
    /// The post held before.
    pub from: Option<(Id<Site>, PostRole)>,
}

fn line(row: &Row<'_>) -> Result<Line, Error> {
    let from_site: Option<Id<Site>> = row.get("from_site")?;
    let from = from_site.map(|site| row.parse("from_role").map(|role| (site, role))).transpose()?;
    Ok(Line {
        volunteer: row.get("volunteer")?,
        site: row.get("site")?,
        role: row.parse("role")?,
        distance_m: row.get("distance_m")?,
        reason: row.parse("reason")?,
        from,
    })
}

const LINES: &str = "select volunteer, site, role, distance_m, reason, from_site, from_role from plan_lines";

pub fn lines(tx: &mut Tx, id: Id<APlan>) -> Result<Vec<Line>, Error> {
    tx.rows(&format!("{LINES} where plan = $1 order by volunteer"), params![id], line)
}

/// The lines of one site.
pub fn lines_at(tx: &mut Tx, id: Id<APlan>, site: Id<Site>) -> Result<Vec<Line>, Error> {
    tx.rows(&format!("{LINES} where plan = $1 and site = $2 order by role, volunteer"), params![id, site], line)
}

/// A page of lines by volunteer, after one.
pub fn page(tx: &mut Tx, id: Id<APlan>, after: Option<Id<Volunteer>>, most: usize) -> Result<Vec<Line>, Error> {
    let after = after.map_or(Uuid::nil(), Id::uuid);
    let sql = format!("{LINES} where plan = $1 and volunteer > $2 order by volunteer limit $3");
    tx.rows(&sql, params![id, after, most], line)
}

/// Streams the lines by site, for a sheet.
pub fn each_line(tx: &mut Tx, id: Id<APlan>, mut visit: impl FnMut(Line)) -> Result<(), Error> {
    tx.each(&format!("{LINES} where plan = $1 order by site, role, volunteer"), params![id], |row| {
        visit(line(row)?);
        Ok(ControlFlow::Continue(()))
    })
}

/// Somebody sent home, and the post they held.
pub type Release = (Id<Volunteer>, Id<Site>, PostRole);

/// People whom a re-plan sends home.
pub fn releases(tx: &mut Tx, id: Id<APlan>) -> Result<Vec<Release>, Error> {
    let sql = "select volunteer, site, role from plan_releases where plan = $1 order by volunteer";
    tx.rows(sql, params![id], |row| Ok((row.get("volunteer")?, row.get("site")?, row.parse("role")?)))
}

/// One post of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanPost {
    pub site: Id<Site>,
    pub role: PostRole,
    pub need: u32,
    pub crew: u32,
    pub filled: u32,
    /// What one more person there would save, in metres.
    pub price: i64,
    pub shortfall: Option<Shortfall>,
}

pub fn posts(tx: &mut Tx, id: Id<APlan>) -> Result<Vec<PlanPost>, Error> {
    let sql = "select site, role, need, crew, filled, price, shortfall from plan_posts where plan = $1";
    let mut posts = tx.rows(sql, params![id], |row| {
        let shortfall: Option<serde_json::Value> = row.get("shortfall")?;
        let shortfall = shortfall.map(serde_json::from_value).transpose().map_err(|e| Error::Bug(e.to_string()))?;
        Ok(PlanPost {
            site: row.get("site")?,
            role: row.parse("role")?,
            need: row.get("need")?,
            crew: row.get("crew")?,
            filled: row.get("filled")?,
            price: row.get("price")?,
            shortfall,
        })
    })?;
    posts.sort_unstable_by_key(|post| (post.site, post.role));
    Ok(posts)
}

/// Posts of a plan by site and role.
pub fn post_map(tx: &mut Tx, id: Id<APlan>) -> Result<HashMap<(Id<Site>, PostRole), PlanPost>, Error> {
    Ok(posts(tx, id)?.into_iter().map(|post| ((post.site, post.role), post)).collect())
}
