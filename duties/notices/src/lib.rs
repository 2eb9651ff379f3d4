//! Notices: messages out of the house, behind one outbox. Whoever causes a message queues it in the same change
//! ([`queue`]); a job per channel sends it, tries again, and gives up with a reason that somebody sees.

mod announce;
mod cap_document;
mod channel;
mod counts;
mod erasing;
mod given_up;
mod group_text;
mod message;
mod outbox;
mod outbox_page;
mod own_page;
mod queue;
mod routes;
mod rules;
mod sending;
mod settings;
mod state;

/// What erasing somebody takes from here.
pub mod erasure {
    pub use crate::erasing::{count, erase};
}

pub use announce::{Announced, Announcement, announce, latest as latest_announcements};
pub use channel::Channel;
pub use counts::{Count, counts, counts_about};
pub use group_text::{Call, group_text};
pub use message::{Message, Recipient};
pub use outbox::{Delivery, Told, deliveries, readers, seen, told_to};
pub use queue::{queue, tell_groups};
pub use settings::Settings;
pub use state::State;

/// The order as a CAP 1.2 document.
pub mod cap {
    pub use crate::cap_document::*;
}

use store::{Migration, rotate::SealedColumn};
use web::{Duty, Locale};

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "notices",
        routes: routes::routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[
            Migration { name: "notices/0001_notices", sql: include_str!("../migrations/0001_notices.sql") },
            Migration { name: "notices/0002_counts", sql: include_str!("../migrations/0002_counts.sql") },
        ],
        nav: routes::NAV,
        settings: Some(|settings| Settings::read(settings).map(drop)),
        sealed: &[
            SealedColumn { table: "notices", column: "address", id: "id", label: outbox::ADDRESS },
            SealedColumn { table: "notices", column: "body", id: "id", label: outbox::BODY },
            SealedColumn { table: "notices", column: "reason", id: "id", label: outbox::REASON },
            SealedColumn { table: "announcements", column: "body", id: "id", label: announce::BODY },
        ],
        jobs: sending::register,
    }
}
