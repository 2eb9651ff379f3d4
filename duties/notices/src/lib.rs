//! Notices: messages out of the house, behind one outbox.

pub mod channel;
pub mod message;
pub mod queue;
pub mod settings;

pub use channel::Channel;
pub use message::{Message, Recipient};
pub use queue::queue;

use store::{Migration, rotate::SealedColumn};
use web::{Duty, Locale};

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "notices",
        routes: |_| {},
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[Migration { name: "notices/0001_notices", sql: include_str!("../migrations/0001_notices.sql") }],
        nav: &[],
        sealed: &[
            SealedColumn { table: "notices", column: "address", id: "id", label: queue::ADDRESS },
            SealedColumn { table: "notices", column: "body", id: "id", label: queue::BODY },
        ],
        jobs: |runner, _| runner,
    }
}
