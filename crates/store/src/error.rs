//! What can go wrong below the rules. A refusal by the rules is not here: it is the duty's own enum.

use std::path::PathBuf;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the store. Cheap to clone, because one lost connection fails everybody of a group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too much is waiting, or another writer held the database for too long. Worth trying again soon.
    #[error("the database is busy: try again in a moment")]
    Busy,
    /// The database cannot be reached now.
    #[error("the database cannot be reached ({0}): check that it is running; Muster goes on by itself when it is back")]
    Unavailable(String),
    /// No room to write.
    #[error("the disk of the database is full: free some space; reading goes on, writing returns by itself")]
    Full,
    /// A statement that must find a row found none.
    #[error("no row where one must be: {statement}")]
    Missing { statement: String },
    /// A unique index or primary key already holds that value.
    #[error("already there ({cause}): {statement}")]
    Duplicate { statement: String, cause: String },
    /// A foreign key, a check or a not-null forbids it.
    #[error("forbidden by the schema ({cause}): {statement}")]
    Forbidden { statement: String, cause: String },
    /// The statement itself is wrong.
    #[error("statement refused ({cause}): {statement}")]
    Statement { statement: String, cause: String },
    /// A stored value is not what the code relies on.
    #[error("column {column} broke an invariant ({cause}): {statement}")]
    Invariant { column: String, statement: String, cause: String },
    /// A closure panicked or hid a failed statement.
    #[error("bug: {0}")]
    Bug(String),
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
    #[error("not a database address ({0}): write sqlite:FILE or postgres://USER@HOST/NAME")]
    Address(String),
    /// An engine or a setting with which acknowledged changes could be lost.
    #[error("refusing to start: {0}")]
    Unsafe(String),
    #[error("migrations: {0}")]
    Migration(String),
    #[error("keyring: {0}")]
    Key(String),
    #[error("sealed text cannot be opened: {0}")]
    Sealed(&'static str),
    #[error("backup: {0}")]
    Backup(String),
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: String },
}

impl Error {
    /// Whether the same change may succeed when simply tried again.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_))
    }

    /// Whether the caller should answer "come back later" instead of "that is wrong".
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_) | Self::Full | Self::Closed)
    }

    pub(crate) fn file(path: impl Into<PathBuf>, cause: impl std::fmt::Display) -> Self {
        Self::File { path: path.into(), cause: cause.to_string() }
    }
}

/// A statement in one line, short enough for a log.
pub(crate) fn brief(statement: &str) -> String {
    let mut line = String::with_capacity(statement.len().min(320));
    for word in statement.split_whitespace() {
        if line.len() + word.len() > 300 {
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
