//! Rust source taken apart far enough for the rules: what is code, what is a string, what is a comment.

/// A source file with its strings and comments set apart.
pub struct Source {
    /// The text, same length in lines, with comments and the inside of strings blanked.
    pub code: String,
    /// Strings with the line they begin on.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    pub fn of(text: &str) -> Self {
        let mut reader = Reader { rest: text, line: 1, code: String::with_capacity(text.len()), strings: Vec::new() };
        while reader.step() {}
        Self { code: reader.code, strings: reader.strings }
    }

    /// The part before the file's own test module, where a bad example may stand on purpose.
    pub fn without_tests(text: &str) -> Self {
        Self::of(text.split("#[cfg(test)]\nmod ").next().unwrap_or(text))
    }
}

/// The words of a piece of code with their line: identifiers, keywords and numbers.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(code.lines()).flat_map(|(number, line)| words_of_line(line).map(move |word| (number, word)))
}

fn words_of_line(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(length);
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment_length(self.rest));
        } else if let Some(opening) = raw_string_opening(self.rest).filter(|_| !self.inside_word()) {
            self.raw_string(opening);
        } else if first == '"' {
            self.quoted_string();
        } else if first == '\'' {
            self.blank_or_keep_quote();
        } else {
            self.keep(first.len_utf8());
        }
        true
    }

    /// An `r` that ends a word, as in `attr"`, opens no raw string.
    fn inside_word(&self) -> bool {
        self.code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn raw_string(&mut self, opening: usize) {
        let hashes = self.rest[..opening].matches('#').count();
        let closing = format!("\"{}", "#".repeat(hashes));
        let body = self.rest[opening..].find(&closing).unwrap_or(self.rest.len() - opening);
        self.strings.push((self.line, self.rest[opening..opening + body].to_owned()));
        self.keep(opening);
        self.blank(body);
        self.keep(closing.len().min(self.rest.len()));
    }

    fn quoted_string(&mut self) {
        self.keep(1);
        let body = unescaped(self.rest, '"');
        self.strings.push((self.line, self.rest[..body].to_owned()));
        self.blank(body);
        self.keep(1.min(self.rest.len()));
    }

    /// `'x'` is a character, `'x` a lifetime.
    fn blank_or_keep_quote(&mut self) {
        let mut after = self.rest[1..].chars();
        let is_char = match after.next() {
            Some('\\') => true,
            Some(_) => after.next() == Some('\''),
            None => false,
        };
        self.keep(1);
        if is_char {
            self.blank(unescaped(self.rest, '\''));
            self.keep(1.min(self.rest.len()));
        }
    }

    fn keep(&mut self, length: usize) {
        self.code.push_str(&self.rest[..length]);
        self.pass(length);
    }

    fn blank(&mut self, length: usize) {
        self.code.extend(self.rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.pass(length);
    }

    fn pass(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }
}

fn block_comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of `r"`, `r#"`, `br##"` and the like.
fn raw_string_opening(text: &str) -> Option<usize> {
    let after_r = text.strip_prefix("br").or_else(|| text.strip_prefix("cr")).or_else(|| text.strip_prefix('r'))?;
    let after_hashes = after_r.trim_start_matches('#');
    after_hashes.starts_with('"').then(|| text.len() - after_hashes.len() + 1)
}

/// How far it is to the first `quote` that no backslash precedes.
fn unescaped(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_set_apart() {
        let source = Source::of(
            "let a = \"one // two\"; // three\nlet b = r#\"four \" five\"#; /* six /* seven */ */ let c = '\"';",
        );
        assert_eq!(source.strings, [(1, "one // two".to_owned()), (2, "four \" five".to_owned())]);
        assert!(!source.code.contains("three") && !source.code.contains("seven") && !source.code.contains("five"));
        assert!(source.code.contains("let c = "));
    }

    #[test]
    fn a_lifetime_is_not_a_character() {
        let source = Source::of("fn f<'a>(x: &'a str) -> char { '\\'' } const S: &str = \"end\";");
        assert_eq!(source.strings, [(1, "end".to_owned())]);
        assert!(source.code.contains("fn f<'a>(x: &'a str)"));
    }

    #[test]
    fn the_test_module_is_left_out() {
        let source = Source::without_tests("fn kept() {}\n#[cfg(test)]\nmod tests { fn left_out() {} }");
        assert!(source.code.contains("kept") && !source.code.contains("left_out"));
    }
}
