//! Orders and the sites they cover.

use std::collections::HashSet;

use domain::{
    District, Id, Jurisdiction, Moment,
    things::{Order as AnOrder, Plan, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Row, Tx, params};

use crate::rules::milestones::Milestones;

/// The label under which an order's name is sealed: people write it.
pub const NAME: &str = "orders.name";

/// A command of the headquarters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    pub id: Id<AnOrder>,
    pub district: District,
    /// Of a drill it begins with the word for it, so that nothing that names the order can leave it out.
    pub name: String,
    #[serde(default)]
    pub is_drill: bool,
    pub milestones: Milestones,
    /// The local day that its shift counts for.
    pub day: String,
    pub given_at: Moment,
    /// The plan that people were told of.
    pub plan: Option<Id<Plan>>,
    pub closed_at: Option<Moment>,
}

impl Order {
    pub const fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    pub const fn shift(&self) -> (Moment, Moment) {
        (self.milestones.shift_from, self.milestones.shift_until)
    }

    pub fn jurisdiction(&self) -> Jurisdiction {
        Jurisdiction::district(self.district.clone())
    }
}

const COLUMNS: &str = "select o.id, o.district, o.name, o.order_at, o.set_up_at, o.in_place_at, o.close_at, o.shift_from, \
     o.shift_until, o.day, o.given_at, o.plan, o.closed_at, o.is_drill";

/// An order whose name is still sealed.
struct Closed(Order, Vec<u8>);

impl Closed {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        let milestones = Milestones {
            order_at: row.get("order_at")?,
            set_up_at: row.get("set_up_at")?,
            in_place_at: row.get("in_place_at")?,
            close_at: row.get("close_at")?,
            shift_from: row.get("shift_from")?,
            shift_until: row.get("shift_until")?,
        };
        let order = Order {
            id: row.get("id")?,
            district: row.get("district")?,
            name: String::new(),
            is_drill: row.get("is_drill")?,
            milestones,
            day: row.get("day")?,
            given_at: row.get("given_at")?,
            plan: row.get("plan")?,
            closed_at: row.get("closed_at")?,
        };
        Ok(Self(order, row.get("name")?))
    }

    fn open(self, tx: &Tx) -> Result<Order, Error> {
        let Self(order, name) = self;
        Ok(Order { name: tx.open(NAME, &name)?, ..order })
    }
}

pub fn order(tx: &mut Tx, id: Id<AnOrder>) -> Result<Option<Order>, Error> {
    let found = tx.first(&format!("{COLUMNS} from orders o where o.id = $1"), params![id], Closed::read)?;
    found.map(|closed| closed.open(tx)).transpose()
}

/// The order that must be there: a row of this duty points at it.
pub fn known(tx: &mut Tx, id: Id<AnOrder>) -> Result<Order, Error> {
    order(tx, id)?.ok_or_else(|| Error::Missing { statement: format!("order {id}") })
}

/// Newest first, at most a hundred, before a moment when there is one.
pub fn list(tx: &mut Tx, district: &District, before: Option<Moment>) -> Result<Vec<Order>, Error> {
    let sql = format!(
        "{COLUMNS} from orders o where o.district = $1 and o.order_at < $2 order by o.order_at desc, o.id limit 100"
    );
    let before = before.unwrap_or(Moment::from_ms(i64::MAX));
    let rows = tx.rows(&sql, params![district, before], Closed::read)?;
    rows.into_iter().map(|closed| closed.open(tx)).collect()
}

/// The orders the district works under: the open ones, the one that comes first before the others.
pub fn open(tx: &mut Tx, district: &District) -> Result<Vec<Order>, Error> {
    let at = tx.at();
    let sql = format!(
        "{COLUMNS} from orders o where o.district = $1 and o.closed_at is null order by o.order_at desc limit 20"
    );
    let rows = tx.rows(&sql, params![district], Closed::read)?;
    by_rank(rows, at).into_iter().map(|closed| closed.open(tx)).collect()
}

/// The order a site works under: of the open ones that cover it the one that comes first.
pub fn of_site(tx: &mut Tx, site: Id<Site>) -> Result<Option<Order>, Error> {
    let at = tx.at();
    let sql = format!(
        "{COLUMNS} from order_sites s join orders o on o.id = s.order_id \
         where s.site = $1 and o.closed_at is null order by o.order_at desc limit 20"
    );
    let rows = tx.rows(&sql, params![site], Closed::read)?;
    by_rank(rows, at).into_iter().next().map(|closed| closed.open(tx)).transpose()
}

/// Nearest in time first; at the same time what is real before a drill, and what people were told of before what they
/// were not.
fn by_rank(mut rows: Vec<Closed>, at: Moment) -> Vec<Closed> {
    let distance_s = |order: &Order| {
        let Milestones { order_at, close_at, .. } = order.milestones;
        order_at.since_s(at).max(at.since_s(close_at)).max(0)
    };
    rows.sort_by_key(|Closed(order, _)| (distance_s(order), order.is_drill, order.plan.is_none()));
    rows
}

