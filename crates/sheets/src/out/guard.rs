//! Formula injection: a name such as `=HYPERLINK(…)` must stay a name on the machine of whoever opens the export.
//!
//! In CSV such a text gets an apostrophe in front, the mark spreadsheet programs use for "this is text". The
//! apostrophe is taken off when the file comes back, and a text that has one of its own gets a second, so
//! nothing is lost. In XLSX a cell says by itself that it is text. Numbers need no guard: they are written from
//! numbers, so a minus sign is all they can begin with.

use std::borrow::Cow;

/// Begins the row that says who took the table and when; a text beginning so is told apart by an apostrophe.
pub const FOOTER_MARK: &str = "※※ ";

/// With these a cell of text becomes a formula, or makes a program see another cell; full-width forms included.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const CELL_BREAKS: [char; 3] = ['\t', '\r', '\n'];

/// The text as CSV may hold it.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if is_taken_for_formula(text) || is_taken_for_footer(text) { apostrophe(text) } else { Cow::Borrowed(text) }
}

/// The text behind a cell of CSV.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(behind) if is_taken_for_formula(behind) || is_taken_for_footer(behind) => behind,
        _ => text,
    }
}

/// The text as a text cell of a workbook may hold it.
pub(super) fn marked(text: &str) -> Cow<'_, str> {
    if is_taken_for_footer(text) { apostrophe(text) } else { Cow::Borrowed(text) }
}

/// The text behind a text cell of a workbook.
pub(crate) fn unmarked(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(behind) if is_taken_for_footer(behind) => behind,
        _ => text,
    }
}

/// Whether a program could run the text. Apostrophes in front do not change the answer, or taking one off
/// would not be the reverse of putting one on.
pub(super) fn is_taken_for_formula(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    bare.starts_with(CELL_BREAKS) || bare.trim_start().starts_with(FORMULA_STARTS)
}

fn is_taken_for_footer(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FOOTER_MARK)
}

fn apostrophe(text: &str) -> Cow<'_, str> {
    Cow::Owned(format!("'{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_guarded_and_comes_back() {
        let dangerous =
            ["=1+1", "+86 138", "-5", "@SUM(A1)", "＝1", "＋", "－", "＠", "\tx", "\rx", "\nx", "  =1", "'=1", "''-"];
        for text in dangerous {
            assert_eq!(guarded(text), format!("'{text}"));
            assert_eq!(unguarded(&guarded(text)), text);
        }
        for text in ["", "'", "'a", "a=1", "1-2", "采样点"] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
        assert_eq!(unguarded("'=1+1"), "=1+1");
        assert_eq!(unmarked(&marked("※※ x")), "※※ x");
        assert_eq!(marked("=1"), "=1");
    }
}
