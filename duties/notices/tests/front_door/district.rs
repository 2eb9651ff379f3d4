//! A house with channels, and people to tell.

use std::sync::Arc;

use domain::{District, Id, PhoneNumber, things::Volunteer};
use notices::{Channel, Message, Recipient, State};
use serde_json::Value;
use store::{Act, Store, jobs::Runner};
use uuid::Uuid;
use web::{Duty, House, Locale};

pub fn duties() -> Vec<Duty> {
    vec![web::house::own_duty(), notices::duty()]
}

pub fn here() -> District {
    "440902".parse().unwrap()
}

/// The house and who does its jobs.
pub struct Told {
    pub house: Arc<House>,
    pub runner: Runner,
    pub order: Uuid,
}

pub fn sqlite() -> Store {
    store::testing::sqlite(House::migrations(&duties()))
}

pub fn postgres() -> Store {
    store::testing::postgres(House::migrations(&duties()))
}

impl Told {
    pub fn with(store: Store, section: Value) -> Self {
        let mut settings = web::testing::settings();
        settings.duties.insert("notices".to_owned(), section);
        let (house, _, runner) = House::build(store, settings, &duties()).unwrap();
        Self { house, runner, order: Uuid::from_u128(7) }
    }

    /// Queues messages; gives how many notices are new.
    pub async fn queue(&self, messages: Vec<Message>) -> u64 {
        let (house, act) = (self.house.clone(), self.act());
        let store = &self.house.store;
        store.change(act, move |tx| notices::queue(tx, &house, &here(), &messages)).await.unwrap()
    }

    /// Does what is due `after_s` seconds from the start, and what follows from it.
    pub async fn run_at(&self, after_s: i64) {
        let now = web::testing::MIDNIGHT.plus_s(after_s);
        self.house.clock().set(now);
        self.runner.run_due(now).await.unwrap();
    }

    pub async fn count(&self, channel: Channel, state: State) -> u64 {
        let counts = self.house.store.look(|tx| notices::counts(tx, &here())).await.unwrap();
        let counted: Vec<_> = counts.iter().map(|count| (count.channel, count.state, count.notices)).collect();
        assert_eq!(self.kept().await, counted, "what is kept beside the notices is what they add up to");
        counts.iter().filter(|count| (count.channel, count.state) == (channel, state)).map(|count| count.notices).sum()
    }

    /// The counts kept beside the notices, of all things together.
    async fn kept(&self) -> Vec<(Channel, State, u64)> {
        let sql = "select channel, state, cast(sum(notices) as bigint) from notice_counts where notices > 0
                   group by channel, state order by channel, state";
        let kept = self.house.store.look(move |tx| {
            tx.rows(sql, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<u64>(2)?)))
        });
        let worded =
            |(channel, state, count): (String, String, u64)| (channel.parse().unwrap(), state.parse().unwrap(), count);
        kept.await.unwrap().into_iter().map(worded).collect()
    }

    pub fn act(&self) -> Act {
        Act::system(self.house.clock().now())
    }
}

pub fn person(nth: u32) -> Id<Volunteer> {
    Id::from_uuid(Uuid::from_u128(u128::from(nth) + 1000))
}

/// A message to the nth person, who has a phone and a mailbox.
pub fn message(about: Uuid, nth: u32) -> Message {
    let to = Recipient {
        volunteer: person(nth),
        phone: Some(format!("1380000{nth:04}").parse::<PhoneNumber>().unwrap()),
        email: Some(format!("p{nth}@example.org")),
        locale: if nth.is_multiple_of(2) { Locale::ZhCn } else { Locale::En },
    };
    Message::new(to, about, 1, "notices-announcement").with("text", format!("岗位“{nth}”\\{{phone}}"))
}

pub fn messages(about: Uuid, count: u32) -> Vec<Message> {
    (0..count).map(|nth| message(about, nth)).collect()
}
