//! The grid of headcounts: sites down, roles across.

use std::collections::HashMap;

use domain::{Event, Id, PostRole, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Page, Undo, view};

use crate::{
    refusals::Refused,
    store::{
        orders::{self, Order},
        posts,
    },
};

/// Rows of the grid on one page.
const PAGE: usize = 100;
/// More people than any site has needed.
const MOST: u32 = 10_000;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    /// Sites after this code.
    after: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PostsPage {
    pub order: Order,
    pub roles: Vec<PostRole>,
    pub rows: Vec<GridRow>,
    /// Of the whole order, by role.
    pub totals: Vec<u64>,
    pub next: Option<String>,
}
view!(PostsPage, "posts.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct GridRow {
    pub site: Id<things::Site>,
    pub code: String,
    pub name: String,
    /// By role, in the order of the page's roles.
    pub cells: Vec<GridCell>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct GridCell {
    pub role: PostRole,
    pub headcount: u32,
    /// What one more person would save, in metres.
    pub price: i64,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<PostsPage>, Fault> {
    let district = desk.district().clone();
    let page = desk.look(move |tx| {
        let order = super::named(tx, ask.order)?;
        let posts = posts::all(tx, ask.order)?;
        let of_order: Vec<_> = orders::sites(tx, ask.order)?.into_iter().map(|(site, _)| site).collect();
        let sites = places::sites(tx, &district)?.into_iter().filter(|site| of_order.binary_search(&site.id).is_ok());
        let after = ask.after.unwrap_or_default();
        let mut sites: Vec<_> = sites.filter(|site| site.code > after).take(PAGE + 1).collect();
        let is_more = sites.len() > PAGE;
        sites.truncate(PAGE);
        let next = sites.last().filter(|_| is_more).map(|site| site.code.clone());
        Ok(grid(order, &posts, sites, next))
    });
    Ok(Page(page.await?))
}

fn grid(order: Order, posts: &[posts::Post], sites: Vec<places::SiteHead>, next: Option<String>) -> PostsPage {
    let roles = PostRole::ALL.to_vec();
    let total =
        |role: &PostRole| posts.iter().filter(|post| post.role == *role).map(|post| u64::from(post.headcount)).sum();
    let totals = roles.iter().map(total).collect();
    let by_post: HashMap<_, _> = posts.iter().map(|post| ((post.site, post.role), post)).collect();
    let cell = |site, role: &PostRole| {
        let post = by_post.get(&(site, *role));
        GridCell {
            role: *role,
            headcount: post.map_or(0, |post| post.headcount),
            price: post.map_or(0, |post| post.price),
        }
    };
    let rows = sites.into_iter().map(|site| GridRow {
        site: site.id,
        cells: roles.iter().map(|role| cell(site.id, role)).collect(),
        code: site.code,
        name: site.name,
    });
    PostsPage { order, totals, rows: rows.collect(), next, roles: roles.clone() }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SetPosts {
    order: Id<things::Order>,
    /// From programs: headcounts to set.
    #[serde(default)]
    posts: Vec<PostWanted>,
    /// From the grid's form: `site role headcount` in each field.
    #[serde(default)]
    cell: Vec<String>,
    /// From the grid's form: the numbers typed, one for each `cell`.
    #[serde(default)]
    headcount: Vec<u32>,
    after: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
pub struct PostWanted {
    site: Id<things::Site>,
    role: PostRole,
    headcount: u32,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct PostsSet {
    /// Posts whose headcount is another now.
    pub changed: u64,
}

/// More cells than a cookie holds are not offered to be taken back at once.
const UNDO_CELLS: usize = 40;

pub async fn set(desk: Desk, ask: SetPosts) -> Result<Done<PostsSet>, Fault> {
    let id = ask.order;
    let wanted = read(&ask)?;
    let back = ask.after.as_deref().map(|after| format!("?after={after}")).unwrap_or_default();
    let before = desk.change(move |tx| change(tx, id, &wanted)).await?;
    let done = Done::at(format!("/orders/{id}/posts{back}"), PostsSet { changed: before.len() as u64 });
    let done = done.saying("web-saved");
    Ok(if before.is_empty() || before.len() > UNDO_CELLS { done } else { done.undone_by(as_before(id, &before)) })
}

/// The grid's own form with the numbers that stood there.
fn as_before(order: Id<things::Order>, before: &[PostWanted]) -> Undo {
    let mut undo = Undo::by(format!("/orders/{order}/posts"), &[]);
    for post in before {
        undo.fields.push(("cell".to_owned(), format!("{} {}", post.site, post.role)));
        undo.fields.push(("headcount".to_owned(), post.headcount.to_string()));
    }
    undo
}

/// Sets what differs; gives what stood there.
fn change(tx: &mut Tx, id: Id<things::Order>, wanted: &[PostWanted]) -> Result<Vec<PostWanted>, Fault> {
    let order = super::open(tx, id)?;
    let known: HashMap<_, _> =
        posts::all(tx, id)?.into_iter().map(|post| ((post.site, post.role), post.headcount)).collect();
    let of_order = orders::sites(tx, id)?;
    let (mut changed, mut stood) = (Vec::new(), Vec::new());
    for post in wanted {
        if of_order.binary_search_by_key(&post.site, |(site, _)| *site).is_err() {
            return Err(Refused::NotInThisOrder.with("what", post.site).into());
        }
        let before = known.get(&(post.site, post.role)).copied().unwrap_or(0);
        if before != post.headcount {
            changed.push((post.site, post.role, post.headcount));
            stood.push(PostWanted { headcount: before, ..*post });
        }
    }
    changed.sort_unstable();
    changed.dedup_by_key(|(site, role, _)| (*site, *role));
    if !changed.is_empty() {
        posts::set(tx, &order, &changed)?;
        tx.record(&order.jurisdiction(), id.uuid(), &Event::OrderChanged { order: id })?;
    }
    stood.sort_unstable_by_key(|post| (post.site, post.role));
    stood.dedup_by_key(|post| (post.site, post.role));
    Ok(stood)
}

fn read(ask: &SetPosts) -> Result<Vec<PostWanted>, Fault> {
    let unreadable = |reason: String| web::refusal::Refused::NotUnderstood.with("reason", reason);
    let mut wanted = ask.posts.clone();
    if ask.cell.len() != ask.headcount.len() {
        return Err(unreadable("an empty headcount: write 0 where nobody is needed".to_owned()).into());
    }
    for (cell, headcount) in ask.cell.iter().zip(&ask.headcount) {
        let parts = cell.split_once(' ').and_then(|(site, role)| Some((site.parse().ok()?, role.parse().ok()?)));
        let (site, role) = parts.ok_or_else(|| unreadable(cell.clone()))?;
        wanted.push(PostWanted { site, role, headcount: *headcount });
    }
    match wanted.iter().find(|post| post.headcount > MOST) {
        Some(post) => Err(unreadable(format!("{} > {MOST}", post.headcount)).into()),
        None => Ok(wanted),
    }
}
