//! What officers want of the next plan: somebody fixed to a post, somebody left out.

use std::collections::HashMap;

use domain::{
    Id, PostRole,
    things::{Order as AnOrder, Site, Volunteer},
};
use store::{Error, Tx, params};
use uuid::Uuid;

use super::orders::Order;

/// Who is fixed, and to which post.
pub type Pins = HashMap<Id<Volunteer>, (Id<Site>, PostRole)>;

/// Who is left out: of everything (none), or of some sites.
pub type Exclusions = HashMap<Id<Volunteer>, Vec<Option<Id<Site>>>>;

pub fn pins(tx: &mut Tx, order: Id<AnOrder>) -> Result<Pins, Error> {
    let rows = tx.rows("select volunteer, site, role from pins where order_id = $1", params![order], |row| {
        Ok((row.get("volunteer")?, (row.get("site")?, row.parse("role")?)))
    })?;
    Ok(rows.into_iter().collect())
}

pub fn pin(tx: &mut Tx, order: &Order, volunteer: Id<Volunteer>, site: Id<Site>, role: PostRole) -> Result<(), Error> {
    let (at, by) = (tx.at(), tx.actor().id);
    tx.execute(
        "insert into pins (order_id, district, volunteer, site, role, at, actor) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (order_id, volunteer) do update set site = excluded.site, role = excluded.role, at = excluded.at, \
         actor = excluded.actor",
        params![order.id, &order.district, volunteer, site, role.name(), at, by],
    )?;
    Ok(())
}

pub fn unpin(tx: &mut Tx, order: Id<AnOrder>, volunteer: Id<Volunteer>) -> Result<bool, Error> {
    Ok(tx.execute("delete from pins where order_id = $1 and volunteer = $2", params![order, volunteer])? > 0)
}

pub fn exclusions(tx: &mut Tx, order: Id<AnOrder>) -> Result<Exclusions, Error> {
    let rows: Vec<(Id<Volunteer>, Option<Id<Site>>)> =
        tx.rows("select volunteer, site from exclusions where order_id = $1 order by id", params![order], |row| {
            Ok((row.get("volunteer")?, row.get("site")?))
        })?;
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for (volunteer, site) in rows {
        all.entry(volunteer).or_default().push(site);
    }
    Ok(all)
}

/// Leaves somebody out. Again is no change.
pub fn exclude(tx: &mut Tx, order: &Order, volunteer: Id<Volunteer>, site: Option<Id<Site>>) -> Result<(), Error> {
    let (at, by, id) = (tx.at(), tx.actor().id, Uuid::now_v7());
    tx.execute(
        "insert into exclusions (id, order_id, district, volunteer, site, at, actor) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict do nothing",
        params![id, order.id, &order.district, volunteer, site, at, by],
    )?;
    Ok(())
}

/// Takes every exclusion of somebody back.
pub fn readmit(tx: &mut Tx, order: Id<AnOrder>, volunteer: Id<Volunteer>) -> Result<bool, Error> {
    Ok(tx.execute("delete from exclusions where order_id = $1 and volunteer = $2", params![order, volunteer])? > 0)
}
