//! The cells of one worksheet, row by row.

use std::io::{Read, Seek};

use quick_xml::events::BytesStart;

use crate::faults::{Reason, TableFault};
use crate::limits::Limits;
use crate::raw::RawRow;

use super::directory::Entry;
use super::escape::unescape;
use super::number;
use super::strings::{SharedStrings, text_bytes};
use super::styles::Styles;
use super::xml::{Token, Xml};

/// What cells refer to.
pub(super) struct Context {
    pub strings: SharedStrings,
    pub styles: Styles,
    pub is_1904: bool,
    pub limits: Limits,
}

/// A worksheet being read.
pub(super) struct SheetCells<R: Read + Seek> {
    xml: Xml<R>,
    value: String,
    last_number: u64,
}

/// The attributes of `<c>`.
#[derive(Default)]
struct CellTag {
    column: Option<usize>,
    style: usize,
    kind: CellKind,
}

/// `t`, ECMA-376 part 1, 18.18.11.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum CellKind {
    #[default]
    Number,
    Shared,
    /// `str`, `inlineStr` and `d` (a date written as ISO 8601).
    Text,
    Boolean,
    Error,
}

impl<R: Read + Seek> SheetCells<R> {
    pub fn open(file: R, entry: &Entry, limits: &Limits) -> Result<Self, TableFault> {
        Ok(Self { xml: Xml::open(file, entry, limits)?, value: String::new(), last_number: 0 })
    }

    pub fn next_row(&mut self, context: &mut Context) -> Result<Option<RawRow>, TableFault> {
        loop {
            match self.xml.token()? {
                Token::Open(tag) if tag.local_name().as_ref() == "row" => {
                    let number = raw_attribute(&tag, "r").and_then(|number| number.parse().ok());
                    self.last_number = number.unwrap_or(self.last_number + 1);
                    return self.row(context).map(Some);
                }
                Token::End => return Ok(None),
                _ => {}
            }
        }
    }

    /// Passes over what is left; the file, and how many bytes the sheet came to.
    pub fn finish(mut self) -> Result<(R, u64), TableFault> {
        self.xml.finish()?;
        let inflated_bytes = self.xml.inflated_bytes();
        Ok((self.xml.into_file(), inflated_bytes))
    }

    pub fn progress(&self) -> f64 {
        self.xml.progress()
    }

    fn row(&mut self, context: &mut Context) -> Result<RawRow, TableFault> {
        let mut row = RawRow::new(self.last_number);
        let outside = self.xml.depth() - 1;
        while self.xml.depth() > outside {
            let Token::Open(tag) = self.xml.token()? else { continue };
            if tag.local_name().as_ref() == "c" {
                let tag = CellTag::of(&tag);
                self.cell(tag, &mut row, context)?;
            }
        }
        Ok(row)
    }

    fn cell(&mut self, tag: CellTag, row: &mut RawRow, context: &mut Context) -> Result<(), TableFault> {
        let column = tag.column.unwrap_or(row.len());
        let is_in_order = column >= row.len().min(context.limits.columns);
        if !is_in_order {
            return Err(self.xml.damaged("cells of a row are not in their order"));
        }
        let has_value = self.value(context)?;
        if self.value.is_empty() && has_value != Found::FormulaOnly {
            return Ok(());
        }
        row.pad_to(column, &context.limits);
        if has_value == Found::FormulaOnly {
            row.flaw(Reason::NoValue);
            row.push("", &context.limits);
            return Ok(());
        }
        self.push(&tag, row, context)
    }

    /// Reads the content of `<c>` into `value`.
    fn value(&mut self, context: &Context) -> Result<Found, TableFault> {
        self.value.clear();
        let mut found = Found::Nothing;
        let outside = self.xml.depth() - 1;
        while self.xml.depth() > outside {
            let Token::Open(tag) = self.xml.token()? else { continue };
            match tag.local_name().as_ref() {
                "v" | "is" => {
                    found = Found::Value;
                    self.xml.text_into(&mut self.value, text_bytes(&context.limits))?;
                }
                "f" => {
                    found = if found == Found::Value { found } else { Found::FormulaOnly };
                    self.xml.skip()?;
                }
                _ => self.xml.skip()?,
            }
        }
        Ok(found)
    }

    fn push(&mut self, tag: &CellTag, row: &mut RawRow, context: &mut Context) -> Result<(), TableFault> {
        let limits = context.limits;
        match tag.kind {
            CellKind::Number => match number::text_of(&self.value, context.styles.shape(tag.style), context.is_1904) {
                Ok(text) => row.push(&text, &limits),
                Err(reason) => {
                    row.flaw(reason);
                    row.push(&number::without_lost_digits(&self.value), &limits);
                }
            },
            CellKind::Shared => {
                let number = self.value.trim().parse().ok();
                let text = match number {
                    Some(number) => context.strings.get(number)?,
                    None => None,
                };
                let text = text.ok_or_else(|| self.xml.damaged("a cell names a shared string that is not there"))?;
                row.push(crate::out::unmarked(text), &limits);
            }
            CellKind::Text => row.push(crate::out::unmarked(&unescape(&self.value)), &limits),
            CellKind::Boolean => {
                let is_false = matches!(self.value.trim(), "0" | "false");
                row.push(if is_false { "FALSE" } else { "TRUE" }, &limits);
            }
            CellKind::Error => {
                row.flaw(Reason::CellError { code: self.value.clone() });
                row.push(&self.value, &limits);
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    FormulaOnly,
    Value,
}

impl CellTag {
    fn of(tag: &BytesStart) -> Self {
        let mut cell = Self::default();
        for attribute in tag.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => cell.column = column_of(value),
                "s" => cell.style = value.parse().unwrap_or(0),
                "t" => cell.kind = CellKind::of(value),
                _ => {}
            }
        }
        cell
    }
}

impl CellKind {
    fn of(kind: &str) -> Self {
        match kind {
            "s" => Self::Shared,
            "str" | "inlineStr" | "d" => Self::Text,
            "b" => Self::Boolean,
            "e" => Self::Error,
            _ => Self::Number,
        }
    }
}

fn raw_attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|one| one.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

/// The column of `AB12`, counted from zero; no spreadsheet has more than three letters.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0;
    for (place, letter) in letters.enumerate() {
        if place == 3 {
            return None;
        }
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    usize::checked_sub(column, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_columns() {
        for (reference, column) in [("A1", Some(0)), ("z9", Some(25)), ("AA10", Some(26)), ("XFD1048576", Some(16_383))]
        {
            assert_eq!(column_of(reference), column);
        }
        for strange in ["", "12", "ABCD1"] {
            assert_eq!(column_of(strange), None);
        }
    }
}
