//! The report as a workbook, a sheet for each of its tables.

use domain::Moment;
use sheets::{Cell, Layout, OutFault, XlsxOut};
use web::Desk;

use super::Report;

/// A cell before it is written.
enum Value {
    Text(String),
    Count(u64),
    Nothing,
}

impl Value {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::from(text.as_str()),
            Self::Count(count) => i64::try_from(*count).ok().into(),
            Self::Nothing => Cell::Empty,
        }
    }
}

/// One sheet: its name, its headings (words of this duty) and its rows.
struct Table {
    name: &'static str,
    headings: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

pub fn write(desk: &Desk, report: &Report) -> Result<Vec<u8>, OutFault> {
    let say = |word: &str| desk.house().words.say(desk.locale(), word).to_string();
    let footer =
        desk.say("board-footer").text("at", desk.at().date_hh_mm(desk.zone())).text("head", &report.journal_head);
    let footer = format!("{footer} · {}", report.order_name);
    let layout = |table: &Table| {
        let headings = table.headings.iter().map(|word| say(word));
        Layout::new(&say(table.name), headings).with_footer(footer.clone())
    };
    let tables = [
        sites(desk, report),
        milestones(desk, report),
        figures(desk, report),
        divisions(report),
        requests(desk, report),
    ];
    let mut out: Option<XlsxOut> = None;
    for table in &tables {
        let out = match &mut out {
            Some(out) => {
                out.further(layout(table))?;
                out
            }
            None => out.insert(XlsxOut::new(layout(table))?),
        };
        for row in &table.rows {
            out.row(row.iter().map(Value::cell))?;
        }
    }
    out.map_or(Ok(Vec::new()), |out| out.finish(Vec::new()))
}

fn time(desk: &Desk, at: Option<Moment>) -> Value {
    at.map_or(Value::Nothing, |at| Value::Text(at.date_hh_mm(desk.zone())))
}

fn count(count: impl Into<u64>) -> Value {
    Value::Count(count.into())
}

fn sites(desk: &Desk, report: &Report) -> Table {
    let row = |site: &super::SiteNight| {
        let state = desk.house().words.say(desk.locale(), site.state_word()).to_string();
        vec![
            Value::Text(site.code.clone()),
            Value::Text(site.name.clone()),
            Value::Text(state),
            count(site.need),
            count(site.assigned),
            count(site.arrived),
            count(site.came),
            time(desk, site.set_up_at),
            time(desk, site.opened_at),
        ]
    };
    Table {
        name: "board-sites",
        headings: &[
            "board-code",
            "board-site",
            "board-state",
            "board-need",
            "board-assigned",
            "board-in-time",
            "board-came",
            "board-set-up-at",
            "board-opened-at",
        ],
        rows: report.sites.iter().map(row).collect(),
    }
}

fn milestones(desk: &Desk, report: &Report) -> Table {
    let (totals, night) = (&report.totals, &report.night);
    let row = |word: &'static str, at, first, last, reached, of| {
        let name = Value::Text(desk.say(word).to_string());
        vec![name, time(desk, Some(at)), time(desk, first), time(desk, last), reached, of]
    };
    let set_up = (night.first_set_up, night.last_set_up);
    let in_place = (night.first_check_in, night.last_check_in);
    Table {
        name: "board-milestones",
        headings: &["board-milestone", "board-planned", "board-first", "board-last", "board-result", "board-of"],
        rows: vec![
            row("board-clock-order", report.order_at, None, None, Value::Nothing, count(totals.sites)),
            row("board-clock-set-up", report.set_up_at, set_up.0, set_up.1, count(totals.set_up), count(totals.sites)),
            row(
                "board-clock-in-place",
                report.in_place_at,
                in_place.0,
                in_place.1,
                count(totals.arrived),
                count(totals.need),
            ),
        ],
    }
}

fn figures(desk: &Desk, report: &Report) -> Table {
    let (totals, night) = (&report.totals, &report.night);
    let figures = [
        ("board-came", report.came),
        ("board-assigned", totals.assigned.into()),
        ("board-acknowledged", night.acknowledged.into()),
        ("board-declined", night.declined.into()),
        ("board-replans", night.replans.into()),
        ("board-moved", night.people_moved),
        ("board-called", night.people_called),
        ("board-shortages", night.shortages.into()),
        ("board-told", night.people_told),
    ];
    let row = |(word, figure): (&'static str, u64)| vec![Value::Text(desk.say(word).to_string()), count(figure)];
    Table {
        name: "board-figures",
        headings: &["board-figure", "board-count"],
        rows: figures.into_iter().map(row).collect(),
    }
}

fn divisions(report: &Report) -> Table {
    let row = |division: &super::DivisionNight| {
        vec![
            Value::Text(division.name.clone()),
            count(division.sites),
            count(division.set_up),
            count(division.need),
            count(division.assigned),
            count(division.arrived),
            count(division.missing),
            count(division.came),
        ]
    };
    Table {
        name: "board-by-division",
        headings: &[
            "board-division",
            "board-sites",
            "board-set-up",
            "board-need",
            "board-assigned",
            "board-in-time",
            "board-short",
            "board-came",
        ],
        rows: report.divisions.iter().map(row).collect(),
    }
}

fn requests(desk: &Desk, report: &Report) -> Table {
    let minutes = |s: Option<i64>| s.and_then(|s| u64::try_from(s / 60).ok()).map_or(Value::Nothing, Value::Count);
    let row = |line: &crate::rules::night::GroupNight| {
        vec![
            Value::Text(desk.house().words.say(desk.locale(), format!("group-{}", line.group.name())).to_string()),
            count(line.raised),
            count(line.closed),
            count(line.escalated),
            minutes(line.taken_after_s),
            minutes(line.done_after_s),
        ]
    };
    Table {
        name: "board-requests",
        headings: &[
            "board-group",
            "board-raised",
            "board-closed",
            "board-escalated",
            "board-taken-after",
            "board-done-after",
        ],
        rows: report.night.requests.iter().map(row).collect(),
    }
}
