//! The frame around every page: language, time, who is signed in, where one can go from here.

use std::{fmt, sync::Arc};

use axum::http::HeaderValue;
use domain::{Group, Moment, PostRole, Right, Role};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::{
    access::Standing,
    exports::Reason,
    statics,
    undo::Undo,
    words::{Locale, Say, Words},
};

/// A browser drops a cookie of more than 4096 bytes, and the word with it: a longer undo is not offered.
const MOST_UNDO: usize = 3800;

/// An entry of the navigation: shown to whoever holds the right somewhere.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub href: &'static str,
    /// The id of its word.
    pub word: &'static str,
    pub right: Right,
    /// Smaller comes first.
    pub place: u8,
}

/// What a template sees as `f`.
pub struct Frame {
    pub(crate) words: Arc<Words>,
    pub locale: Locale,
    pub zone: TimeZone,
    pub now: Moment,
    pub(crate) standing: Option<Arc<Standing>>,
    /// The address of this page, with its query.
    pub path: String,
    pub flash: Option<String>,
    /// Takes back what the flash speaks of.
    pub undo: Option<Undo>,
    pub nav: Vec<NavItem>,
    /// The clock of this server can be moved: a drill or a demonstration.
    pub is_drill: bool,
    pub(crate) secure: bool,
    pub(crate) public_url: String,
    /// How little room the disk has left, when it is too little.
    pub(crate) disk_free_percent: Option<u64>,
}

impl Frame {
    /// A word without arguments.
    pub fn t(&self, id: &str) -> String {
        self.words.say(self.locale, id.to_owned()).to_string()
    }

