//! The words on the pages: said in both languages, each one used, none missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Fault, rust::Source, tree::Tree};

/// Said alike in every language: the product, and a language in itself.
const OWN_NAMES: [&str; 2] = ["Muster", "English"];

/// One message of a Fluent file.
struct Word {
    line: usize,
    value: String,
    variables: BTreeSet<String>,
}

type Words = BTreeMap<String, Word>;

/// Both files define the same messages with the same variables, and the Chinese one is Chinese.
pub fn are_complete(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut homes: BTreeMap<String, &str> = BTreeMap::new();
    for (path, text) in tree.texts(&[".ftl"]) {
        let words = read(text);
        let other = counterpart(path);
        match tree.text(&other) {
            Some(text) => faults.extend(lacking(path, &words, &other, &read(text))),
            None => faults.push(Fault::of_file(path, format!("its other language is missing: {other}"))),
        }
        if path.contains("zh-CN") {
            faults.extend(untranslated(path, &words));
            faults.extend(words.into_iter().filter_map(|(id, word)| {
                let elsewhere = homes.insert(id.clone(), path)?;
                Some(Fault::at(path, word.line, format!("`{id}` is also a word of {elsewhere}: one id, one word")))
            }));
        }
    }
    faults
}

/// Every word that is asked for exists, and every word that exists is asked for.
pub fn are_all_used(tree: &Tree) -> Vec<Fault> {
    let defined: BTreeMap<String, (&str, usize)> = tree
        .texts(&["zh-CN.ftl"])
        .flat_map(|(path, text)| read(text).into_iter().map(move |(id, word)| (id, (path, word.line))))
        .collect();
    let mut asked = Asked::default();
    for (path, text) in tree.texts(&[".rs", ".html", ".mjs"]).filter(|(path, _)| !is_test(path)) {
        asked.read(path, text);
    }
    for (_, text) in tree.texts(&["zh-CN.ftl"]) {
        asked.by_name.extend(references(text));
    }
    let missing = asked.certain.iter().filter(|(id, ..)| !defined.contains_key(id.as_str()));
    let missing =
        missing.map(|(id, path, line)| Fault::at(path, *line, format!("the word `{id}` is in no words/*.ftl")));
    let unused = defined.iter().filter(|(id, _)| !asked.covers(id));
    let unused = unused.map(|(id, (path, line))| {
        Fault::at(path, *line, format!("no page asks for the word `{id}`: use it or delete it"))
    });
    missing.chain(unused).collect()
}

/// What pages and code ask for.
#[derive(Default)]
struct Asked {
    /// `t("id")`: this word must exist.
    certain: Vec<(String, String, usize)>,
    /// Any string that could be a word's id.
    by_name: BTreeSet<String>,
    /// `"role-{role}"`, cut at its holes: words that are put together.
    by_pattern: BTreeSet<Vec<String>>,
}

impl Asked {
    fn read(&mut self, path: &str, text: &str) {
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
        let strings: Vec<String> = match path.rsplit('.').next() {
            Some("rs") => Source::of(text).strings.into_iter().map(|(_, string)| string).collect(),
            Some("html") => expressions(text).flat_map(quoted).collect(),
            _ => quoted(text),
        };
        let joins_two = strings.iter().any(|string| string.starts_with('{') && !says_enough(&pieces(string)));
        for string in strings {
            let pattern = pieces(&string);
            if pattern.len() > 1 && says_enough(&pattern) {
                self.by_pattern.insert(pattern);
            } else if is_id(&string) {
                // In a file that joins two parts with "{}-{}", a part that is said is a beginning.
                if joins_two && string.contains('-') {
                    self.by_pattern.insert(vec![format!("{string}-"), String::new()]);
                }
                self.by_name.insert(string);
            }
        }
        for (line, content) in (1..).zip(text.lines()) {
            self.certain.extend(calls_of_t(content).map(|id| (id.to_owned(), path.to_owned(), line)));
        }
    }

