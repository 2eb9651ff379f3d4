//! Values never become part of a statement's text: they travel beside it as `$1`. A statement may be put together from
//! constants of ours (`{COLUMNS}`); whatever else is written into one is argued here, file by file.

use crate::{Fault, rust::Source, tree::Tree};

/// Files that write something other than constants into statements, and why no value of a person can be in it.
const ARGUED: &[(&str, &str)] = &[
    ("benches/src/reading.rs", "the headings of the benchmark's own file and as many parameters"),
    ("crates/store/src/backup/", "names of tables and columns, read from our own catalogue"),
    ("crates/store/src/engine/postgres/mod.rs", "a transaction's id and constraints, as PostgreSQL itself named them"),
    ("crates/store/src/engine/sqlite.rs", "the head of a caller's own insert and the numbers of parameters"),
    ("crates/store/src/jobs/mod.rs", "the numbers of parameters"),
    ("crates/store/src/rotate.rs", "names of sealed columns, constants of the duties"),
    ("crates/store/src/testing/cluster.rs", "names of databases that the tests make up"),
    ("duties/places/src/store/register.rs", "the numbers of parameters"),
    ("duties/responders/src/store/lots.rs", "one of two columns' names"),
];

pub fn holds_no_values(tree: &Tree) -> Vec<Fault> {
    const HERE: &str = "xtask/src/tidy/sql.rs";
    let sources: Vec<(&str, &str)> = tree.texts(&[".rs"]).filter(|(path, _)| path.contains("/src/")).collect();
    let is_used = |place: &str| sources.iter().any(|(path, text)| path.starts_with(place) && has_built(text));
    // An exception that nothing needs any more would hide the next fault.
    let idle = ARGUED.iter().filter(|(place, _)| tree.has(place.trim_end_matches('/')) && !is_used(place));
    let idle =
        idle.map(|(place, _)| Fault::of_file(HERE, format!("{place} builds no statement: take its exception out")));
    sources.iter().flat_map(|(path, text)| built(path, text)).chain(idle).collect()
}

fn built(path: &str, text: &str) -> Vec<Fault> {
    if ARGUED.iter().any(|(place, _)| path.starts_with(place)) {
        return Vec::new();
    }
    let says = |what: &str| {
        format!(
            "`{{{what}}}` is written into a statement: pass it as a parameter (`$1`), or argue it in xtask/src/tidy/sql.rs"
        )
    };
    statements(text).filter_map(|(line, sql)| Some(Fault::at(path, line, says(&foreign_part(&sql)?)))).collect()
}

fn has_built(text: &str) -> bool {
    statements(text).any(|(_, sql)| foreign_part(&sql).is_some())
}

/// Strings that are statements, or the rest of one after a constant.
fn statements(text: &str) -> impl Iterator<Item = (usize, String)> {
    const VERBS: [&str; 9] = ["select", "insert", "update", "delete", "with", "create", "alter", "drop", "prepare"];
    const CLAUSES: [&str; 7] = ["where", "order", "join", "from", "and", "values", "set"];
    Source::without_tests(text).strings.into_iter().filter(|(_, string)| {
        let mut words = string.split_whitespace();
        let first = words.next().unwrap_or_default();
        let is_constant = first.starts_with('{') && first.ends_with('}');
        let second = words.next().unwrap_or_default();
        !second.is_empty() && (VERBS.contains(&first) || (is_constant && CLAUSES.contains(&second)))
    })
}

/// The first thing in braces that is no constant of ours.
fn foreign_part(sql: &str) -> Option<String> {
    let parts = sql.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let is_constant = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    parts.filter(|part| !is_constant(part)).map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_a_statement_is_a_fault_and_a_constant_is_not() {
        let files = [
            ("duties/a/src/bad.rs", "fn f() { tx.rows(&format!(\"select id from sites where code = '{code}'\")) }"),
            ("duties/a/src/worse.rs", "fn f() { format!(\"{FIELDS} where name = '{}'\", name) }"),
            ("duties/a/src/good.rs", "fn f() { format!(\"{FIELDS} where name = $1\") }"),
            ("duties/a/src/words.rs", "fn f() { format!(\"{code} is new\") }"),
        ];
        let faults = holds_no_values(&Tree::planted("/", &files));
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["duties/a/src/bad.rs", "duties/a/src/worse.rs"]);
    }
}
