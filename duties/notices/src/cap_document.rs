//! The Common Alerting Protocol, version 1.2 (OASIS, 2010): what an order says in a form other systems read. Elements
//! stand in the standard's order; values come from its lists, so a document that cannot be valid cannot be written.

use std::fmt::Write as _;

use domain::{Moment, Position};
use jiff::tz::TimeZone;
use quick_xml::escape::escape;

const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// Declares a value list of the standard.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident { $($value:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {$($value),*}

        impl $name {
            pub const fn word(self) -> &'static str {
                match self {$(Self::$value => $word),*}
            }
        }
    };
}

list!(
    /// Whether it is meant.
    Status { Actual = "Actual", Exercise = "Exercise", System = "System", Test = "Test", Draft = "Draft" }
);
list!(
    /// What it does to earlier messages.
    MsgType { Alert = "Alert", Update = "Update", Cancel = "Cancel", Ack = "Ack", Error = "Error" }
);
list!(Response {
    Shelter = "Shelter", Evacuate = "Evacuate", Prepare = "Prepare", Execute = "Execute", Avoid = "Avoid",
    Monitor = "Monitor", Assess = "Assess", AllClear = "AllClear", None = "None",
});
list!(Urgency {
    Immediate = "Immediate", Expected = "Expected", Future = "Future", Past = "Past", Unknown = "Unknown",
});
list!(Severity {
    Extreme = "Extreme", Severe = "Severe", Moderate = "Moderate", Minor = "Minor", Unknown = "Unknown",
});

/// A message. Its scope is public: nothing in it is personal.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Unique per sender: the order's id and version.
    pub identifier: String,
    /// Who sends, as a name that is theirs alone: `muster.example.org`.
    pub sender: String,
    pub sent: Moment,
    pub status: Status,
    pub msg_type: MsgType,
    /// Earlier messages this one updates or cancels: identifier and when it was sent.
    pub references: Vec<(String, Moment)>,
    /// The same in each language.
    pub infos: Vec<Wording>,
    pub zone: TimeZone,
}

/// What is told, in one language.
#[derive(Debug, Clone)]
pub struct Wording {
    /// `zh-CN`, `en`.
    pub language: &'static str,
    pub event: String,
    pub response: Response,
    pub urgency: Urgency,
    pub severity: Severity,
    pub effective: Moment,
    pub onset: Option<Moment>,
    pub expires: Option<Moment>,
    pub sender_name: String,
    pub headline: String,
    pub description: String,
    pub instruction: String,
    pub web: Option<String>,
    pub areas: Vec<Area>,
}

/// Where it applies: words, and a point with a radius or a division's code when known.
#[derive(Debug, Clone)]
pub struct Area {
    pub describes: String,
    /// The centre (WGS-84) and the radius.
    pub circle: Option<(Position, u32)>,
    /// A kind of code and its value: (`GB/T 2260`, `440902`).
    pub code: Option<(&'static str, String)>,
}

/// The document.
pub fn document(alert: &Alert) -> String {
    let mut doc = Document(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    doc.raw(&format!("<alert xmlns=\"{NAMESPACE}\">"));
    doc.put("identifier", &token(&alert.identifier));
    doc.put("sender", &token(&alert.sender));
    doc.put("sent", &stamp(alert.sent, &alert.zone));
    doc.put("status", alert.status.word());
    doc.put("msgType", alert.msg_type.word());
    doc.put("scope", "Public");
    if !alert.references.is_empty() {
        let sender = token(&alert.sender);
        let references: Vec<String> = alert
            .references
            .iter()
            .map(|(id, sent)| format!("{sender},{},{}", token(id), stamp(*sent, &alert.zone)))
            .collect();
        doc.put("references", &references.join(" "));
    }
    for info in &alert.infos {
        doc.info(info, &alert.zone);
    }
    doc.raw("</alert>\n");
    doc.0
}

struct Document(String);

impl Document {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn put(&mut self, name: &str, text: &str) {
        // XML 1.0 knows no control characters but tab and line ends.
        let clean: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        // Writing to a string cannot fail.
        let _ = write!(self.0, "<{name}>{}</{name}>", escape(clean.as_str()));
    }

    fn put_some(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.put(name, text);
        }
    }

    fn info(&mut self, info: &Wording, zone: &TimeZone) {
        let stamp = |moment: Moment| stamp(moment, zone);
        self.raw("<info>");
        self.put("language", info.language);
        self.put("category", "Health");
        self.put("event", &info.event);
        self.put("responseType", info.response.word());
        self.put("urgency", info.urgency.word());
        self.put("severity", info.severity.word());
        self.put("certainty", "Observed");
        self.put("effective", &stamp(info.effective));
        self.put_some("onset", info.onset.map(stamp).as_deref());
        self.put_some("expires", info.expires.map(stamp).as_deref());
        self.put_some("senderName", Some(&info.sender_name));
        self.put_some("headline", Some(&info.headline));
        self.put_some("description", Some(&info.description));
        self.put_some("instruction", Some(&info.instruction));
        self.put_some("web", info.web.as_deref());
        info.areas.iter().for_each(|area| self.area(area));
        self.raw("</info>");
    }

    fn area(&mut self, area: &Area) {
        self.raw("<area>");
        self.put("areaDesc", &area.describes);
        if let Some((centre, radius_m)) = area.circle {
            let radius_km = f64::from(radius_m) / 1000.0;
            self.put("circle", &format!("{:.6},{:.6} {radius_km:.3}", centre.latitude, centre.longitude));
        }
        if let Some((kind, value)) = &area.code {
            self.raw("<geocode>");
            self.put("valueName", kind);
            self.put("value", value);
            self.raw("</geocode>");
        }
        self.raw("</area>");
    }
}

/// Identifiers and senders hold no blanks, commas, `<` or `&`.
fn token(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() || matches!(c, ',' | '<' | '&') { '-' } else { c }).collect()
}

/// `2022-09-15T05:00:00+08:00`: whole seconds, the offset always written in digits.
fn stamp(moment: Moment, zone: &TimeZone) -> String {
    let text = moment.in_zone(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    // The standard wants "-00:00" for UTC itself.
    text.strip_suffix("+00:00").map_or(text.clone(), |utc| format!("{utc}-00:00"))
}
