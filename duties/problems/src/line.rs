//! A request as people see it, opened and worded.

use domain::{
    Group, Id, Moment, PostRole,
    things::{Order, Problem, Site},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Tx};
use uuid::Uuid;

use crate::{
    raise::Kind,
    rules::state::State,
    store::{self as table, Stored},
};

/// One line of a queue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Line {
    pub id: Id<Problem>,
    /// `R-0042`: what people say aloud.
    pub number: String,
    pub kind: Kind,
    pub site: Option<Id<Site>>,
    pub site_code: Option<String>,
    pub site_name: Option<String>,
    pub owner: Group,
    pub role: Option<PostRole>,
    pub count: Option<u32>,
    pub details: Option<String>,
    pub raised_at: Moment,
    pub state: State,
    /// How far silence has climbed: 0 quiet, 1 zone lead, 2 duty officer, 3 head of the headquarters.
    pub level: u8,
    /// When silence climbs next.
    pub due_at: Option<Moment>,
    pub promised_for: Option<Moment>,
    pub is_open: bool,
    /// The order it was raised under, and what was proposed for it.
    pub order: Option<Id<Order>>,
    pub proposal: Option<Uuid>,
}

impl Line {
    pub fn open(tx: &mut Tx, stored: Stored) -> Result<Self, Error> {
        let site = stored.here.site.map(|id| places::site(tx, id)).transpose()?.flatten();
        Self::at(tx, site.map(|site| site.name), stored)
    }

    /// Many at once: their sites are asked for together.
    pub fn open_all(tx: &mut Tx, stored: Vec<Stored>) -> Result<Vec<Self>, Error> {
        let sites = places::sites_among(tx, stored.iter().filter_map(|stored| stored.here.site))?;
        let name = |stored: &Stored| sites.get(&stored.here.site?).map(|site| site.name.clone());
        stored.into_iter().map(|stored| Self::at(tx, name(&stored), stored)).collect()
    }

    fn at(tx: &mut Tx, site_name: Option<String>, stored: Stored) -> Result<Self, Error> {
        let details = stored.details.as_ref().map(|sealed| tx.open(table::DETAILS, sealed)).transpose()?;
        let promised_for = if let State::Answered { promised_for, .. } = stored.state { promised_for } else { None };
        Ok(Self {
            id: stored.id,
            number: format!("R-{:04}", stored.number),
            kind: stored.kind,
            site: stored.here.site,
            site_code: stored.site_code,
            site_name,
            owner: stored.owner,
            role: stored.role,
            count: stored.count,
            details,
            raised_at: stored.raised_at,
            state: stored.state,
            level: stored.level,
            due_at: stored.due_at,
            promised_for,
            is_open: stored.state.is_open(),
            order: stored.order,
            proposal: stored.reference,
        })
    }

    /// Where one looks at what was proposed for it.
    pub fn proposal_path(&self) -> Option<String> {
        self.order.zip(self.proposal).map(|(order, proposal)| format!("/orders/{order}/proposals/{proposal}"))
    }

    /// The id of the word for its state.
    pub fn state_word(&self) -> String {
        format!("problems-state-{}", self.state.name())
    }

    pub fn kind_word(&self) -> String {
        format!("problems-kind-{}", self.kind.name())
    }

    /// The word of how far silence has climbed.
    pub fn level_word(&self) -> String {
        format!("problems-level-{}", self.level)
    }

    /// The class of its state's tag.
    pub const fn state_tag(&self) -> &'static str {
        match self.state {
            State::Raised { .. } => "tag-warn",
            State::Taken { .. } | State::Answered { .. } => "",
            State::Done { .. } | State::Confirmed { .. } => "tag-good",
        }
    }
}
