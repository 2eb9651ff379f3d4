//! The repository stays light: no large blobs, pictures well compressed.

use crate::{Fault, tree::Tree};

const TEXT_BYTES: usize = 512 * 1024;
const BLOB_BYTES: usize = 64 * 1024;
/// A backup stays as the release wrote it.
const RELEASE_BYTES: usize = 128 * 1024;
const PICTURE_BYTES: usize = 400 * 1024;
/// Written by a tool, read by a tool.
const LOCKS: &[&str] = &["Cargo.lock", "package-lock.json"];

pub fn are_light(tree: &Tree) -> Vec<Fault> {
    tree.sizes().filter_map(|(path, length_bytes, is_text)| heavy(path, length_bytes, is_text)).collect()
}

fn heavy(path: &str, length_bytes: usize, is_text: bool) -> Option<Fault> {
    let most = match path {
        _ if LOCKS.iter().any(|lock| path.ends_with(lock)) => usize::MAX,
        _ if path.starts_with("docs/pictures/") => PICTURE_BYTES,
        _ if path.contains("/fixtures/release-") => RELEASE_BYTES,
        _ if is_text => TEXT_BYTES,
        _ => BLOB_BYTES,
    };
    let (kib, most_kib) = (length_bytes / 1024, most / 1024);
    (length_bytes > most).then(|| {
        Fault::of_file(path, format!("{kib} KiB, {most_kib} KiB at most: compress it, or let a program make it"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_a_fault_and_a_lock_file_is_not() {
        let big = "x".repeat(TEXT_BYTES + 1);
        let blob = "\0".repeat(BLOB_BYTES + 1);
        let tree = Tree::planted(
            "/",
            &[("a.csv", &big), ("Cargo.lock", &big), ("b.bin", &blob), ("docs/pictures/c.webp", &blob)],
        );
        let paths: Vec<_> = are_light(&tree).into_iter().map(|fault| fault.path).collect();
        assert_eq!(paths, ["a.csv", "b.bin"]);
    }
}
