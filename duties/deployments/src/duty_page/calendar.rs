//! The duty as a calendar entry (RFC 5545), so that the phone itself reminds its owner.

use axum::body::Body;
use domain::Moment;
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Attachment, Desk, Fault, refusal::Refused};

use crate::store::{assignments::Assignment, orders::Order};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

pub async fn take(desk: Desk, _: Ask) -> Result<Attachment, Fault> {
    let volunteer = desk.volunteer()?;
    let found = desk.look(move |tx| {
        let (order, held) = super::own(tx, volunteer)?;
        let site = places::site(tx, held.site)?.ok_or(Refused::NotThere)?;
        Ok((order, held, site))
    });
    let (order, held, site) = found.await?;
    let words = &desk.house().words;
    let role = words.say(desk.locale(), format!("post-{}", held.role)).to_string();
    let what = format!("{role} · {}", site.name);
    let text = calendar(&order, &held, &what, &format!("{} {}", site.name, site.address), desk.at());
    Ok(Attachment {
        name: "duty.ics".to_owned(),
        mime: "text/calendar; charset=utf-8",
        body: Body::from(text),
        inline: false,
    })
}

fn calendar(order: &Order, held: &Assignment, what: &str, place: &str, now: Moment) -> String {
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Muster//Duty//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@muster", held.id),
        format!("DTSTAMP:{}", stamp(now)),
        format!("DTSTART:{}", stamp(held.shift_from)),
        format!("DTEND:{}", stamp(held.shift_until)),
        format!("SUMMARY:{}", escaped(what)),
        format!("LOCATION:{}", escaped(place)),
        format!("DESCRIPTION:{}", escaped(&order.name)),
        "BEGIN:VALARM".to_owned(),
        "ACTION:DISPLAY".to_owned(),
        "TRIGGER:-PT1H".to_owned(),
        format!("DESCRIPTION:{}", escaped(what)),
        "END:VALARM".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

/// `20220915T000000Z`
fn stamp(at: Moment) -> String {
    at.in_zone(&jiff::tz::TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace(['\r', '\n'], " ")
}

/// Lines are at most 75 octets; longer ones go on after a line break and a blank.
fn folded(line: &str) -> String {
    let (mut out, mut used) = (String::with_capacity(line.len() + 8), 0);
    for c in line.chars() {
        if used + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_fold_and_unfold_to_themselves() {
        let line = format!("SUMMARY:{}", "城南小学采样点".repeat(12));
        let folded = folded(&line);
        assert!(folded.lines().all(|line| line.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn separators_are_escaped() {
        assert_eq!(escaped("a;b,c\\d\ne"), "a\\;b\\,c\\\\d e");
        assert_eq!(stamp(Moment::from_ms(1_663_171_200_000)), "20220914T160000Z");
    }
}
