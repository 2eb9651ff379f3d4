//! Names that say nothing, and lint exceptions without an argument.

use crate::{
    Fault,
    rust::{Source, words},
    tree::Tree,
};

/// Words that stand for "I did not find the field's word".
const EMPTY: &[&str] = &["manager", "service", "helper", "util", "utils", "impl", "data", "info", "dto", "repository"];
/// What browsers call it.
const EXCEPTED_FILES: &[&str] = &["service-worker", "service_worker"];

pub fn are_nouns_of_the_field(tree: &Tree) -> Vec<Fault> {
    let mut faults: Vec<_> =
        tree.texts(&[".rs", ".mjs", ".js", ".html", ".css"]).filter_map(|(path, _)| file_fault(path)).collect();
    for (path, text) in tree.texts(&[".rs", ".mjs"]) {
        for (line, name) in declared_names(&Source::of(text).code) {
            if let Some(word) = empty_word(name) {
                faults.push(Fault::at(
                    path,
                    line,
                    format!("`{name}`: `{word}` says nothing; use the field's word (GLOSSARY.md)"),
                ));
            }
        }
    }
    faults
}

fn file_fault(path: &str) -> Option<Fault> {
    let stem = path.rsplit('/').next()?.split('.').next()?;
    let word = empty_word(stem).filter(|_| !EXCEPTED_FILES.contains(&stem))?;
    Some(Fault::of_file(path, format!("a file named `{word}` says nothing; use the field's word (GLOSSARY.md)")))
}

/// What follows `struct`, `enum`, `trait`, `type`, `mod` or `class`.
fn declared_names(code: &str) -> Vec<(usize, &str)> {
    const OPENINGS: [&str; 7] = ["struct", "enum", "trait", "type", "mod", "union", "class"];
    let all: Vec<_> = words(code).collect();
    all.windows(2).filter(|pair| pair[0].0 == pair[1].0 && OPENINGS.contains(&pair[0].1)).map(|pair| pair[1]).collect()
}

fn empty_word(name: &str) -> Option<&'static str> {
    let parts = parts(name);
    EMPTY.iter().copied().find(|word| parts.iter().any(|part| part == word))
}

/// `CallListService` is call, list, service; so is `call_list-service`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            parts.push(String::new());
        }
        after_small = c.is_lowercase() || c.is_numeric();
        if c.is_alphanumeric() {
            parts.last_mut().expect("one part at least").extend(c.to_lowercase());
        }
    }
    parts
}

/// `#[allow]` hides for ever; `#[expect(lint, reason = "…")]` says why and tells when it is no longer needed.
pub fn exceptions_are_argued(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts(&[".rs"]) {
        let code = Source::of(text).code;
        for (at, opening) in
            ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().flat_map(|o| code.match_indices(o))
        {
            let line = 1 + code[..at].matches('\n').count();
            let whole = code[at..].split(']').next().unwrap_or_default();
            if opening.contains("allow") {
                faults.push(Fault::at(path, line, "write #[expect(…, reason = \"…\")] instead of #[allow(…)]"));
            } else if !whole.contains("reason") {
                faults.push(Fault::at(path, line, "an exception without a reason: add reason = \"…\""));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_faults_wherever_they_are_declared() {
        let tree = Tree::planted(
            "/",
            &[
                ("src/call_utils.rs", ""),
                (
                    "src/a.rs",
                    "pub struct CallManager;\nmod helper {}\n// struct Service\nstruct Database; struct Datum; enum Information {}",
                ),
                ("phone/src/service-worker.mjs", "class SyncService {}"),
            ],
        );
        let found: Vec<_> = are_nouns_of_the_field(&tree).into_iter().map(|fault| (fault.path, fault.line)).collect();
        assert_eq!(
            found,
            [("src/call_utils.rs", 0), ("phone/src/service-worker.mjs", 1), ("src/a.rs", 1), ("src/a.rs", 2)]
                .map(|(p, l)| (p.to_owned(), l))
        );
    }

    #[test]
    fn an_exception_needs_a_reason() {
        let text = "#[allow(dead_code)]\nfn a() {}\n#[expect(clippy::float_cmp)]\nfn b() {}\n#[expect(clippy::float_cmp, reason = \"exact by construction\")]\nfn c() {}\nconst S: &str = \"#[allow(x)]\";";
        let lines: Vec<_> =
            exceptions_are_argued(&Tree::planted("/", &[("a.rs", text)])).iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 3]);
    }
}