    fn covers(&self, id: &str) -> bool {
        self.by_name.contains(id) || self.by_pattern.iter().any(|pattern| fits(id, pattern))
    }
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.starts_with("tests/") || path.starts_with("xtask/")
}

fn counterpart(path: &str) -> String {
    if path.contains("zh-CN") {
        path.replace("zh-CN", "en")
    } else {
        path.replace("/en.", "/zh-CN.").replace("/en/", "/zh-CN/")
    }
}

fn lacking(path: &str, words: &Words, other_path: &str, others: &Words) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, word) in words {
        match others.get(id) {
            None => faults.push(Fault::at(path, word.line, format!("`{id}` is missing in {other_path}"))),
            Some(other) if other.variables != word.variables && path.contains("zh-CN") => {
                let (here, there) = (&word.variables, &other.variables);
                faults.push(Fault::at(
                    path,
                    word.line,
                    format!("`{id}` speaks of {here:?} here and of {there:?} in {other_path}"),
                ));
            }
            Some(_) => {}
        }
    }
    faults
}

fn untranslated(path: &str, words: &Words) -> Vec<Fault> {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let english =
        |value: &str| outside_placeables(value).split(|c: char| !c.is_ascii_lowercase()).any(|run| run.len() > 2);
    let stays = |value: &str| {
        value.contains(is_han) || OWN_NAMES.contains(&value.trim()) || value.contains("://") || !english(value)
    };
    let left = words.iter().filter(|(_, word)| !stays(&word.value));
    left.map(|(id, word)| Fault::at(path, word.line, format!("`{id}` is not said in Chinese"))).collect()
}

fn outside_placeables(value: &str) -> String {
    let mut depth = 0_usize;
    let keep = |c: &char| {
        depth = match c {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        };
        depth == 0
    };
    value.chars().filter(keep).collect()
}

fn read(text: &str) -> Words {
    let mut words = Words::new();
    let mut current: Option<String> = None;
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.starts_with('#')) {
        if let Some((id, value)) = opening(line) {
            words.insert(id.to_owned(), Word { line: number, value: value.to_owned(), variables: BTreeSet::new() });
            current = Some(id.to_owned());
        } else if let Some(word) = current.as_ref().and_then(|id| words.get_mut(id)) {
            word.value.push('\n');
            word.value.push_str(line);
        }
    }
    for word in words.values_mut() {
        word.variables = names_after(&word.value, '$').collect();
    }
    words
}

/// `id = text` in the first column; terms (`-id`) are no words of their own.
fn opening(line: &str) -> Option<(&str, &str)> {
    let (id, value) = line.split_once('=')?;
    let id = id.trim_end();
    (line.starts_with(|c: char| c.is_ascii_alphabetic()) && is_id(id)).then_some((id, value.trim()))
}

/// Words that another word takes in: `{ other-word }`.
fn references(text: &str) -> impl Iterator<Item = String> {
    let inside = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default().trim());
    inside.filter(|name| is_id(name)).map(str::to_owned)
}

