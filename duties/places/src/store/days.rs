//! A site's day under an order: its stages, its checklist, and when it was last heard of.

use std::collections::HashMap;

use domain::{
    Actor, District, Event, Id, Jurisdiction, Moment,
    things::{Order, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, params};
use uuid::Uuid;

use super::sites::jurisdiction;
use crate::rules::day::{Item, Mark, Stage, Times};

/// Between two signs of life that are this close only the first is written.
const HEARD_EVERY_S: i64 = 15;
/// After this long without a sign of life the next one is news.
const SILENT_S: i64 = 600;

/// One site under an order, for boards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SiteDay {
    pub site: Id<Site>,
    pub set_up_at: Option<Moment>,
    pub opened_at: Option<Moment>,
    pub closed_at: Option<Moment>,
    pub heard_at: Option<Moment>,
    /// How many of the required items are marked.
    pub required_done: u32,
}

/// One line of the checklist with its last mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemState {
    pub item: Item,
    pub required: bool,
    pub done: bool,
    /// When it was marked at the site, and by whom; none while nobody has.
    pub at: Option<Moment>,
    pub by: Option<Actor>,
}

/// A site's readiness under an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness {
    pub site: Id<Site>,
    pub order: Id<Order>,
    pub stage: Stage,
    pub times: Times,
    pub items: Vec<ItemState>,
}

impl Readiness {
    /// What the site cannot open without and does not have yet.
    pub fn missing(&self) -> Vec<Item> {
        self.items.iter().filter(|state| state.required && !state.done).map(|state| state.item).collect()
    }
}

/// Whether a site opened, or what it still lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    Opened,
    Lacks(Vec<Item>),
}

/// Gives sites a day under an order: from then on their chiefs can work through the checklist. To be called when the
/// order is given, and again when it gets more sites.
pub fn prepare(tx: &mut Tx, order: Id<Order>, sites: &[Id<Site>]) -> Result<(), Error> {
    let at = tx.at();
    let mut sites = sites.to_vec();
    sites.sort_unstable();
    sites.dedup();
    let rows = sites.into_iter().map(|site| [order.into(), site.into(), at.into()]);
    tx.insert_many(
        "insert into site_days (order_id, site, prepared_at)",
        "on conflict (order_id, site) do nothing",
        rows,
    )?;
    Ok(())
}

/// The order a site was last prepared for.
pub fn latest_order(tx: &mut Tx, site: Id<Site>) -> Result<Option<Id<Order>>, Error> {
    tx.first(
        "select order_id from site_days where site = $1 order by prepared_at desc, order_id desc limit 1",
        params![site],
        |row| row.get("order_id"),
    )
}

/// Whether a site was prepared for an order.
pub fn has_part(tx: &mut Tx, order: Id<Order>, site: Id<Site>) -> Result<bool, Error> {
    Ok(times(tx, order, site)?.is_some())
}

/// How far a site has come under an order; none when it has no part in it.
pub fn state(tx: &mut Tx, order: Id<Order>, site: Id<Site>) -> Result<Option<Readiness>, Error> {
    let Some(times) = times(tx, order, site)? else { return Ok(None) };
    let marks: HashMap<Item, (Mark, Actor)> = tx
        .rows(
            "select item, done, at, actor_kind, actor from checklist_marks where order_id = $1 and site = $2",
            params![order, site],
            |row| Ok((row.parse("item")?, (mark_of(row)?, actor_of(row)?))),
        )?
        .into_iter()
        .collect();
    let line = |item: Item| {
        let mark = marks.get(&item);
        ItemState {
            item,
            required: item.is_required(),
            done: mark.is_some_and(|(mark, _)| mark.done),
            at: mark.map(|(mark, _)| mark.at),
            by: mark.map(|(_, actor)| *actor),
        }
    };
    Ok(Some(Readiness { site, order, stage: times.stage(), times, items: Item::ALL.map(line).to_vec() }))
}

/// Marks an item of the checklist as of `at`. The newest mark wins; every mark is in the journal.
pub fn mark(tx: &mut Tx, order: Id<Order>, site: Id<Site>, item: Item, mark: Mark) -> Result<(), Error> {
    let known = tx.first(
        "select done, at from checklist_marks where order_id = $1 and site = $2 and item = $3",
        params![order, site, item.name()],
        mark_of,
    )?;
    if known == Some(mark) {
        return Ok(());
    }
    let actor = *tx.actor();
    if known.is_none_or(|known| mark.outranks(known)) {
        tx.execute(
            "insert into checklist_marks (order_id, site, item, done, at, actor_kind, actor)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (order_id, site, item) do update set done = excluded.done, at = excluded.at,
               actor_kind = excluded.actor_kind, actor = excluded.actor",
            params![order, site, item.name(), mark.done, mark.at, actor.kind.name(), actor.id],
        )?;
    }
    let event = Event::ChecklistMarked { site, order, item: item.name().to_owned(), done: mark.done, at: mark.at };
    note(tx, site, &event)
}

/// The site stands.
pub fn declare_set_up(tx: &mut Tx, order: Id<Order>, site: Id<Site>, at: Moment) -> Result<(), Error> {
    change(tx, order, site, |times| times.set_up(at), &Event::SiteSetUp { site, order, at })
}

