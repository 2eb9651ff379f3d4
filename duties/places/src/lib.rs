//! Places: where the district's sampling happens. Divisions, sites and what they need, the chief of each site and the lead
//! of each zone, and whether a site is ready to open.
//!
//! This is the face: what duties above may ask. Everything else of this duty is behind it.

mod drawing;
mod edit_site;
mod headcount;
mod import_boundaries;
mod list_divisions;
mod list_sites;
mod list_zones;
mod make_zones;
mod name_person;
mod people;
mod ready;
mod refused;
mod retire_site;
mod reveal_phone;
mod routes;
mod rules;
mod run_day;
mod show_site;
mod store;

use ::store::Migration;
use web::{Duty, Locale};

pub use crate::store::{
    chiefs::{Chief, chief, chiefs, chiefs_named, set_chief},
    divisions::{DivisionHead, boundaries, divisions},
    sites::{Needs, SiteHead, all_needs, jurisdiction, needs, of_zone, site, site_by_code, sites, sites_among},
    zones::{ZoneHead, zone, zones},
};
pub use crate::{
    headcount::proposal as headcount_proposal,
    people::{name_chief, name_lead},
    refused::Refused,
    rules::headcount::Proposal,
};

/// The set-up checklist and stages of a site under an order. An order that is given calls [`readiness::prepare`] with its
/// sites.
pub mod readiness {
    pub use crate::{
        rules::day::{Item, Mark, Stage, Times, when_done},
        run_day::{declare, take_back},
        store::days::{
            ItemState, Opening, Readiness, SiteDay, close, declare_set_up, heard, last_heard, latest_order, mark, open,
            overview, prepare, state, withdraw,
        },
    };
}
pub use readiness::heard;

/// Bringing registers in. Rows of one call must not repeat a code (the second one is rejected); a file that is taken in
/// pieces must look for repeated codes across them.
pub mod register {
    pub use crate::{
        rules::intake::{Counts, Difference, DivisionRow, Reason, SITE_COLUMNS, SiteRow, Verdict},
        store::register::{apply, apply_divisions, changes, division_changes, judge, judge_divisions},
    };
}

/// Boundaries from GeoJSON, and drawing a district without tiles from elsewhere.
pub mod map {
    pub use crate::{
        import_boundaries::{Imported, take},
        rules::{
            boundary::{MAX_BYTES, NotBoundaries, Outline, Shape, read},
            map::{Canvas, legible},
        },
    };
}

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "places",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[Migration { name: "places/0001_places", sql: include_str!("../migrations/0001_places.sql") }],
        nav: routes::NAV,
        settings: Some(headcount::check),
        sealed: &[],
        jobs: |runner, _| runner,
    }
}
