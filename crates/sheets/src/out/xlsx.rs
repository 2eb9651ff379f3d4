//! XLSX written row by row to a temporary file, so that its size does not matter.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::columns::half_width;
use crate::faults::OutFault;

use super::guard::{FOOTER_MARK, is_taken_for_formula, marked};
use super::{Cell, Layout};

/// Rows of a sheet, headings included: Excel's limit. Longer tables go on in a further sheet with the same headings.
pub const SHEET_ROWS: u32 = 1_048_576;

/// Characters of a footer: Excel takes 255 in all, and each may be doubled by escaping.
const MOST_IN_FOOTER: usize = 110;
/// The last row says it again, longer.
const MOST_IN_LAST_ROW: usize = 1_000;
/// Characters Excel allows in a cell.
const CELL_CHARS: usize = 32_767;
/// Whole numbers from here on lose digits in a numeric cell, so they are written as texts.
const DIGITS_KEPT_BELOW: u64 = 1_000_000_000_000_000;
const SHEET_NAME_CHARS: usize = 31;
const MIN_WIDTH: u16 = 8;
const MAX_WIDTH: u16 = 60;

/// A workbook being written. Headings are bold and stay in view; texts are cells formatted as text, so that a
/// number typed over one keeps its digits.
pub struct XlsxOut {
    workbook: Workbook,
    layout: Layout,
    styles: Styles,
    sheet_rows: u32,
    /// The sheet and the row in it that is written next.
    sheet: usize,
    /// The first sheet of the table that is being written.
    first_sheet: usize,
    next_row: u32,
}

struct Styles {
    heading: Format,
    text: Format,
    /// Text that would be a formula if it were typed.
    quoted: Format,
}

impl XlsxOut {
    pub fn new(layout: Layout) -> Result<Self, OutFault> {
        Self::with_sheet_rows(layout, SHEET_ROWS)
    }

    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<(), OutFault> {
        self.make_room()?;
        for (column, cell) in (0..).zip(cells) {
            self.cell(column, cell)?;
        }
        self.next_row += 1;
        Ok(())
    }

    /// Another table in the same workbook: what is written from here on stands on a sheet of its own.
    pub fn further(&mut self, layout: Layout) -> Result<(), OutFault> {
        self.end_table()?;
        self.layout = layout;
        self.sheet += 1;
        self.first_sheet = self.sheet;
        self.begin_sheet()
    }

    /// How many sheets the workbook has so far.
    pub fn sheets(&self) -> usize {
        self.sheet + 1
    }

    /// Packs the workbook into `sink`.
    pub fn finish<W: Write + Send>(mut self, mut sink: W) -> Result<W, OutFault> {
        self.end_table()?;
        self.workbook.save_to_writer(&mut sink)?;
        Ok(sink)
    }

    fn end_table(&mut self) -> Result<(), OutFault> {
        if let Some(footer) = self.layout.footer.take() {
            self.make_room()?;
            let footer: String = footer.chars().take(MOST_IN_LAST_ROW).collect();
            let text = format!("{FOOTER_MARK}{footer}");
            self.workbook.worksheet_from_index(self.sheet)?.write_string(self.next_row, 0, text)?;
        }
        Ok(())
    }

    /// Tests begin further sheets sooner than Excel asks for.
    fn with_sheet_rows(layout: Layout, sheet_rows: u32) -> Result<Self, OutFault> {
        let text = || Format::new().set_num_format("@");
        let styles = Styles { heading: Format::new().set_bold(), text: text(), quoted: text().set_quote_prefix() };
        let mut out =
            Self { workbook: Workbook::new(), layout, styles, sheet_rows, sheet: 0, first_sheet: 0, next_row: 0 };
        out.begin_sheet()?;
        Ok(out)
    }

    fn make_room(&mut self) -> Result<(), OutFault> {
        if self.next_row >= self.sheet_rows {
            self.sheet += 1;
            self.begin_sheet()?;
        }
        Ok(())
    }

