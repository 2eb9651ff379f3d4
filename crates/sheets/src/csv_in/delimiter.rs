//! Which character separates the cells.

use crate::columns::{Columns, Mapping};
use crate::headings::{HEADING_SEARCH_ROWS, known_in};
use crate::limits::Limits;
use crate::raw::RawRow;

use super::records_of;

/// How much of the file the delimiter is looked for in: a title, a note and the headings fit.
pub(super) const HEAD_BYTES: u64 = 64 << 10;

/// In the order of their likelihood: a tie goes to the first.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// The delimiter under which the headings are best understood; if none is known, under which there are most cells.
pub(super) fn detect(head: &str, columns: &Columns, mapping: &Mapping, limits: Limits) -> u8 {
    let score = |&delimiter: &u8| {
        let rows = first_rows(head, delimiter, limits);
        let known = rows.iter().map(|row| known_in(row, columns, mapping)).max().unwrap_or(0);
        let cells = rows.iter().map(RawRow::len).max().unwrap_or(0);
        (known, cells)
    };
    // `max_by_key` keeps the last of equals, so the likeliest is looked at last.
    DELIMITERS.into_iter().rev().max_by_key(score).unwrap_or(b',')
}

fn first_rows(head: &str, delimiter: u8, limits: Limits) -> Vec<RawRow> {
    let mut records = records_of(head, delimiter, limits);
    std::iter::from_fn(|| records.next_row().ok().flatten()).take(HEADING_SEARCH_ROWS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headings_decide() {
        let columns = Columns::new().required("code", &["编码"]).optional("roles", &["角色"]);
        let cases = [
            ("编码,角色\n1,a;b;c;d\n", b','),
            ("编码;角色\n1;a,b,c,d\n", b';'),
            ("编码\t角色\n1\ta,b;c,d\n", b'\t'),
            ("采样点, 名单, 九月\n编码;角色\n1;2\n", b';'),
            ("code\n1\n", b','),
            ("x;y;z\n1;2;3\n", b';'),
            ("\"编码\";\"角色,等\"\n", b';'),
        ];
        for (text, expected) in cases {
            let found = detect(text, &columns, &Mapping::new(), Limits::default());
            assert_eq!(char::from(found), char::from(expected), "{text}");
        }
    }
}
