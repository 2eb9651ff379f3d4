//! The files of the project as git sees them: committed ones and new ones, without what is ignored.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// Every file, by its path from the root.
pub struct Tree {
    root: PathBuf,
    files: BTreeMap<String, File>,
}

struct File {
    /// `None` when the bytes are not text.
    text: Option<String>,
    length_bytes: usize,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for path in listed_by_git(root)? {
            match fs::read(root.join(&path)) {
                Ok(bytes) => files.insert(path, File::of(bytes)),
                // Deleted but not yet committed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(format!("{path} cannot be read: {error}")),
            };
        }
        Ok(Self { root: root.to_owned(), files })
    }

    /// A tree that exists only in memory, for the rules' own control tests.
    pub fn planted(root: &str, files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| (path.to_owned(), File::of(text.as_bytes().to_vec()));
        Self { root: PathBuf::from(root), files: files.iter().map(file).collect() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    /// Path and text of the files whose name ends in one of `endings`.
    pub fn texts(&self, endings: &[&str]) -> impl Iterator<Item = (&str, &str)> {
        let wanted = move |path: &str| endings.iter().any(|ending| path.ends_with(ending));
        let all = self.files.iter().filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)));
        all.filter(move |(path, _)| wanted(path))
    }

    /// Path, size and whether it is text.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize, bool)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file.length_bytes, file.text.is_some()))
    }

    /// Whether a file or a folder of this name is there.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.contains_key(path) || self.paths().any(|file| inside(file, path))
    }
}

impl File {
    fn of(bytes: Vec<u8>) -> Self {
        let length_bytes = bytes.len();
        Self { text: String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')), length_bytes }
    }
}

/// Whether a file lies somewhere under a folder.
pub fn inside(file: &str, folder: &str) -> bool {
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn listed_by_git(root: &Path) -> Result<Vec<String>, String> {
    let listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(listing).current_dir(root).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    Ok(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}
