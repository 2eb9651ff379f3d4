//! Which columns a table must have, and under which headings they may appear.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The fields a caller wants from a table. A key is always an accepted heading of itself.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub key: &'static str,
    /// What a person is told is missing: the first heading given, and the key.
    pub shown: String,
    pub required: bool,
    folded: Vec<String>,
}

impl Columns {
    pub fn new() -> Self {
        Self::default()
    }

    /// A column without which the table is refused.
    #[must_use]
    pub fn required(self, key: &'static str, headings: &[&str]) -> Self {
        self.with(key, headings, true)
    }

    /// A column that may be absent; [`Row::get`](crate::Row::get) then gives an empty text.
    #[must_use]
    pub fn optional(self, key: &'static str, headings: &[&str]) -> Self {
        self.with(key, headings, false)
    }

    /// The keys in the order they were given.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }

    fn with(mut self, key: &'static str, headings: &[&str], required: bool) -> Self {
        let folded: Vec<String> = std::iter::once(key).chain(headings.iter().copied()).map(fold).collect();
        for field in &self.fields {
            let shared = folded.iter().find(|heading| field.folded.contains(heading));
            assert!(shared.is_none(), "heading {shared:?} would mean both {} and {key}", field.key);
        }
        let shown = headings.first().map_or_else(|| key.to_owned(), |first| format!("{first} ({key})"));
        self.fields.push(Field { key, shown, required, folded });
        self
    }

    /// The field a heading means, the saved mapping speaking first.
    pub(crate) fn field_of(&self, heading: &str, mapping: &Mapping) -> Option<usize> {
        let folded = fold(heading);
        match mapping.0.get(&folded) {
            Some(None) => None,
            Some(Some(key)) => self.fields.iter().position(|field| field.key == key),
            None => self.fields.iter().position(|field| field.folded.contains(&folded)),
        }
    }
}

/// What somebody once said a table's headings mean. Saved under the [`fingerprint`] of its heading row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(BTreeMap<String, Option<String>>);

impl Mapping {
    pub fn new() -> Self {
        Self::default()
    }

    /// This heading means that key.
    #[must_use]
    pub fn means(mut self, heading: &str, key: &str) -> Self {
        self.0.insert(fold(heading), Some(key.to_owned()));
        self
    }

    /// This heading means nothing here, whatever it looks like.
    #[must_use]
    pub fn ignores(mut self, heading: &str) -> Self {
        self.0.insert(fold(heading), None);
        self
    }

    /// Heading and key, to be saved; an ignored heading has no key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(heading, key)| (heading.as_str(), key.as_deref()))
    }
}

/// Recognises a heading row again: 32 hexadecimal digits over the folded headings in their order.
pub fn fingerprint<S: AsRef<str>>(headings: &[S]) -> String {
    let mut hash = Sha256::new();
    for heading in headings {
        hash.update(fold(heading.as_ref()).as_bytes());
        hash.update([0x1F]); // a separator no folded heading holds, so that ["ab", ""] differs from ["a", "b"]
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}

/// One spelling for a heading: half-width, lower case, without spaces and the marks people decorate headings with.
pub(crate) fn fold(heading: &str) -> String {
    heading.chars().map(half_width).filter(|&c| !is_decoration(c)).flat_map(char::to_lowercase).collect()
}

/// Full-width ASCII forms (U+FF01–FF5E) and the ideographic space, as typed with a Chinese input method.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_decoration(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '_' | '-' | '*' | ':' | '\u{FEFF}' | '\u{200B}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_any_dress() {
        let columns = Columns::new().required("queue_marshal", &["秩序引导员"]).optional("name", &["姓名", "名称"]);
        let none = Mapping::new();
        for heading in
            ["queue_marshal", "Queue Marshal", "ｑｕｅｕｅ　ｍａｒｓｈａｌ", "QUEUE-MARSHAL*", "秩序 引导员："]
        {
            assert_eq!(columns.field_of(heading, &none), Some(0), "{heading}");
        }
        assert_eq!(columns.field_of("名 称", &none), Some(1));
        assert_eq!(columns.field_of("queue", &none), None);
    }

    #[test]
    fn a_saved_mapping_speaks_before_the_built_in_headings() {
        let columns = Columns::new().required("code", &[]).optional("name", &["姓名"]);
        let mapping = Mapping::new().means("单位 编号", "code").ignores("姓名").means("gone", "no_such_key");
        assert_eq!(columns.field_of("单位编号", &mapping), Some(0));
        assert_eq!(columns.field_of("姓名", &mapping), None);
        assert_eq!(columns.field_of("name", &mapping), Some(1));
        assert_eq!(columns.field_of("gone", &mapping), None);
    }

    #[test]
    fn a_fingerprint_ignores_dress_and_sees_order() {
        let plain = fingerprint(&["code", "name"]);
        assert_eq!(plain, fingerprint(&["ＣＯＤＥ ", "Name*"]));
        assert_eq!(plain.len(), 32);
        for other in [&["name", "code"][..], &["codename", ""], &["code"], &["code", "name", ""]] {
            assert_ne!(plain, fingerprint(other), "{other:?}");
        }
    }

    #[test]
    #[should_panic(expected = "would mean both")]
    fn a_heading_cannot_mean_two_things() {
        let _ = Columns::new().required("code", &["编码"]).optional("site", &["编 码"]);
    }
}
