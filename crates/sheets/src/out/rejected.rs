//! Rows that were not taken, with the reason, in a file to be mended and sent again.

use std::io::Write;

use crate::REASON_HEADING;
use crate::faults::OutFault;
use crate::headings::Headings;

use super::{Cell, Format, Layout, SheetOut};

/// The same headings as the file that was sent, all of its columns, and one more that gives the reason.
pub struct RejectedOut<W: Write + Send> {
    out: SheetOut<W>,
    width: usize,
    /// The reason column of an earlier round, which is left out.
    earlier_reason: Option<usize>,
    rows: u64,
}

const REASON_WIDTH: u16 = 48;

impl<W: Write + Send> RejectedOut<W> {
    pub fn new(format: Format, sink: W, headings: &Headings) -> Result<Self, OutFault> {
        Self::with_foot(format, sink, headings, None)
    }

    /// With a last row that is passed over when the file is sent again.
    pub fn with_foot(format: Format, sink: W, headings: &Headings, foot: Option<String>) -> Result<Self, OutFault> {
        let earlier_reason = headings.reason_column();
        let width = headings.cells().len();
        let kept = (0..width).filter(|&column| Some(column) != earlier_reason).map(|column| &headings.cells()[column]);
        let names: Vec<String> = kept.cloned().chain([REASON_HEADING.to_owned()]).collect();
        let mut widths = vec![16; names.len()];
        widths[names.len() - 1] = REASON_WIDTH;
        let mut layout = Layout::new("退回 rejected", names).with_widths(widths);
        layout.footer = foot;
        Ok(Self { out: SheetOut::new(format, sink, layout)?, width, earlier_reason, rows: 0 })
    }

    /// `cells` are those of [`Row::cells`](crate::Row::cells) or [`RowFault`](crate::RowFault); `reason` is in the
    /// reader's language. A cell beyond the headings moves into the reason, where it can be seen.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>, reason: &str) -> Result<(), OutFault> {
        let mut cells: Vec<&str> = cells.into_iter().collect();
        let beyond: Vec<&str> = cells.drain(self.width.min(cells.len())..).filter(|cell| !cell.is_empty()).collect();
        cells.resize(self.width, "");
        let kept = cells.iter().enumerate().filter(|(column, _)| Some(*column) != self.earlier_reason);
        let reason = if beyond.is_empty() { reason.to_owned() } else { format!("{reason} [{}]", beyond.join(" | ")) };
        self.out.row(kept.map(|(_, cell)| Cell::from(*cell)).chain([Cell::from(&reason)]))?;
        self.rows += 1;
        Ok(())
    }

    /// Rows written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    pub fn finish(self) -> Result<W, OutFault> {
        self.out.finish()
    }
}
