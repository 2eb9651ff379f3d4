//! Taking back what was just done. The page that says "done" offers the inverse act at once: an address and the fields of
//! its form, carried by the same short-lived cookie as the word. It is an ordinary act with its own right and its own entry
//! in the journal; acts of law are not taken back but corrected.

use serde::{Deserialize, Serialize};

/// The inverse of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Undo {
    pub fn by(action: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { action: action.into(), fields: fields.iter().map(own).collect() }
    }

    /// As the cookie carries it: an address whose query is the form.
    pub(crate) fn written(&self) -> String {
        format!("{}?{}", self.action, serde_html_form::to_string(&self.fields).unwrap_or_default())
    }

    /// Only an address within this server is believed.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (action, query) = text.split_once('?')?;
        let is_ours = action.starts_with('/') && !action.starts_with("//") && !action.contains('\\');
        let fields = serde_html_form::from_str(query).ok()?;
        is_ours.then(|| Self { action: action.to_owned(), fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undo_survives_its_cookie_and_a_foreign_address_does_not() {
        let undo = Undo::by("/links", &[("team", "队 1"), ("off", "true")]);
        let written = undo.written();
        assert!(written.is_ascii() && !written.contains([' ', ';', ',', '"']), "{written}");
        assert_eq!(Undo::read(&written), Some(undo));
        for foreign in ["https://elsewhere.example/x?a=b", "//elsewhere.example/x?a=b", "/\\elsewhere?a=b", "/links"] {
            assert_eq!(Undo::read(foreign), None, "{foreign}");
        }
    }
}
