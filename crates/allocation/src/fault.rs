//! What can be wrong with the files, said so that it can be put right.

use std::path::{Path, PathBuf};

/// Why an allocation cannot be begun or written down.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("{}: {source}: check the path and who may read it", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} is not a table that can be read ({why}): save it as CSV or XLSX with the headings of the manual", path.display())]
    Table { path: PathBuf, why: String },
    #[error("{}, row {row}: {why}", path.display())]
    Row { path: PathBuf, row: u64, why: String },
    #[error("{0}")]
    Question(#[from] flow::Error),
    #[error("{}: {why}", path.display())]
    Written { path: PathBuf, why: String },
    #[error("{0}")]
    Ways(String),
}

impl Fault {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::File { path: path.to_owned(), source }
    }

    pub(crate) fn row(path: &Path, row: u64, why: impl Into<String>) -> Self {
        Self::Row { path: path.to_owned(), row, why: why.into() }
    }

    pub(crate) fn written(path: &Path) -> impl Fn(sheets::OutFault) -> Self + '_ {
        |fault| Self::Written { path: path.to_owned(), why: fault.to_string() }
    }
}
