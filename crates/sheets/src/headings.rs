//! Finding the heading row and knowing what each column means.

use crate::REASON_HEADING;
use crate::columns::{Columns, Mapping, fingerprint, fold};
use crate::faults::{Reason, TableFault};
use crate::raw::RawRow;

/// The heading row may stand below a title and a note: it is looked for in this many rows that hold anything.
pub const HEADING_SEARCH_ROWS: usize = 10;

/// The heading row of one table and the meaning of its columns.
#[derive(Debug, Clone)]
pub struct Headings {
    cells: Vec<String>,
    row: u64,
    keys: Vec<&'static str>,
    /// Per field of [`Columns`], the column that carries it.
    columns: Vec<Option<usize>>,
    reason: Option<usize>,
}

impl Headings {
    /// The headings as they stand in the file.
    pub fn cells(&self) -> &[String] {
        &self.cells
    }

    /// The row they stand in.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// Recognises this heading row again, to find a saved [`Mapping`].
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.cells)
    }

    /// Headings that mean nothing here; their columns are not read. One without a name is called by its letter.
    pub fn unknown(&self) -> Vec<String> {
        (0..self.cells.len()).filter(|&column| !self.is_read(column)).map(|column| self.name(column)).collect()
    }

    /// The keys this table carries.
    pub fn known(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().zip(&self.columns).filter_map(|(key, column)| column.map(|_| *key))
    }

    /// The column of an earlier rejection, if the file is one of our own sent again.
    pub(crate) fn reason_column(&self) -> Option<usize> {
        self.reason
    }

    /// The column that carries `key`.
    pub(crate) fn column(&self, key: &str) -> Option<usize> {
        let [column] = self.columns([key]);
        column
    }

    /// The columns that carry several keys. Asked for in the order of [`Columns`], each is found where the last one ended.
    pub(crate) fn columns<const N: usize>(&self, keys: [&str; N]) -> [Option<usize>; N] {
        let mut next = 0;
        keys.map(|key| {
            if self.keys.get(next).is_none_or(|known| *known != key) {
                next = self.keys.iter().position(|known| *known == key).unwrap_or_else(|| not_asked_for(key));
            }
            next += 1;
            self.columns[next - 1]
        })
    }

    pub(crate) fn is_read(&self, column: usize) -> bool {
        self.reason == Some(column) || self.carries(column)
    }

    pub(crate) fn carries(&self, column: usize) -> bool {
        self.columns.contains(&Some(column))
    }

    /// What to call a column in a sentence.
    pub(crate) fn name(&self, column: usize) -> String {
        match self.cells.get(column) {
            Some(heading) if !heading.is_empty() => heading.clone(),
            _ => column_letters(column),
        }
    }

    /// Whether another sheet begins with the same headings, and so goes on with the same table.
    pub(crate) fn same_as(&self, row: &RawRow) -> bool {
        let theirs = row.cells().map(fold).collect::<Vec<_>>();
        let ours = self.cells.iter().map(|cell| fold(cell));
        theirs
            .iter()
            .filter(|cell| !cell.is_empty())
            .eq(ours.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().iter())
    }
}

fn not_asked_for(key: &str) -> ! {
    panic!("no column was asked for under the key {key:?}")
}

/// The best reading of the candidates seen so far.
#[derive(Debug, Default)]
pub(crate) struct Search {
    nearest: Option<(usize, TableFault)>,
}

impl Search {
    /// The first of `rows` that carries every required column, with its place among them.
    pub fn among(
        &mut self,
        rows: &[RawRow],
        columns: &Columns,
        mapping: &Mapping,
    ) -> Result<Option<(usize, Headings)>, TableFault> {
        for (place, row) in rows.iter().enumerate() {
            let (known, outcome) = read(row, columns, mapping);
            match outcome {
                Ok(headings) => return Ok(Some((place, headings))),
                Err(fault @ TableFault::MissingHeadings { .. }) => self.remember(known, fault),
                Err(fault) => return Err(fault),
            }
        }
        Ok(None)
    }

    /// What to tell somebody whose file has no heading row: what the most likely one lacks.
    pub fn fault(self) -> TableFault {
        self.nearest.map_or(TableFault::Empty, |(_, fault)| fault)
    }

    fn remember(&mut self, known: usize, fault: TableFault) {
        if self.nearest.as_ref().is_none_or(|(most, _)| known > *most) {
            self.nearest = Some((known, fault));
        }
    }
}

/// How many of the wanted columns a row names, for telling delimiters apart.
pub(crate) fn known_in(row: &RawRow, columns: &Columns, mapping: &Mapping) -> usize {
    row.cells().filter(|cell| columns.field_of(cell, mapping).is_some()).count()
}

fn read(row: &RawRow, columns: &Columns, mapping: &Mapping) -> (usize, Result<Headings, TableFault>) {
    let mut cells: Vec<String> = row.cells().map(|cell| cell.trim().to_owned()).collect();
    cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
    let known = known_in(row, columns, mapping);
    if row.flaws().iter().any(|(_, reason)| *reason == Reason::BeyondHeadings) {
        return (known, Err(TableFault::TooManyColumns { limit: row.len() }));
    }
    let missing = missing(&cells, columns, mapping);
    if !missing.is_empty() || known == 0 {
        return (known, Err(TableFault::MissingHeadings { missing, found: cells }));
    }
    (known, place(cells, row.number, columns, mapping))
}

fn missing(cells: &[String], columns: &Columns, mapping: &Mapping) -> Vec<String> {
    let present: Vec<usize> = cells.iter().filter_map(|cell| columns.field_of(cell, mapping)).collect();
    let absent = columns.fields.iter().enumerate().filter(|(field, _)| !present.contains(field));
    absent.filter(|(_, field)| field.required).map(|(_, field)| field.shown.clone()).collect()
}

fn place(cells: Vec<String>, row: u64, columns: &Columns, mapping: &Mapping) -> Result<Headings, TableFault> {
    let mut placed = vec![None; columns.fields.len()];
    for (column, cell) in cells.iter().enumerate() {
        let Some(field) = columns.field_of(cell, mapping) else { continue };
        if let Some(first) = placed[field].replace(column) {
            return Err(TableFault::SameHeadingTwice {
                key: columns.fields[field].key.to_owned(),
                first: column_letters(first),
                second: column_letters(column),
            });
        }
    }
    let reason = cells.iter().position(|cell| is_reason(cell));
    Ok(Headings { cells, row, keys: columns.keys().collect(), columns: placed, reason })
}

fn is_reason(heading: &str) -> bool {
    let folded = fold(heading);
    folded == fold(REASON_HEADING) || folded == "退回原因"
}

/// A, B … Z, AA, as spreadsheet programs call their columns.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).expect("a remainder by 26 is below 26")));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_spreadsheets_call_them() {
        for (column, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(column_letters(column), letters);
        }
    }
}
