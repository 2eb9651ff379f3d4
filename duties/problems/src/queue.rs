//! The queue of a group: what is open, oldest first, the loud ones marked.

use domain::{Group, Id, Moment, Right, Scope, things::Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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
    let wanted = Wanted { open: !ask.closed, group, site: None, after, limit: PAGE };
    let lines = desk
        .look(move |tx| {
            let mut lines = Vec::new();
            for stored in table::list(tx, &district, &wanted)? {
                if table::is_within(&stored, &scopes) {
                    lines.push(Line::open(tx, stored)?);
                }
            }
            Ok(lines)
        })
        .await?;
    let next = (lines.len() == PAGE).then(|| lines.last().map(|last| next_page(last, group, ask.closed))).flatten();
    Ok(Page(Queue { group, groups: Group::ALL.to_vec(), closed: ask.closed, lines, next }))
}

fn next_page(last: &Line, group: Option<Group>, closed: bool) -> String {
    let group = group.map_or(String::new(), |group| format!("&group={}", group.name()));
    format!("/requests?closed={closed}{group}&after_at={}&after_id={}", last.raised_at.ms(), last.id)
}
