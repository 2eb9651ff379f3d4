//! The table of notices: what waits, what became of it, and what people see of it.

use std::collections::{BTreeMap, HashMap};

use domain::{
    District, Event, Id, Jurisdiction, Moment,
    things::{Notice, Volunteer},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Row, Sealed, Tx, params};
use uuid::Uuid;
use web::Locale;

use crate::{channel::Channel, counts::Steps, rules::retry::Next, state::State};

/// The labels under which an address, a text and a reason are sealed.
pub const ADDRESS: &str = "notices.address";
pub const BODY: &str = "notices.body";
pub const REASON: &str = "notices.reason";

/// A notice about to be sent.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub id: Id<Notice>,
    pub district: District,
    pub about: Uuid,
    pub locale: Locale,
    /// A phone number, a mailbox, a robot's name.
    pub address: String,
    pub text: String,
    pub tries: u32,
    pub made_at: Moment,
}

/// The notices of a channel whose time has come, longest waiting first.
pub fn due(tx: &mut Tx, channel: Channel, now: Moment, limit: usize) -> Result<Vec<Waiting>, Error> {
    let found = tx.rows(
        "select id, district, about, locale, address, body, tries, made_at from notices
         where channel = $1 and next_at <= $2 order by next_at, id limit $3",
        params![channel.name(), now, limit],
        |row| Ok((row.get::<Option<Sealed>>("address")?, row.get::<Sealed>("body")?, waiting(row)?)),
    )?;
    let open = |(address, body, notice): (Option<Sealed>, Sealed, Waiting)| {
        let address = address.map(|sealed| tx.open(ADDRESS, sealed)).transpose()?.unwrap_or_default();
        Ok(Waiting { address, text: tx.open(BODY, body)?, ..notice })
    };
    found.into_iter().map(open).collect()
}

fn waiting(row: &Row<'_>) -> Result<Waiting, Error> {
    Ok(Waiting {
        id: row.get("id")?,
        district: row.get("district")?,
        about: row.get("about")?,
        locale: Locale::of_tag(&row.get::<String>("locale")?).unwrap_or_default(),
        address: String::new(),
        text: String::new(),
        tries: row.get("tries")?,
        made_at: row.get("made_at")?,
    })
}

/// When the next notice of a channel may be tried.
pub fn next_due(tx: &mut Tx, channel: Channel) -> Result<Option<Moment>, Error> {
    tx.first(
        "select next_at from notices where channel = $1 and next_at is not null order by next_at, id limit 1",
        params![channel.name()],
        |row| row.get(0),
    )
}

/// Writes down what became of one try each.
pub fn settle(tx: &mut Tx, channel: Channel, tried: &[(Waiting, Next)]) -> Result<(), Error> {
    let Some((first, _)) = tried.first() else { return Ok(()) };
    // Read here and not where they were due: another server may have been faster.
    let sql = "select id, state from notices where id in (:these)";
    let ids = tried.iter().map(|(notice, _)| notice.id);
    let stood = tx.rows_among(sql, &[], ids, |row| Ok((row.get::<Id<Notice>>("id")?, row.parse::<State>("state")?)))?;
    let stood: HashMap<Id<Notice>, State> = stood.into_iter().collect();
    let mut steps = Steps::default();
    for (notice, next) in tried {
        let Some(&from) = stood.get(&notice.id) else { continue };
        steps.moved(notice.about, channel, (from, settle_one(tx, notice, next)?), 1);
    }
    steps.write(tx, &first.district)
}

/// Gives where the notice stands now.
fn settle_one(tx: &mut Tx, notice: &Waiting, next: &Next) -> Result<State, Error> {
    let (id, at) = (notice.id, tx.at());
    match next {
        Next::Sent => {
            tx.execute(
                "update notices set state = 'sent', sent_at = $2, next_at = null, tries = tries + 1, reason = null
                 where id = $1",
                params![id, at],
            )?;
            Ok(State::Sent)
        }
        Next::Again { at, tries, why } => {
            let why = tx.seal(REASON, why);
            tx.execute(
                "update notices set state = 'failed', next_at = $2, tries = $3, reason = $4 where id = $1",
                params![id, *at, *tries, why],
            )?;
            Ok(State::Failed)
        }
        Next::GivenUp { tries, why } => {
            let why = tx.seal(REASON, why);
            let here = Jurisdiction::district(notice.district.clone());
            tx.record(&here, id.uuid(), &Event::NoticeGivenUp { notice: id })?;
            tx.execute(
                "update notices set state = 'given_up', next_at = null, given_up_at = $2, tries = $3, reason = $4
                 where id = $1",
                params![id, at, *tries, why],
            )?;
            Ok(State::GivenUp)
        }
    }
}

