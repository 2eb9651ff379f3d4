//! The outbox as people see it: what went out on which channel, what was given up and why, what was announced.

use domain::{Id, things::Notice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault, Page, refusal::Refused};

use crate::{
    announce::{self, Announced},
    channel::Channel,
    counts::counts,
    given_up::{self, GivenUp},
    settings::Settings,
    state::State,
};

const PAGE: usize = 100;
const ANNOUNCEMENTS: usize = 20;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// The last notice of the page before.
    before: Option<Id<Notice>>,
}

/// One channel and how far its notices are.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChannelLine {
    channel: Channel,
    /// Set up in the settings file.
    is_there: bool,
    /// In the order of the states.
    counts: Vec<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OutboxPage {
    states: Vec<State>,
    channels: Vec<ChannelLine>,
    given_up: Vec<GivenUp>,
    announcements: Vec<Announced>,
    /// Where the next page begins.
    next: Option<Id<Notice>>,
}
web::view!(OutboxPage, "notices_outbox.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<OutboxPage>, Fault> {
    let settings = Settings::of(desk.house())?;
    let district = desk.district().clone();
    let page = desk.look(move |tx| {
        let counts = counts(tx, &district)?;
        let of = |channel: Channel, state: State| {
            counts.iter().find(|count| (count.channel, count.state) == (channel, state)).map_or(0, |c| c.notices)
        };
        let line = |channel: Channel| ChannelLine {
            channel,
            is_there: settings.has(channel),
            counts: State::ALL.iter().map(|state| of(channel, *state)).collect(),
        };
        let given_up = given_up::list(tx, &district, ask.before, PAGE)?;
        Ok(OutboxPage {
            states: State::ALL.to_vec(),
            channels: Channel::ALL.into_iter().map(line).collect(),
            next: (given_up.len() == PAGE).then(|| given_up.last().map(|line| line.id)).flatten(),
            given_up,
            announcements: announce::latest(tx, &district, None, ANNOUNCEMENTS)?,
        })
    });
    let page = page.await?;
    desk.note_list("given_up", page.given_up.iter().map(|line| line.person));
    Ok(Page(page))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AskOne {
    notice: Id<Notice>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AskAll {}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct TriedAgain {
    count: u64,
}

/// Tries one notice again.
pub async fn try_one(desk: Desk, ask: AskOne) -> Result<Done<TriedAgain>, Fault> {
    try_again(desk, Some(ask.notice)).await
}

/// Tries everything again that was given up.
pub async fn try_all(desk: Desk, _: AskAll) -> Result<Done<TriedAgain>, Fault> {
    try_again(desk, None).await
}

async fn try_again(desk: Desk, one: Option<Id<Notice>>) -> Result<Done<TriedAgain>, Fault> {
    let district = desk.district().clone();
    let count = desk.change(move |tx| Ok(given_up::try_again(tx, &district, one)?)).await?;
    if one.is_some() && count == 0 {
        return Err(Refused::NotThere.into());
    }
    Ok(Done::at("/notices", TriedAgain { count }).saying("notices-tried-again"))
}
