//! How much of a file is believed. Each number is also the bound on what reading it can cost.

/// The limits under which a table is read. [`Limits::default`] is meant for every caller; tests and
/// machines with little memory lower them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows below the headings, all sheets together; one more and the file is refused.
    pub rows: u64,
    /// Columns the heading row may have.
    pub columns: usize,
    /// Characters in one cell; a longer one rejects its row.
    pub cell_chars: usize,
    /// Bytes (as UTF-8) in one row; more means a quotation mark that never closes, or an attack.
    pub row_bytes: usize,
    /// Bytes the worksheets of an XLSX file may inflate to, all together; its shared strings may take as much again.
    pub inflated_bytes: u64,
    /// How many times larger than its packed form a part may become (looked at from one MiB on).
    pub inflation_ratio: u64,
}

impl Limits {
    /// A megacity's volunteers, twice over.
    pub const ROWS: u64 = 2_000_000;
    /// A list of people has a dozen; exports of other systems reach a hundred.
    pub const COLUMNS: usize = 200;
    /// Excel itself stops at 32,767; no field of ours needs a third of that.
    pub const CELL_CHARS: usize = 10_000;
    /// 200 cells of 10,000 Chinese characters.
    pub const ROW_BYTES: usize = 8 << 20;
    /// A million rows of twelve columns inflate to about 0.8 GB.
    pub const INFLATED_BYTES: u64 = 2 << 30;
    /// Real worksheets reach about 30; DEFLATE itself can do 1,032.
    pub const INFLATION_RATIO: u64 = 150;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: Self::ROWS,
            columns: Self::COLUMNS,
            cell_chars: Self::CELL_CHARS,
            row_bytes: Self::ROW_BYTES,
            inflated_bytes: Self::INFLATED_BYTES,
            inflation_ratio: Self::INFLATION_RATIO,
        }
    }
}
