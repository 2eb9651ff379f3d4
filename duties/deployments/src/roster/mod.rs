//! Rosters: who is meant to stand where, and who does.

pub mod of_order;
pub mod of_site;
pub mod phone;

use std::collections::HashMap;

use domain::{
    Id, Moment, PostRole,
    things::{Order as AnOrder, Site, Volunteer},
};
use notices::Delivery;
use responders::{
    Person,
    attendance::{self, Attended},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Tx};

use crate::{
    rules::standing::Standing,
    store::{
        assignments::{self, Assignment},
        check_ins,
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
    /// How far the notice of the duty has come, by channel.
    pub told: Vec<Delivery>,
    /// How far from the site their phone said they were when they checked in by themselves.
    pub off_m: Option<i64>,
    /// The badge's code. It lets its owner in: for comparing only, it never leaves the house.
    #[serde(skip)]
    pub badge: String,
}

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "presence")]
pub enum Presence {
    /// Was told, has not answered.
    Told,
    /// Said "I am coming".
    Coming,
    Arrived {
        at: Moment,
    },
    /// Arrived, but at that other site.
    Elsewhere {
        at: Moment,
        site: Id<Site>,
    },
    Left {
        at: Moment,
    },
    /// Nobody had sent them here; they came.
    WalkedIn {
        at: Moment,
    },
}

impl Presence {
    pub const fn is_here(&self) -> bool {
        matches!(self, Self::Arrived { .. } | Self::WalkedIn { .. })
    }

    pub const fn is_unanswered(&self) -> bool {
        matches!(self, Self::Told)
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
    let present = attendance::present(tx, order, site)?;
    let far = check_ins::distances(tx, order, site)?;
    let is_sent = |stay: &&Attended| held.iter().any(|held| held.volunteer == stay.volunteer);
    let walked_in: Vec<&Attended> = present.iter().filter(|stay| !is_sent(stay)).collect();
    let off_m: HashMap<_, _> = present.iter().filter_map(|stay| Some((stay.volunteer, *far.get(&stay.id)?))).collect();
    let ids: Vec<_> =
        held.iter().map(|held| held.volunteer).chain(walked_in.iter().map(|stay| stay.volunteer)).collect();
    let persons = responders::persons(tx, &ids)?;
    let mut told = notices::deliveries(tx, order.uuid(), &ids)?;
    let sent = held.iter().filter_map(|held| Some(sent(held, persons.get(&held.volunteer)?)));
    let came = walked_in.into_iter().filter_map(|stay| Some(came(stay, persons.get(&stay.volunteer)?)));
    let mut lines: Vec<RosterLine> = sent
        .chain(came)
        .map(|line| RosterLine {
            off_m: off_m.get(&line.volunteer).copied(),
            told: told.remove(&line.volunteer).unwrap_or_default(),
            ..line
        })
        .collect();
    lines.sort_by(|a, b| (a.role, a.presence.is_here(), &a.name).cmp(&(b.role, b.presence.is_here(), &b.name)));
    Ok(lines)
}

fn sent(held: &Assignment, person: &Person) -> RosterLine {
    RosterLine {
        role: Some(held.role),
        presence: Presence::of(held),
        distance_m: Some(held.distance_m),
        is_unseen_change: held.is_unseen_change(),
        ..blank(person)
    }
}

fn came(stay: &Attended, person: &Person) -> RosterLine {
    RosterLine { role: stay.role, presence: Presence::WalkedIn { at: stay.in_at }, ..blank(person) }
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
        told: Vec::new(),
        off_m: None,
        badge: person.badge.clone(),
    }
}
