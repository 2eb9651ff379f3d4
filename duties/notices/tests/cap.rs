//! CAP 1.2 documents against the standard's order of elements, cardinalities and value lists.

use domain::{Moment, Position};
use jiff::tz::TimeZone;
use notices::cap::{Alert, Area, MsgType, Response, Severity, Status, Urgency, Wording, document};
use quick_xml::{Reader, events::Event};

const ALERT: &[(&str, bool)] = &[
    ("identifier", true),
    ("sender", true),
    ("sent", true),
    ("status", true),
    ("msgType", true),
    ("source", false),
    ("scope", true),
    ("restriction", false),
    ("addresses", false),
    ("code", false),
    ("note", false),
    ("references", false),
    ("incidents", false),
    ("info", false),
];
const INFO: &[(&str, bool)] = &[
    ("language", false),
    ("category", true),
    ("event", true),
    ("responseType", false),
    ("urgency", true),
    ("severity", true),
    ("certainty", true),
    ("audience", false),
    ("eventCode", false),
    ("effective", false),
    ("onset", false),
    ("expires", false),
    ("senderName", false),
    ("headline", false),
    ("description", false),
    ("instruction", false),
    ("web", false),
    ("contact", false),
    ("parameter", false),
    ("resource", false),
    ("area", false),
];
const AREA: &[(&str, bool)] = &[
    ("areaDesc", true),
    ("polygon", false),
    ("circle", false),
    ("geocode", false),
    ("altitude", false),
    ("ceiling", false),
];
const MANY: &[&str] = &["info", "category", "responseType", "area", "geocode", "circle", "polygon"];
const VALUES: &[(&str, &[&str])] = &[
    ("status", &["Actual", "Exercise", "System", "Test", "Draft"]),
    ("msgType", &["Alert", "Update", "Cancel", "Ack", "Error"]),
    ("scope", &["Public", "Restricted", "Private"]),
    (
        "category",
        &[
            "Geo",
            "Met",
            "Safety",
            "Security",
            "Rescue",
            "Fire",
            "Health",
            "Env",
            "Transport",
            "Infra",
            "CBRNE",
            "Other",
        ],
    ),
    ("responseType", &["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"]),
    ("urgency", &["Immediate", "Expected", "Future", "Past", "Unknown"]),
    ("severity", &["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
    ("certainty", &["Observed", "Likely", "Possible", "Unlikely", "Unknown"]),
];

/// Every element with its depth and text, in order.
fn elements(xml: &str) -> Vec<(usize, String, String)> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut open): (Vec<(usize, String, String)>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                found.push((open.len(), start.name().as_ref().to_owned(), String::new()));
                open.push(found.len() - 1);
            }
            Event::Text(text) => {
                if let Some(last) = open.last() {
                    found[*last].2.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                let char = match &*name {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    other => panic!("{other}"),
                };
                found[*open.last().unwrap()].2.push(char);
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// What the standard says against a document.
fn faults(xml: &str) -> Vec<String> {
    let all = elements(xml);
    let mut faults = Vec::new();
    for (place, (depth, name, text)) in all.iter().enumerate() {
        let rule = match name.as_str() {
            "alert" => ALERT,
            "info" => INFO,
            "area" => AREA,
            _ => &[],
        };
        let inside = all[place + 1..].iter().take_while(|(d, ..)| d > depth).filter(|(d, ..)| *d == depth + 1);
        let names: Vec<&str> = inside.map(|(_, name, _)| name.as_str()).collect();
        faults.extend(order_faults(name, rule, &names));
        if let Some((_, values)) = VALUES.iter().find(|(list, _)| list == name)
            && !values.contains(&text.as_str())
        {
            faults.push(format!("{name} {text}"));
        }
        let is_time = ["sent", "effective", "onset", "expires"].contains(&name.as_str());
        let offset = text.get(19..).unwrap_or_default();
        if is_time && !(text.len() == 25 && offset.starts_with(['+', '-']) && offset != "+00:00") {
            faults.push(format!("{name} {text}"));
        }
        if ["identifier", "sender"].contains(&name.as_str()) && text.contains([' ', ',', '<', '&']) {
            faults.push(format!("{name} {text}"));
        }
    }
    faults
}

fn order_faults(name: &str, rule: &[(&str, bool)], names: &[&str]) -> Vec<String> {
    if rule.is_empty() {
        return Vec::new();
    }
    let place = |name: &str| rule.iter().position(|(known, _)| *known == name);
    let mut faults: Vec<String> =
        names.iter().filter(|inner| place(inner).is_none()).map(|inner| format!("{name} knows no {inner}")).collect();
    let disorder = names
        .windows(2)
        .filter(|pair| place(pair[0]) > place(pair[1]) || (pair[0] == pair[1] && !MANY.contains(&pair[0])));
    faults.extend(disorder.map(|pair| format!("{name}: {} before {}", pair[0], pair[1])));
    let lacking = rule.iter().filter(|(must, required)| *required && !names.contains(must));
    faults.extend(lacking.map(|(must, _)| format!("{name} lacks {must}")));
    faults
}

fn alert() -> Alert {
    let at = Moment::from_ms(1_663_171_200_000);
    let position = Position { latitude: 21.66, longitude: 110.92 };
    let info = |language: &'static str| Wording {
        language,
        event: "区域核酸检测".to_owned(),
        response: Response::Execute,
        urgency: Urgency::Immediate,
        severity: Severity::Moderate,
        effective: at,
        onset: Some(at.plus_h(5)),
        expires: Some(at.plus_h(14)),
        sender_name: "茂南区指挥部 <\"&\u{7}>".to_owned(),
        headline: "05:00 布点，08:00 到岗".to_owned(),
        description: String::new(),
        instruction: "请看岗位".to_owned(),
        web: Some("https://muster.example/duty?a=1&b=2".to_owned()),
        areas: vec![
            Area { describes: "茂南区".to_owned(), circle: None, code: Some(("GB/T 2260", "440902".to_owned())) },
            Area { describes: "一小".to_owned(), circle: Some((position, 500)), code: None },
        ],
    };
    Alert {
        identifier: "order 1,2".to_owned(),
        sender: "muster.example".to_owned(),
        sent: at,
        status: Status::Actual,
        msg_type: MsgType::Update,
        references: vec![("order-1".to_owned(), at)],
        infos: vec![info("zh-CN"), info("en")],
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
    }
}

#[test]
fn a_document_keeps_the_standard() {
    let xml = document(&alert());
    assert_eq!(faults(&xml), Vec::<String>::new());
    assert!(xml.contains(r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">"#), "{xml}");
    let all = elements(&xml);
    let text = |name: &str| all.iter().find(|(_, found, _)| found == name).unwrap().2.clone();
    assert_eq!(text("sent"), "2022-09-15T00:00:00+08:00");
    assert_eq!(text("identifier"), "order-1-2");
    assert_eq!(text("senderName"), "茂南区指挥部 <\"&>");
    assert_eq!(text("references"), "muster.example,order-1,2022-09-15T00:00:00+08:00");
    assert_eq!(text("circle"), "21.660000,110.920000 0.500");
    assert!(!all.iter().any(|(_, name, _)| name == "description"), "empty elements are left out");
    let utc = document(&Alert { zone: TimeZone::UTC, ..alert() });
    assert_eq!(faults(&utc), Vec::<String>::new());
}

#[test]
fn the_check_itself_finds_faults() {
    let xml = document(&alert());
    for (good, bad) in [
        ("<scope>Public</scope>", ""),
        ("<status>Actual</status>", "<status>Real</status>"),
        ("<category>Health</category>", "<event>x</event><category>Health</category>"),
        ("+08:00</sent>", "Z</sent>"),
        ("<areaDesc>一小</areaDesc>", "<place>一小</place>"),
    ] {
        assert!(!faults(&xml.replacen(good, bad, 1)).is_empty(), "{bad} went through");
    }
}
