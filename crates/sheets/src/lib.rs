//! Tables in and out: CSV (RFC 4180 and what offices really send) and XLSX (ECMA-376).
//!
//! A district's lists arrive as whatever somebody's program saved: GB18030 or UTF-8, commas, tabs or
//! semicolons, Chinese or English headings in any order, a title above the headings. This crate turns
//! such a file into rows with known keys, accounts for every row it cannot take, and writes tables that
//! come back unchanged when they are read again. It knows no duty and no database.
//!
//! Everything streams. Memory does not grow with the file, whatever the file claims about itself:
//! see [`Limits`] and `docs/decisions/0002-sheets.md`.
//!
//! ```
//! use sheets::{Columns, Options, Table};
//!
//! let columns = Columns::new()
//!     .required("code", &["编码", "采样点编码", "site code"])
//!     .required("name", &["名称"])
//!     .optional("expected_people", &["预计人数"]);
//! let file = std::io::Cursor::new("编码,名称\r\n007,城南小学\r\n");
//! let table = Table::open(file, &columns, Options::default()).unwrap();
//! for row in table {
//!     let row = row.unwrap();
//!     assert_eq!((row.number(), row.get("code"), row.get("name")), (2, "007", "城南小学"));
//!     assert_eq!(row.get("expected_people"), "");
//! }
//! ```

mod columns;
mod csv_in;
mod faults;
mod first_rows;
mod headings;
mod limits;
mod out;
mod raw;
mod row;
mod sniff;
mod source;
mod table;
mod xlsx_in;

pub use columns::{Columns, Mapping, fingerprint};
pub use faults::{Fault, Lookalike, OutFault, Reason, RowFault, TableFault};
pub use first_rows::FirstRows;
pub use headings::{HEADING_SEARCH_ROWS, Headings};
pub use limits::Limits;
pub use out::{Cell, CsvOut, FOOTER_MARK, Format, Layout, RejectedOut, SHEET_ROWS, SheetOut, XlsxOut};
pub use row::Row;
pub use table::{Options, Table};

/// Heading of the column that says why a row came back; ignored when the mended file is read again.
pub const REASON_HEADING: &str = "退回原因/reason";
