//! The figures of a night, each as the server shows it.

use domain::Moment;
use serde::Serialize;
use serde_json::Value;

use super::{
    Night,
    books::{Books, is_here},
    list,
};

/// What is said of a night in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    pub sites: u64,
    pub teams: u64,
    pub volunteers: u64,
    pub assigned: u64,
    pub unmet: u64,
    pub sites_set_up_by_0500: u64,
    pub in_place_by_0800: u64,
    pub notices_sent: u64,
    pub notices_lost: u64,
    pub duplicate_checkins: u64,
    pub replans: u64,
    pub people_moved: u64,
    pub books_balance: bool,
    pub wall_s: f64,
}

impl Night {
    /// The figures, from what the server shows.
    pub fn figures(&self, books: &Books, wall_s: f64) -> Figures {
        let shown = &books.shown;
        let figure = |name: &str| shown.order["figures"][name].as_u64().unwrap_or(0);
        let by = |at: Option<i64>, end: Moment| at.is_some_and(|at| at <= end.ms());
        let lines = shown.rosters.values().flatten().map(|(_, line)| line);
        let in_place =
            lines.filter(|line| is_here(line) && by(line["presence"]["at"].as_i64(), self.times.in_place_at));
        let mended = list(&shown.order, "plans").iter().filter(|plan| {
            plan["cause"]["cause"] != "whole" && !plan["published_at"].is_null() && plan["withdrawn_at"].is_null()
        });
        let mended: Vec<&Value> = mended.collect();
        let moved = |plan: &&Value| {
            plan["stage"]["moved"].as_u64().unwrap_or(0) + plan["stage"]["called"].as_u64().unwrap_or(0)
        };
        Figures {
            sites: shown.order["sites"].as_u64().unwrap_or(0),
            teams: shown.teams["count"].as_u64().unwrap_or(0),
            volunteers: shown.teams["total"]["people"].as_u64().unwrap_or(0),
            assigned: figure("assigned"),
            unmet: figure("unmet"),
            sites_set_up_by_0500: shown.set_up_ms.values().filter(|at| by(**at, self.times.set_up_at)).count() as u64,
            in_place_by_0800: in_place.count() as u64,
            notices_sent: shown.delivery.taken,
            notices_lost: books.ledger.told.saturating_sub(shown.delivery.taken),
            duplicate_checkins: books.doubled().len() as u64,
            replans: mended.len() as u64,
            people_moved: mended.iter().map(moved).sum(),
            books_balance: books.faults().is_empty(),
            wall_s,
        }
    }
}
