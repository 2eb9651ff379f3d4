//! Responders: the organisations, teams and volunteers that can be sent; who stood where; what is said of them afterwards.
//!
//! This file is the face of the duty: what duties above may ask. Names and telephone numbers are sealed; a [`Person`] is
//! opened only where the work needs one.

mod assessing;
mod attend;
mod availability;
mod badge_check;
mod badge_sheet;
mod badges;
mod commending;
mod correcting;
mod deed_telling;
mod entrance;
mod own_record;
mod refusals;
mod registers;
mod routes;
mod rules;
mod store;
mod team_list;
mod team_page;
mod volunteer_list;
mod volunteer_page;

use std::collections::HashMap;

use ::store::{Migration, Result, Tx, rotate::SealedColumn};
use domain::{District, Id, Moment, Right, things};
use jiff::tz::TimeZone;
use web::{Duty, House, Locale, NavItem};

pub use crate::{
    refusals::Refused,
    rules::{
        rest::{Rest, Stay, is_rested},
        turns::{Lately, points as turn_points},
    },
    store::{
        attendances::Ahead,
        teams::{Capacity, Team},
        volunteers::{Person, VolunteerHead},
    },
};

/// Checking people in and out.
pub mod attendance {
    pub use crate::{
        attend::{
            CheckIn, CheckedIn, came, check_in, check_out, lasting, of_volunteer, people_who_came, present, undo,
        },
        store::attendances::{Attended, Came},
    };
}

/// Coming in by badge and digits.
pub mod entrance_by_badge {
    pub use crate::entrance::{is_shut, open_again};
}

/// Badge codes.
pub mod badge {
    pub use crate::badges::{LENGTH, code, grouped, read};
}

/// Erasing what is known of people who have left.
pub mod erasure {
    pub use crate::store::erasure::{erase, leavers, words_of};
}

/// Bringing registers in from files.
pub mod register {
    pub use crate::registers::{
        Counts, Difference, Reason, Verdict,
        team_rows::{TeamRow, apply as apply_teams, changes as team_changes, judge as judge_teams},
        volunteer_rows::{CHUNK, Judged, Reading, Ready, VolunteerRow, apply as apply_volunteers},
    };
}

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "responders",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: MIGRATIONS,
        sealed: SEALED,
        nav: NAV,
        settings: Some(|settings| settings.of::<commending::Settings>("responders").map(drop)),
        jobs: |runner, _| runner,
    }
}

const MIGRATIONS: &[Migration] = &[
    Migration { name: "responders/0001_responders", sql: include_str!("../migrations/0001_responders.sql") },
    Migration { name: "responders/0002_entrances", sql: include_str!("../migrations/0002_entrances.sql") },
    Migration { name: "responders/0003_erasure", sql: include_str!("../migrations/0003_erasure.sql") },
    Migration { name: "responders/0004_windows", sql: include_str!("../migrations/0004_windows.sql") },
    Migration { name: "responders/0005_missing_stays", sql: include_str!("../migrations/0005_missing_stays.sql") },
    Migration { name: "responders/0006_badges", sql: include_str!("../migrations/0006_badges.sql") },
];

const NAV: &[NavItem] = &[
    NavItem { href: "/teams", word: "responders-teams", right: Right::SeeRegisters, place: 50 },
    NavItem { href: "/volunteers", word: "responders-volunteers", right: Right::SeeRegisters, place: 51 },
    NavItem { href: "/record", word: "responders-record", right: Right::OwnDuty, place: 20 },
    NavItem { href: "/deeds", word: "responders-deeds", right: Right::TellDeeds, place: 60 },
    NavItem { href: "/assessment", word: "responders-assessment", right: Right::AssessRecords, place: 61 },
    NavItem { href: "/commendations", word: "responders-commendations", right: Right::SeeRegisters, place: 62 },
];

const SEALED: &[SealedColumn] = &[
    SealedColumn { table: "volunteers", column: "person", id: "id", label: store::volunteers::PERSON },
    SealedColumn { table: "deeds", column: "story", id: "id", label: store::deeds::STORY },
    SealedColumn { table: "corrections", column: "objection", id: "id", label: store::corrections::OBJECTION },
    SealedColumn { table: "corrections", column: "answer", id: "id", label: store::corrections::ANSWER },
    SealedColumn { table: "corrections", column: "wanted_site", id: "id", label: store::corrections::SITE },
    SealedColumn { table: "commendations", column: "reason", id: "id", label: store::commendations::REASON },
];

/// Streams everybody who can be sent, by code; nothing that says who it is.
pub fn each_for_allocation(tx: &mut Tx, district: &District, on_head: impl FnMut(VolunteerHead)) -> Result<()> {
    store::volunteers::each_head(tx, district, on_head)
}

/// One volunteer as the allocation sees them.
pub fn head(tx: &mut Tx, id: Id<things::Volunteer>) -> Result<Option<VolunteerHead>> {
    store::volunteers::head_by_id(tx, id)
}

pub fn person(tx: &mut Tx, id: Id<things::Volunteer>) -> Result<Option<Person>> {
    store::volunteers::person(tx, id)
}

pub fn persons(tx: &mut Tx, ids: &[Id<things::Volunteer>]) -> Result<HashMap<Id<things::Volunteer>, Person>> {
    store::volunteers::persons(tx, ids)
}

/// The person a badge belongs to, however the code was typed. Also somebody who has left: ask `has_left`.
pub fn by_badge(tx: &mut Tx, district: &District, typed: &str) -> Result<Option<Person>> {
    match badges::read(typed) {
        Some(code) => store::volunteers::by_badge(tx, district, &code),
        None => Ok(None),
    }
}

/// All teams of a district, by code.
pub fn teams(tx: &mut Tx, district: &District) -> Result<Vec<Team>> {
    store::teams::all(tx, district)
}

pub fn volunteer_by_code(tx: &mut Tx, district: &District, code: &str) -> Result<Option<Id<things::Volunteer>>> {
    Ok(store::volunteers::place_by_code(tx, district, code)?.map(|(volunteer, _)| volunteer))
}

pub fn team_by_code(tx: &mut Tx, district: &District, code: &str) -> Result<Option<Team>> {
    store::teams::by_code(tx, district, code)
}

/// All teams with what they can send now, by organisation.
pub fn capacities(tx: &mut Tx, district: &District, at: Moment) -> Result<Vec<(Team, Capacity)>> {
    store::teams::capacities(tx, district, at)
}

/// The rules of rest that this house was set up with.
pub fn rest_rules(house: &House) -> std::result::Result<Rest, String> {
    house.settings.of("responders").map(|settings: commending::Settings| settings.rest)
}

/// The mean of duties per person that [`turn_points`] compares with, over everybody of the district.
pub fn mean_duties(lately: &HashMap<Id<things::Volunteer>, Lately>, people: usize) -> f64 {
    let duties: u32 = lately.values().map(|lately| lately.duties).sum();
    f64::from(duties) / people.max(1) as f64
}

/// What everybody of a district has done in the two weeks before a moment: duties, last end, nights in a row. The moment
/// may be still to come: then [`Ahead`] tells when duties that last will end, and which come between. People who have
/// done nothing are absent: for them the register's own `nights_in_a_row` is all that is known.
pub fn lately(
    tx: &mut Tx,
    district: &District,
    moment: Moment,
    zone: &TimeZone,
    ahead: &Ahead,
) -> Result<HashMap<Id<things::Volunteer>, Lately>> {
    store::attendances::lately(tx, district, moment, zone, ahead)
}
