//! What holds of any table that is read, whatever its bytes.

use std::io::Cursor;

use sheets::{Columns, Limits, Options, Table};

/// Limits that a short input can reach.
const LIMITS: Limits = Limits { rows: 50, columns: 8, cell_chars: 40, row_bytes: 400, inflated_bytes: 1 << 16, inflation_ratio: 150 };

/// Reads a table to its end: rows come in order, within the limits, and their number is told.
pub fn read(bytes: &[u8], limits: Limits) {
    let columns = Columns::new().required("code", &["编码"]).optional("name", &["名称"]);
    let Ok(mut table) = Table::open(Cursor::new(bytes), &columns, Options { limits, ..Options::default() }) else { return };
    let mut accepted = 0;
    for row in table.by_ref().flatten() {
        accepted += 1;
        for key in ["code", "name"] {
            assert!(row.get(key).chars().count() <= limits.cell_chars, "a cell is longer than allowed");
        }
    }
    assert!(accepted <= table.rows_read() && table.rows_read() <= limits.rows, "rows are miscounted");
    assert!((0.0..=1.0).contains(&table.progress()), "progress is a part");
    assert!(table.next().is_none(), "nothing follows the end");
}

/// Under the limits of every day and under narrow ones.
pub fn read_both(bytes: &[u8]) {
    read(bytes, Limits::default());
    read(bytes, LIMITS);
}
