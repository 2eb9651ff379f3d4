//! One SQL text, two engines: the only two translations there are, both from PostgreSQL's words to SQLite's.
//!
//! - Statements: `$1` becomes `?1` ([`placeholders`]).
//! - Migrations: column types become SQLite's and every table becomes `STRICT` ([`schema`]).
//!
//! Neither touches quoted text or comments. A column cannot be called like a type (`uuid`, `bytea` …).

use std::borrow::Cow;

/// `$1` → `?1`, outside quotes. SQLite reads `$1` as a *name* and would number it by first appearance.
pub(crate) fn placeholders(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut out = String::with_capacity(sql.len());
    for piece in pieces(sql) {
        match piece {
            Piece::Parameter(number) => {
                out.push('?');
                out.push_str(number);
            }
            Piece::Word(text) | Piece::Other(text) => out.push_str(text),
        }
    }
    Cow::Owned(out)
}

/// A migration in SQLite's words.
pub(crate) fn schema(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut table = TableWatch::default();
    let mut after_double = false;
    for piece in pieces(sql) {
        match piece {
            Piece::Word(word) => {
                table.word(word);
                if std::mem::take(&mut after_double) && word.eq_ignore_ascii_case("precision") {
                    continue;
                }
                after_double = word.eq_ignore_ascii_case("double");
                out.push_str(sqlite_type(word).unwrap_or(word));
            }
            Piece::Other(text) => {
                if table.ends_with(text) {
                    out.push_str(" strict");
                }
                out.push_str(text);
            }
            Piece::Parameter(number) => out.push_str(number),
        }
    }
    if table.open {
        out.push_str(" strict");
    }
    out
}

fn sqlite_type(word: &str) -> Option<&'static str> {
    let types = [
        ("bigint", "integer"),
        ("boolean", "integer"),
        ("uuid", "blob"),
        ("bytea", "blob"),
        ("double", "real"),
        ("smallint", "integer"),
    ];
    types.iter().find(|(from, _)| word.eq_ignore_ascii_case(from)).map(|(_, to)| *to)
}

/// Notices `create [temp] table` and the semicolon that ends it.
#[derive(Default)]
struct TableWatch {
    after_create: bool,
    open: bool,
}

impl TableWatch {
    fn word(&mut self, word: &str) {
        let is = |known: &str| word.eq_ignore_ascii_case(known);
        if self.after_create && is("table") {
            self.open = true;
        }
        self.after_create = is("create") || (self.after_create && (is("temp") || is("temporary")));
    }

    fn ends_with(&mut self, text: &str) -> bool {
        text == ";" && std::mem::take(&mut self.open)
    }
}

enum Piece<'a> {
    /// An identifier or keyword.
    Word(&'a str),
    /// The digits of `$n`.
    Parameter(&'a str),
    /// Quoted text, a comment, or one other character.
    Other(&'a str),
}

fn pieces(sql: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let parameter = first == '$' && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        let length = match first {
            _ if parameter => 1 + run(&rest[1..], |c| c.is_ascii_digit()),
            '\'' | '"' => quoted(rest, first),
            '-' if rest.starts_with("--") => run(rest, |c| c != '\n'),
            c if in_word(c) => run(rest, in_word),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(match first {
            _ if parameter => Piece::Parameter(&piece[1..]),
            c if in_word(c) => Piece::Word(piece),
            _ => Piece::Other(piece),
        })
    })
}

fn in_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The length of quoted text with its quotes; a doubled quote simply starts the next quoted text.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_change_only_where_they_are_parameters() {
        assert_eq!(placeholders("select 1"), "select 1");
        assert_eq!(placeholders("a = $2 and b > $10"), "a = ?2 and b > ?10");
        assert_eq!(placeholders("a = '$1 it''s $2' and b=$1"), "a = '$1 it''s $2' and b=?1");
        assert_eq!(placeholders("-- costs $1\nselect $1"), "-- costs $1\nselect ?1");
        assert_eq!(placeholders("名 = $1"), "名 = ?1");
    }

    #[test]
    fn a_schema_gets_strict_tables_and_sqlite_types() {
        let postgres = "create table a (id uuid primary key, seen boolean not null default false,\n\
                        x double precision, body bytea, n bigint, note text default 'uuid; bigint');\n\
                        create index a_n on a (n);";
        assert_eq!(
            schema(postgres),
            "create table a (id blob primary key, seen integer not null default false,\n\
             x real , body blob, n integer, note text default 'uuid; bigint') strict;\n\
             create index a_n on a (n);"
        );
    }

    #[test]
    fn a_last_table_needs_no_semicolon() {
        assert_eq!(schema("create table a (n bigint)"), "create table a (n integer) strict");
        assert_eq!(schema("drop table a;"), "drop table a;");
        assert_eq!(schema("CREATE TABLE a (n BIGINT);"), "CREATE TABLE a (n integer) strict;");
    }
}