    fn begin_sheet(&mut self) -> Result<(), OutFault> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(&self.layout.name, self.sheet - self.first_sheet))?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_repeat_rows(0, 0)?;
        if let Some(footer) = &self.layout.footer {
            // A name that people wrote may be longer than Excel takes.
            let said: String = footer.chars().take(MOST_IN_FOOTER).collect();
            sheet.set_footer(format!("&L{}&R&P / &N", said.replace('&', "&&")));
        }
        for (column, heading) in (0..).zip(&self.layout.headings) {
            let width = self.layout.widths.get(usize::from(column)).copied();
            sheet.set_column_width(column, width.unwrap_or_else(|| width_of(heading)))?;
            sheet.write_string_with_format(0, column, heading, &self.styles.heading)?;
        }
        self.next_row = 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: Cell<'_>) -> Result<(), OutFault> {
        let row = self.next_row;
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        match cell {
            Cell::Whole(number) if number.unsigned_abs() >= DIGITS_KEPT_BELOW => {
                write_text(sheet, (row, column), &number.to_string(), &self.styles)
            }
            #[expect(clippy::cast_precision_loss, reason = "below 10^15 every whole number is a double")]
            Cell::Whole(number) => Ok(sheet.write_number(row, column, number as f64).map(drop)?),
            Cell::Number(number) if number.is_finite() => Ok(sheet.write_number(row, column, number).map(drop)?),
            Cell::Text(text) if !text.is_empty() => write_text(sheet, (row, column), text, &self.styles),
            Cell::Empty | Cell::Text(_) | Cell::Number(_) => Ok(()),
        }
    }
}

fn write_text(sheet: &mut Worksheet, at: (u32, u16), text: &str, styles: &Styles) -> Result<(), OutFault> {
    let (row, column) = at;
    let text = marked(text);
    if text.len() > CELL_CHARS && text.encode_utf16().count() > CELL_CHARS {
        return Err(OutFault::TextTooLong { row: u64::from(row) + 1, column: usize::from(column) + 1 });
    }
    let style = if is_taken_for_formula(&text) { &styles.quoted } else { &styles.text };
    sheet.write_string_with_format(row, column, text, style)?;
    Ok(())
}

/// A name Excel accepts; further sheets of the same table are numbered from 2.
fn sheet_name(name: &str, sheet: usize) -> String {
    let number = if sheet == 0 { String::new() } else { format!(" {}", sheet + 1) };
    let allowed = name.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c));
    let mut kept: String = allowed.take(SHEET_NAME_CHARS - number.len()).collect();
    if kept.trim().is_empty() {
        "Sheet".clone_into(&mut kept);
    }
    kept + &number
}

/// Characters a heading takes; a wide one takes two.
fn width_of(heading: &str) -> u16 {
    let width: usize = heading.chars().map(|c| if half_width(c).is_ascii() { 1 } else { 2 }).sum();
    u16::try_from(width + 2).unwrap_or(MAX_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{Columns, Options, Table};

    #[test]
    fn a_full_sheet_is_followed_by_another_and_read_as_one_table() {
        let layout = Layout::new("志愿者[1/2]", ["code"]).with_footer("test, 2022-09-15");
        let mut out = XlsxOut::with_sheet_rows(layout, 4).unwrap();
        let codes: Vec<String> = (0..9).map(|number| format!("{number:03}")).collect();
        for code in &codes {
            out.row([Cell::from(code)]).unwrap();
        }
        assert_eq!(out.sheets(), 3);
        let file = Cursor::new(out.finish(Vec::new()).unwrap());
        let table = Table::open(file, &Columns::new().required("code", &[]), Options::default()).unwrap();
        let read: Vec<_> = table.map(Result::unwrap).collect();
        assert_eq!(read.iter().map(|row| row.get("code")).collect::<Vec<_>>(), codes);
        let places: Vec<_> = read.iter().map(|row| (row.sheet().unwrap(), row.number())).collect();
        assert_eq!(places[3], ("志愿者12 2", 2));
        assert_eq!(places[8], ("志愿者12 3", 4));
    }

    #[test]
    fn sheet_names_are_ones_excel_accepts() {
        assert_eq!(sheet_name("[]*", 0), "Sheet");
        assert_eq!(sheet_name(&"点".repeat(40), 1), format!("{} 2", "点".repeat(29)));
    }

    #[test]
    fn a_text_excel_cannot_hold_is_refused() {
        let mut out = XlsxOut::new(Layout::new("t", ["a", "b"])).unwrap();
        let fault = out.row([Cell::from("x"), Cell::from(&"x".repeat(40_000))]).unwrap_err();
        assert!(matches!(fault, OutFault::TextTooLong { row: 2, column: 2 }), "{fault}");
    }
}
