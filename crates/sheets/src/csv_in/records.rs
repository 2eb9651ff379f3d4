//! From text to raw rows, in memory that does not depend on the text.

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::faults::TableFault;
use crate::limits::Limits;
use crate::raw::RawRow;

/// What most rows have room in.
const OUTPUT_BYTES: usize = 16 << 10;
const ENDS: usize = 256;

/// csv-core tells cells apart within buffers of ours; a row with more than they hold is taken over piece by piece.
pub(super) struct Records<R> {
    input: R,
    stage: Stage,
    core: Reader,
    output: Vec<u8>,
    ends: Box<[usize]>,
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
    /// Bytes of the row that are no longer in the buffer: their cells are in the row.
    gone: usize,
    /// Where in the buffer the cell begins that has not ended.
    open: usize,
    /// How much of the buffer is written.
    filled: usize,
}

impl<R: BufRead> Records<R> {
    /// Reads UTF-8.
    pub fn new(input: R, delimiter: u8, limits: Limits) -> Self {
        Self {
            input,
            stage: Stage::Text,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            output: vec![0; OUTPUT_BYTES],
            ends: vec![0; ENDS].into_boxed_slice(),
            limits,
            last_number: 0,
            last_byte: 0,
        }
    }

    pub fn input(&self) -> &R {
        &self.input
    }

    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableFault> {
        let mut progress = Progress::of(RawRow::new(self.last_number + 1), self.breaks());
        loop {
            if self.stage == Stage::Text && self.input.fill_buf()?.is_empty() {
                self.stage = Stage::AddedBreak;
            }
            let text = match self.stage {
                Stage::Text => self.input.fill_buf()?,
                Stage::AddedBreak => b"\n",
                Stage::Ended => b"",
            };
            let free = &mut self.output[progress.filled..];
            let (result, taken, written, ended) = self.core.read_record(text, free, &mut self.ends);
            if taken > 0 {
                self.last_byte = text[taken - 1];
            }
            self.advance(taken);
            self.keep(written, ended, &mut progress)?;
            match result {
                ReadRecordResult::Record => return Ok(Some(self.end_row(progress))),
                ReadRecordResult::InputEmpty => self.check_quote(&progress)?,
                ReadRecordResult::OutputFull => self.make_room(&mut progress),
                ReadRecordResult::OutputEndsFull => {}
                ReadRecordResult::End => return Ok(None),
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

    /// Takes over the cells that have ended in what csv-core wrote.
    fn keep(&self, written: usize, ended: usize, progress: &mut Progress) -> Result<(), TableFault> {
        let piece = &self.output[progress.filled..progress.filled + written];
        progress.filled += written;
        progress.size_bytes += written + ended;
        progress.breaks_within += memchr::memchr_iter(b'\n', piece).count() as u64;
        if progress.size_bytes > self.limits.row_bytes {
            let row = progress.row.number;
            return Err(TableFault::RowTooLong { row, limit_bytes: self.limits.row_bytes });
        }
        let Some(last) = self.ends[..ended].last() else { return Ok(()) };
        let text = str::from_utf8(&self.output[progress.open..last - progress.gone])
            .expect("what was decoded is UTF-8, and cells end at signs of ASCII");
        let mut rest = text;
        for end in &self.ends[..ended] {
            let (cell, later) = rest.split_at(end - progress.gone - progress.open);
            progress.row.push(crate::out::unguarded(cell), &self.limits);
            (rest, progress.open) = (later, end - progress.gone);
        }
        Ok(())
    }

    /// Of what is in the buffer only the cell that has not ended is still wanted. Where that fills it, it grows: at most to
    /// what a row may hold.
    fn make_room(&mut self, progress: &mut Progress) {
        self.output.copy_within(progress.open..progress.filled, 0);
        progress.gone += progress.open;
        progress.filled -= progress.open;
        progress.open = 0;
        if progress.filled * 2 > self.output.len() {
            self.output.resize(self.output.len() * 2, 0);
        }
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
        let is_under_way = progress.filled > progress.open || progress.row.len() > 0;
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

impl Progress {
    const fn of(row: RawRow, breaks_before: u64) -> Self {
        Self { row, size_bytes: 0, breaks_within: 0, breaks_before, gone: 0, open: 0, filled: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv_in::records_of;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = records_of(text, b',', Limits::default());
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

    /// Rows with more cells and longer ones than the buffers hold, read in small pieces, beside what the csv crate makes of them.
    #[test]
    fn what_the_buffers_cannot_hold_is_taken_over_whole() {
        let limits = Limits { columns: 2_000, cell_chars: 200_000, ..Limits::default() };
        let long = |n: usize| format!("\"{}\"", "采样,\n\"\"".repeat(n));
        let many: Vec<String> = (0..1_500).map(|n| format!("格{n}")).collect();
        let row = |cells: &[String]| cells.join(",") + "\n";
        let mixed: Vec<String> = many.iter().map(|cell| cell.repeat(40)).collect();
        let text = row(&[long(1_000), "a".to_owned(), long(9_000)])
            + &row(&many)
            + &row(&[String::new(), long(2_000), long(1_999)])
            + &row(&mixed);
        let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            theirs.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        for piece in [7, 1 << 10, 1 << 20] {
            let input = std::io::BufReader::with_capacity(piece, text.as_bytes());
            let mut records = Records::new(input, b',', limits);
            let ours: Vec<Vec<String>> =
                std::iter::from_fn(|| records.next_row().unwrap()).map(|row| row.to_cells()).collect();
            assert!(ours == theirs, "in pieces of {piece}");
        }
    }

    #[test]
    fn a_quotation_mark_that_never_closes_is_found() {
        for text in ["a\n\"b\nc\nd\n", "a\n\"b", "a\nx,\"", "a\nx,\"\n"] {
            let mut records = records_of(text, b',', Limits::default());
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
