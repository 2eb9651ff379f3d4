//! The text for a group chat, to copy with one tap: what, when, how many, where one's own post is found. No names, no
//! phones, no personal link, so that it may be forwarded by anybody to anybody.

use domain::Moment;
use jiff::tz::TimeZone;
use web::{Locale, Words};

/// What the text says.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    pub order: &'a str,
    pub set_up_at: Moment,
    pub in_place_at: Moment,
    pub sites: u64,
    pub volunteers: u64,
    /// Where everybody finds their own post after signing in; left out for robots.
    pub link: Option<&'a str>,
}

pub fn group_text(words: &Words, locale: Locale, zone: &TimeZone, call: &Call<'_>) -> String {
    let text = words
        .say(locale, "notices-group")
        .text("order", call.order)
        .text("setup", call.set_up_at.date_hh_mm(zone))
        .text("place", call.in_place_at.hh_mm(zone))
        .num("sites", &call.sites)
        .num("people", &call.volunteers)
        .to_string();
    match call.link {
        Some(link) => format!("{text} {link}"),
        None => text,
    }
}
