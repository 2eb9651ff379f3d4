//! A page that names a path tells the truth.

use crate::{Fault, prose, tree::Tree};

pub fn exist(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (page, text) in tree.texts(&[".md"]) {
        for (line, named) in prose::named_paths(text) {
            for path in prose::expand_braces(&named).iter().filter(|path| !is_there(tree, page, path)) {
                faults.push(Fault::at(page, line, format!("`{path}` does not exist")));
            }
        }
    }
    faults
}

/// Seen from the page's own folder, as a link is, or from the root, as a sentence is.
fn is_there(tree: &Tree, page: &str, path: &str) -> bool {
    if path.contains("node_modules") {
        return true;
    }
    let path = path.split(':').next().unwrap_or(path);
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    [resolved(folder, path), resolved("", path)].into_iter().flatten().any(|path| match path.split_once('*') {
        Some((before, _)) => tree.paths().any(|file| file.starts_with(before)),
        None => path.is_empty() || tree.has(&path),
    })
}

/// `None` when the path leaves the project.
fn resolved(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_there_is_a_fault() {
        let page = "[up](../README.md) `crates/store/src/tx.rs:12` `crates/store/` `crates/*/src`\n[gone](gone.md) `crates/attic/`\n[out](../../x)";
        let files = [("docs/page.md", page), ("README.md", ""), ("crates/store/src/tx.rs", "")];
        let faults = exist(&Tree::planted("/", &files));
        let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 2, 3], "{faults:?}");
    }
}
