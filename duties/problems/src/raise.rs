//! Raising a request: from a site's phone, a visit, or a duty above.

use domain::{
    Actor, Division, Event, Group, Id, Jurisdiction, PostRole,
    things::{Order, Problem, Site, Zone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Tx, params};
use web::{Fault, refusal::Refused};

use crate::{
    rules::{escalation, state::State},
    store as table,
};

/// The three buttons of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    People,
    Supplies,
    Problem,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::People, Self::Supplies, Self::Problem];

    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Supplies => "supplies",
            Self::Problem => "problem",
        }
    }

    /// The group that owns it first.
    pub const fn owner(self) -> Group {
        match self {
            Self::People => Group::Allocation,
            Self::Supplies | Self::Problem => Group::Prevention,
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| format!("no kind {text}"))
    }
}

/// Where it comes from.
#[derive(Debug, Clone)]
pub struct Place {
    pub site: Id<Site>,
    pub site_code: String,
    pub division: Division,
    pub zone: Option<Id<Zone>>,
}

/// A request to be raised. The phone makes the id, so sending it twice raises it once.
#[derive(Debug, Clone)]
pub struct Raise {
    pub id: Id<Problem>,
    pub kind: Kind,
    pub place: Option<Place>,
    pub order: Option<Id<Order>>,
    pub role: Option<PostRole>,
    pub count: Option<u32>,
    pub details: Option<String>,
    pub by: Actor,
}

/// Raises it and gives its number. What was raised before with this id gives its number again, to the same site only.
pub fn raise(tx: &mut Tx, here: &Jurisdiction, asked: &Raise) -> Result<i64, Fault> {
    if let Some((number, site)) = table::number_of(tx, asked.id)? {
        let is_theirs = site == asked.place.as_ref().map(|place| place.site);
        return if is_theirs { Ok(number) } else { Err(Refused::NotThere.into()) };
    }
    let number = table::next_number(tx, &here.district)?;
    let state = State::Raised { since: tx.at() };
    let place = asked.place.as_ref();
    let details = asked.details.as_ref().map(|text| tx.seal(table::DETAILS, text));
    tx.execute(
        "insert into problems (id, district, number, kind, site, site_code, division, zone, order_id, owner_group, role, count,
           details, raised_at, raised_by, state, facts, level, due_at, is_open)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        params![
            asked.id, &here.district, number, asked.kind.name(), place.map(|p| p.site), place.map(|p| p.site_code.clone()),
            place.map(|p| p.division.clone()), place.and_then(|p| p.zone), asked.order, asked.kind.owner().name(),
            asked.role.map(PostRole::name), asked.count, details, tx.at(), asked.by.id, state.name(), table::facts(state)?,
            0_i64, escalation::next_due(state, 0), true
        ],
    )?;
    table::add_step(tx, asked.id, "raised", state, None)?;
    let owner = asked.kind.owner();
    let there = Jurisdiction { group: Some(owner), ..here.clone() };
    let event = Event::RequestRaised { problem: asked.id, site: place.map(|p| p.site), group: owner };
    tx.record(&there, asked.id.uuid(), &event)?;
    crate::jobs::watch(tx, asked.id, escalation::next_due(state, 0))?;
    Ok(number)
}
