//! Words in two languages, from Fluent files. A page names a word by its id; numbers and names go in as arguments, and
//! plural forms are the language's own.

use std::{borrow::Cow, fmt};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unic_langid::langid;

/// A language Muster speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Locale {
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
}

impl Locale {
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The tag for `lang=` attributes and cookies.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(tag))
    }

    /// The first language of an `Accept-Language` header that we speak; Chinese when none is.
    pub fn accepted(header: &str) -> Self {
        let spoken = |range: &str| {
            let primary = range.split([';', '-']).next().unwrap_or_default().trim().to_ascii_lowercase();
            match primary.as_str() {
                "zh" => Some(Self::ZhCn),
                "en" => Some(Self::En),
                _ => None,
            }
        };
        header.split(',').find_map(spoken).unwrap_or_default()
    }

    const fn place(self) -> usize {
        match self {
            Self::ZhCn => 0,
            Self::En => 1,
        }
    }
}

/// All words of all duties.
pub struct Words([FluentBundle<FluentResource>; 2]);

/// The text of one `words/*.ftl` file.
pub type WordsFile = (Locale, &'static str);

impl Words {
    /// Reads the files. Fails on a syntax error or on a word that two files define.
    pub fn new(files: &[WordsFile]) -> Result<Self, String> {
        let mut bundles = [langid!("zh-CN"), langid!("en")].map(|lang| {
            let mut bundle = FluentBundle::new_concurrent(vec![lang]);
            bundle.set_use_isolating(false);
            bundle
        });
        for (locale, text) in files {
            let resource = FluentResource::try_new((*text).to_owned())
                .map_err(|(_, errors)| format!("{}: {errors:?}", locale.tag()))?;
            bundles[locale.place()].add_resource(resource).map_err(|e| format!("{}: {e:?}", locale.tag()))?;
        }
        Ok(Self(bundles))
    }

    pub fn say<'w>(&'w self, locale: Locale, id: impl Into<Cow<'w, str>>) -> Say<'w> {
        Say { words: self, locale, id: id.into(), args: FluentArgs::new() }
    }
}

/// A word about to be said: arguments are added, then it is displayed.
pub struct Say<'w> {
    words: &'w Words,
    locale: Locale,
    id: Cow<'w, str>,
    args: FluentArgs<'static>,
}

impl Say<'_> {
    /// A number, which may choose the plural form.
    #[must_use]
    pub fn num<N: Into<FluentValue<'static>> + Copy>(mut self, name: &'static str, value: &N) -> Self {
        self.args.set(name, *value);
        self
    }

    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.set(name, value.to_string());
        self
    }
}

impl fmt::Display for Say<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = &self.words.0[self.locale.place()];
        let Some(pattern) = bundle.get_message(&self.id).and_then(|message| message.value()) else {
            tracing::error!(word = %self.id, locale = self.locale.tag(), "a word is missing");
            return write!(f, "⟦{}⟧", self.id);
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&self.args), &mut errors);
        if !errors.is_empty() {
            tracing::error!(word = %self.id, locale = self.locale.tag(), ?errors, "a word lacks an argument");
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plural_forms_are_the_languages_own() {
        let words = Words::new(&[
            (Locale::En, "short = { $count ->\n  [one] one site\n *[other] { $count } sites\n}\n"),
            (Locale::ZhCn, "short = { $count }个点位\n"),
        ])
        .unwrap();
        let say = |locale, count: usize| words.say(locale, "short").num("count", &count).to_string();
        assert_eq!(say(Locale::En, 1), "one site");
        assert_eq!(say(Locale::En, 8), "8 sites");
        assert_eq!(say(Locale::ZhCn, 8), "8个点位");
        assert_eq!(words.say(Locale::En, "none").to_string(), "⟦none⟧");
    }

    #[test]
    fn the_browsers_first_language_that_we_speak_is_taken() {
        assert_eq!(Locale::accepted("fr-FR,en;q=0.8,zh;q=0.5"), Locale::En);
        assert_eq!(Locale::accepted("zh-TW"), Locale::ZhCn);
        assert_eq!(Locale::accepted(""), Locale::ZhCn);
    }
}
