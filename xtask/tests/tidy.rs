//! The house rules hold for the tree as it stands.

use std::{fmt::Write as _, path::Path};

use xtask::{tidy, tree::Tree};

#[test]
fn the_tree_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace root");
    let tree = Tree::read(root).expect("git lists the files");
    assert!(tree.has("xtask/tests/tidy.rs") && tree.has("crates"), "the listing lacks files that are there");
    let mut faults = String::new();
    for rule in tidy::RULES {
        for fault in (rule.check)(&tree) {
            writeln!(faults, "{}: {fault}", rule.name).expect("a string takes every line");
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}
