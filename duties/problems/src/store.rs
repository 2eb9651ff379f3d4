//! All SQL of this duty.

use std::collections::HashMap;

use domain::{
    Actor, District, Division, Group, Id, Jurisdiction, Moment, PostRole, Scope,
    things::{Order, Problem, Site, Zone},
};
use store::{Error, Row, Tx, Value, params};
use uuid::Uuid;

use crate::{
    raise::Kind,
    rules::{escalation, state::State},
};

pub const DETAILS: &str = "problems.details";
pub const NOTE: &str = "problem_steps.note";

/// A request as a queue shows it; its words are still sealed.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: Id<Problem>,
    pub number: i64,
    pub kind: Kind,
    pub here: Jurisdiction,
    pub site_code: Option<String>,
    pub order: Option<Id<Order>>,
    pub owner: Group,
    pub role: Option<PostRole>,
    pub count: Option<u32>,
    pub details: Option<Vec<u8>>,
    pub raised_at: Moment,
    pub raised_by: Uuid,
    pub state: State,
    pub level: u8,
    pub due_at: Option<Moment>,
    pub reference: Option<Uuid>,
}

const COLUMNS: &str =
    "id, district, number, kind, site, site_code, division, zone, order_id, owner_group, role, count, details,
    raised_at, raised_by, facts, level, due_at, reference";

fn read(row: &Row<'_>) -> Result<Stored, Error> {
    let facts: serde_json::Value = row.get("facts")?;
    let state = serde_json::from_value(facts).map_err(|e| Error::Bug(format!("problems.facts: {e}")))?;
    let owner: Group = row.parse("owner_group")?;
    let here = Jurisdiction {
        division: row.get::<Option<Division>>("division")?,
        zone: row.get::<Option<Id<Zone>>>("zone")?,
        site: row.get::<Option<Id<Site>>>("site")?,
        group: Some(owner),
        ..Jurisdiction::district(row.get("district")?)
    };
    let role = row.get::<Option<String>>("role")?.and_then(|name| name.parse().ok());
    Ok(Stored {
        id: row.get("id")?,
        number: row.get("number")?,
        kind: row.parse("kind")?,
        here,
        site_code: row.get("site_code")?,
        order: row.get("order_id")?,
        owner,
        role,
        count: row.get("count")?,
        details: row.get("details")?,
        raised_at: row.get("raised_at")?,
        raised_by: row.get("raised_by")?,
        state,
        level: row.get("level")?,
        due_at: row.get("due_at")?,
        reference: row.get("reference")?,
    })
}

pub fn facts(state: State) -> Result<String, Error> {
    serde_json::to_string(&state).map_err(|e| Error::Bug(e.to_string()))
}

/// The number of a request, and the site that it came from.
pub fn number_of(tx: &mut Tx, id: Id<Problem>) -> Result<Option<(i64, Option<Id<Site>>)>, Error> {
    let sql = "select number, site from problems where id = $1";
    tx.first(sql, params![id], |row| Ok((row.get("number")?, row.get("site")?)))
}

/// The id under which a site keeps what its phone calls so: one that another site has had is another one here, so that
/// nobody is told of it.
pub fn own_id(tx: &mut Tx, site: Id<Site>, id: Id<Problem>) -> Result<Id<Problem>, Error> {
    let is_theirs = number_of(tx, id)?.is_some_and(|(_, there)| there != Some(site));
    let other = || Id::from_uuid(Uuid::from_u128(id.uuid().as_u128() ^ site.uuid().as_u128()));
    Ok(if is_theirs { other() } else { id })
}

/// The next human number of a district: gap-free, because the gate lets one change through at a time.
pub fn next_number(tx: &mut Tx, district: &District) -> Result<i64, Error> {
    tx.one(
        "insert into problem_numbers (district, last) values ($1, 1)
         on conflict (district) do update set last = problem_numbers.last + 1 returning last",
        params![district],
        |row| row.get("last"),
    )
}

pub fn add_step(tx: &mut Tx, id: Id<Problem>, step: &str, state: State, note: Option<&str>) -> Result<(), Error> {
    let note = note.map(|text| tx.seal(NOTE, text));
    let (at, actor) = (tx.at(), *tx.actor());
    tx.execute(
        "insert into problem_steps (problem, nth, at, actor_kind, actor, step, facts, note)
         select $1, count(*) + 1, $2, $3, $4, $5, $6, $7 from problem_steps where problem = $1",
        params![id, at, actor.kind.name(), actor.id, step, facts(state)?, note],
    )?;
    Ok(())
}

/// Writes a state after a step.
pub fn set_state(tx: &mut Tx, id: Id<Problem>, state: State, owner: Group, level: u8) -> Result<(), Error> {
    tx.execute(
        "update problems set state = $2, facts = $3, owner_group = $4, level = $5, due_at = $6, is_open = $7 where id = $1",
        params![
            id, state.name(), facts(state)?, owner.name(), i64::from(level), escalation::next_due(state, level), state.is_open()
        ],
    )?;
    Ok(())
}

/// What was proposed for it; a later proposal takes the place of an earlier one.
pub fn set_reference(tx: &mut Tx, id: Id<Problem>, reference: Uuid) -> Result<(), Error> {
    tx.execute("update problems set reference = $2 where id = $1", params![id, reference])?;
    Ok(())
}

