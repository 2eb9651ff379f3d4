//! Who holds which post. One row per assignment; a row ends, and is never overwritten by another.

use std::collections::HashMap;

use domain::{
    Id, Moment, PostRole,
    things::{Assignment as AnAssignment, Order as AnOrder, Plan, Site, Volunteer},
};
use responders::{Ahead, Stay};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, Value, params};

use super::orders::Order;
use crate::rules::{pick::Reason, standing::Standing};

/// The label under which the words of a refusal are sealed.
pub const NOTE: &str = "assignments.declined_note";

/// One volunteer at one post under an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    pub id: Id<AnAssignment>,
    pub order: Id<AnOrder>,
    pub volunteer: Id<Volunteer>,
    pub site: Id<Site>,
    pub role: PostRole,
    pub shift_from: Moment,
    pub shift_until: Moment,
    pub plan: Id<Plan>,
    pub distance_m: i64,
    pub reason: Reason,
    #[serde(flatten)]
    pub standing: Standing,
    /// The assignment this one took the place of: it must be tapped "seen".
    pub replaces: Option<Id<AnAssignment>>,
    pub told_at: Moment,
    /// Kept when somebody who acknowledged arrives.
    pub acknowledged_at: Option<Moment>,
}

impl Assignment {
    /// Changed, and the change was not seen yet.
    pub fn is_unseen_change(&self) -> bool {
        self.replaces.is_some() && self.acknowledged_at.is_none() && self.standing.is_live()
    }

    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            order: row.get("order_id")?,
            volunteer: row.get("volunteer")?,
            site: row.get("site")?,
            role: row.parse("role")?,
            shift_from: row.get("shift_from")?,
            shift_until: row.get("shift_until")?,
            plan: row.get("plan")?,
            distance_m: row.get("distance_m")?,
            reason: row.parse("reason")?,
            standing: standing(row)?,
            replaces: row.get("replaces")?,
            told_at: row.get("told_at")?,
            acknowledged_at: row.get("acknowledged_at")?,
        })
    }
}

fn standing(row: &Row<'_>) -> Result<Standing, Error> {
    let state: String = row.get("state")?;
    Ok(match state.as_str() {
        "told" => Standing::Told,
        "acknowledged" => Standing::Acknowledged { at: row.get("acknowledged_at")? },
        "arrived" => Standing::Arrived { at: row.get("arrived_at")?, stands_at: row.get("stands_at")? },
        "left" => Standing::Left { arrived_at: row.get("arrived_at")?, at: row.get("left_at")? },
        "declined" => Standing::Declined { at: row.get("ended_at")?, why: row.parse("declined_why")? },
        "withdrawn" => Standing::Withdrawn { at: row.get("ended_at")? },
        other => return Err(Error::Bug(format!("assignments.state: “{other}”"))),
    })
}

const COLUMNS: &str = "select id, order_id, volunteer, site, role, shift_from, shift_until, plan, distance_m, reason, state, \
     replaces, told_at, acknowledged_at, declined_why, arrived_at, stands_at, left_at, ended_at from assignments";

