//! How many of a role each site needs under an order, and what one more was worth in the plan that stands.

use domain::{
    District, Id, PostRole,
    things::{Order as AnOrder, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Tx, Value, params};

use super::orders::Order;

/// One post of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Post {
    pub site: Id<Site>,
    pub role: PostRole,
    pub headcount: u32,
    /// What one more person there would save, in metres.
    pub price: i64,
}

/// By site and role.
pub fn all(tx: &mut Tx, order: Id<AnOrder>) -> Result<Vec<Post>, Error> {
    let mut posts =
        tx.rows("select site, role, headcount, price from posts where order_id = $1", params![order], |row| {
            Ok(Post {
                site: row.get("site")?,
                role: row.parse("role")?,
                headcount: row.get("headcount")?,
                price: row.get("price")?,
            })
        })?;
    posts.sort_unstable_by_key(|post| (post.site, post.role));
    Ok(posts)
}

pub fn headcount(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>, role: PostRole) -> Result<u32, Error> {
    let sql = "select headcount from posts where order_id = $1 and site = $2 and role = $3";
    Ok(tx.first(sql, params![order, site, role.name()], |row| row.get("headcount"))?.unwrap_or(0))
}

/// Sets headcounts, of posts and of their tallies. No two for the same post.
pub fn set(tx: &mut Tx, order: &Order, wanted: &[(Id<Site>, PostRole, u32)]) -> Result<(), Error> {
    let row = |&(site, role, headcount): &(Id<Site>, PostRole, u32)| -> [Value; 5] {
        [order.id.into(), (&order.district).into(), site.into(), role.name().into(), headcount.into()]
    };
    tx.insert_many(
        "insert into posts (order_id, district, site, role, headcount)",
        "on conflict (order_id, site, role) do update set headcount = excluded.headcount",
        wanted.iter().map(row),
    )?;
    tx.insert_many(
        "insert into tallies (order_id, district, site, role, need)",
        "on conflict (order_id, site, role) do update set need = excluded.need",
        wanted.iter().map(row),
    )?;
    Ok(())
}

/// Sets what one more person is worth. No two for the same post.
pub fn set_prices(
    tx: &mut Tx,
    order: Id<AnOrder>,
    district: &District,
    prices: &[(Id<Site>, PostRole, i64)],
) -> Result<(), Error> {
    let rows = prices.iter().map(|(site, role, price)| -> [Value; 5] {
        [order.into(), district.into(), (*site).into(), role.name().into(), (*price).into()]
    });
    tx.insert_many(
        "insert into posts (order_id, district, site, role, price)",
        "on conflict (order_id, site, role) do update set price = excluded.price",
        rows,
    )?;
    Ok(())
}
