//! The queue of a group: what is open, oldest first, the loud ones marked.

use domain::{
    District, Group, Id, Moment, Right, Scope,
    things::{Problem, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page};

use crate::{
    line::Line,
    store::{self as table, Wanted},
};

const PAGE: usize = 50;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// One group's queue; without it all that one may see.
    group: Option<Group>,
    /// The closed ones instead.
    #[serde(default)]
    closed: bool,
    /// Only this site's, by code or id.
    site: Option<String>,
    /// The last line of the page before: its time and id.
    after_at: Option<i64>,
    after_id: Option<Id<Problem>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Queue {
    group: Option<Group>,
    groups: Vec<Group>,
    closed: bool,
    lines: Vec<Line>,
    /// What silence has raised, of all that one may see: on top, and in the tab's title.
    unanswered: Vec<Line>,
    /// Where the next page begins.
    next: Option<String>,
}
web::view!(Queue, "problems_queue.html");

impl Queue {
    fn is_of(&self, group: &Group) -> bool {
        self.group.as_ref() == Some(group)
    }
}

pub async fn list(desk: Desk, ask: Ask) -> Result<Page<Queue>, Fault> {
    let groups = desk.standing().groups();
    // A member of one group sees their own queue first.
    let group = ask.group.or_else(|| (groups.len() == 1).then(|| groups[0]));
    let scopes: Vec<Scope> = desk.standing().reaches(Right::WorkRequests).cloned().collect();
    let district = desk.district().clone();
    let after = ask.after_at.map(Moment::from_ms).zip(ask.after_id);
    let site = ask.site.clone();
    let wanted = Wanted { open: !ask.closed, group, site: None, after, limit: PAGE };
    let (lines, unanswered) = desk
        .look(move |tx| {
            let lines = match site {
                None => page(tx, &district, wanted, &scopes)?,
                Some(name) => match site_named(tx, &district, &name)? {
                    Some(site) => page(tx, &district, Wanted { site: Some(site), ..wanted }, &scopes)?,
                    None => Vec::new(),
                },
            };
            let mut loud = table::unanswered(tx, &district, PAGE)?;
            loud.retain(|stored| table::is_within(stored, &scopes));
            Ok((lines, Line::open_all(tx, loud)?))
        })
        .await?;
    let next = (lines.len() == PAGE).then(|| lines.last().map(|last| next_page(last, group, ask.closed))).flatten();
    Ok(Page(Queue { group, groups: Group::ALL.to_vec(), closed: ask.closed, lines, unanswered, next }))
}

fn next_page(last: &Line, group: Option<Group>, closed: bool) -> String {
    let group = group.map_or(String::new(), |group| format!("&group={}", group.name()));
    format!("/requests?closed={closed}{group}&after_at={}&after_id={}", last.raised_at.ms(), last.id)
}

/// A whole page of what these scopes cover, however much lies between that they do not.
fn page(tx: &mut Tx, district: &District, mut wanted: Wanted, scopes: &[Scope]) -> Result<Vec<Line>, Fault> {
    let mut kept = Vec::new();
    loop {
        let found = table::list(tx, district, &wanted)?;
        let is_last = found.len() < wanted.limit;
        wanted.after = found.last().map(|last| (last.raised_at, last.id));
        kept.extend(found.into_iter().filter(|stored| table::is_within(stored, scopes)));
        if is_last || kept.len() >= PAGE {
            kept.truncate(PAGE);
            return Ok(Line::open_all(tx, kept)?);
        }
    }
}

fn site_named(tx: &mut Tx, district: &District, name: &str) -> Result<Option<Id<Site>>, Fault> {
    let found = match name.parse() {
        Ok(id) => places::site(tx, id)?,
        Err(_) => places::site_by_code(tx, district, name)?,
    };
    Ok(found.map(|site| site.id))
}
