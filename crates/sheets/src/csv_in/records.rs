//! From text to raw rows, in memory that does not depend on the text.

use std::io::BufRead;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use crate::faults::TableFault;
use crate::limits::Limits;
use crate::raw::RawRow;

const OUTPUT_BYTES: usize = 16 << 10;

/// csv-core tells cells apart with fixed buffers; what goes beyond the limits is dropped here as it comes.
pub(super) struct Records<R> {
    input: R,
    stage: Stage,
    core: Reader,
    output: Box<[u8]>,
    cell: Vec<u8>,
    limits: Limits,
    last_number: u64,
    last_byte: u8,
}

/// The text is followed by one line break of our own: a cell that swallows it never had its quotation mark closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Text,
    AddedBreak,
    Ended,
}

/// What is known of a row under way.
struct Progress {
    row: RawRow,
    size_bytes: usize,
    breaks_within: u64,
    breaks_before: u64,
}

impl<R: BufRead> Records<R> {
    pub fn new(input: R, delimiter: u8, limits: Limits) -> Self {
        Self {
            input,
            stage: Stage::Text,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            output: vec![0; OUTPUT_BYTES].into_boxed_slice(),
            cell: Vec::new(),
            limits,
            last_number: 0,
            last_byte: 0,
        }
    }

    pub fn input(&self) -> &R {
        &self.input
    }

    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableFault> {
        let row = RawRow::new(self.last_number + 1);
        let mut progress = Progress { row, size_bytes: 0, breaks_within: 0, breaks_before: self.breaks() };
        loop {
            if self.stage == Stage::Text && self.input.fill_buf()?.is_empty() {
                self.stage = Stage::AddedBreak;
            }
            let text = match self.stage {
                Stage::Text => self.input.fill_buf()?,
                Stage::AddedBreak => b"\n",
                Stage::Ended => b"",
            };
            let (result, taken, written) = self.core.read_field(text, &mut self.output);
            if taken > 0 {
                self.last_byte = text[taken - 1];
            }
            self.advance(taken);
            self.keep(written, &mut progress)?;
            match result {
                ReadFieldResult::Field { record_end } => {
                    self.end_cell(&mut progress);
                    if record_end {
                        return Ok(Some(self.end_row(progress)));
                    }
                }
                ReadFieldResult::InputEmpty => self.check_quote(&progress)?,
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::End => return Ok(None),
            }
        }
    }

    fn advance(&mut self, taken: usize) {
        match self.stage {
            Stage::Text => self.input.consume(taken),
            Stage::AddedBreak if taken > 0 => self.stage = Stage::Ended,
            Stage::AddedBreak | Stage::Ended => {}
        }
    }

    /// Takes over what csv-core wrote, up to what a cell may hold (and a little more, so that it shows).
    fn keep(&mut self, written: usize, progress: &mut Progress) -> Result<(), TableFault> {
        let piece = &self.output[..written];
        progress.size_bytes += written;
        progress.breaks_within += piece.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
        if progress.size_bytes > self.limits.row_bytes {
            let row = progress.row.number;
            return Err(TableFault::RowTooLong { row, limit_bytes: self.limits.row_bytes });
        }
        let room = (self.limits.cell_chars.saturating_add(1).saturating_mul(4)).saturating_sub(self.cell.len());
        self.cell.extend_from_slice(&piece[..written.min(room)]);
        Ok(())
    }

    fn end_cell(&mut self, progress: &mut Progress) {
        match std::str::from_utf8(&self.cell) {
            Ok(text) => progress.row.push(crate::out::unguarded(text), &self.limits),
            // Only a cell that was cut within a character comes here, and its row is rejected for its length.
            Err(_) => progress.row.push(&String::from_utf8_lossy(&self.cell), &self.limits),
        }
        progress.size_bytes += 1;
        self.cell.clear();
    }

    /// Spreadsheets count blank lines and do not count line breaks within a cell; csv-core counts neither so.
    fn end_row(&mut self, progress: Progress) -> RawRow {
        let mut row = progress.row;
        let passed = self.breaks() - progress.breaks_before;
        row.number += passed.saturating_sub(1 + progress.breaks_within);
        self.last_number = row.number;
        row
    }

    fn check_quote(&self, progress: &Progress) -> Result<(), TableFault> {
        let is_under_way = !self.cell.is_empty() || progress.row.len() > 0;
        if self.stage == Stage::Ended && is_under_way {
            return Err(TableFault::QuoteNeverCloses { row: progress.row.number });
        }
        Ok(())
    }

    /// Line breaks passed. After CR its LF is still to come, and is counted already.
    fn breaks(&self) -> u64 {
        self.core.line() + u64::from(self.last_byte == b'\r')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv_in::records_of;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = records_of(text.as_bytes(), b',', Limits::default());
        let mut rows = Vec::new();
        while let Some(row) = records.next_row().unwrap() {
            rows.push((row.number, row.to_cells()));
        }
        rows
    }

    fn numbers(text: &str) -> Vec<u64> {
        rows(text).iter().map(|(number, _)| *number).collect()
    }

    #[test]
    fn cells_are_told_apart() {
        let cases: &[(&str, &[&str])] = &[
            ("a,b\n", &["a", "b"]),
            ("a,b", &["a", "b"]),
            ("a,\r\n", &["a", ""]),
            ("\"a,\"\"b\"\"\r\nc\",d\r\n", &["a,\"b\"\r\nc", "d"]),
            ("5\" pipe,x", &["5\" pipe", "x"]),
            ("'=1+1,'a", &["=1+1", "'a"]),
            ("\"\",\"x\"", &["", "x"]),
        ];
        for (text, cells) in cases {
            assert_eq!(rows(text), [(1, cells.iter().map(|&cell| cell.to_owned()).collect())], "{text:?}");
        }
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_count_them() {
        for newline in ["\n", "\r\n"] {
            let text = |lines: &str| numbers(&lines.replace('|', newline));
            assert_eq!(text("a|b|c"), [1, 2, 3]);
            assert_eq!(text("a|b|c|"), [1, 2, 3]);
            assert_eq!(text("|a|||b||c|"), [2, 5, 7]);
            assert_eq!(text("a|\"b|b\"|c||d"), [1, 2, 3, 5]);
            assert_eq!(text("||a"), [3]);
        }
        assert_eq!(numbers("a\rb\rc"), [1, 2, 3]);
    }

    #[test]
    fn a_quotation_mark_that_never_closes_is_found() {
        for text in ["a\n\"b\nc\nd\n", "a\n\"b", "a\nx,\"", "a\nx,\"\n"] {
            let mut records = records_of(text.as_bytes(), b',', Limits::default());
            records.next_row().unwrap();
            assert_eq!(records.next_row().err(), Some(TableFault::QuoteNeverCloses { row: 2 }), "{text:?}");
        }
    }

    #[test]
    fn an_endless_row_is_refused() {
        let limits = Limits { row_bytes: 100_000, ..Limits::default() };
        for text in [std::io::repeat(b'x'), std::io::repeat(b',')] {
            let mut records = Records::new(std::io::BufReader::new(text), b',', limits);
            assert_eq!(records.next_row().err(), Some(TableFault::RowTooLong { row: 1, limit_bytes: 100_000 }));
        }
    }
}
