//! Why a row is rejected: one sentence in each language, saying what to do, and the kind it is counted under.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use web::{Locale, Words};

use super::register::Register;

/// Both languages, zh-CN first.
pub type Said = [String; 2];

/// The sentence in a language.
pub fn in_language(said: &Said, locale: Locale) -> &str {
    match locale {
        Locale::ZhCn => &said[0],
        Locale::En => &said[1],
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The id of the word; rows with the same one are counted together.
    pub kind: String,
    pub said: Said,
}

/// Says things in both languages: a file is judged once and read by people of either.
#[derive(Clone)]
pub struct Voice(Arc<Words>);

impl Voice {
    pub const fn new(words: Arc<Words>) -> Self {
        Self(words)
    }

    pub fn say(&self, word: &str, args: &[(&'static str, String)]) -> Said {
        [Locale::ZhCn, Locale::En].map(|locale| {
            let begun = self.0.say(locale, word.to_owned());
            args.iter().fold(begun, |say, (name, value)| say.text(name, value)).to_string()
        })
    }

    pub fn rejection(&self, word: &str, args: &[(&'static str, String)]) -> Rejection {
        Rejection { kind: word.to_owned(), said: self.say(word, args) }
    }

    pub fn of_sheet(&self, fault: &sheets::RowFault) -> Rejection {
        let mut args = fault.reason.args();
        args.push(("column", fault.column.clone()));
        self.rejection(&format!("imports-cell-{}", fault.reason.name()), &args)
    }

    pub fn of_table(&self, fault: &sheets::TableFault) -> Said {
        self.say(&format!("imports-file-{}", fault.name()), &fault.args())
    }

    pub fn of_place(&self, reason: &places::register::Reason) -> Rejection {
        let said = [Locale::ZhCn, Locale::En].map(|locale| reason.say(&self.0, locale));
        Rejection { kind: kind_of(reason).to_owned(), said }
    }

    pub fn of_responder(&self, register: Register, reason: &responders::register::Reason) -> Rejection {
        self.of_column(register, reason.word(), &reason.args())
    }

    /// What concerns a column of the register, which each language calls its own.
    pub fn of_column(&self, register: Register, word: &str, args: &[(&'static str, String)]) -> Rejection {
        let said = [Locale::ZhCn, Locale::En].map(|locale| {
            let named = |name: &str, value: &str| {
                if name == "column" { register.label(value, locale) } else { value.to_owned() }
            };
            let begun = self.0.say(locale, word.to_owned());
            args.iter().fold(begun, |say, (name, value)| say.text(name, named(name, value))).to_string()
        });
        Rejection { kind: word.to_owned(), said }
    }
}

const fn kind_of(reason: &places::register::Reason) -> &'static str {
    use places::register::Reason as R;
    match reason {
        R::NoCode => "places-row-no-code",
        R::NoName => "places-row-no-name",
        R::TooLong(_) => "places-row-too-long",
        R::TwiceInFile(_) => "places-row-twice",
        R::UnknownDivision(_) => "places-row-unknown-division",
        R::AmbiguousDivision { .. } => "places-row-ambiguous-division",
        R::OtherDistrict(_) => "places-row-other-district",
        R::BadPriority(_) => "places-row-bad-priority",
        R::TooManyPeople(_) => "places-row-too-many",
    }
}
