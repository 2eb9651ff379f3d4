//! The web: every duty's actions reach people and programs through here.
//!
//! A request's way: [`routes`] names its right → `request` finds who asks and whether they may → [`ask`] reads the
//! question → the duty's action works at its [`Desk`] → [`answer`] gives a page or JSON → `errors` words a "no".

pub mod access;
mod address_book;
pub mod answer;
pub mod ask;
pub mod conflicts;
pub mod desk;
mod errors;
pub mod exports;
pub mod frame;
mod health;
pub mod house;
pub mod live;
pub mod openapi;
pub mod qr;
pub mod refusal;
mod request;
pub mod routes;
mod server;
pub mod statics;
pub mod testing;
pub mod undo;
pub mod upload;
pub mod words;

pub use answer::{Answer, Attachment, Done, Either, Page, View};
pub use askama;
pub use desk::Desk;
pub use frame::{Frame, NavItem};
pub use house::{Duty, House, Settings};
pub use refusal::{Fault, Refusal};
pub use routes::{In, Routes};
pub use undo::Undo;
pub use upload::Upload;
pub use words::{Locale, Words};
