//! How many notices stand where. By what they are about it is kept beside the notices: with a hundred thousand people told
//! of an order, counting them would be what its page costs. The outbox itself is counted, so that what was kept can be held
//! against it.

use std::collections::BTreeMap;

use domain::District;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Row, Tx, Value, params};
use uuid::Uuid;

use crate::{channel::Channel, state::State};

/// How many notices stand where, of one thing or of the whole district.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    pub channel: Channel,
    pub state: State,
    pub notices: u64,
}

/// The notices of a district, counted one by one.
pub fn counts(tx: &mut Tx, district: &District) -> Result<Vec<Count>, Error> {
    tx.rows(
        "select channel, state, count(*) as notices from notices where district = $1 group by channel, state
         order by channel, state",
        params![district],
        count,
    )
}

/// The counts of what was told about one thing: an order, an announcement.
pub fn counts_about(tx: &mut Tx, about: Uuid) -> Result<Vec<Count>, Error> {
    tx.rows(
        "select channel, state, notices from notice_counts where about = $1 and notices > 0 order by channel, state",
        params![about],
        count,
    )
}

fn count(row: &Row<'_>) -> Result<Count, Error> {
    Ok(Count { channel: row.parse("channel")?, state: row.parse("state")?, notices: row.get("notices")? })
}

/// What a change does to the counts.
#[derive(Default)]
pub struct Steps(BTreeMap<(Uuid, Channel, State), i64>);

impl Steps {
    pub fn made(&mut self, about: Uuid, channel: Channel, state: State) {
        *self.0.entry((about, channel, state)).or_default() += 1;
    }

    pub fn moved(&mut self, about: Uuid, channel: Channel, (from, to): (State, State), count: i64) {
        *self.0.entry((about, channel, from)).or_default() -= count;
        *self.0.entry((about, channel, to)).or_default() += count;
    }

    pub fn write(self, tx: &mut Tx, district: &District) -> Result<(), Error> {
        let steps = self.0.into_iter().filter(|(_, step)| *step != 0);
        let rows: Vec<[Value; 5]> = steps
            .map(|((about, channel, state), step)| {
                [about.into(), channel.name().into(), state.name().into(), district.into(), step.into()]
            })
            .collect();
        tx.insert_many(
            "insert into notice_counts (about, channel, state, district, notices)",
            "on conflict (about, channel, state) do update set notices = notice_counts.notices + excluded.notices",
            rows,
        )
        .map(drop)
    }
}

/// Counts the notices about a thing anew: for what changes an unknown part of them.
pub fn recount(tx: &mut Tx, about: Uuid) -> Result<(), Error> {
    tx.execute("delete from notice_counts where about = $1", params![about])?;
    tx.execute(
        "insert into notice_counts (about, channel, state, district, notices)
         select about, channel, state, min(district), count(*) from notices where about = $1
         group by about, channel, state",
        params![about],
    )
    .map(drop)
}
