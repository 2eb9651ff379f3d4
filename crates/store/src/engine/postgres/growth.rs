//! Tables that grow by leaps. PostgreSQL counts a table a minute or so after it has grown; until then it takes thousands of
//! rows for a handful and sorts what an index has in order. A table that doubles is therefore counted at once.

use std::collections::HashMap;

/// Fewer rows are quick to read however they are asked for.
const FIRST: u64 = 1_000;

#[derive(Default)]
pub(super) struct Growth {
    tables: HashMap<String, Grown>,
}

#[derive(Default)]
struct Grown {
    rows: u64,
    counted: u64,
}

impl Growth {
    /// Notes rows that were added by `insert into TABLE (…)`, many at once or one by one; other statements add none.
    pub(super) fn note(&mut self, sql: &str, rows: u64) {
        let mut words = sql.split_whitespace();
        let (Some("insert"), Some("into"), Some(table)) = (words.next(), words.next(), words.next()) else { return };
        if let Some(grown) = self.tables.get_mut(table) {
            grown.rows += rows;
        } else {
            self.tables.insert(table.to_owned(), Grown { rows, counted: 0 });
        }
    }

    /// The statement that counts whatever has doubled since it was counted; what is being counted already is left.
    pub(super) fn count(&mut self) -> Option<String> {
        let doubled = self.tables.iter_mut().filter(|(_, grown)| grown.rows >= FIRST.max(2 * grown.counted));
        let mut tables: Vec<&str> = doubled
            .map(|(table, grown)| {
                grown.counted = grown.rows;
                table.as_str()
            })
            .collect();
        tables.sort_unstable();
        (!tables.is_empty()).then(|| format!("analyze (skip_locked) {}", tables.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_counted_when_it_is_large_and_whenever_it_doubles() {
        let mut growth = Growth::default();
        growth.note("insert into teams (id)", 400);
        growth.note("insert into volunteers (id)", 999);
        assert_eq!(growth.count(), None);
        growth.note("insert into volunteers (id)", 1);
        assert_eq!(growth.count().as_deref(), Some("analyze (skip_locked) volunteers"));
        growth.note("insert into volunteers (id)", 999);
        growth.note("update volunteers set badge = $1", 1);
        growth.note("delete from volunteers", 1);
        assert_eq!(growth.count(), None);
        growth.note("\n  insert into volunteers (id)", 1);
        growth.note("insert into teams (id)", 600);
        assert_eq!(growth.count().as_deref(), Some("analyze (skip_locked) teams, volunteers"));
    }
}
