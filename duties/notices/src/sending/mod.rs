//! Sending: one leased job per channel takes what is due in batches, sends several at once, and writes the results of a
//! batch in one change.
//!
//! A server that dies between sending and writing sends that batch again when its lease is over. Nothing else would be
//! honest: no SMTP server and no HTTP gateway takes part in our transaction. The second copy carries the same id
//! (`Message-ID`, `Idempotency-Key`), so whoever receives it can tell; at most one batch per channel is concerned.

mod http;
mod mail;
mod robot;
mod sms;

use std::{sync::Arc, time::Duration};

use domain::{Event, Jurisdiction, Moment};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use store::{
    Act, Error, Job, Store, Tx,
    jobs::{Leased, Outcome, Runner},
};
use web::House;

use crate::{
    channel::Channel,
    outbox::{self, Waiting},
    rules::retry::{self, Next, Verdict},
    settings::Settings,
};

pub const KIND: &str = "notices.send";
/// Notices whose results are written together, and the most that a dying server sends twice.
const BATCH: usize = 50;
/// Notices under way at once on one channel.
const AT_ONCE: usize = 16;

pub fn register(runner: Runner, house: &Arc<House>) -> Runner {
    let senders = Settings::read(&house.settings).and_then(|settings| Senders::new(settings, house));
    if let Err(why) = &senders {
        tracing::error!(why, "notices cannot be sent");
    }
    let senders = Arc::new(senders);
    runner.on(KIND, move |store, job| {
        let senders = senders.clone();
        async move {
            let Some(channel) = job.body["channel"].as_str().and_then(|name| name.parse().ok()) else {
                return Outcome::Never { why: "names no channel".to_owned() };
            };
            match senders.as_ref() {
                Ok(senders) => run(&store, senders, channel, &job).await,
                Err(why) => Outcome::Again { after: Duration::from_mins(1), why: why.clone() },
            }
        }
    })
}

/// The ways out, each with its pool of connections.
struct Senders {
    settings: Settings,
    mail: Option<mail::Mail>,
    sms: Option<sms::Gateway>,
    robots: robot::Robots,
}

impl Senders {
    fn new(settings: Settings, house: &Arc<House>) -> Result<Self, String> {
        let client = http::client()?;
        Ok(Self {
            mail: settings.smtp.as_ref().map(|smtp| mail::Mail::new(smtp, house)).transpose()?,
            sms: settings.sms.clone().map(|sms| sms::Gateway::new(sms, client.clone())).transpose()?,
            robots: robot::Robots::new(settings.robots.clone(), client),
            settings,
        })
    }

    async fn send(&self, channel: Channel, notice: &Waiting, now: Moment) -> Verdict {
        let sent = match channel {
            Channel::Email => self.mail.as_ref().map(|mail| stream::once(mail.send(notice)).boxed()),
            Channel::Sms => self.sms.as_ref().map(|sms| stream::once(sms.send(notice)).boxed()),
            Channel::Wecom | Channel::Dingtalk => Some(stream::once(self.robots.send(notice, now)).boxed()),
            Channel::InApp => None,
        };
        let Some(mut sent) = sent else { return Verdict::ChannelDown(format!("{channel} is not set up any more")) };
        sent.next().await.unwrap_or_else(|| Verdict::NotNow("no answer".to_owned()))
    }
}

/// Sends what is due until nothing is, or until the channel is down; then sets the alarm for what comes later.
async fn run(store: &Store, senders: &Senders, channel: Channel, job: &Leased) -> Outcome {
    loop {
        match batch(store, senders, channel).await {
            Ok(Some(Batch::Sent)) => {}
            Ok(end) => {
                let is_down = end.is_some();
                return match set_alarm(store, channel, is_down, job).await {
                    Ok(()) => Outcome::Done,
                    Err(error) => again(&error),
                };
            }
            Err(error) => return again(&error),
        }
    }
}

fn again(error: &Error) -> Outcome {
    Outcome::Again { after: Duration::from_secs(5), why: error.to_string() }
}

/// How a batch went.
enum Batch {
    Sent,
    /// Nobody answered a single one.
    Down,
}

/// One batch; none when nothing is due.
async fn batch(store: &Store, senders: &Senders, channel: Channel) -> Result<Option<Batch>, Error> {
    let now = store.clock().now();
    let due = store.look(move |tx| outbox::due(tx, channel, now, BATCH)).await?;
    if due.is_empty() {
        return Ok(None);
    }
    let began = tokio::time::Instant::now();
    let tried: Vec<(Waiting, Verdict)> = stream::iter(due)
        .map(|notice| async move {
            let verdict = senders.send(channel, &notice, now).await;
            (notice, verdict)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let count = tried.len();
    let is_down = tried.iter().all(|(_, verdict)| matches!(verdict, Verdict::ChannelDown(_)));
    write_down(store, channel, tried).await?;
    if let Some(per_minute) = senders.settings.per_minute(channel).filter(|_| !is_down) {
        let span = Duration::from_mins(1).mul_f64(count as f64 / f64::from(per_minute.max(1)));
        tokio::time::sleep_until(began + span).await;
    }
    Ok(Some(if is_down { Batch::Down } else { Batch::Sent }))
}

/// The results of a batch, in one change.
async fn write_down(store: &Store, channel: Channel, tried: Vec<(Waiting, Verdict)>) -> Result<(), Error> {
    let now = store.clock().now();
    let settled: Vec<(Waiting, Next)> = tried
        .into_iter()
        .map(|(notice, verdict)| {
            let next = retry::next(verdict, notice.tries, notice.made_at, now);
            (notice, next)
        })
        .collect();
    store
        .change(Act::system(now), move |tx| {
            outbox::settle(tx, channel, &settled)?;
            record(tx, channel, &settled)
        })
        .await
}

fn record(tx: &mut Tx, channel: Channel, settled: &[(Waiting, Next)]) -> Result<(), Error> {
    let mut sent = settled.iter().filter(|(_, next)| *next == Next::Sent).map(|(notice, _)| notice).peekable();
    let Some(first) = sent.peek().copied() else { return Ok(()) };
    let event = Event::NoticesSent { channel: channel.name().to_owned(), count: sent.count() as u64 };
    tx.record(&Jurisdiction::district(first.district.clone()), first.about, &event)
}

/// Asks for the next run in the same change that sees what is left: what others queue meanwhile asks for itself.
async fn set_alarm(store: &Store, channel: Channel, is_down: bool, job: &Leased) -> Result<(), Error> {
    let now = store.clock().now();
    let job = job.clone();
    store
        .change(Act::system(now), move |tx| {
            let rest = if is_down { now.plus_s(retry::REST_S) } else { now };
            if let Some(due) = outbox::next_due(tx, channel)? {
                let body = json!({"channel": channel});
                tx.enqueue(Job { kind: KIND, key: job.key.clone(), due: due.max(rest), body })?;
            }
            Ok(())
        })
        .await
}
