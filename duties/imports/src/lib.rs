//! Imports: a district's registers come in from files.
//!
//! ```text
//! file ─► spool ─► read in pieces ─► judge ─► decision table ─► a person decides ─► the same pass again, writing
//! ```
//!
//! One way for every register; what a row means and what becomes of it is for the register's own duty to say
//! ([`places::register`], [`responders::register`], [`deployments::register`]). Looking never writes a register; applying
//! writes whole pieces, so whatever ends it, sending the file again does the rest.

mod bring;
mod decide;
mod direct;
mod file;
mod finding;
mod jobs;
mod judge;
mod list;
mod refused;
mod rejected;
mod routes;
mod rules;
mod send;
mod show;
mod spool;
mod store;

use ::store::{Migration, rotate::SealedColumn};
use web::{Duty, Locale};

pub use crate::{
    bring::Stopped,
    direct::Direct,
    refused::Refused,
    rules::{
        register::{NoSuchRegister, Register},
        rejection::{Said, in_language},
        tally::{Choice, Counts, Rejected, Tally},
    },
};

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "imports",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[Migration { name: "imports/0001_imports", sql: include_str!("../migrations/0001_imports.sql") }],
        nav: routes::NAV,
        settings: None,
        sealed: SEALED,
        jobs: jobs::jobs,
    }
}

const SEALED: &[SealedColumn] = &[
    SealedColumn { table: "imports", column: "told", id: "id", label: store::TOLD },
    SealedColumn { table: "imports", column: "reasons", id: "id", label: store::REASONS },
    SealedColumn { table: "import_rows", column: "line", id: "id", label: store::LINE },
    SealedColumn { table: "import_mappings", column: "mapping", id: "id", label: store::MAPPING },
];
