//! Whatever is sealed is in its crate's list of sealed columns: what a rotation of keys does not know of, it destroys.

use crate::{Fault, rust::Source, tree::Tree};

use super::tables::{home_of, sql_words};

pub fn labels_are_listed(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts(&[".rs"]).filter(|(path, _)| path.contains("/src/")) {
        let Some(home) = home_of(path) else { continue };
        for (line, label) in Source::without_tests(text).strings {
            let written = text.lines().nth(line - 1).unwrap_or_default();
            let is_label = written.contains("&str = ") || written.contains("seal(");
            let Some((table, column)) = label.split_once('.').filter(|_| is_label) else { continue };
            if is_bytes(tree, home, column) && !is_listed(tree, home, table, column) {
                let why =
                    format!("what is sealed as `{label}` is in no list of sealed columns: a new key would lose it");
                faults.push(Fault::at(path, line, why));
            }
        }
    }
    faults
}

/// The crate has a column of bytes by that name; kinds of jobs are written like labels too.
fn is_bytes(tree: &Tree, home: &str, column: &str) -> bool {
    let schemas = tree.texts(&[".sql"]).filter(|(path, _)| home_of(path) == Some(home));
    schemas.map(|(_, sql)| sql_words(sql)).any(|words| words.windows(2).any(|pair| pair == [column, "bytea"]))
}

fn is_listed(tree: &Tree, home: &str, table: &str, column: &str) -> bool {
    let line = format!("table: \"{table}\", column: \"{column}\"");
    tree.texts(&[".rs"]).any(|(path, text)| home_of(path) == Some(home) && text.contains(&line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_column_that_no_list_has_is_a_fault() {
        let sql = ("duties/calls/migrations/0001_calls.sql", "create table calls (id uuid, words bytea, note bytea);");
        let store = (
            "duties/calls/src/store.rs",
            "pub const WORDS: &str = \"calls.words\";\nconst WAKE: &str = \"calls.wake\";\n\
             fn f() { tx.seal(\"calls.note\", text); }\n",
        );
        let list = "SealedColumn { table: \"calls\", column: \"words\", id: \"id\" }";
        let faults = labels_are_listed(&Tree::planted("/", &[sql, store, ("duties/calls/src/lib.rs", list)]));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].says.contains("calls.note"), "{faults:?}");
    }
}