/// How many of these sites another open order has at hours of this one.
pub fn taken(tx: &mut Tx, order: &Order, sites: &[Id<Site>]) -> Result<usize, Error> {
    let (from, until) = order.shift();
    let sites: HashSet<_> = sites.iter().collect();
    let taken: Vec<Id<Site>> = tx.rows(
        "select distinct s.site as site from orders o join order_sites s on s.order_id = o.id \
         where o.district = $1 and o.closed_at is null and o.id <> $2 and s.closed_at is null \
         and o.shift_from < $4 and o.shift_until > $3",
        params![&order.district, order.id, from, until],
        |row| row.get("site"),
    )?;
    Ok(taken.iter().filter(|site| sites.contains(site)).count())
}

pub fn add(tx: &mut Tx, order: &Order) -> Result<(), Error> {
    let (at, by, name) = (tx.at(), tx.actor().id, tx.seal(NAME, &order.name));
    let Milestones { order_at, set_up_at, in_place_at, close_at, shift_from, shift_until } = order.milestones;
    tx.execute(
        "insert into orders (id, district, name, order_at, set_up_at, in_place_at, close_at, shift_from, shift_until, day, \
         given_by, given_at, is_drill) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            order.id,
            &order.district,
            name,
            order_at,
            set_up_at,
            in_place_at,
            close_at,
            shift_from,
            shift_until,
            &order.day,
            by,
            at,
            order.is_drill
        ],
    )?;
    Ok(())
}

/// Changes name and milestones. The shift is that of the people told of it, and moves only while nobody is.
pub fn change(tx: &mut Tx, order: &Order) -> Result<(), Error> {
    let name = tx.seal(NAME, &order.name);
    let Milestones { order_at, set_up_at, in_place_at, close_at, shift_from, shift_until } = order.milestones;
    tx.execute(
        "update orders set name = $2, order_at = $3, set_up_at = $4, in_place_at = $5, close_at = $6, shift_from = $7, \
         shift_until = $8, day = $9 where id = $1",
        params![order.id, name, order_at, set_up_at, in_place_at, close_at, shift_from, shift_until, &order.day],
    )?;
    Ok(())
}

pub fn close(tx: &mut Tx, id: Id<AnOrder>) -> Result<bool, Error> {
    let at = tx.at();
    let closed = tx.execute("update orders set closed_at = $2 where id = $1 and closed_at is null", params![id, at])?;
    Ok(closed > 0)
}

pub fn reopen(tx: &mut Tx, id: Id<AnOrder>) -> Result<(), Error> {
    tx.execute("update orders set closed_at = null where id = $1", params![id])?;
    Ok(())
}

pub fn set_plan(tx: &mut Tx, id: Id<AnOrder>, plan: Option<Id<Plan>>) -> Result<(), Error> {
    tx.execute("update orders set plan = $2 where id = $1", params![id, plan])?;
    Ok(())
}

/// `{order}` of a path.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let Ok(id) = text.parse::<Id<AnOrder>>() else { return Ok(None) };
    let sql = "select district from orders where id = $1 and district = $2";
    tx.first(sql, params![id, district], |row| Ok(Jurisdiction::district(row.get("district")?)))
}

pub fn add_sites(tx: &mut Tx, order: &Order, sites: &[Id<Site>]) -> Result<(), Error> {
    let mut sites = sites.to_vec();
    sites.sort_unstable();
    sites.dedup();
    let rows = sites.into_iter().map(|site| [order.id.into(), (&order.district).into(), site.into()]);
    let tail = "on conflict (order_id, site) do update set closed_at = null";
    tx.insert_many("insert into order_sites (order_id, district, site)", tail, rows)?;
    Ok(())
}

/// A site that takes part, and when it dropped out.
pub type Part = (Id<Site>, Option<Moment>);

/// The sites that take part, those that dropped out with the moment of it.
pub fn sites(tx: &mut Tx, order: Id<AnOrder>) -> Result<Vec<Part>, Error> {
    let sql = "select site, closed_at from order_sites where order_id = $1 order by site";
    tx.rows(sql, params![order], |row| Ok((row.get("site")?, row.get("closed_at")?)))
}

pub fn covers(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>) -> Result<bool, Error> {
    let sql = "select 1 as one from order_sites where order_id = $1 and site = $2 and closed_at is null";
    Ok(tx.first(sql, params![order, site], |row| row.get::<i64>("one"))?.is_some())
}

/// A site drops out (`Some`) or comes back (`None`).
pub fn set_site_closed(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>, at: Option<Moment>) -> Result<(), Error> {
    tx.execute("update order_sites set closed_at = $3 where order_id = $1 and site = $2", params![order, site, at])?;
    Ok(())
}