/// The live assignment of somebody that is nearest now, of any order.
pub fn of_volunteer(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Option<Assignment>, Error> {
    let at = tx.at();
    let sql = format!("{COLUMNS} where volunteer = $1 and ended_at is null order by told_at desc limit 20");
    let rows = tx.rows(&sql, params![volunteer], Assignment::read)?;
    let distance_s = |held: &Assignment| held.shift_from.since_s(at).max(at.since_s(held.shift_until)).max(0);
    Ok(rows.into_iter().min_by_key(distance_s))
}

pub fn by_id(tx: &mut Tx, id: Id<AnAssignment>) -> Result<Option<Assignment>, Error> {
    tx.first(&format!("{COLUMNS} where id = $1"), params![id], Assignment::read)
}

/// The latest assignment of somebody, ended or not.
pub fn latest_of(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Option<Assignment>, Error> {
    let sql = format!("{COLUMNS} where volunteer = $1 order by told_at desc, id desc limit 1");
    tx.first(&sql, params![volunteer], Assignment::read)
}

/// Somebody's live assignment under one order.
pub fn held(tx: &mut Tx, order: Id<AnOrder>, volunteer: Id<Volunteer>) -> Result<Option<Assignment>, Error> {
    let sql = format!("{COLUMNS} where order_id = $1 and volunteer = $2 and ended_at is null");
    tx.first(&sql, params![order, volunteer], Assignment::read)
}

/// Live assignments of a site, by role and volunteer.
pub fn of_site(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>) -> Result<Vec<Assignment>, Error> {
    let sql = format!("{COLUMNS} where order_id = $1 and site = $2 and ended_at is null order by role, volunteer");
    tx.rows(&sql, params![order, site], Assignment::read)
}

/// All live assignments of an order.
pub fn live(tx: &mut Tx, order: Id<AnOrder>) -> Result<Vec<Assignment>, Error> {
    let sql = format!("{COLUMNS} where order_id = $1 and ended_at is null");
    tx.rows(&sql, params![order], Assignment::read)
}

/// Where a page of an order's assignments ends.
pub type Place = (Id<Site>, PostRole, Id<Volunteer>);

/// A page of an order's live assignments, site by site and role by role, after one.
pub fn page(tx: &mut Tx, order: Id<AnOrder>, after: Option<Place>, most: usize) -> Result<Vec<Assignment>, Error> {
    let nil = uuid::Uuid::nil();
    let (site, role, volunteer) =
        after.map_or((nil, "", nil), |(site, role, volunteer)| (site.uuid(), role.name(), volunteer.uuid()));
    let sql = format!(
        "{COLUMNS} where order_id = $1 and ended_at is null and (site, role, volunteer) > ($2, $3, $4) \
         order by site, role, volunteer limit $5"
    );
    tx.rows(&sql, params![order, site, role, volunteer, most], Assignment::read)
}

/// Who declined under an order.
pub fn declined(tx: &mut Tx, order: Id<AnOrder>) -> Result<Vec<Assignment>, Error> {
    let sql = format!("{COLUMNS} where order_id = $1 and state = 'declined' order by volunteer");
    tx.rows(&sql, params![order], Assignment::read)
}

/// Who declined stands under the duty again and comes; refused by the key of the day when they hold another.
pub fn come_back(tx: &mut Tx, id: Id<AnAssignment>) -> Result<(), Error> {
    tx.execute(
        "update assignments set state = 'acknowledged', acknowledged_at = $2, ended_at = null, declined_why = null, \
         declined_note = null where id = $1 and state = 'declined'",
        params![id, tx.at()],
    )?;
    Ok(())
}

/// Plans may ask somebody again who declined, or may not after all. Gives whether that changed anything.
pub fn ask_again(tx: &mut Tx, order: Id<AnOrder>, volunteer: Id<Volunteer>, may: bool) -> Result<bool, Error> {
    let (from, to) = if may { ("declined", "withdrawn") } else { ("withdrawn", "declined") };
    let rows = tx.execute(
        "update assignments set state = $3 where order_id = $1 and volunteer = $2 and state = $4 \
         and declined_why is not null",
        params![order, volunteer, to, from],
    )?;
    Ok(rows > 0)
}

/// Who is held by another open order at these hours.
pub fn held_elsewhere(tx: &mut Tx, order: &Order) -> Result<Vec<Id<Volunteer>>, Error> {
    let (from, until) = order.shift();
    tx.rows(
        "select a.volunteer from orders o join assignments a on a.order_id = o.id \
         where o.district = $1 and o.closed_at is null and o.id <> $2 and a.ended_at is null and a.left_at is null \
         and (a.day = $5 or (a.shift_from < $4 and a.shift_until > $3))",
        params![&order.district, order.id, from, until, &order.day],
        |row| row.get("volunteer"),
    )
}

/// What open orders still ask of people beside this one: when their shifts end, and who was told of a duty that is not
/// over and has not been begun.
pub fn ahead(tx: &mut Tx, order: &Order) -> Result<Ahead, Error> {
    let ends = tx.rows(
        "select id, shift_until from orders where district = $1 and closed_at is null",
        params![&order.district],
        |row| Ok((row.get("id")?, row.get("shift_until")?)),
    )?;
    let duties = tx.rows(
        "select a.volunteer, a.shift_from, a.shift_until from orders o join assignments a on a.order_id = o.id \
         where o.district = $1 and o.closed_at is null and o.id <> $2 and a.ended_at is null \
         and a.state in ('told', 'acknowledged') and a.shift_until > $3",
        params![&order.district, order.id, tx.at()],
        |row| {
            let duty = Stay { from: row.get("shift_from")?, until: Some(row.get("shift_until")?) };
            Ok((row.get("volunteer")?, duty))
        },
    )?;
    Ok(Ahead { ends: ends.into_iter().collect(), duties })
}

/// Somebody newly given a post.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    pub id: Id<AnAssignment>,
    pub volunteer: Id<Volunteer>,
    pub site: Id<Site>,
    pub role: PostRole,
    /// The plan that says so.
    pub plan: Id<Plan>,
    pub distance_m: i64,
    pub reason: Reason,
    pub replaces: Option<Id<AnAssignment>>,
}

/// Gives posts. A person who already holds one on that day makes the whole change fail.
pub fn add(tx: &mut Tx, order: &Order, postings: &[Posting]) -> Result<(), Error> {
    let at = tx.at();
    let (from, until) = order.shift();
    let row = |posting: &Posting| -> [Value; 15] {
        [
            posting.id.into(),
            (&order.district).into(),
            order.id.into(),
            posting.volunteer.into(),
            order.day.as_str().into(),
            from.into(),
            until.into(),
            posting.site.into(),
            posting.role.name().into(),
            posting.plan.into(),
            posting.distance_m.into(),
            posting.reason.name().into(),
            "told".into(),
            posting.replaces.into(),
            at.into(),
        ]
    };
    tx.insert_many(
        "insert into assignments (id, district, order_id, volunteer, day, shift_from, shift_until, site, role, plan, \
         distance_m, reason, state, replaces, told_at)",
        "",
        postings.iter().map(row),
    )?;
    Ok(())
}

/// Writes a standing. Withdrawn ones name the plan that took the place.
pub fn set_standing(tx: &mut Tx, id: Id<AnAssignment>, standing: &Standing) -> Result<(), Error> {
    let name = standing.name();
    match standing {
        Standing::Told => Ok(0),
        Standing::Acknowledged { at } => {
            tx.execute("update assignments set state = $2, acknowledged_at = $3 where id = $1", params![id, name, *at])
        }
        Standing::Arrived { at, stands_at } => tx.execute(
            "update assignments set state = $2, arrived_at = $3, stands_at = $4, left_at = null where id = $1",
            params![id, name, *at, *stands_at],
        ),
        Standing::Left { at, .. } => {
            tx.execute("update assignments set state = $2, left_at = $3 where id = $1", params![id, name, *at])
        }
        Standing::Declined { at, why } => tx.execute(
            "update assignments set state = $2, declined_why = $3, ended_at = $4 where id = $1",
            params![id, name, why.name(), *at],
        ),
        Standing::Withdrawn { at } => {
            tx.execute("update assignments set state = $2, ended_at = $3 where id = $1", params![id, name, *at])
        }
    }?;
    Ok(())
}

/// Two phones saw the same arrival: the earlier one says when it was.
pub fn arrived_earlier(tx: &mut Tx, id: Id<AnAssignment>, at: Moment) -> Result<(), Error> {
    let sql = "update assignments set arrived_at = $2 where id = $1 and state = 'arrived' and arrived_at > $2";
    tx.execute(sql, params![id, at])?;
    Ok(())
}

/// Where somebody who has arrived really stands: another site, or (none) their own.
pub fn set_place(tx: &mut Tx, id: Id<AnAssignment>, stands_at: Option<Id<Site>>) -> Result<(), Error> {
    tx.execute("update assignments set stands_at = $2 where id = $1", params![id, stands_at])?;
    Ok(())
}

/// An arrival that was a mistake: as it was before.
pub fn unset_arrival(tx: &mut Tx, id: Id<AnAssignment>) -> Result<(), Error> {
    tx.execute(
        "update assignments set state = case when acknowledged_at is null then 'told' else 'acknowledged' end, \
         arrived_at = null, stands_at = null, left_at = null where id = $1",
        params![id],
    )?;
    Ok(())
}

/// A check-out that was a mistake: still there.
pub fn unset_leaving(tx: &mut Tx, id: Id<AnAssignment>) -> Result<(), Error> {
    tx.execute("update assignments set state = 'arrived', left_at = null where id = $1", params![id])?;
    Ok(())
}

pub fn note_refusal(tx: &mut Tx, id: Id<AnAssignment>, words: &str) -> Result<(), Error> {
    let sealed = tx.seal(NOTE, words);
    tx.execute("update assignments set declined_note = $2 where id = $1", params![id, sealed])?;
    Ok(())
}

/// What somebody wrote when declining.
pub fn refusal_note(tx: &mut Tx, id: Id<AnAssignment>) -> Result<Option<String>, Error> {
    let sealed: Option<Vec<u8>> = tx
        .first("select declined_note from assignments where id = $1", params![id], |row| row.get("declined_note"))?
        .flatten();
    sealed.map(|sealed| tx.open(NOTE, &sealed)).transpose()
}

/// A plan takes posts away from people who are not there yet, and from those who stand at a site that drops out. Gives
/// how many it could.
pub fn withdraw(tx: &mut Tx, ids: &[Id<AnAssignment>], by: Id<Plan>, dropped: Option<Id<Site>>) -> Result<u64, Error> {
    let sql = "update assignments set state = case when state = 'arrived' then 'left' else 'withdrawn' end, \
               left_at = case when state = 'arrived' then $1 else left_at end, ended_at = $1, ended_by = $2 \
               where id in (:these) and ended_at is null and (state in ('told', 'acknowledged') or site = $3)";
    let site = dropped.map_or(uuid::Uuid::nil(), Id::uuid);
    tx.execute_among(sql, params![tx.at(), by, site], ids.iter().copied())
}

/// Assignments that a plan gave and that still stand.
pub fn given_by(tx: &mut Tx, plan: Id<Plan>) -> Result<Vec<Assignment>, Error> {
    tx.rows(&format!("{COLUMNS} where plan = $1 and ended_at is null"), params![plan], Assignment::read)
}

/// Assignments that a plan ended.
pub fn ended_by(tx: &mut Tx, plan: Id<Plan>) -> Result<Vec<Assignment>, Error> {
    tx.rows(&format!("{COLUMNS} where ended_by = $1"), params![plan], Assignment::read)
}

/// How many assignments of an order were told, by volunteer: those who must see a change.
pub fn unseen_changes(tx: &mut Tx, order: Id<AnOrder>) -> Result<u64, Error> {
    tx.one(
        "select count(*) as n from assignments where order_id = $1 and ended_at is null and replaces is not null \
         and acknowledged_at is null",
        params![order],
        |row| row.get("n"),
    )
}

/// Live assignments by volunteer.
pub fn live_by_volunteer(tx: &mut Tx, order: Id<AnOrder>) -> Result<HashMap<Id<Volunteer>, Assignment>, Error> {
    Ok(live(tx, order)?.into_iter().map(|held| (held.volunteer, held)).collect())
}
