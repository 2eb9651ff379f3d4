//! Where raw rows come from: one text, or the sheets of a workbook one after the other.

use std::io::{Read, Seek};

use crate::columns::{Columns, Mapping};
use crate::csv_in::{self, TextRows};
use crate::faults::TableFault;
use crate::limits::Limits;
use crate::raw::RawRow;
use crate::sniff::{self, Kind};
use crate::xlsx_in::Workbook;

pub(crate) enum Source<R: Read + Seek> {
    Text(Box<TextRows<R>>),
    Workbook(Box<Workbook<R>>),
}

impl<R: Read + Seek> Source<R> {
    pub fn open(mut file: R, columns: &Columns, mapping: &Mapping, limits: Limits) -> Result<Self, TableFault> {
        match sniff::kind(&mut file)? {
            Kind::Text => Ok(Self::Text(Box::new(csv_in::open(file, columns, mapping, limits)?))),
            Kind::Zip => Ok(Self::Workbook(Box::new(Workbook::open(file, limits)?))),
        }
    }

    /// The next row of this sheet.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableFault> {
        match self {
            Self::Text(rows) => rows.next_row(),
            Self::Workbook(book) => book.next_row(),
        }
    }

    /// Goes to the next sheet that a person can see; its name, or `None` after the last.
    pub fn next_sheet(&mut self) -> Result<Option<String>, TableFault> {
        match self {
            Self::Text(_) => Ok(None),
            Self::Workbook(book) => book.next_sheet(),
        }
    }

    /// The sheet's name, if there are several to tell apart.
    pub fn sheet(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Workbook(book) => book.sheet_among_several(),
        }
    }

    /// Sheets nobody sees; they are not read, and that is said.
    pub fn hidden_sheets(&self) -> Vec<String> {
        match self {
            Self::Text(_) => vec![],
            Self::Workbook(book) => book.hidden_sheets(),
        }
    }

    /// Whether cells are told apart by a separator, so that one too many means a shifted row.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// The part of this sheet's bytes that has been read, 0 to 1.
    pub fn progress(&self) -> f64 {
        match self {
            Self::Text(rows) => rows.progress(),
            Self::Workbook(book) => book.progress(),
        }
    }
}
