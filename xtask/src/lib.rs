//! The house rules as code. A rule is a function from the tree of files to its faults, so that a control test can hand it
//! a small bad tree and see it turn red.

use std::fmt;

pub mod licences;
mod prose;
mod rust;
pub mod tidy;
pub mod tree;

/// One place where the tree breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub path: String,
    /// Counted from 1; 0 speaks of the file as a whole.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub says: String,
}

impl Fault {
    pub fn at(path: &str, line: usize, says: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, says: says.into() }
    }

    pub fn of_file(path: &str, says: impl Into<String>) -> Self {
        Self::at(path, 0, says)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.says),
            line => write!(f, "{}:{line}: {}", self.path, self.says),
        }
    }
}