pub fn find(tx: &mut Tx, id: Id<Problem>) -> Result<Option<Stored>, Error> {
    tx.first(&format!("select {COLUMNS} from problems where id = $1"), params![id], read)
}

/// The open ones that a proposal was made for.
pub fn open_with(tx: &mut Tx, district: &District, reference: Uuid) -> Result<Vec<Stored>, Error> {
    let sql = format!("select {COLUMNS} from problems where district = $1 and is_open = $2 and reference = $3");
    tx.rows(&sql, params![district, true, reference], read)
}

/// By id or by number (`R-0042`, `42`).
pub fn find_named(tx: &mut Tx, district: &District, name: &str) -> Result<Option<Stored>, Error> {
    if let Ok(id) = name.parse::<Id<Problem>>() {
        return Ok(find(tx, id)?.filter(|found| found.here.district == *district));
    }
    let digits = name.trim().trim_start_matches(['R', 'r']).trim_start_matches('-');
    let Ok(number) = digits.parse::<i64>() else { return Ok(None) };
    tx.first(
        &format!("select {COLUMNS} from problems where district = $1 and number = $2"),
        params![district, number],
        read,
    )
}

/// One page of a queue: oldest first.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub open: bool,
    pub group: Option<Group>,
    pub site: Option<Id<Site>>,
    /// The last of the page before.
    pub after: Option<(Moment, Id<Problem>)>,
    pub limit: usize,
}

pub fn list(tx: &mut Tx, district: &District, wanted: &Wanted) -> Result<Vec<Stored>, Error> {
    let mut sql = format!("select {COLUMNS} from problems where district = $1 and is_open = $2");
    let mut values: Vec<Value> = vec![district.into(), wanted.open.into()];
    let mut and = |text: &str, value: Value, values: &mut Vec<Value>| {
        values.push(value);
        sql.push_str(&text.replace("$n", &format!("${}", values.len())));
    };
    if let Some(group) = wanted.group {
        and(" and owner_group = $n", group.name().into(), &mut values);
    }
    if let Some(site) = wanted.site {
        and(" and site = $n", site.into(), &mut values);
    }
    if let Some((at, id)) = wanted.after {
        and(" and raised_at >= $n", at.into(), &mut values);
        and(" and (raised_at, id) > ($n,", at.into(), &mut values);
        and(" $n)", id.into(), &mut values);
    }
    and(" order by raised_at, id limit $n", wanted.limit.into(), &mut values);
    tx.rows(&sql, &values, read)
}

/// The open ones that silence has raised, highest first, longest waiting first.
pub fn unanswered(tx: &mut Tx, district: &District, most: usize) -> Result<Vec<Stored>, Error> {
    let sql = format!(
        "select {COLUMNS} from problems where district = $1 and is_open = $2 and level > 0 \
         order by level desc, raised_at, id limit $3"
    );
    tx.rows(&sql, params![district, true, most], read)
}

/// Whether somebody with these scopes may see it.
pub fn is_within(stored: &Stored, scopes: &[Scope]) -> bool {
    scopes.iter().any(|scope| scope.covers(&stored.here))
}

/// A step as it happened.
#[derive(Debug, Clone)]
pub struct Step {
    pub at: Moment,
    pub actor: Actor,
    pub step: String,
    pub state: State,
    pub note: Option<Vec<u8>>,
}

pub fn steps(tx: &mut Tx, id: Id<Problem>) -> Result<Vec<Step>, Error> {
    let sql = "select at, actor_kind, actor, step, facts, note from problem_steps where problem = $1 order by nth";
    tx.rows(sql, params![id], |row| {
        let facts: serde_json::Value = row.get("facts")?;
        Ok(Step {
            at: row.get("at")?,
            actor: Actor::new(row.parse("actor_kind")?, row.get("actor")?),
            step: row.get("step")?,
            state: serde_json::from_value(facts).map_err(|e| Error::Bug(format!("problem_steps.facts: {e}")))?,
            note: row.get("note")?,
        })
    })
}

/// How many are open per group, how many of them loud, and since when the oldest waits.
#[derive(Debug, Clone)]
pub struct Count {
    pub group: Group,
    pub open: u64,
    pub loud: u64,
    pub oldest: Option<Moment>,
}

pub fn counts(tx: &mut Tx, district: &District) -> Result<Vec<Count>, Error> {
    let sql = "select owner_group, count(*) as open, sum(case when level > 0 then 1 else 0 end) as loud, min(raised_at) as oldest
               from problems where district = $1 and is_open = $2 group by owner_group";
    tx.rows(sql, params![district, true], |row| {
        Ok(Count {
            group: row.parse("owner_group")?,
            open: row.get("open")?,
            loud: row.get("loud")?,
            oldest: row.get("oldest")?,
        })
    })
}

/// Where the request named in an address belongs.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    Ok(find_named(tx, district, text)?.map(|found| found.here))
}

/// The open requests of each site, and since when the oldest waits.
pub fn waiting(tx: &mut Tx, district: &District) -> Result<HashMap<Id<Site>, (u32, Moment)>, Error> {
    let sql = "select site, count(*) as open, min(raised_at) as oldest from problems
               where district = $1 and is_open = $2 and site is not null group by site";
    let rows =
        tx.rows(sql, params![district, true], |row| Ok((row.get("site")?, (row.get("open")?, row.get("oldest")?))))?;
    Ok(rows.into_iter().collect())
}
