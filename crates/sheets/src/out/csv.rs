//! CSV that Excel opens by double click with Chinese intact: UTF-8 with a byte order mark, CRLF (RFC 4180).

use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};

use crate::faults::OutFault;

use super::guard::{FOOTER_MARK, guarded};
use super::{Cell, Layout};

/// Writes straight to its sink; nothing is kept.
pub struct CsvOut<W: Write> {
    writer: Writer<W>,
    footer: Option<String>,
    width: usize,
}

impl<W: Write> CsvOut<W> {
    pub fn new(mut sink: W, layout: Layout) -> Result<Self, OutFault> {
        sink.write_all("\u{FEFF}".as_bytes())?;
        let writer = WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(sink);
        let mut out = Self { writer, footer: layout.footer, width: layout.headings.len() };
        out.row(layout.headings.iter().map(Cell::from))?;
        Ok(out)
    }

    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<(), OutFault> {
        for cell in cells {
            match cell {
                Cell::Text(text) => self.field(&guarded(text)),
                Cell::Whole(number) => self.field(&number.to_string()),
                Cell::Number(number) if number.is_finite() => self.field(&number.to_string()),
                Cell::Number(_) | Cell::Empty => self.field(""),
            }?;
        }
        self.end_row()
    }

    /// Writes the footer and what is still held back.
    pub fn finish(mut self) -> Result<W, OutFault> {
        if let Some(footer) = self.footer.take() {
            self.field(&format!("{FOOTER_MARK}{footer}"))?;
            for _ in 1..self.width {
                self.field("")?; // strict readers want every row equally long
            }
            self.end_row()?;
        }
        self.writer.into_inner().map_err(|error| OutFault::Io(error.into_error()))
    }

    fn field(&mut self, text: &str) -> Result<(), OutFault> {
        self.writer.write_field(text).map_err(io_fault)
    }

    fn end_row(&mut self) -> Result<(), OutFault> {
        self.writer.write_record(None::<&[u8]>).map_err(io_fault)
    }
}

/// With rows of any length allowed, the sink is all that can fail.
fn io_fault(error: csv::Error) -> OutFault {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => OutFault::Io(error),
        other => OutFault::Io(std::io::Error::other(format!("{other:?}"))),
    }
}
