//! One phone page that runs a site: people, checklist, requests, announcements; and the way in for everything entered on
//! it, at once or hours later.

mod conflict;
mod doing;
pub mod outbox;
pub mod settle;
pub mod show;
