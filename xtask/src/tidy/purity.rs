//! Rules are pure, and only the program itself looks at its surroundings.

use crate::{Fault, rust::Source, tree::Tree};

/// What would let the clock, chance or the outside into `duties/*/src/rules/`.
const IMPURE: &[&str] =
    &["::now(", "async ", ".await", "rand::", "tokio::", "std::fs", "std::net", "std::env", "store::", "axum::"];
/// The sealing keys come from the surroundings by their very purpose.
const MAY_READ_ENVIRONMENT: &[&str] = &["muster/", "xtask/", "benches/", "sim/src/bin/", "crates/store/src/seal.rs"];

pub fn rules_are_pure(tree: &Tree) -> Vec<Fault> {
    let rules =
        |path: &str| path.starts_with("duties/") && (path.contains("/src/rules/") || path.ends_with("/src/rules.rs"));
    let says = |what: &str| format!("`{}` in a rule: let time, chance and rows come in as values", what.trim());
    found(tree, rules, IMPURE, says)
}

pub fn surroundings_are_read_in_one_place(tree: &Tree) -> Vec<Fault> {
    let inner =
        |path: &str| path.contains("/src/") && !MAY_READ_ENVIRONMENT.iter().any(|place| path.starts_with(place));
    let says = |_: &str| "reads the environment: take it as a setting from `muster/` instead".to_owned();
    found(tree, inner, &["env::var(", "env::var_os("], says)
}

fn found(tree: &Tree, place: impl Fn(&str) -> bool, needles: &[&str], says: impl Fn(&str) -> String) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts(&[".rs"]).filter(|(path, _)| place(path)) {
        for (number, line) in (1..).zip(Source::without_tests(text).code.lines()) {
            let hit = needles.iter().find(|needle| line.contains(**needle));
            faults.extend(hit.map(|needle| Fault::at(path, number, says(needle))));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_reads_the_clock_is_a_fault() {
        let rule = "fn is_late(now: Moment) -> bool { now > DUE }\nfn bad() -> Moment { Moment::now() }\n// async is a word here\n#[cfg(test)]\nmod tests { fn t() { Moment::now() } }";
        let files =
            [("duties/a/src/rules/late.rs", rule), ("duties/a/src/list.rs", "async fn list() { Moment::now() }")];
        let faults = rules_are_pure(&Tree::planted("/", &files));
        assert_eq!(
            faults.iter().map(|f| (f.path.as_str(), f.line)).collect::<Vec<_>>(),
            [("duties/a/src/rules/late.rs", 2)]
        );
    }

    #[test]
    fn a_library_that_reads_the_environment_is_a_fault() {
        let read = "let x = std::env::var(\"LIFT\");";
        let files = [("crates/flow/src/lib.rs", read), ("muster/src/serve.rs", read), ("crates/flow/tests/t.rs", read)];
        assert_eq!(surroundings_are_read_in_one_place(&Tree::planted("/", &files)).len(), 1);
    }
}
