//! Rosters: who is meant to stand where, and who does.

pub mod of_order;
pub mod of_site;
pub mod phone;

use std::collections::HashMap;

use domain::{
    Id, Moment, PostRole,
    things::{Order as AnOrder, Site, Volunteer},
};
use responders::Person;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Tx};

use crate::{
    rules::standing::Standing,
    store::{
        assignments::{self, Assignment},
        check_ins::{self, CheckIn},
    },
};

/// One person of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RosterLine {
    pub volunteer: Id<Volunteer>,
    pub code: String,
    pub name: String,
    /// With its middle hidden; in full by an act that is written down.
    pub phone: String,
    pub team: String,
    /// None for somebody who turned up and nobody said for what.
    pub role: Option<PostRole>,
    pub presence: Presence,
    pub distance_m: Option<i64>,
    /// Changed, and not tapped "seen" yet.
    pub is_unseen_change: bool,
    /// How far from the site their phone said they were when they checked in by themselves.
    pub off_m: Option<i64>,
}

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "presence")]
pub enum Presence {
    /// Was told, has not answered.
    Told,
    /// Said "I am coming".
    Coming,
    Arrived { at: Moment },
    /// Arrived, but at that other site.
    Elsewhere { at: Moment, site: Id<Site> },
    Left { at: Moment },
    /// Nobody had sent them here; they came.
    WalkedIn { at: Moment },
}

impl Presence {
    pub const fn is_here(&self) -> bool {
        matches!(self, Self::Arrived { .. } | Self::WalkedIn { .. })
    }

    /// When they came or went.
    pub const fn at(&self) -> Option<Moment> {
        match self {
            Self::Told | Self::Coming => None,
            Self::Arrived { at } | Self::Elsewhere { at, .. } | Self::Left { at } | Self::WalkedIn { at } => Some(*at),
        }
    }

    fn of(held: &Assignment) -> Self {
        match held.standing {
            Standing::Arrived { at, stands_at: Some(site) } => Self::Elsewhere { at, site },
            Standing::Arrived { at, stands_at: None } => Self::Arrived { at },
            Standing::Left { at, .. } => Self::Left { at },
            Standing::Acknowledged { .. } => Self::Coming,
            Standing::Told | Standing::Declined { .. } | Standing::Withdrawn { .. } => Self::Told,
        }
    }
}

/// Everybody who is meant to be at a site, and whoever else stands there; missing ones first within each role.
pub fn roster(tx: &mut Tx, order: Id<AnOrder>, site: Id<Site>) -> Result<Vec<RosterLine>, Error> {
    let held = assignments::of_site(tx, order, site)?;
    let here: HashMap<_, _> = check_ins::standing_at(tx, order, site)?.into_iter().map(|line| (line.volunteer, line)).collect();
    let walked_in = here.values().filter(|line| !held.iter().any(|held| held.volunteer == line.volunteer));
    let ids: Vec<_> = held.iter().map(|held| held.volunteer).chain(walked_in.clone().map(|line| line.volunteer)).collect();
    let persons = responders::persons(tx, &ids)?;
    let sent = held.iter().filter_map(|held| Some(sent(held, persons.get(&held.volunteer)?, here.get(&held.volunteer))));
    let came = walked_in.filter_map(|line| Some(came(line, persons.get(&line.volunteer)?)));
    let mut lines: Vec<RosterLine> = sent.chain(came).collect();
    lines.sort_by(|a, b| (a.role, a.presence.is_here(), &a.name).cmp(&(b.role, b.presence.is_here(), &b.name)));
    Ok(lines)
}

fn sent(held: &Assignment, person: &Person, entry: Option<&CheckIn>) -> RosterLine {
    RosterLine {
        role: Some(held.role),
        presence: Presence::of(held),
        distance_m: Some(held.distance_m),
        is_unseen_change: held.is_unseen_change(),
        off_m: entry.and_then(|entry| entry.off_m),
        ..blank(person)
    }
}

fn came(line: &CheckIn, person: &Person) -> RosterLine {
    RosterLine { role: line.role, presence: Presence::WalkedIn { at: line.received_at }, off_m: line.off_m, ..blank(person) }
}

fn blank(person: &Person) -> RosterLine {
    RosterLine {
        volunteer: person.id,
        code: person.code.clone(),
        name: person.name.clone(),
        phone: person.phone.masked(),
        team: person.team_name.clone(),
        role: None,
        presence: Presence::Told,
        distance_m: None,
        is_unseen_change: false,
        off_m: None,
    }
}