fn names_after(text: &str, mark: char) -> impl Iterator<Item = String> {
    let name =
        |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect::<String>();
    text.split(mark).skip(1).map(name).filter(|name| !name.is_empty()).collect::<Vec<_>>().into_iter()
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// `"{duty}-refused-{number}"` is the empty piece, `-refused-` and the empty piece. A trailing `-` awaits the rest.
fn pieces(string: &str) -> Vec<String> {
    let mut pieces: Vec<String> = string.replace("${", "{").split(['{', '}']).step_by(2).map(str::to_owned).collect();
    if pieces.len() == 1 && string.ends_with('-') {
        pieces.push(String::new());
    }
    let plain = |piece: &String| piece.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if pieces.iter().all(plain) { pieces } else { Vec::new() }
}

fn says_enough(pattern: &[String]) -> bool {
    pattern.iter().map(String::len).sum::<usize>() > 3
}

fn fits(id: &str, pattern: &[String]) -> bool {
    let [first, middle @ .., last] = pattern else { return false };
    let Some(mut rest) = id.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

/// What stands between `{{ }}` and `{% %}` in a template.
fn expressions(template: &str) -> impl Iterator<Item = &str> {
    let up_to_its_end = |part: &str| part.find("}}").or_else(|| part.find("%}")).unwrap_or(part.len());
    template.split('{').skip(1).map(move |part| &part[..up_to_its_end(part)])
}

fn quoted(text: &str) -> Vec<String> {
    ['"', '\'', '`'].iter().flat_map(|quote| text.split(*quote).map(str::to_owned)).collect()
}

/// The ids in `t("id"` of one line.
fn calls_of_t(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("t(\"").filter_map(move |(at, opening)| {
        let stands_alone = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let id = line[at + opening.len()..].split('"').next()?;
        (stands_alone && is_id(id)).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(faults: &[Fault]) -> String {
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_word_or_a_variable_missing_in_one_language_is_a_fault() {
        let zh = "hello = 你好\nshort = 缺{ $count }人\nonly-here = 只有\n";
        let en = "hello = Hello\nshort = { $number ->\n  [one] one short\n *[other] { $number } short\n}\n";
        let tree = Tree::planted("/", &[("duties/a/words/zh-CN.ftl", zh), ("duties/a/words/en.ftl", en)]);
        let faults = are_complete(&tree);
        assert_eq!(faults.len(), 2, "{}", says(&faults));
        assert!(says(&faults).contains("`only-here` is missing") && says(&faults).contains("count"));
    }

    #[test]
    fn english_in_the_chinese_file_and_a_lonely_language_are_faults() {
        let zh = "hello = Hello there\nname = Muster\nkind = { $kind }\n";
        let en = "hello = Hello there\nname = Muster\nkind = { $kind }\n";
        let tree =
            Tree::planted("/", &[("a/words/zh-CN.ftl", zh), ("a/words/en.ftl", en), ("b/words/en.ftl", "x = X\n")]);
        let faults = are_complete(&tree);
        assert_eq!(faults.len(), 2, "{}", says(&faults));
    }

    #[test]
    fn one_id_in_two_duties_is_a_fault() {
        let both = [
            ("a/words/zh-CN.ftl", "x = 甲"),
            ("a/words/en.ftl", "x = A"),
            ("b/words/zh-CN.ftl", "x = 乙"),
            ("b/words/en.ftl", "x = B"),
        ];
        assert_eq!(are_complete(&Tree::planted("/", &both)).len(), 1);
    }

    #[test]
    fn a_word_nobody_defined_and_a_word_nobody_says_are_faults() {
        let zh = "title = 题\nweb-ago-min = 分\nduty-refused-1 = 否\nrole-runner = 物资配送员\nidle = 闲\nback = 回\nbutton = 按\nwhole = 全{ part }\npart = 部分\n";
        let page = "<h1 title=\"{{ f.t(\"title\") }}\">{{ f.t(\"lost\") }}</h1>{{ f.t(whole()) }}";
        let code = "fn role(r: &str) -> String { format!(\"role-{r}\") }\nfn x() -> &'static str { \"whole\" }\nfn r() { format!(\"{duty}-refused-{n}\") }\nfn s() { span(\"web-ago\", format!(\"{w}-{u}\")) }\n#[cfg(test)]\nmod tests { fn y() { t(\"nowhere\") } }";
        let tree = Tree::planted(
            "/",
            &[
                ("a/words/zh-CN.ftl", zh),
                ("a/pages/a.html", page),
                ("a/src/lib.rs", code),
                ("phone/a.mjs", "say(t('back')); t(\"button\")"),
            ],
        );
        let faults = are_all_used(&tree);
        assert_eq!(faults.len(), 2, "{}", says(&faults));
        assert!(says(&faults).contains("`lost`") && says(&faults).contains("`idle`"));
    }
}
