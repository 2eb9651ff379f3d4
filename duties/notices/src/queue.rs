//! Into the outbox: messages are worded, addressed and sealed inside the change that causes them, so there is no notice
//! without its cause and no cause without its notice.

use std::collections::BTreeSet;

use domain::{District, Event, Id, Jurisdiction, things::Notice};
use serde_json::json;
use store::{Error, Job, Tx, Value};
use uuid::Uuid;
use web::{House, Locale, Words};

use crate::{
    channel::Channel,
    counts::{Steps, recount},
    message::Message,
    outbox::{ADDRESS, BODY},
    sending,
    settings::Settings,
    state::State,
};

/// Queues the messages on every channel that is set up and reaches the person. Gives how many new notices there are;
/// what was queued before is not queued again.
pub fn queue(tx: &mut Tx, house: &House, district: &District, messages: &[Message]) -> Result<u64, Error> {
    let settings = Settings::of(house)?;
    let mut lines = Vec::with_capacity(messages.len() * 2);
    for message in messages {
        let said = said(&house.words, message);
        for channel in Channel::PERSONAL {
            let Some(address) = address(message, channel, &settings) else { continue };
            let text = with_link(&said, message, channel);
            lines.push(Line {
                about: message.about,
                version: message.version,
                template: message.template,
                person: message.to.volunteer.uuid(),
                channel,
                locale: message.to.locale,
                address,
                text,
            });
        }
    }
    insert(tx, district, &lines)
}

/// Tells every group chat that has a robot. The text carries no personal data and no link.
pub fn tell_groups(
    tx: &mut Tx,
    house: &House,
    district: &District,
    about: Uuid,
    version: i64,
    text: &str,
) -> Result<u64, Error> {
    let line = |robot: crate::settings::Robot| Line {
        about,
        version,
        template: "notices-group",
        person: robot.id(),
        channel: robot.channel(),
        locale: Locale::default(),
        text: text.to_owned(),
        address: Some(robot.name),
    };
    let lines: Vec<Line> = Settings::of(house)?.robots.into_iter().map(line).collect();
    insert(tx, district, &lines)
}

/// A row of the outbox before it is sealed.
struct Line {
    about: Uuid,
    version: i64,
    template: &'static str,
    person: Uuid,
    channel: Channel,
    locale: Locale,
    /// None on the person's own page.
    address: Option<String>,
    text: String,
}

fn insert(tx: &mut Tx, district: &District, lines: &[Line]) -> Result<u64, Error> {
    let Some(first) = lines.first() else { return Ok(0) };
    let ids = Id::in_order(tx.at(), lines.len());
    let rows: Vec<[Value; 15]> = lines.iter().zip(ids).map(|(line, id)| row(tx, district, id, line)).collect();
    let count = tx.insert_many(
        "insert into notices (id, district, about, version, template, person, channel, locale, address, body, state,
         tries, made_at, next_at, sent_at)",
        "on conflict (about, person, channel, template, version) do nothing",
        rows,
    )?;
    count_in(tx, district, lines, count)?;
    for channel in Channel::ALL.into_iter().filter(|channel| *channel != Channel::InApp) {
        if lines.iter().any(|line| line.channel == channel) {
            tx.enqueue(Job {
                kind: sending::KIND,
                key: channel.name().to_owned(),
                due: tx.at(),
                body: json!({"channel": channel}),
            })?;
        }
    }
    let event = Event::NoticesQueued { about: first.template.to_owned(), count };
    tx.record(&Jurisdiction::district(district.clone()), first.about, &event)?;
    Ok(count)
}

/// What is on the person's own page is there at once.
const fn state(channel: Channel) -> State {
    match channel {
        Channel::InApp => State::Sent,
        Channel::Email | Channel::Sms | Channel::Wecom | Channel::Dingtalk => State::Queued,
    }
}

/// Counts what is new. Where something had been queued before, which it was is not known.
fn count_in(tx: &mut Tx, district: &District, lines: &[Line], new: u64) -> Result<(), Error> {
    if new == lines.len() as u64 {
        let mut steps = Steps::default();
        for line in lines {
            steps.made(line.about, line.channel, state(line.channel));
        }
        return steps.write(tx, district);
    }
    let things: BTreeSet<Uuid> = lines.iter().map(|line| line.about).collect();
    things.into_iter().try_for_each(|about| recount(tx, about))
}

/// Where this message goes on that channel: none when the channel is not set up or the person has no address on it.
fn address(message: &Message, channel: Channel, settings: &Settings) -> Option<Option<String>> {
    let to = &message.to;
    match channel {
        Channel::InApp => Some(None),
        Channel::Email => to.email.clone().filter(|_| settings.has(channel)).map(Some),
        Channel::Sms => {
            to.phone.as_ref().filter(|_| settings.has(channel)).map(|phone| Some(phone.as_str().to_owned()))
        }
        Channel::Wecom | Channel::Dingtalk => None,
    }
}

fn said(words: &Words, message: &Message) -> String {
    let say = words.say(message.to.locale, message.template);
    message.args.iter().fold(say, |say, (name, value)| say.text(name, value)).to_string()
}

/// The entrance is the person's own page already when the notice is read there.
fn with_link(said: &str, message: &Message, channel: Channel) -> String {
    match message.link.as_ref().filter(|_| channel != Channel::InApp) {
        Some(link) => format!("{said} {link}"),
        None => said.to_owned(),
    }
}

/// What stands on the person's own page is delivered; the rest waits for its channel.
fn row(tx: &Tx, district: &District, id: Id<Notice>, line: &Line) -> [Value; 15] {
    let at = tx.at();
    let is_there = line.channel == Channel::InApp;
    [
        id.into(),
        district.into(),
        line.about.into(),
        line.version.into(),
        line.template.into(),
        line.person.into(),
        line.channel.name().into(),
        line.locale.tag().into(),
        line.address.as_ref().map(|address| tx.seal(ADDRESS, address)).into(),
        tx.seal(BODY, &line.text).into(),
        state(line.channel).name().into(),
        0_i64.into(),
        at.into(),
        (!is_there).then_some(at).into(),
        is_there.then_some(at).into(),
    ]
}
