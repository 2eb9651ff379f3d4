//! XLSX (ECMA-376, Office Open XML): a ZIP of XML parts, read as a stream of cells.
//!
//! Why not a library that reads workbooks: each one we know keeps all shared strings in memory and believes
//! the sizes a file claims (`docs/decisions/0002-sheets.md`). Here every allocation has a bound that the file
//! cannot move: the directory is limited, parts are counted while they inflate, one XML token, the depth of
//! nesting and one row are limited, and shared strings go to a temporary file.

mod cells;
mod directory;
mod escape;
mod number;
mod part;
mod strings;
mod styles;
mod workbook;
mod xml;

pub(crate) use workbook::Workbook;
