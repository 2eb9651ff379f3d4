//! A table belongs to the folder whose migration creates it; nobody else's SQL speaks of it.

use std::collections::BTreeMap;

use crate::{Fault, rust::Source, tree::Tree};

pub fn stay_at_home(tree: &Tree) -> Vec<Fault> {
    let (homes, mut faults) = homes(tree);
    for (path, text) in tree.texts(&[".rs"]).filter(|(path, _)| path.contains("/src/")) {
        for (line, string) in Source::without_tests(text).strings {
            for table in tables_spoken_of(&string) {
                let Some(home) = homes.get(table.as_str()).filter(|home| home_of(path) != Some(home)) else { continue };
                faults.push(Fault::at(
                    path,
                    line,
                    format!("table `{table}` belongs to {home}: ask that crate's face instead of its rows"),
                ));
            }
        }
    }
    faults
}

/// Which folder creates which table; one that two folders create is a fault.
fn homes(tree: &Tree) -> (BTreeMap<String, &str>, Vec<Fault>) {
    let mut homes = BTreeMap::new();
    let mut faults = Vec::new();
    for (path, text) in tree.texts(&[".sql"]).filter(|(path, _)| path.contains("/migrations/")) {
        let Some(home) = home_of(path) else { continue };
        for table in tables_created(text) {
            match homes.insert(table.clone(), home) {
                Some(other) if other != home => faults.push(Fault::of_file(
                    path,
                    format!("table `{table}` is also created by {other}: give one of them another name"),
                )),
                _ => {}
            }
        }
    }
    (homes, faults)
}

/// `duties/calls/src/store.rs` lives in `duties/calls`.
pub(super) fn home_of(path: &str) -> Option<&str> {
    let (end, _) = path.match_indices('/').nth(1)?;
    let is_crate = path.starts_with("duties/") || path.starts_with("crates/");
    Some(&path[..if is_crate { end } else { path.find('/')? }])
}

fn tables_created(sql: &str) -> Vec<String> {
    let sql: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let words = sql_words(&sql);
    let is_table = |at: usize| words[at] == "table" && at > 0 && (words[at - 1] == "create" || words[at - 1] == "temp");
    let named = |at: usize| words[at + 1..].iter().find(|word| !["if", "not", "exists"].contains(&word.as_str()));
    (0..words.len()).filter(|&at| is_table(at)).filter_map(named).cloned().collect()
}

/// The names that follow `from`, `join`, `into`, `update` or `table` in a string that is SQL.
fn tables_spoken_of(string: &str) -> Vec<String> {
    const OPENINGS: [&str; 5] = ["from", "join", "into", "update", "table"];
    const STATEMENTS: [&str; 7] = ["select", "insert", "update", "delete", "with", "create", "alter"];
    let words = sql_words(string);
    if !words.first().is_some_and(|first| STATEMENTS.contains(&first.as_str())) {
        return Vec::new();
    }
    words.windows(2).filter(|pair| OPENINGS.contains(&pair[0].as_str())).map(|pair| pair[1].clone()).collect()
}

pub(super) fn sql_words(sql: &str) -> Vec<String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITES: (&str, &str) = (
        "duties/places/migrations/0001_places.sql",
        "-- create table old\ncreate table if not exists sites (id blob);",
    );

    #[test]
    fn another_duty_reading_the_table_is_a_fault() {
        let tree = Tree::planted(
            "/",
            &[
                SITES,
                ("duties/places/src/store.rs", "const ALL: &str = \"select id from sites\";"),
                (
                    "duties/board/src/store.rs",
                    "const ALL: &str = \"select id\n from sites s\";\nconst SAYS: &str = \"update sites\";",
                ),
                ("duties/board/src/text.rs", "const SAYS: &str = \"people come from sites far away\";"),
            ],
        );
        let faults = stay_at_home(&tree);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults.iter().all(|fault| fault.path == "duties/board/src/store.rs"));
    }

    #[test]
    fn two_folders_with_one_table_are_a_fault() {
        let tree =
            Tree::planted("/", &[SITES, ("duties/venues/migrations/0001_venues.sql", "CREATE TABLE sites (id blob)")]);
        assert_eq!(stay_at_home(&tree).len(), 1);
    }
}
