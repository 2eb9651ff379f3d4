//! A row as it stands in the file, before anybody knows what its columns mean.

use crate::faults::Reason;
use crate::limits::Limits;

/// What most rows have room in, so that they grow no further.
const TEXT: usize = 192;
const CELLS: usize = 16;

/// Cells in one text with their ends, so that a row costs two allocations and not one per cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawRow {
    pub number: u64,
    text: String,
    ends: Vec<u32>,
    flaws: Vec<(usize, Reason)>,
}

impl RawRow {
    pub fn new(number: u64) -> Self {
        Self { number, text: String::with_capacity(TEXT), ends: Vec::with_capacity(CELLS), flaws: Vec::new() }
    }

    /// Appends one cell; one that the limits forbid is cut and leaves a flaw.
    pub fn push(&mut self, cell: &str, limits: &Limits) {
        if self.ends.len() >= limits.columns {
            if !cell.trim().is_empty() {
                self.flaw_at(limits.columns, Reason::BeyondHeadings);
            }
            return;
        }
        let kept = within(cell, limits.cell_chars);
        if kept.len() < cell.len() {
            self.flaw(Reason::CellTooLong { limit: limits.cell_chars });
        }
        self.text.push_str(kept);
        self.end_cell();
    }

    /// Fills the row with empty cells up to `column`.
    pub fn pad_to(&mut self, column: usize, limits: &Limits) {
        while self.ends.len() < column.min(limits.columns) {
            self.end_cell();
        }
    }

    /// Marks the cell about to be pushed.
    pub fn flaw(&mut self, reason: Reason) {
        self.flaw_at(self.ends.len(), reason);
    }

    pub fn flaws(&self) -> &[(usize, Reason)] {
        &self.flaws
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn cell(&self, column: usize) -> &str {
        let Some(&end) = self.ends.get(column) else { return "" };
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        &self.text[start as usize..end as usize]
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.cell(column))
    }

    pub fn to_cells(&self) -> Vec<String> {
        self.cells().map(str::to_owned).collect()
    }

    /// Whether any cell may need a closer look: one pass over the row's bytes where every cell would be many. A plus stands
    /// in each exponent (and before most telephone numbers), and a byte of `EF` begins what a decoder puts in the place of
    /// damage.
    pub fn is_suspect(&self) -> bool {
        let text = self.text.as_bytes();
        memchr::memchr3_iter(0, b'+', 0xEF, text).any(|at| text[at] != b'+' || text[..at].ends_with(b"E"))
    }

    /// What is wrong with the text of a cell.
    pub fn text_flaw(&self, column: usize) -> Option<Reason> {
        let cell = self.cell(column);
        if cell.contains('\0') {
            Some(Reason::NulCharacter)
        } else if cell.contains(DECODED_AS) {
            Some(Reason::Undecodable)
        } else {
            looks_like_lost_digits(cell).then_some(Reason::DigitsLost)
        }
    }

    /// No cell holds anything: spreadsheets are full of such rows, and nobody means them.
    pub fn is_blank(&self) -> bool {
        self.flaws.is_empty() && self.text.trim().is_empty()
    }

    /// A line that one of our own exports ends with, saying who made it and when.
    pub fn is_footer(&self) -> bool {
        self.cell(0).starts_with(crate::FOOTER_MARK) && self.text.len() == self.cell(0).len()
    }

    fn flaw_at(&mut self, column: usize, reason: Reason) {
        if self.flaws.last().is_none_or(|&(last, _)| last != column) {
            self.flaws.push((column, reason));
        }
    }

    fn end_cell(&mut self) {
        let end = u32::try_from(self.text.len()).expect("a row is limited to columns x characters, far below 4 GiB");
        self.ends.push(end);
    }
}

const EXPONENT: &str = "E+";
/// What decoders put in the place of bytes that mean nothing.
const DECODED_AS: char = '\u{FFFD}';

/// The first `limit` characters.
fn within(cell: &str, limit: usize) -> &str {
    if cell.len() <= limit {
        return cell;
    }
    cell.char_indices().nth(limit).map_or(cell, |(end, _)| &cell[..end])
}

/// What a program shows of a long number: Excel writes `4.40902E+17` for an eighteen-digit one.
pub(crate) fn looks_like_lost_digits(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.trim().split_once(EXPONENT) else { return false };
    let mut digits = mantissa.strip_prefix('-').unwrap_or(mantissa).bytes();
    let is_number = digits.next().is_some_and(|first| first.is_ascii_digit())
        && digits.next().is_none_or(|point| point == b'.')
        && digits.all(|digit| digit.is_ascii_digit());
    is_number && exponent.len() >= 2 && exponent.parse::<u16>().is_ok_and(|power| power >= 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_excel_shows_of_long_numbers_counts_as_lost() {
        for lost in ["4.40902E+17", "1.38001E+11", " 4E+20 "] {
            assert!(looks_like_lost_digits(lost), "{lost}");
        }
        for kept in ["1E+10", "1E+1", "12E+17", "E+17", "4.4e+17", "4.4E-17", "4.xE+17", "A4E+17", "", "4.4E+1x"] {
            assert!(!looks_like_lost_digits(kept), "{kept}");
        }
    }

    #[test]
    fn a_cell_is_cut_at_a_character_and_says_so() {
        let limits = Limits { cell_chars: 2, columns: 2, ..Limits::default() };
        let mut row = RawRow::new(7);
        row.push("采样点", &limits);
        row.push("ok", &limits);
        row.push("", &limits);
        assert_eq!(row.to_cells(), ["采样", "ok"]);
        assert_eq!(row.flaws(), [(0, Reason::CellTooLong { limit: 2 })]);
        row.push("beyond", &limits);
        assert_eq!(row.flaws()[1], (2, Reason::BeyondHeadings));
    }
}
