//! What a cell of a volunteer's row says, or why it cannot be taken.

use std::borrow::Cow;

use domain::{Moment, PostRole};
use jiff::tz::TimeZone;

use super::{Reason, brief};

pub fn roles(text: &str) -> Result<u32, Reason> {
    let mut bits = 0;
    for name in text.split([';', '；', ',', '、']).map(str::trim).filter(|name| !name.is_empty()) {
        let role: PostRole = name.parse().map_err(|_| Reason::NoSuchRole { role: brief(name) })?;
        bits |= role.bit();
    }
    if bits == 0 { Err(Reason::Empty { column: "roles" }) } else { Ok(bits) }
}

pub fn languages(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return Cow::Borrowed(text);
    }
    let mut tags = String::with_capacity(text.len());
    for tag in text.split([';', '；', ',', '、', ' ']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.is_empty() {
            tags.push(' ');
        }
        tags.push_str(tag);
    }
    Cow::Owned(tags)
}

pub fn email(text: &str) -> Result<Option<&str>, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let has_parts = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if is_clean && has_parts && text.len() <= 254 { Ok(Some(text)) } else { Err(Reason::BadEmail) }
}

pub fn yes_or_no(column: &'static str, text: &str) -> Result<bool, Reason> {
    match text.trim() {
        "" | "0" | "否" => Ok(false),
        "1" | "是" => Ok(true),
        other => match other.to_ascii_lowercase().as_str() {
            "no" | "n" | "false" => Ok(false),
            "yes" | "y" | "true" => Ok(true),
            _ => Err(Reason::NotYesOrNo { column }),
        },
    }
}

pub fn time(column: &'static str, text: &str, zone: &TimeZone) -> Result<Option<Moment>, Reason> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Moment::parse(text, zone).map(Some).ok_or(Reason::NotATime { column })
}

pub fn count(column: &'static str, text: &str) -> Result<u32, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().ok().filter(|count| *count <= 60).ok_or(Reason::NotACount { column })
}
