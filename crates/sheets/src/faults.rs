//! What can be wrong with a file, a row, or a table being written.
//!
//! Every fault has a stable [`name`](TableFault::name) and parameters ([`args`](TableFault::args)), so
//! that a caller can word it in any language; `Display` is the English wording. A sentence says what to do.

use std::fmt;

use thiserror::Error;

/// Name and value of the things a fault's sentence mentions.
pub type Args = Vec<(&'static str, String)>;

/// What reading a row can end with instead of the row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// This row is rejected; reading goes on.
    #[error(transparent)]
    Row(#[from] RowFault),
    /// The file cannot be read further; nothing follows.
    #[error(transparent)]
    Table(#[from] TableFault),
}

/// The file as a whole is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableFault {
    #[error("The file could not be read from the disk: {detail}. Try again.")]
    Unreadable { detail: String },
    #[error("The file is empty. Put the headings in one row and one record in each row below.")]
    Empty,
    #[error("This is an old .xls workbook, which holds at most 65,536 rows. Save it as .xlsx and send it again.")]
    OldExcel,
    #[error("The file is protected by a password. Remove the password and send it again.")]
    Encrypted,
    #[error("This is {0}, not a table. Save the table as .xlsx or .csv and send it again.")]
    NotATable(Lookalike),
    #[error("The file is damaged ({part}: {detail}). Open it, save it again as .xlsx, and send that.")]
    Broken { part: String, detail: String },
    #[error("{part} unpacks to more than {limit_bytes} bytes. Split the table into several files.")]
    TooLarge { part: String, limit_bytes: u64 },
    #[error("{part} unpacks to more than {limit} times its size, which no real table does. Save the table anew.")]
    Bomb { part: String, limit: u64 },
    #[error("Columns are missing: {}. Found: {}. Name them in the heading row.", list(.missing), list(.found))]
    MissingHeadings { missing: Vec<String>, found: Vec<String> },
    #[error("Columns {first} and {second} both mean \"{key}\". Remove or rename one of them.")]
    SameHeadingTwice { key: String, first: String, second: String },
    #[error("The table has more than {limit} columns. Keep the columns that are needed.")]
    TooManyColumns { limit: usize },
    #[error("The table has more than {limit} rows. Nothing beyond was read; split it into several files.")]
    TooManyRows { limit: u64 },
    #[error("Row {row} is longer than {limit_bytes} bytes. Look there for a quotation mark that is never closed.")]
    RowTooLong { row: u64, limit_bytes: usize },
    #[error("In row {row} a quotation mark opens and never closes. Close or remove it.")]
    QuoteNeverCloses { row: u64 },
}

/// Things that are sent in place of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookalike {
    /// Many systems save an HTML page under the name .xls.
    WebPage,
    /// .xlsb, Excel's binary workbook.
    BinaryWorkbook,
    /// .ods
    OpenDocument,
    /// A .docx, a .pptx, or any other archive.
    OtherArchive,
    Pdf,
    Picture,
}

/// One row is rejected. `cells` are its cells as they were read, for the file of rejected rows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("Row {number}{}, column {column}: {reason}", sheet_words(.sheet.as_deref()))]
pub struct RowFault {
    /// The sheet's name when the workbook has several that are read.
    pub sheet: Option<String>,
    /// The row's number as the person's program shows it.
    pub number: u64,
    /// The heading of the column at fault.
    pub column: String,
    pub reason: Reason,
    pub cells: Vec<String>,
}

/// Why a row is rejected before any duty looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Reason {
    #[error("longer than {limit} characters; shorten it")]
    CellTooLong { limit: usize },
    #[error("characters that cannot be read; type the text again or save the file as UTF-8")]
    Undecodable,
    #[error("a character that no text may hold (NUL); type the text again")]
    NulCharacter,
    #[error(
        "a number of more than 15 digits, whose last digits the spreadsheet program has already replaced; format the column as text and enter it again"
    )]
    DigitsLost,
    #[error(
        "a value beyond the last heading, probably shifted by a separator; put text that holds one in quotation marks"
    )]
    BeyondHeadings,
    #[error("the spreadsheet's error {code}; mend the formula")]
    CellError { code: String },
    #[error("a formula that was never calculated; open the file in a spreadsheet program and save it")]
    NoValue,
}

/// A table could not be written.
#[derive(Debug, Error)]
pub enum OutFault {
    #[error("The table could not be written: {0}")]
    Io(#[from] std::io::Error),
    #[error("The workbook could not be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("Row {row}, column {column} holds more than Excel's 32,767 characters. Export as CSV.")]
    TextTooLong { row: u64, column: usize },
}

impl Fault {
    /// Stable name, for the caller's own words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Row(fault) => fault.reason.name(),
            Self::Table(fault) => fault.name(),
        }
    }

    /// Whether nothing follows.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Table(_))
    }
}

