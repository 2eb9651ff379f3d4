//! The board: one live picture of the order under way, on a desk, a phone and a wall; and the report of the night.

mod drawing;
mod picture;
mod report;
mod routes;
mod rules;
mod sampling;
mod show;
mod store;
mod zone;

use ::store::Migration;
use web::{Duty, Locale};

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "board",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[Migration { name: "board/0001_board", sql: include_str!("../migrations/0001_board.sql") }],
        nav: routes::NAV,
        settings: None,
        sealed: &[],
        jobs: sampling::jobs,
    }
}
