//! One import: how far it is, what its headings mean, the decision table, what came of it.

use domain::{Id, Moment, Origin, PostRole, things::Import};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Frame, Locale, Page, view};

use crate::{
    refused::Refused,
    rules::{
        register::Register,
        rejection::in_language,
        tally::{Change, Choice, Counts},
    },
    spool::Spool,
    store::{self as books, Bringing, LineText, State},
};

const PAGE: usize = 50;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    import: Id<Import>,
    /// Whose rows are shown; those that most need a person unless said.
    show: Option<Shown>,
    /// From this place among them.
    #[serde(default)]
    from: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    Rejected,
    Changed,
    New,
    Same,
}

impl Shown {
    const ALL: [Self; 4] = [Self::Rejected, Self::Changed, Self::New, Self::Same];

    const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Changed => "changed",
            Self::New => "new",
            Self::Same => "same",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Rejected => "imports-rejected",
            Self::Changed => "imports-changed",
            Self::New => "imports-new",
            Self::Same => "imports-same",
        }
    }

    const fn of(self, counts: &Counts) -> u64 {
        match self {
            Self::Rejected => counts.rejected,
            Self::Changed => counts.changed,
            Self::New => counts.new,
            Self::Same => counts.same,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportPage {
    id: Id<Import>,
    register: Register,
    register_word: &'static str,
    file_name: String,
    state: State,
    choice: Option<Choice>,
    origin: Origin,
    asked_at: Moment,
    counts: Counts,
    rows: u64,
    percent: u32,
    reasons: Vec<ReasonLine>,
    refusal: Option<String>,
    /// Headings that mean nothing here: what stands under them is not read.
    not_read: Vec<String>,
    headings: Vec<HeadingLine>,
    columns: Vec<ColumnLine>,
    tabs: Vec<Tab>,
    shown: Shown,
    lines: Vec<RowLine>,
    /// All rows of this verdict were kept, or only the first hundred.
    all_kept: bool,
    next: Option<u64>,
    /// The file has not lasted until the decision.
    is_gone: bool,
    /// Sent by whoever looks: the rejected rows are theirs to mend.
    is_own: bool,
}
view!(ImportPage, "imports_show.html");

/// What the template asks.
impl ImportPage {
    fn has_table(&self) -> bool {
        !self.state.is_running() && self.rows > 0
    }

    fn waits(&self) -> bool {
        self.state == State::Judged && !self.is_gone
    }

    fn is_over(&self) -> bool {
        self.is_gone || matches!(self.state, State::Done | State::Refused | State::Interrupted | State::Discarded)
    }

    fn is_in(&self, state: State) -> bool {
        self.state == state
    }

    fn took_all(&self) -> bool {
        self.choice == Some(Choice::All)
    }

    fn needed(&self) -> String {
        let needed = self.columns.iter().filter(|column| column.required);
        needed.map(|column| column.label.as_str()).collect::<Vec<_>>().join(" · ")
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReasonLine {
    rows: u64,
    first_row: u64,
    said: String,
}

/// A heading of the file and what it seems to mean.
#[derive(Debug, Serialize, JsonSchema)]
struct HeadingLine {
    heading: String,
    key: Option<String>,
}

impl HeadingLine {
    fn means(&self, key: &str) -> bool {
        self.key.as_deref() == Some(key)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ColumnLine {
    key: &'static str,
    label: String,
    required: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Tab {
    shown: Shown,
    rows: u64,
    is_here: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RowLine {
    row: u64,
    sheet: Option<String>,
    name: String,
    changed: Vec<String>,
    /// What a new row brings, or a changed one changes.
    said: Vec<Change>,
    why: Option<String>,
}

/// What the template asks.
impl Change {
    fn word(&self) -> String {
        match self.column.parse::<PostRole>() {
            Ok(role) => format!("post-{role}"),
            Err(_) => format!("imports-field-{}", self.column),
        }
    }

    /// Its word is the whole of it.
    fn says_it_all(&self) -> bool {
        matches!(self.column.as_str(), "retired" | "has_left")
    }

    /// Only that it changes is said, not what it was and will be.
    fn is_bare(&self) -> bool {
        self.after.is_empty() && self.before.as_deref().is_none_or(str::is_empty)
    }

    fn now(&self, f: &Frame) -> String {
        self.spoken(&self.after, f)
    }

    fn known(&self, f: &Frame) -> Option<String> {
        self.before.as_deref().map(|text| self.spoken(text, f))
    }

    /// A cell as people say it: no names that only programs use.
    fn spoken(&self, text: &str, f: &Frame) -> String {
        let role = |name: &str| name.parse::<PostRole>().map_or_else(|_| name.to_owned(), |role| f.post(&role));
        match (self.column.as_str(), text) {
            (_, "") => f.t("imports-empty-cell"),
            ("reserve", "true" | "1") => f.t("web-yes"),
            ("reserve", "false" | "0") => f.t("web-no"),
            ("roles", names) => names.split([';', '；', ',', '、']).map(role).collect::<Vec<_>>().join(" · "),
            (_, text) => text.to_owned(),
        }
    }
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<ImportPage>, Fault> {
    let (import, from, asked) = (ask.import, ask.from, ask.show);
    let found = desk.look(move |tx| {
        let it = books::find(tx, import)?.ok_or(Refused::FileGone)?;
        let shown = asked.unwrap_or_else(|| first_worth_showing(&it.tally.counts));
        let lines =
            if it.state.is_running() { Vec::new() } else { books::lines(tx, import, shown.name(), from, PAGE + 1)? };
        Ok((it, shown, lines))
    });
    let (it, shown, lines) = found.await?;
    let is_gone = it.state == State::Judged && !Spool::of(desk.store().address()).path(import).exists();
    let is_own = it.asked_by == desk.actor();
    // Rows are not people with an id: their places in the file stand for them.
    if it.register.is_of_people() && !is_own {
        desk.note_list("import_rows", lines.iter().map(|(place, _)| row_id(it.id, *place)));
    }
    Ok(Page(ImportPage { is_own, ..page(it, shown, lines, is_gone, desk.locale()) }))
}

const fn row_id(import: Id<Import>, place: u64) -> uuid::Uuid {
    uuid::Uuid::from_u128(import.uuid().as_u128() ^ place as u128)
}

fn first_worth_showing(counts: &Counts) -> Shown {
    Shown::ALL.into_iter().find(|shown| shown.of(counts) > 0).unwrap_or(Shown::Rejected)
}

fn page(it: Bringing, shown: Shown, mut lines: Vec<(u64, LineText)>, is_gone: bool, locale: Locale) -> ImportPage {
    let counts = it.tally.counts;
    let next = lines.get(PAGE).map(|(place, _)| *place);
    lines.truncate(PAGE);
    let tab = |tab: Shown| Tab { shown: tab, rows: tab.of(&counts), is_here: tab == shown };
    let reason = |why: &crate::rules::tally::Rejected| ReasonLine {
        rows: why.rows,
        first_row: why.first_row,
        said: in_language(&why.said, locale).to_owned(),
    };
    let mut reasons: Vec<ReasonLine> = it.tally.reasons.values().map(reason).collect();
    reasons.sort_by_key(|why| std::cmp::Reverse(why.rows));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of one")]
    let percent = (it.tally.progress.clamp(0.0, 1.0) * 100.0) as u32;
    let asks = it.state == State::Unmapped || (it.state == State::Judged && !it.told.not_read.is_empty());
    ImportPage {
        id: it.id,
        register: it.register,
        register_word: it.register.word(),
        state: it.state,
        choice: it.choice,
        origin: it.origin,
        asked_at: it.asked_at,
        counts,
        rows: counts.rows(),
        percent,
        reasons,
        refusal: it.told.refusal.as_ref().map(|said| in_language(said, locale).to_owned()),
        headings: if asks { headings(&it) } else { Vec::new() },
        columns: if asks { columns(it.register, locale) } else { Vec::new() },
        not_read: it.told.not_read.clone(),
        tabs: Shown::ALL.map(tab).into(),
        shown,
        lines: lines.into_iter().map(|(_, line)| row_line(&it, line, locale)).collect(),
        all_kept: shown == Shown::Rejected || shown.of(&counts) <= crate::bring::EXAMPLES,
        next,
        is_gone,
        is_own: false,
        file_name: it.told.file_name,
    }
}

fn headings(it: &Bringing) -> Vec<HeadingLine> {
    let meant = |heading: &String| {
        let said = it.told.mapping.iter().find(|(known, _)| known == heading);
        said.map_or_else(|| it.register.meaning(heading).map(str::to_owned), |(_, key)| key.clone())
    };
    it.told.headings.iter().map(|heading| HeadingLine { heading: heading.clone(), key: meant(heading) }).collect()
}

fn columns(register: Register, locale: Locale) -> Vec<ColumnLine> {
    let line = |(key, _, required): crate::rules::register::Column| ColumnLine {
        key,
        label: register.label(key, locale),
        required,
    };
    register.columns().into_iter().map(line).collect()
}

/// What names a row: of a rejected one the cell that would have, never the whole row with its telephone number.
fn row_line(it: &Bringing, line: LineText, locale: Locale) -> RowLine {
    let name = match &line.why {
        None => line.cells.join(" "),
        Some(_) => naming_cell(it, &line.cells),
    };
    RowLine {
        row: line.row,
        sheet: line.sheet,
        name: name.chars().take(60).collect(),
        changed: line.changed,
        said: line.said,
        why: line.why.map(|why| in_language(&why.said, locale).to_owned()),
    }
}

fn naming_cell(it: &Bringing, cells: &[String]) -> String {
    let column = headings(it).iter().position(|heading| heading.key.as_deref() == Some(it.register.naming()));
    column.and_then(|column| cells.get(column)).cloned().unwrap_or_default()
}
