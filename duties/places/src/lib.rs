//! Places: where the district's sampling happens. Divisions, sites and what they need, the chief of each site and the lead
//! of each zone, and whether a site is ready to open.
//!
//! This is the face: what duties above may ask. Everything else of this duty is behind it.

mod routes;
mod rules;
mod store;

use ::store::Migration;
use web::{Duty, Locale};

pub use crate::store::{
    chiefs::{Chief, chief, chiefs, set_chief},
    divisions::{DivisionHead, boundaries, divisions},
    sites::{SiteHead, all_needs, jurisdiction, needs, of_zone, site, site_by_code, sites},
    zones::{ZoneHead, zone, zones},
};

/// The set-up checklist and stages of a site under an order. An order that is given calls [`readiness::prepare`] with its
/// sites.
pub mod readiness {
    pub use crate::{
        rules::day::{Item, Mark, Stage, Times, when_done},
        store::days::{
            ItemState, Opening, Readiness, SiteDay, close, declare_set_up, heard, last_heard, latest_order, mark,
            open, overview, prepare, state, withdraw,
        },
    };
}
pub use readiness::heard;

/// Bringing registers in. Rows of one call must not repeat a code (the second one is rejected); a file that is taken in
/// pieces must look for repeated codes across them.
pub mod register {
    pub use crate::{
        rules::intake::{Counts, DivisionRow, Reason, SITE_COLUMNS, SiteRow, Verdict},
        store::register::{apply, apply_divisions, judge, judge_divisions},
    };
}

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "places",
        routes: routes::routes,
        words: [
            (Locale::ZhCn, include_str!("../words/zh-CN.ftl")),
            (Locale::En, include_str!("../words/en.ftl")),
        ],
        migrations: &[Migration { name: "places/0001_places", sql: include_str!("../migrations/0001_places.sql") }],
        nav: routes::NAV,
        sealed: &[],
        jobs: |runner, _| runner,
    }
}
