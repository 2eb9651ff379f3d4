//! Nothing committed says on whose machine it was made: no folders of that machine, no package mirror.

use std::env;

use crate::{Fault, tree::Tree};

pub fn are_not_named(tree: &Tree) -> Vec<Fault> {
    let needles = needles(tree);
    let mut faults = Vec::new();
    for (path, text) in tree.texts(&[""]) {
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(needle) = needles.iter().find(|needle| names(line, needle)) {
                faults.push(Fault::at(
                    path,
                    number,
                    format!("`{needle}` is a place on one machine: write it relative to the project"),
                ));
            }
        }
    }
    faults.extend(mirrors(tree));
    faults
}

/// The folder of this checkout, the home of who runs this, and homes in general.
fn needles(tree: &Tree) -> Vec<String> {
    let checkout = Some(format!("{}/", tree.root().display()));
    let home = env::var("HOME").ok().map(|home| format!("{}/", home.trim_end_matches('/')));
    let long_enough = |needle: &String| needle.len() > 3;
    let homes = ["home", "Users"].map(|folder| format!("/{folder}/"));
    [checkout, home].into_iter().flatten().filter(long_enough).chain(homes).collect()
}

/// A web address may have a folder called `home`; a path of a machine begins with it.
fn names(line: &str, needle: &str) -> bool {
    line.match_indices(needle)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-{}*".contains(c)))
}

fn mirrors(tree: &Tree) -> Vec<Fault> {
    const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";
    let npm = tree.texts(&["package-lock.json"]).filter(|(_, text)| text.contains("\"resolved\""));
    let npm = npm.map(|(path, _)| {
        Fault::of_file(path, "names the mirror it came from: set omit-lockfile-registry-resolved=true")
    });
    let foreign = |text: &str| text.lines().any(|line| line.starts_with("source = ") && !line.contains(INDEX));
    let cargo = tree.texts(&["Cargo.lock"]).filter(|(_, text)| foreign(text));
    let cargo = cargo.map(|(path, _)| Fault::of_file(path, "a crate comes from elsewhere than crates.io"));
    npm.chain(cargo).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_this_machine_is_a_fault() {
        let somebody = format!("cd {}ann/x", concat!("/ho", "me/"));
        let files = [
            ("a.md", "open /build/muster/README.md"),
            ("b.sh", somebody.as_str()),
            ("c.html", "<a href=\"/board/home/\">"),
        ];
        let faults = are_not_named(&Tree::planted("/build/muster", &files));
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["a.md", "b.sh"]);
    }

    #[test]
    fn a_lock_file_that_names_a_mirror_is_a_fault() {
        let files = [
            ("phone/package-lock.json", "{\"resolved\": \"https://mirror.example/idb.tgz\"}"),
            ("Cargo.lock", "source = \"registry+https://mirror.example/index\""),
        ];
        assert_eq!(are_not_named(&Tree::planted("/build/muster", &files)).len(), 2);
    }
}
