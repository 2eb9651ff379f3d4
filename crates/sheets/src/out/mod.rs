//! Tables going out. Whatever a cell holds, no program takes it for a formula, and reading the table again
//! gives the same texts.

mod csv;
mod guard;
mod rejected;
mod xlsx;

use std::io::Write;

use crate::faults::OutFault;

pub use csv::CsvOut;
pub use guard::FOOTER_MARK;
pub use rejected::RejectedOut;
pub use xlsx::{SHEET_ROWS, XlsxOut};

pub(crate) use guard::{unguarded, unmarked};

/// The two forms a table can leave in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

/// What stands around the rows.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The sheet's name in a workbook.
    pub name: String,
    pub headings: Vec<String>,
    /// Column widths in characters (a Chinese character counts two); where absent, the heading decides.
    pub widths: Vec<u16>,
    /// Who took this table and when: printed on each page, and the last row. Our own reader passes over it.
    pub footer: Option<String>,
}

/// One cell. Codes, telephone numbers and identity numbers are texts; only what is counted or measured is a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Whole(i64),
    /// A finite number; anything else leaves the cell empty.
    Number(f64),
}

/// A table being written, in either form.
pub enum SheetOut<W: Write + Send> {
    Csv(Box<CsvOut<W>>),
    Xlsx(Box<XlsxOut>, W),
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl Layout {
    pub fn new<S: Into<String>>(name: &str, headings: impl IntoIterator<Item = S>) -> Self {
        let headings = headings.into_iter().map(Into::into).collect();
        Self { name: name.to_owned(), headings, ..Self::default() }
    }

    #[must_use]
    pub fn with_widths(mut self, widths: impl IntoIterator<Item = u16>) -> Self {
        self.widths = widths.into_iter().collect();
        self
    }

    #[must_use]
    pub fn with_footer(mut self, footer: impl Into<String>) -> Self {
        self.footer = Some(footer.into());
        self
    }
}

impl<W: Write + Send> SheetOut<W> {
    pub fn new(format: Format, sink: W, layout: Layout) -> Result<Self, OutFault> {
        Ok(match format {
            Format::Csv => Self::Csv(Box::new(CsvOut::new(sink, layout)?)),
            Format::Xlsx => Self::Xlsx(Box::new(XlsxOut::new(layout)?), sink),
        })
    }

    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<(), OutFault> {
        match self {
            Self::Csv(out) => out.row(cells),
            Self::Xlsx(out, _) => out.row(cells),
        }
    }

    /// Writes what is still held back. Without it the table is not whole.
    pub fn finish(self) -> Result<W, OutFault> {
        match self {
            Self::Csv(out) => out.finish(),
            Self::Xlsx(out, sink) => out.finish(sink),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<'a, C: Into<Cell<'a>>> From<Option<C>> for Cell<'a> {
    fn from(cell: Option<C>) -> Self {
        cell.map_or(Self::Empty, Into::into)
    }
}
