//! Where imports begin: choose a register and a file; the latest imports.

use domain::{Id, Moment, things::Import};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheets::{Cell, Format, Layout, SheetOut};
use web::{Attachment, Desk, Fault, Locale, Page, view};

use crate::{
    rejected::AskedFormat,
    rules::{register::Register, tally::Counts},
    store::{self as books, State},
};

const PAGE: usize = 20;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Older than this moment (ms) and import.
    before_at: Option<i64>,
    before: Option<Id<Import>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportsPage {
    registers: Vec<Choosable>,
    imports: Vec<Line>,
    next: Option<(i64, Id<Import>)>,
}
view!(ImportsPage, "imports_list.html");

#[derive(Debug, Serialize, JsonSchema)]
struct Choosable {
    register: Register,
    word: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    id: Id<Import>,
    word: &'static str,
    register: Register,
    file_name: String,
    state: State,
    at: Moment,
    counts: Counts,
}

pub async fn list(desk: Desk, ask: Ask) -> Result<Page<ImportsPage>, Fault> {
    let district = desk.district().clone();
    let before = ask.before_at.map(Moment::from_ms).zip(ask.before);
    let mut found = desk.look(move |tx| Ok(books::latest(tx, &district, before, PAGE + 1)?)).await?;
    let is_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| is_more).map(|it| (it.asked_at.ms(), it.id));
    let line = |it: books::Bringing| Line {
        id: it.id,
        word: it.register.word(),
        register: it.register,
        file_name: it.told.file_name,
        state: it.state,
        at: it.asked_at,
        counts: it.tally.counts,
    };
    let registers = Register::ALL.map(|register| Choosable { register, word: register.word() }).into();
    Ok(Page(ImportsPage { registers, imports: found.into_iter().map(line).collect(), next }))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AskExample {
    register: Register,
    #[serde(default)]
    format: AskedFormat,
}

/// An almost empty table with the right headings.
pub async fn example(desk: Desk, ask: AskExample) -> Result<Attachment, Fault> {
    let format = Format::from(ask.format);
    let broken = |e: sheets::OutFault| Fault::Bug(e.to_string());
    let in_chinese = desk.locale() == Locale::ZhCn;
    let heading = |(key, headings, _): &(&'static str, &'static [&'static str], bool)| {
        if in_chinese { headings.first().copied().unwrap_or(key) } else { *key }
    };
    let headings: Vec<&str> = ask.register.columns().iter().map(heading).collect();
    let name = desk.say(ask.register.word()).to_string();
    let mut out = SheetOut::new(format, Vec::new(), Layout::new(&name, headings)).map_err(broken)?;
    out.row(ask.register.example().iter().map(|cell| Cell::from(*cell))).map_err(broken)?;
    let bytes = out.finish().map_err(broken)?;
    let name = format!("{}.{}", ask.register, format.extension());
    Ok(Attachment { name, mime: format.media_type(), body: bytes.into(), inline: false })
}
