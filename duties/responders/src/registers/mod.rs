//! Bringing teams and volunteers in from a file: each row is judged, and what is new or changed is applied. The same rows
//! again change nothing: a keyed digest of each row says so, without anything being opened.

mod blinds;
mod cells;
mod reason;
pub mod team_rows;
pub mod volunteer_rows;

pub use blinds::Blinds;
pub use reason::Reason;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    New,
    Changed,
    Same,
    Rejected { reason: Reason },
}

/// What one column of a row would change, as people read it: numbers with their middle hidden. Of where somebody lives
/// only that it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub column: &'static str,
    pub before: String,
    pub after: String,
}

impl Difference {
    fn of(column: &'static str, before: impl ToString, after: impl ToString) -> Self {
        Self { column, before: before.to_string(), after: after.to_string() }
    }

    /// Without what it was and will be.
    fn named(column: &'static str) -> Self {
        Self::of(column, "", "")
    }
}

/// How many rows became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    pub rejected: u64,
}

impl Counts {
    pub fn of<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::New => counts.new += 1,
                Verdict::Changed => counts.changed += 1,
                Verdict::Same => counts.same += 1,
                Verdict::Rejected { .. } => counts.rejected += 1,
            }
        }
        counts
    }

    pub const fn add(&mut self, more: Self) {
        self.new += more.new;
        self.changed += more.changed;
        self.same += more.same;
        self.rejected += more.rejected;
    }
}

/// Somewhere on the earth, from two cells of a file.
fn position(latitude: &str, longitude: &str) -> Result<domain::Position, Reason> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let both = number(latitude).zip(number(longitude));
    let position = both.and_then(|(latitude, longitude)| domain::Position::new(latitude, longitude).ok());
    position.ok_or_else(|| Reason::PositionOutOfRange { latitude: brief(latitude), longitude: brief(longitude) })
}

/// A cell that must hold something, short enough to be a code or a name.
fn filled<'t>(column: &'static str, text: &'t str, most: usize) -> Result<&'t str, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Empty { column });
    }
    if (text.len() > most && text.chars().count() > most) || text.chars().any(char::is_control) {
        return Err(Reason::NotAName { column, most });
    }
    Ok(text)
}

/// The beginning of a cell, for a reason that names it.
fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}
