//! One row of an answer, the same to read on both engines.

use std::{fmt::Display, str::FromStr};

use crate::{
    Cell, Error, FromValue, Result,
    engine::{postgres, sqlite},
    error::brief,
    value::{Mismatch, parsed},
};

/// A row, borrowed from the engine while the caller's closure looks at it.
pub struct Row<'r> {
    cells: Cells<'r>,
    statement: &'r str,
}

pub(crate) enum Cells<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Row<'r> {
    pub(crate) const fn new(cells: Cells<'r>, statement: &'r str) -> Self {
        Self { cells, statement }
    }

    /// The value of a column, by name or by position from 0.
    pub fn get<T: FromValue>(&self, column: impl Column) -> Result<T> {
        self.read(column, T::from_cell)
    }

    /// The text of a column, parsed into a type of the rules.
    pub fn parse<T: FromStr<Err: Display>>(&self, column: impl Column) -> Result<T> {
        self.read(column, parsed)
    }

    /// How many columns the row has.
    pub fn width(&self) -> usize {
        match &self.cells {
            Cells::Sqlite(row) => sqlite::width(row),
            Cells::Postgres(row) => row.len(),
        }
    }

    /// A cell as it is, by position.
    pub(crate) fn cell_at(&self, place: usize) -> Result<Cell<'_>> {
        self.cell(place).map_err(|Mismatch(cause)| self.broken(format!("number {place}"), cause))
    }

    fn read<T>(&self, column: impl Column, from: impl FnOnce(Cell<'_>) -> Result<T, Mismatch>) -> Result<T> {
        let cell = column.place(self).ok_or_else(|| Mismatch("no such column in the answer".to_owned()));
        let cell = cell.and_then(|place| self.cell(place));
        cell.and_then(from).map_err(|Mismatch(cause)| self.broken(column.name(), cause))
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>, Mismatch> {
        match &self.cells {
            Cells::Sqlite(row) => sqlite::cell(row, place),
            Cells::Postgres(row) => postgres::cell(row, place),
        }
    }

    fn broken(&self, column: String, cause: String) -> Error {
        Error::Invariant { column, statement: brief(self.statement), cause }
    }
}

/// A column by its name or its position.
pub trait Column: Copy {
    fn place(self, row: &Row<'_>) -> Option<usize>;
    fn name(self) -> String;
}

impl Column for usize {
    fn place(self, row: &Row<'_>) -> Option<usize> {
        (self < row.width()).then_some(self)
    }

    fn name(self) -> String {
        format!("number {self}")
    }
}

impl Column for &str {
    fn place(self, row: &Row<'_>) -> Option<usize> {
        match &row.cells {
            Cells::Sqlite(cells) => sqlite::place(cells, self),
            Cells::Postgres(cells) => cells.columns().iter().position(|column| column.name() == self),
        }
    }

    fn name(self) -> String {
        self.to_owned()
    }
}
