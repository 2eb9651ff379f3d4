//! A table being read: headings first, then one row after the other.

use std::collections::VecDeque;
use std::io::{Read, Seek};
use std::sync::Arc;

use crate::columns::{Columns, Mapping};
use crate::faults::{Fault, Reason, RowFault, TableFault};
use crate::headings::{HEADING_SEARCH_ROWS, Headings, Search};
use crate::limits::Limits;
use crate::raw::RawRow;
use crate::row::Row;
use crate::source::Source;

/// How a table is to be read. The default suits every caller that has no saved mapping.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub limits: Limits,
    /// What somebody said these headings mean; it speaks before the accepted headings.
    pub mapping: Mapping,
}

/// An iterator over a table's rows. A rejected row is an error and reading goes on; after a fatal fault
/// nothing follows. Blank rows are passed over. A workbook's further sheets are read on when they begin
/// with the same headings (so is our own export of more than [`SHEET_ROWS`](crate::SHEET_ROWS) rows made);
/// others are named by [`Table::sheets_not_read`].
pub struct Table<R: Read + Seek> {
    source: Source<R>,
    headings: Arc<Headings>,
    sheet: Option<Arc<str>>,
    ahead: VecDeque<RawRow>,
    limits: Limits,
    rows: u64,
    not_read: Vec<String>,
    ended: bool,
}

impl<R: Read + Seek> Table<R> {
    /// Recognises the file by its bytes, finds the heading row and stands before the first row.
    pub fn open(file: R, columns: &Columns, options: Options) -> Result<Self, TableFault> {
        let Options { limits, mapping } = options;
        let mut source = Source::open(file, columns, &mapping, limits)?;
        let mut not_read = source.hidden_sheets();
        let mut search = Search::default();
        loop {
            let mut rows = first_rows(&mut source)?;
            if let Some((place, headings)) = search.among(&rows, columns, &mapping)? {
                let ahead = rows.split_off(place + 1).into();
                let sheet = source.sheet().map(Arc::from);
                let headings = Arc::new(headings);
                return Ok(Self { source, headings, sheet, ahead, limits, rows: 0, not_read, ended: false });
            }
            not_read.extend(source.sheet().map(str::to_owned));
            if source.next_sheet()?.is_none() {
                return Err(search.fault());
            }
        }
    }

    pub fn headings(&self) -> &Headings {
        &self.headings
    }

    /// Rows met so far, accepted and rejected.
    pub fn rows_read(&self) -> u64 {
        self.rows
    }

    /// The part of the current sheet that has been read, 0 to 1, for a progress bar.
    pub fn progress(&self) -> f64 {
        self.source.progress()
    }

    /// Sheets that are hidden or do not hold this table. Complete once the last row was read.
    pub fn sheets_not_read(&self) -> &[String] {
        &self.not_read
    }

    fn next_row(&mut self) -> Result<Option<Row>, Fault> {
        while let Some(raw) = self.next_raw()? {
            if raw.is_blank() || raw.is_footer() {
                continue;
            }
            self.rows += 1;
            if self.rows > self.limits.rows {
                return Err(TableFault::TooManyRows { limit: self.limits.rows }.into());
            }
            return match self.flaw(&raw) {
                None => Ok(Some(Row::new(raw, Arc::clone(&self.headings), self.sheet.clone()))),
                Some((column, reason)) => Err(self.rejected(&raw, column, reason).into()),
            };
        }
        Ok(None)
    }

    fn next_raw(&mut self) -> Result<Option<RawRow>, TableFault> {
        if let Some(raw) = self.ahead.pop_front() {
            return Ok(Some(raw));
        }
        loop {
            if let Some(raw) = self.source.next_row()? {
                return Ok(Some(raw));
            }
            if !self.follow()? {
                return Ok(None);
            }
        }
    }

    /// Goes to the next sheet that goes on with this table.
    fn follow(&mut self) -> Result<bool, TableFault> {
        while let Some(name) = self.source.next_sheet()? {
            match next_filled(&mut self.source)? {
                Some(first) if self.headings.same_as(&first) => {
                    self.sheet = Some(name.into());
                    return Ok(true);
                }
                Some(_) => self.not_read.push(name),
                None => {}
            }
        }
        Ok(false)
    }

    /// The first flaw in a column that is read; what stands elsewhere harms nobody.
    fn flaw(&self, raw: &RawRow) -> Option<(usize, Reason)> {
        let read = |column: usize| self.headings.carries(column);
        if let Some(flaw) = raw.flaws().iter().find(|(column, _)| read(*column)) {
            return Some(flaw.clone());
        }
        let width = self.headings.cells().len();
        if self.source.is_text() {
            let cut_off = raw.flaws().iter().any(|(_, reason)| *reason == Reason::BeyondHeadings);
            let beyond = (width..raw.len()).find(|&column| !raw.cell(column).trim().is_empty());
            if let Some(column) = beyond.or(cut_off.then_some(raw.len())) {
                return Some((column, Reason::BeyondHeadings));
            }
        }
        if !raw.is_suspect() {
            return None;
        }
        (0..width).filter(|&column| read(column)).find_map(|column| Some((column, raw.text_flaw(column)?)))
    }

    fn rejected(&self, raw: &RawRow, column: usize, reason: Reason) -> RowFault {
        RowFault {
            sheet: self.sheet.as_deref().map(str::to_owned),
            number: raw.number,
            column: self.headings.name(column),
            reason,
            cells: raw.to_cells(),
        }
    }
}

impl<R: Read + Seek> Iterator for Table<R> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_row().transpose();
        self.ended = match &next {
            None => true,
            Some(outcome) => outcome.as_ref().is_err_and(Fault::is_fatal),
        };
        next
    }
}

/// The first rows of a sheet that hold anything: the heading row is among them or nowhere.
fn first_rows<R: Read + Seek>(source: &mut Source<R>) -> Result<Vec<RawRow>, TableFault> {
    let mut rows = Vec::new();
    while rows.len() < HEADING_SEARCH_ROWS {
        let Some(row) = next_filled(source)? else { break };
        rows.push(row);
    }
    Ok(rows)
}

fn next_filled<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<RawRow>, TableFault> {
    while let Some(row) = source.next_row()? {
        if !row.is_blank() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
