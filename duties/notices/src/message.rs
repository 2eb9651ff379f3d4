//! What is to be told to whom, before it is worded and addressed.

use std::fmt::Display;

use domain::{Id, PhoneNumber, things::Volunteer};
use uuid::Uuid;
use web::Locale;

/// Somebody who is told.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub volunteer: Id<Volunteer>,
    pub phone: Option<PhoneNumber>,
    pub email: Option<String>,
    pub locale: Locale,
}

/// One message to one person. The same (about, person, template, version) is told once, however often it is queued.
#[derive(Debug, Clone)]
pub struct Message {
    pub to: Recipient,
    /// What it is about: the order, the announcement.
    pub about: Uuid,
    /// Rises when the same thing must be told anew: a changed assignment.
    pub version: i64,
    /// The id of its words: `notices-assigned`.
    pub template: &'static str,
    pub args: Vec<(&'static str, String)>,
    /// The person's own entrance, for channels that reach only them.
    pub link: Option<String>,
}

impl Message {
    pub const fn new(to: Recipient, about: Uuid, version: i64, template: &'static str) -> Self {
        Self { to, about, version, template, args: Vec::new(), link: None }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub fn linked(mut self, link: String) -> Self {
        self.link = Some(link);
        self
    }
}
