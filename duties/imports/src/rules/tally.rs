//! The books of an import: rows in = new + changed + same + rejected.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rejection::{Rejection, Said};

/// What becomes of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    New,
    /// These columns say something else than what is known; none are named where that would mean opening sealed texts.
    Changed(Vec<&'static str>),
    Same,
    Rejected(Rejection),
}

/// What a row says of one column, and what is known of it; nothing is known of what is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    pub column: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    pub after: String,
}

impl Verdict {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed(_) => "changed",
            Self::Same => "same",
            Self::Rejected(_) => "rejected",
        }
    }
}

/// Which rows are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// New and changed ones.
    All,
    /// New ones; what is known stays as it is.
    OnlyNew,
}

impl Choice {
    pub const fn takes(self, verdict: &Verdict) -> bool {
        match verdict {
            Verdict::New => true,
            Verdict::Changed(_) => matches!(self, Self::All),
            Verdict::Same | Verdict::Rejected(_) => false,
        }
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
                Verdict::Changed(_) => counts.changed += 1,
                Verdict::Same => counts.same += 1,
                Verdict::Rejected(_) => counts.rejected += 1,
            }
        }
        counts
    }

    pub const fn rows(&self) -> u64 {
        self.new + self.changed + self.same + self.rejected
    }

    pub const fn add(&mut self, more: Self) {
        self.new += more.new;
        self.changed += more.changed;
        self.same += more.same;
        self.rejected += more.rejected;
    }
}

/// How often rows were rejected for one reason, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    pub rows: u64,
    pub first_row: u64,
    pub said: Said,
}

/// The books so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    pub counts: Counts,
    /// By kind of reason.
    pub reasons: BTreeMap<String, Rejected>,
    /// The part of the file that has been read, 0 to 1.
    pub progress: f64,
}

impl Tally {
    /// Adds the verdicts of some more rows, each with its number.
    pub fn add<'v>(&mut self, verdicts: impl IntoIterator<Item = (u64, &'v Verdict)> + Clone) {
        self.counts.add(Counts::of(verdicts.clone().into_iter().map(|(_, verdict)| verdict)));
        for (row, verdict) in verdicts {
            let Verdict::Rejected(why) = verdict else { continue };
            let first = || Rejected { rows: 0, first_row: row, said: why.said.clone() };
            self.reasons.entry(why.kind.clone()).or_insert_with(first).rows += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_the_books_once() {
        let why = Rejection { kind: "k".into(), said: ["空".into(), "empty".into()] };
        let verdicts = [
            Verdict::New,
            Verdict::Changed(vec!["name"]),
            Verdict::Same,
            Verdict::Rejected(why.clone()),
            Verdict::Rejected(why),
        ];
        let mut tally = Tally::default();
        tally.add((2..).zip(&verdicts));
        assert_eq!(tally.counts, Counts { new: 1, changed: 1, same: 1, rejected: 2 });
        assert_eq!(tally.counts.rows(), 5);
        assert_eq!((tally.reasons["k"].rows, tally.reasons["k"].first_row), (2, 5));
    }

    #[test]
    fn leaving_what_is_known_takes_only_new_rows() {
        let changed = Verdict::Changed(vec![]);
        assert!(Choice::All.takes(&changed) && !Choice::OnlyNew.takes(&changed));
        assert!(Choice::OnlyNew.takes(&Verdict::New) && !Choice::All.takes(&Verdict::Same));
    }
}
