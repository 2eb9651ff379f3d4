//! Problems: one ledger of everything that needs somebody. A request has a number, an owner group, a clock and an
//! answer; silence escalates by itself; it is closed by somebody else than who did the work.

mod jobs;
mod line;
mod mended;
mod queue;
mod raise;
mod raise_here;
mod refused;
mod routes;
mod rules;
mod show;
mod step;
mod store;
mod take_back;

pub use crate::{
    line::Line,
    mended::{people_called_back, people_sent},
    raise::{Kind, Place, Raise, raise},
    rules::state::State,
    store::{Count, Stored, Wanted, counts, find, find_named, list, set_reference, unanswered, waiting},
};

use ::store::{Migration, rotate::SealedColumn};
use web::{Duty, Locale};

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "problems",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[Migration {
            name: "problems/0001_problems",
            sql: include_str!("../migrations/0001_problems.sql"),
        }],
        nav: routes::NAV,
        settings: None,
        sealed: &[
            SealedColumn { table: "problems", column: "details", id: "id", label: store::DETAILS },
            SealedColumn { table: "problem_steps", column: "note", id: "problem, nth", label: store::NOTE },
        ],
        jobs: jobs::register,
    }
}