/// The site takes people, unless something required is missing.
pub fn open(tx: &mut Tx, order: Id<Order>, site: Id<Site>, at: Moment) -> Result<Opening, Error> {
    prepare(tx, order, &[site])?;
    let missing = state(tx, order, site)?.map(|readiness| readiness.missing()).unwrap_or_default();
    if !missing.is_empty() {
        return Ok(Opening::Lacks(missing));
    }
    change(tx, order, site, |times| times.open(at), &Event::SiteOpened { site, order, at })?;
    Ok(Opening::Opened)
}

/// The site is done.
pub fn close(tx: &mut Tx, order: Id<Order>, site: Id<Site>, at: Moment) -> Result<(), Error> {
    change(tx, order, site, |times| times.close(at), &Event::SiteClosed { site, order, at })
}

/// Takes back the stage a site is in.
pub fn withdraw(tx: &mut Tx, order: Id<Order>, site: Id<Site>) -> Result<(), Error> {
    let Some(before) = times(tx, order, site)? else { return Ok(()) };
    let stage = before.stage().name().to_owned();
    change(tx, order, site, Times::withdraw, &Event::StageWithdrawn { site, order, stage })
}

/// All sites of an order.
pub fn overview(tx: &mut Tx, order: Id<Order>) -> Result<Vec<SiteDay>, Error> {
    let marked = required_done(tx, order)?;
    tx.rows(
        "select y.site, y.set_up_at, y.opened_at, y.closed_at, h.at as heard_at
         from site_days y left join site_heard h on h.site = y.site where y.order_id = $1 order by y.site",
        params![order],
        |row| {
            let site = row.get("site")?;
            let Times { set_up_at, opened_at, closed_at } = times_of(row)?;
            let required_done = marked.get(&site).copied().unwrap_or(0);
            Ok(SiteDay { site, set_up_at, opened_at, closed_at, heard_at: row.get("heard_at")?, required_done })
        },
    )
}

/// Notes a sign of life from a site's phone.
pub fn heard(tx: &mut Tx, site: Id<Site>) -> Result<(), Error> {
    let at = tx.at();
    let last = heard_at(tx, site)?;
    let silent_s = last.map_or(i64::MAX, |last| at.since_s(last));
    if silent_s < HEARD_EVERY_S {
        return Ok(());
    }
    tx.execute(
        "insert into site_heard (site, at) values ($1, $2) on conflict (site) do update set at = excluded.at",
        params![site, at],
    )?;
    if silent_s >= SILENT_S { note(tx, site, &Event::SiteHeard { site }) } else { Ok(()) }
}

/// When a site was last heard of.
pub fn heard_at(tx: &mut Tx, site: Id<Site>) -> Result<Option<Moment>, Error> {
    tx.first("select at from site_heard where site = $1", params![site], |row| row.get("at"))
}

/// When each site was last heard of.
pub fn last_heard(tx: &mut Tx, district: &District) -> Result<HashMap<Id<Site>, Moment>, Error> {
    let rows = tx.rows(
        "select h.site, h.at from sites s join site_heard h on h.site = s.id where s.district = $1",
        params![district],
        |row| Ok((row.get("site")?, row.get("at")?)),
    )?;
    Ok(rows.into_iter().collect())
}

fn required_done(tx: &mut Tx, order: Id<Order>) -> Result<HashMap<Id<Site>, u32>, Error> {
    let mut done = HashMap::new();
    let rows: Vec<(Id<Site>, Item)> =
        tx.rows("select site, item from checklist_marks where order_id = $1 and done", params![order], |row| {
            Ok((row.get("site")?, row.parse("item")?))
        })?;
    for (site, _) in rows.into_iter().filter(|(_, item)| item.is_required()) {
        *done.entry(site).or_insert(0) += 1;
    }
    Ok(done)
}

/// Moves a site's day on, and notes it when that changed anything.
fn change(
    tx: &mut Tx,
    order: Id<Order>,
    site: Id<Site>,
    step: impl FnOnce(Times) -> Times,
    event: &Event,
) -> Result<(), Error> {
    prepare(tx, order, &[site])?;
    let before = times(tx, order, site)?.unwrap_or_default();
    let after = step(before);
    if after == before {
        return Ok(());
    }
    tx.execute(
        "update site_days set set_up_at = $3, opened_at = $4, closed_at = $5 where order_id = $1 and site = $2",
        params![order, site, after.set_up_at, after.opened_at, after.closed_at],
    )?;
    note(tx, site, event)
}

fn note(tx: &mut Tx, site: Id<Site>, event: &Event) -> Result<(), Error> {
    let here: Option<Jurisdiction> = jurisdiction(tx, site)?;
    here.map_or(Ok(()), |here| tx.record(&here, site.uuid(), event))
}

fn times(tx: &mut Tx, order: Id<Order>, site: Id<Site>) -> Result<Option<Times>, Error> {
    tx.first(
        "select set_up_at, opened_at, closed_at from site_days where order_id = $1 and site = $2",
        params![order, site],
        times_of,
    )
}

fn times_of(row: &Row<'_>) -> Result<Times, Error> {
    Ok(Times { set_up_at: row.get("set_up_at")?, opened_at: row.get("opened_at")?, closed_at: row.get("closed_at")? })
}

fn mark_of(row: &Row<'_>) -> Result<Mark, Error> {
    Ok(Mark { done: row.get("done")?, at: row.get("at")? })
}

fn actor_of(row: &Row<'_>) -> Result<Actor, Error> {
    Ok(Actor::new(row.parse("actor_kind")?, row.get::<Uuid>("actor")?))
}
