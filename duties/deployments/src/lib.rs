//! Deployments: from the midnight order to everybody in place. Orders and their posts, plans that are proven optimal,
//! assignments that people are told of, check-ins at the gate, and the mending of the night when people are short.
//!
//! This is the face: what duties above may ask. Everything else of this duty is behind it.

mod announcing;
mod duty_page;
mod gate;
mod links_page;
mod mending;
mod orders;
mod plans;
mod refusals;
mod roster;
mod routes;
mod rules;
mod settings;
mod site_page;
mod store;
mod telling;
mod wording;

use ::store::{Migration, rotate::SealedColumn};
use web::{Duty, Locale};

pub use crate::{
    gate::{CheckedIn, Entry, check_in, check_out},
    mending::{replan, report_shortage},
    roster::{RosterLine, roster},
    rules::{
        forecast::{Comer, InPlace, Mender, Outlook, Rates, SetUp, in_place, set_up},
        milestones::Milestones,
        mishap::Cause,
        pick::Reason,
        standing::{DeclineReason, Standing},
    },
    settings::rates,
    store::{
        assignments::{Assignment, live as assignments, of_volunteer as assignment_of},
        check_ins::Way,
        orders::{Order, of_site as order_of_site, open as open_orders, order, sites as order_sites},
        plans::{Plan, Score, Stage, calls_waiting, last_published},
        tallies::{Tally, all as tallies, of_site as site_tallies, weights as weights_of},
    },
};

/// Erasing what people wrote who have left.
pub mod erasure {
    pub use crate::store::erasure::{count, erase, holders};
}

/// The register of standing links, for imports.
pub mod register {
    pub use crate::links_page::import::{Counts, LinkRow, Verdict, apply, judge};
}

const SEALED: &[SealedColumn] = &[
    SealedColumn { table: "orders", column: "name", id: "id", label: store::orders::NAME },
    SealedColumn { table: "assignments", column: "declined_note", id: "id", label: store::assignments::NOTE },
];

const MIGRATIONS: &[Migration] = &[
    Migration { name: "deployments/0001_deployments", sql: include_str!("../migrations/0001_deployments.sql") },
    Migration { name: "deployments/0002_phones", sql: include_str!("../migrations/0002_phones.sql") },
    Migration { name: "deployments/0003_unseen", sql: include_str!("../migrations/0003_unseen.sql") },
    Migration { name: "deployments/0004_drills", sql: include_str!("../migrations/0004_drills.sql") },
];

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "deployments",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: MIGRATIONS,
        sealed: SEALED,
        nav: routes::NAV,
        settings: Some(settings::check),
        jobs: plans::solving::jobs,
    }
}
