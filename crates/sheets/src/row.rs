//! One accepted row: cells by key.

use std::sync::Arc;

use crate::headings::Headings;
use crate::raw::RawRow;

/// A row whose columns could all be read. Whether its content makes sense is for the duty to say.
#[derive(Debug, Clone)]
pub struct Row {
    raw: RawRow,
    headings: Arc<Headings>,
    sheet: Option<Arc<str>>,
}

impl Row {
    pub(crate) fn new(raw: RawRow, headings: Arc<Headings>, sheet: Option<Arc<str>>) -> Self {
        Self { raw, headings, sheet }
    }

    /// The row's number as the person's program shows it (spreadsheets count rows, not lines of text).
    pub fn number(&self) -> u64 {
        self.raw.number
    }

    /// The sheet's name, when the workbook has several.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The text under `key` without the space around it; empty when the cell or the column is absent.
    /// A key that was not asked for in [`Columns`](crate::Columns) is a mistake in the program and panics.
    pub fn get(&self, key: &str) -> &str {
        self.text(self.headings.column(key))
    }

    /// The texts under several keys, as [`Row::get`] gives each. Quicker, if they stand in the order in which they were
    /// asked for.
    pub fn get_all<const N: usize>(&self, keys: [&str; N]) -> [&str; N] {
        self.headings.columns(keys).map(|column| self.text(column))
    }

    /// Every cell of the row as it stands, for the file of rejected rows.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.raw.cells()
    }

    fn text(&self, column: Option<usize>) -> &str {
        column.map_or("", |column| trimmed(self.raw.cell(column)))
    }
}

/// Also without the two marks nobody sees: the byte order mark and the zero-width space.
fn trimmed(cell: &str) -> &str {
    if let [first, .., last] = cell.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return cell;
    }
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'))
}