/// Who was told about a thing on their own page, and when they opened it.
pub fn readers(tx: &mut Tx, about: Uuid) -> Result<Vec<(Id<Volunteer>, Option<Moment>)>, Error> {
    tx.rows(
        "select person, min(seen_at) as seen_at from notices where about = $1 and channel = 'in_app'
         group by person order by person",
        params![about],
        |row| Ok((row.get("person")?, row.get("seen_at")?)),
    )
}

/// How far the latest notice about a thing has come on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delivery {
    pub channel: Channel,
    pub state: State,
}

/// How far each of these people has been told of a thing, by channel.
pub fn deliveries(
    tx: &mut Tx,
    about: Uuid,
    people: &[Id<Volunteer>],
) -> Result<HashMap<Id<Volunteer>, Vec<Delivery>>, Error> {
    let sql = "select person, channel, state from notices where about = $1 and person in (:these) order by version, id";
    let mut found: HashMap<Id<Volunteer>, BTreeMap<Channel, State>> = HashMap::new();
    let rows = tx.rows_among(sql, params![about], people.iter().copied(), |row| {
        Ok((row.get::<Id<Volunteer>>("person")?, row.parse::<Channel>("channel")?, row.parse::<State>("state")?))
    })?;
    for (person, channel, state) in rows {
        found.entry(person).or_default().insert(channel, state);
    }
    let list =
        |states: BTreeMap<_, _>| states.into_iter().map(|(channel, state)| Delivery { channel, state }).collect();
    Ok(found.into_iter().map(|(person, states)| (person, list(states))).collect())
}

/// A notice as its receiver reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Told {
    pub id: Id<Notice>,
    pub about: Uuid,
    pub text: String,
    pub at: Moment,
    pub seen_at: Option<Moment>,
}

/// What a person was told, newest first.
pub fn told_to(tx: &mut Tx, person: Id<Volunteer>, limit: usize) -> Result<Vec<Told>, Error> {
    let found = tx.rows(
        "select id, about, body, made_at, seen_at from notices where person = $1 and channel = 'in_app'
         order by id desc limit $2",
        params![person, limit],
        |row| {
            let told = Told {
                id: row.get("id")?,
                about: row.get("about")?,
                text: String::new(),
                at: row.get("made_at")?,
                seen_at: row.get("seen_at")?,
            };
            Ok((told, row.get::<Sealed>("body")?))
        },
    )?;
    found.into_iter().map(|(told, body)| Ok(Told { text: tx.open(BODY, body)?, ..told })).collect()
}

/// The person has seen what they were told (about one thing, or about everything): on every channel that has delivered.
/// Gives how many notices were new to them.
pub fn seen(tx: &mut Tx, district: &District, person: Id<Volunteer>, about: Option<Uuid>) -> Result<u64, Error> {
    let delivered = tx.rows(
        "select about, channel, count(*) as notices from notices where person = $1 and state = 'sent'
         group by about, channel",
        params![person],
        |row| Ok((row.get::<Uuid>("about")?, row.parse::<Channel>("channel")?, row.get::<i64>("notices")?)),
    )?;
    let (mut steps, at) = (Steps::default(), tx.at());
    let mut count = 0;
    for (of, channel, notices) in delivered.into_iter().filter(|(of, ..)| about.is_none_or(|about| about == *of)) {
        steps.moved(of, channel, (State::Sent, State::Seen), notices);
        count += notices.unsigned_abs();
        tx.execute(
            "update notices set state = 'seen', seen_at = $4
             where person = $1 and about = $2 and channel = $3 and state = 'sent'",
            params![person, of, channel.name(), at],
        )?;
    }
    if count > 0 {
        steps.write(tx, district)?;
        tx.record(&Jurisdiction::district(district.clone()), person.uuid(), &Event::NoticesSeen { count })?;
    }
    Ok(count)
}