impl TableFault {
    /// Stable name, for the caller's own words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Empty => "empty",
            Self::OldExcel => "old-excel",
            Self::Encrypted => "encrypted",
            Self::NotATable(_) => "not-a-table",
            Self::Broken { .. } => "broken",
            Self::TooLarge { .. } => "too-large",
            Self::Bomb { .. } => "bomb",
            Self::MissingHeadings { .. } => "missing-headings",
            Self::SameHeadingTwice { .. } => "same-heading-twice",
            Self::TooManyColumns { .. } => "too-many-columns",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::RowTooLong { .. } => "row-too-long",
            Self::QuoteNeverCloses { .. } => "quote-never-closes",
        }
    }

    /// The parameters of the sentence.
    pub fn args(&self) -> Args {
        match self {
            Self::Empty | Self::OldExcel | Self::Encrypted => vec![],
            Self::Unreadable { detail } => vec![("detail", detail.clone())],
            Self::NotATable(what) => vec![("what", what.name().into())],
            Self::Broken { part, detail } => vec![("part", part.clone()), ("detail", detail.clone())],
            Self::TooLarge { part, limit_bytes } => {
                vec![("part", part.clone()), ("limit_bytes", limit_bytes.to_string())]
            }
            Self::Bomb { part, limit } => vec![("part", part.clone()), ("limit", limit.to_string())],
            Self::MissingHeadings { missing, found } => vec![("missing", list(missing)), ("found", list(found))],
            Self::SameHeadingTwice { key, first, second } => {
                vec![("key", key.clone()), ("first", first.clone()), ("second", second.clone())]
            }
            Self::TooManyColumns { limit } => vec![("limit", limit.to_string())],
            Self::TooManyRows { limit } => vec![("limit", limit.to_string())],
            Self::RowTooLong { row, limit_bytes } => {
                vec![("row", row.to_string()), ("limit_bytes", limit_bytes.to_string())]
            }
            Self::QuoteNeverCloses { row } => vec![("row", row.to_string())],
        }
    }

    pub(crate) fn broken(part: &str, detail: impl fmt::Display) -> Self {
        Self::Broken { part: part.to_owned(), detail: detail.to_string() }
    }
}

impl Reason {
    /// Stable name, for the caller's own words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CellTooLong { .. } => "cell-too-long",
            Self::Undecodable => "undecodable",
            Self::NulCharacter => "nul-character",
            Self::DigitsLost => "digits-lost",
            Self::BeyondHeadings => "beyond-headings",
            Self::CellError { .. } => "cell-error",
            Self::NoValue => "no-value",
        }
    }

    /// The parameters of the sentence.
    pub fn args(&self) -> Args {
        match self {
            Self::CellTooLong { limit } => vec![("limit", limit.to_string())],
            Self::CellError { code } => vec![("code", code.clone())],
            Self::Undecodable | Self::NulCharacter | Self::DigitsLost | Self::BeyondHeadings | Self::NoValue => vec![],
        }
    }
}

impl Lookalike {
    /// Stable name, for the caller's own words.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebPage => "web-page",
            Self::BinaryWorkbook => "binary-workbook",
            Self::OpenDocument => "open-document",
            Self::OtherArchive => "other-archive",
            Self::Pdf => "pdf",
            Self::Picture => "picture",
        }
    }
}

impl fmt::Display for Lookalike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebPage => "a web page",
            Self::BinaryWorkbook => "a binary workbook (.xlsb)",
            Self::OpenDocument => "an OpenDocument file",
            Self::OtherArchive => "an archive or another office document",
            Self::Pdf => "a PDF",
            Self::Picture => "a picture",
        })
    }
}

/// Faults travel through `Read` inside an `io::Error`; this takes them out again.
impl From<std::io::Error> for TableFault {
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(fault) => fault.clone(),
            None => Self::Unreadable { detail: error.to_string() },
        }
    }
}

/// Names for a sentence: a file without headings can offer two hundred cells of ten thousand characters instead.
fn list(names: &[String]) -> String {
    const NAMES: usize = 30;
    const CHARS: usize = 40;
    let short = |name: &String| match name.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.clone(),
    };
    let mut shown: Vec<String> = names.iter().take(NAMES).map(short).collect();
    if names.len() > NAMES {
        shown.push(format!("… ({})", names.len()));
    }
    if shown.is_empty() { "–".to_owned() } else { shown.join(", ") }
}

fn sheet_words(sheet: Option<&str>) -> String {
    sheet.map(|name| format!(" of sheet {name}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_stays_short_whatever_the_file_holds() {
        let fault = |found| TableFault::MissingHeadings { missing: vec!["code".into()], found };
        assert!(fault(vec!["长".repeat(10_000); 200]).to_string().chars().count() < 1_500);
        assert!(fault(vec!["甲".into(), "乙".into()]).to_string().contains("Found: 甲, 乙."));
        assert!(fault(vec![]).to_string().contains("Found: –."));
    }

    #[test]
    fn a_fault_survives_its_way_through_a_reader() {
        let fault = TableFault::Bomb { part: "xl/worksheets/sheet1.xml".into(), limit: 150 };
        assert_eq!(TableFault::from(std::io::Error::other(fault.clone())), fault);
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        assert_eq!(TableFault::from(missing).name(), "unreadable");
    }
}