    /// A word with arguments: `f.say("sites-short").num("count", n)`.
    pub fn say(&self, id: &str) -> Say<'_> {
        self.words.say(self.locale, id.to_owned())
    }

    /// The word of a role.
    pub fn role(&self, role: &Role) -> String {
        self.t(&format!("role-{role}"))
    }

    /// The word of a post's role.
    pub fn post(&self, role: &PostRole) -> String {
        self.t(&format!("post-{role}"))
    }

    /// The word of a headquarters group.
    pub fn group(&self, group: &Group) -> String {
        self.t(&format!("group-{}", group.name()))
    }

    pub const fn lang(&self) -> &'static str {
        self.locale.tag()
    }

    /// The other language, for the switch.
    pub const fn other_lang(&self) -> &'static str {
        match self.locale {
            Locale::ZhCn => "en",
            Locale::En => "zh-CN",
        }
    }

    pub fn has(&self, right: Right) -> bool {
        self.standing.as_ref().is_some_and(|standing| standing.may_somewhere(right))
    }

    pub fn is_signed_in(&self) -> bool {
        self.standing.is_some()
    }

    /// The reasons for which a list of people may be taken.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub const fn export_reasons(&self) -> [Reason; 5] {
        Reason::ALL
    }

    /// The word of such a reason.
    pub fn why(&self, reason: &Reason) -> String {
        self.t(&format!("web-export-why-{}", reason.name()))
    }

    /// The word of a field that somebody sent.
    pub fn field(&self, name: &str) -> String {
        self.t(&format!("web-field-{name}"))
    }

    /// The alarm of a disk that fills up, for those who can do something about it.
    pub fn disk_alarm(&self) -> Option<String> {
        let free = self.disk_free_percent.filter(|_| self.has(Right::SeeBoard) || self.has(Right::ManageAccounts))?;
        Some(self.say("web-disk-low").num("free", &free).to_string())
    }

    /// Who is signed in, for what a phone keeps per person; empty when nobody is.
    pub fn who(&self) -> String {
        self.standing.as_ref().map_or_else(String::new, |standing| standing.actor.id.to_string())
    }

    /// The code that leads from a sheet of paper back to this page.
    pub fn way_back(&self) -> String {
        crate::qr::svg(&format!("{}{}", self.public_url, self.path))
    }

    /// Whether a navigation entry is where one is.
    pub fn is_here(&self, href: &str) -> bool {
        self.path.split('?').next() == Some(href)
    }

    /// A fresh key for a form: sending the form twice has one effect.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub fn key(&self) -> Uuid {
        Uuid::new_v4()
    }

    /// The address of an embedded asset, which changes when the asset does.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub fn asset(&self, name: &str) -> String {
        statics::address(name)
    }

    /// `05:00`
    pub fn time(&self, at: &Moment) -> String {
        at.hh_mm(&self.zone)
    }

    /// `2022-09-15 05:00`
    pub fn date_time(&self, at: &Moment) -> String {
        at.date_hh_mm(&self.zone)
    }

    /// As short as it can be said today: `05:00`, of another day `09-14 23:50`, of another year with the year. For screens;
    /// what is printed or kept names the whole date.
    pub fn when(&self, at: &Moment) -> String {
        let (day, today) = (at.in_zone(&self.zone).date(), self.now.in_zone(&self.zone).date());
        if day == today {
            self.time(at)
        } else if day.year() == today.year() {
            at.in_zone(&self.zone).strftime("%m-%d %H:%M").to_string()
        } else {
            self.date_time(at)
        }
    }

    /// `2022-09-15T05:00`, for date fields.
    pub fn field_time(&self, at: &Moment) -> String {
        at.in_zone(&self.zone).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// How long ago, in words: `3 min ago`.
    pub fn ago(&self, at: &Moment) -> String {
        self.span("web-ago", self.now.since_s(*at).max(0))
    }

    /// How long until, in words: `in 3 min`; `3 min late` when it has passed.
    pub fn until(&self, at: &Moment) -> String {
        let left_s = at.since_s(self.now);
        if left_s < 0 { self.span("web-late", -left_s) } else { self.span("web-until", left_s) }
    }

    fn span(&self, word: &str, seconds: i64) -> String {
        let (unit, count) = match seconds {
            0..60 => ("s", seconds),
            60..5400 => ("min", seconds / 60),
            5400..172_800 => ("h", seconds / 3600),
            _ => ("d", seconds / 86_400),
        };
        let minutes = seconds % 3600 / 60;
        self.say(&format!("{word}-{unit}")).num("count", &count).num("minutes", &minutes).to_string()
    }

    /// The clock all times are told by: `UTC+08:00`, so that nobody far away reads them as their own.
    pub fn zone_name(&self) -> String {
        let offset_min = self.now.in_zone(&self.zone).offset().seconds() / 60;
        let sign = if offset_min < 0 { '-' } else { '+' };
        format!("UTC{sign}{:02}:{:02}", offset_min.abs() / 60, offset_min.abs() % 60)
    }

    /// A number as people read it aloud: `198 9000 0000`; one from elsewhere as it is kept.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub fn phone(&self, number: impl fmt::Display) -> String {
        let number = number.to_string();
        match number.strip_prefix("+86") {
            Some(own) if own.len() == 11 && own.starts_with('1') && own.is_ascii() => {
                format!("{} {} {}", &own[..3], &own[3..7], &own[7..])
            }
            _ => number,
        }
    }

    /// Metres as people say them: `850 m`, `3.2 km`.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub fn distance(&self, metres: &i64) -> String {
        if *metres < 1000 { format!("{metres} m") } else { format!("{:.1} km", *metres as f64 / 1000.0) }
    }

    pub(crate) fn flash_cookie(&self, word: &str, undo: Option<&Undo>) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let undo = undo
            .map(Undo::written)
            .filter(|undo| undo.len() <= MOST_UNDO)
            .map(|undo| format!("|{undo}"))
            .unwrap_or_default();
        HeaderValue::from_str(&format!("flash={word}{undo}; Path=/; Max-Age=30; HttpOnly; SameSite=Lax{secure}"))
            .unwrap_or_else(|_| HeaderValue::from_static("flash="))
    }
}
