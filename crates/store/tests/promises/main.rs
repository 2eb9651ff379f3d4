//! What the store promises, on both engines. One program, so that one PostgreSQL serves all of it.

mod age;
mod backups;
mod changing;
mod common;
mod doctor;
mod jobs;
mod journal;
mod killed;
mod migrating;
mod outages;
mod replies;
mod rotating;
mod scans;
mod values;
