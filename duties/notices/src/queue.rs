//! Into the outbox: messages are worded, addressed and sealed inside the change that causes them, so there is no notice
//! without its cause and no cause without its notice.

use domain::{District, Event, Id, Jurisdiction, things::Notice};
use serde_json::json;
use store::{Error, Job, Tx, Value};
use web::{House, Words};

use crate::{channel::Channel, message::Message, settings::Settings};

/// The labels under which an address and a text are sealed.
pub const ADDRESS: &str = "notices.address";
pub const BODY: &str = "notices.body";

/// Queues the messages on every channel that is set up and reaches the person. Gives how many new notices there are;
/// what was queued before is not queued again.
pub fn queue(tx: &mut Tx, house: &House, district: &District, messages: &[Message]) -> Result<u64, Error> {
    let settings = Settings::of(house)?;
    let mut rows = Vec::with_capacity(messages.len() * 2);
    let mut used = Vec::new();
    for message in messages {
        for channel in Channel::ALL {
            let Some(address) = address(message, channel, &settings) else { continue };
            rows.push(row(tx, &house.words, district, message, channel, address));
            if channel != Channel::InApp && !used.contains(&channel) {
                used.push(channel);
            }
        }
    }
    let count = tx.insert_many(
        "insert into notices (id, district, about, version, template, person, channel, address, body, state, tries, made_at)",
        "on conflict (about, person, channel, template, version) do nothing",
        rows,
    )?;
    for channel in used {
        tx.enqueue(Job {
            kind: "notices.send",
            key: channel.name().to_owned(),
            due: tx.at(),
            body: json!({"channel": channel}),
        })?;
    }
    if let Some(first) = messages.first() {
        let event = Event::NoticesQueued { about: first.template.to_owned(), count };
        tx.record(&Jurisdiction::district(district.clone()), first.about, &event)?;
    }
    Ok(count)
}

/// Where this message goes on that channel: none when the channel is not set up or the person has no address on it.
fn address(message: &Message, channel: Channel, settings: &Settings) -> Option<Option<String>> {
    match channel {
        Channel::InApp => Some(None),
        Channel::Email => settings.smtp.as_ref().and(message.to.email.clone()).map(Some),
        Channel::Sms => {
            settings.sms.as_ref().and(message.to.phone.as_ref()).map(|phone| Some(phone.as_str().to_owned()))
        }
    }
}

fn row(
    tx: &Tx,
    words: &Words,
    district: &District,
    message: &Message,
    channel: Channel,
    address: Option<String>,
) -> [Value; 12] {
    let mut text = message
        .args
        .iter()
        .fold(words.say(message.to.locale, message.template), |say, (name, value)| say.text(name, value))
        .to_string();
    // The entrance is the person's own page already when the notice is read there.
    if let Some(link) = message.link.as_ref().filter(|_| channel != Channel::InApp) {
        text = format!("{text} {link}");
    }
    [
        Id::<Notice>::fresh(tx.at()).into(),
        district.into(),
        message.about.into(),
        message.version.into(),
        message.template.into(),
        message.to.volunteer.into(),
        channel.name().into(),
        address.map(|address| tx.seal(ADDRESS, &address)).into(),
        tx.seal(BODY, &text).into(),
        "queued".into(),
        0_i64.into(),
        tx.at().into(),
    ]
}
