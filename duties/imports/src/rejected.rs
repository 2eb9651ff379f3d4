//! The rows that were not taken, as a table to mend and send again: the same headings, and one more with the reason.

use std::io::{Cursor, Write};

use axum::body::Body;
use domain::{Id, things::Import};
use futures_util::stream;
use schemars::JsonSchema;
use serde::Deserialize;
use sheets::{Format, Headings, Layout, Options, OutFault, RejectedOut, SheetOut, Table};
use store::Tx;
use tokio::io::AsyncReadExt as _;
use web::{
    Attachment, Desk, Fault, Locale,
    exports::{Leave, Leaving, Reason, Taken, Why},
};

use crate::{
    rules::rejection::in_language,
    spool::Spool,
    store::{self as books, Bringing},
};

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedFormat {
    #[default]
    Xlsx,
    Csv,
}

impl From<AskedFormat> for Format {
    fn from(asked: AskedFormat) -> Self {
        match asked {
            AskedFormat::Xlsx => Self::Xlsx,
            AskedFormat::Csv => Self::Csv,
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    import: Id<Import>,
    #[serde(default)]
    format: AskedFormat,
    #[serde(flatten)]
    why: Why,
}

pub async fn download(desk: Desk, ask: Ask) -> Result<Taken, Fault> {
    let (format, locale) = (Format::from(ask.format), desk.locale());
    let import = ask.import;
    let it = desk.look(move |tx| Ok(books::find(tx, import)?)).await?;
    let it = it.ok_or_else(|| Fault::Bug("resolved before".to_owned()))?;
    // Who sent the file has all of it already, and mends it.
    let is_own = it.asked_by == desk.actor();
    let why = Why { why: ask.why.why.or(is_own.then_some(Reason::Mending)), ..ask.why };
    let people = if it.register.is_of_people() { it.tally.counts.rejected } else { 0 };
    let leaving = Leaving { list: "rejected_rows", format: format.extension(), people, is_own };
    let foot = match desk.leave(&why, leaving).await? {
        Leave::Given(foot) => foot,
        Leave::Waiting(waiting) => return Ok(Taken::Waiting(waiting)),
    };
    let file = Spool::of(desk.store().address()).scratch().map_err(|e| Fault::Bug(format!("temporary file: {e}")))?;
    let written = desk.store().look_long(move |tx| {
        let mut file = std::io::BufWriter::new(file);
        write_with_foot(tx, &it, format, locale, Some(foot), &mut file)?;
        let file = file.into_inner().map_err(|e| Fault::Bug(format!("temporary file: {e}")))?;
        Ok::<_, Fault>((it, file))
    });
    let (it, mut file) = written.await?;
    std::io::Seek::rewind(&mut file).map_err(|e| Fault::Bug(format!("temporary file: {e}")))?;
    let stem = it.told.file_name.rsplit_once('.').map_or(it.told.file_name.as_str(), |(stem, _)| stem);
    Ok(Taken::File(Attachment {
        name: format!("{stem}-rejected.{}", format.extension()),
        mime: format.media_type(),
        body: streamed(tokio::fs::File::from_std(file)),
        inline: false,
    }))
}

/// Writes all rejected rows of an import and says how many they are.
pub fn write<W: Write + Send>(
    tx: &mut Tx,
    it: &Bringing,
    format: Format,
    locale: Locale,
    sink: W,
) -> Result<u64, Fault> {
    write_with_foot(tx, it, format, locale, None, sink)
}

/// The same with a foot that says who took it; a file that is sent again may keep it.
fn write_with_foot<W: Write + Send>(
    tx: &mut Tx,
    it: &Bringing,
    format: Format,
    locale: Locale,
    foot: Option<String>,
    sink: W,
) -> Result<u64, Fault> {
    const LOT: usize = 500;
    let mut out = RejectedOut::with_foot(format, sink, &headings(it)?, foot).map_err(broken)?;
    let mut from = 0;
    loop {
        let lines = books::lines(tx, it.id, "rejected", from, LOT)?;
        for (place, line) in &lines {
            let why = line.why.as_ref().map_or("", |why| in_language(&why.said, locale));
            out.row(line.cells.iter().map(String::as_str), why).map_err(broken)?;
            from = place + 1;
        }
        if lines.len() < LOT {
            let rows = out.rows();
            out.finish().map_err(broken)?;
            return Ok(rows);
        }
    }
}

/// The headings of the file, which is gone: read from a table that has nothing but them.
fn headings(it: &Bringing) -> Result<Headings, Fault> {
    let layout = Layout::new("", it.told.headings.iter().cloned());
    let only = SheetOut::new(Format::Csv, Vec::new(), layout).and_then(SheetOut::finish).map_err(broken)?;
    let options = Options { mapping: it.told.mapping(), ..Options::default() };
    let table = Table::open(Cursor::new(only), &it.register.table(), options).map_err(|e| Fault::Bug(e.to_string()))?;
    Ok(table.headings().clone())
}

fn broken(fault: OutFault) -> Fault {
    Fault::Bug(fault.to_string())
}

/// A file as the body of an answer, in pieces.
fn streamed(file: tokio::fs::File) -> Body {
    Body::from_stream(stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; 64 << 10];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    }))
}
