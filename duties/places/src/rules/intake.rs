//! What a row of a register file says, and what becomes of it.

use std::collections::HashMap;

use domain::{District, Division, Origin, Position, PostRole};
use sha2::{Digest as _, Sha256};
use web::{Locale, Words};

/// The columns of a site file, as people may write them: English, and the field's Chinese.
pub const SITE_COLUMNS: &[(&str, &[&str])] = &[
    ("code", &["编码", "点位编码", "编号"]),
    ("name", &["名称", "点位名称", "采样点"]),
    ("division", &["镇街", "街道", "区划", "所属镇街"]),
    ("address", &["地址", "详细地址"]),
    ("latitude", &["纬度"]),
    ("longitude", &["经度"]),
    ("gatekeeper", &["点位守门员", "守门员"]),
    ("registrar", &["信息采集员", "采集员"]),
    ("queue_marshal", &["秩序引导员", "引导员"]),
    ("runner", &["物资配送员", "配送员"]),
    ("expected_people", &["预计人数", "覆盖人数"]),
    ("priority", &["优先级"]),
    ("checkpoint_guard", &["卡口执勤", "卡口执勤员"]),
    ("driver", &["物资运输", "物资运输员"]),
];

/// The longest code and the longest other text that are taken.
const MAX_CODE: usize = 40;
const MAX_TEXT: usize = 200;
/// More people than this at one post is a slip of the keyboard.
const MAX_HEADCOUNT: u32 = 10_000;

/// One site of a file. The position is already WGS-84; `origin` says what it was given in.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    pub code: String,
    pub name: String,
    /// The code of a division, or its exact name.
    pub division: String,
    pub address: String,
    pub position: Position,
    pub origin: Origin,
    pub needs: Vec<(PostRole, u32)>,
    pub expected_people: Option<u32>,
    pub priority: u32,
}

/// One division of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DivisionRow {
    pub code: String,
    pub name: String,
    pub position: Option<Position>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    New,
    /// These columns say something else than what is known.
    Changed(Vec<&'static str>),
    Same,
    Rejected(Reason),
}

/// What one column of a row would change, as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub column: &'static str,
    pub before: String,
    pub after: String,
}

impl Difference {
    pub fn of(column: &'static str, before: impl ToString, after: impl ToString) -> Self {
        Self { column, before: before.to_string(), after: after.to_string() }
    }

    pub fn is_one(&self) -> bool {
        self.before != self.after
    }
}

/// How many rows became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    pub rejected: u64,
}

impl Counts {
    pub fn of(verdicts: &[Verdict]) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::New => counts.new += 1,
                Verdict::Changed(_) => counts.changed += 1,
                Verdict::Same => counts.same += 1,
                Verdict::Rejected(_) => counts.rejected += 1,
            }
        }
        counts
    }
}

/// Why a row is not taken. Each sentence says what to do with the row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("no code: give the row one that no other row has")]
    NoCode,
    #[error("no name: give the row one")]
    NoName,
    #[error("{0} is too long: shorten it")]
    TooLong(&'static str),
    #[error("the code {0} is already in this file: the first row was taken")]
    TwiceInFile(String),
    #[error("no division {0}: write its nine-digit code, or bring the divisions in first")]
    UnknownDivision(String),
    #[error("more than one division is called {name}: write the code, one of {codes}")]
    AmbiguousDivision { name: String, codes: String },
    #[error("division {0} is not in this district: its code begins with other digits")]
    OtherDistrict(String),
    #[error("priority {0}: write 1, 2 or 4")]
    BadPriority(u32),
    #[error("{0} people for one role: check the number")]
    TooManyPeople(u32),
}

impl Reason {
    /// The sentence in a language.
    pub fn say(&self, words: &Words, locale: Locale) -> String {
        let say = |id: &'static str| words.say(locale, id);
        let said = match self {
            Self::NoCode => say("places-row-no-code"),
            Self::NoName => say("places-row-no-name"),
            Self::TooLong(column) => {
                say("places-row-too-long").text("column", words.say(locale, format!("places-column-{column}")))
            }
            Self::TwiceInFile(code) => say("places-row-twice").text("code", code),
            Self::UnknownDivision(text) => say("places-row-unknown-division").text("division", text),
            Self::AmbiguousDivision { name, codes } => {
                say("places-row-ambiguous-division").text("division", name).text("codes", codes)
            }
            Self::OtherDistrict(code) => say("places-row-other-district").text("division", code),
            Self::BadPriority(priority) => say("places-row-bad-priority").num("priority", priority),
            Self::TooManyPeople(people) => say("places-row-too-many").num("people", people),
        };
        said.to_string()
    }
}

/// A site's row after reading: texts trimmed, the division found, needs in one fixed order.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteEntry {
    pub code: String,
    pub name: String,
    pub division: Division,
    /// The division is not known yet and comes into being with its code as name.
    pub is_new_division: bool,
    pub address: String,
    pub position: Position,
    pub origin: Origin,
    pub needs: Vec<(PostRole, u32)>,
    pub expected_people: Option<u32>,
    pub priority: u32,
}

impl SiteEntry {
    /// Reads a row, or says why it cannot be taken.
    pub fn read(row: &SiteRow, divisions: &Divisions<'_>) -> Result<Self, Reason> {
        let code = text(&row.code, "code", MAX_CODE)?;
        let name = text(&row.name, "name", MAX_TEXT)?;
        if code.is_empty() {
            return Err(Reason::NoCode);
        }
        if name.is_empty() {
            return Err(Reason::NoName);
        }
        if !matches!(row.priority, 1 | 2 | 4) {
            return Err(Reason::BadPriority(row.priority));
        }
        let needs = tidy_needs(&row.needs)?;
        let (division, is_new_division) = divisions.find(row.division.trim())?;
        Ok(Self {
            code,
            name,
            division,
            is_new_division,
            needs,
            address: text(&row.address, "address", MAX_TEXT)?,
            position: row.position,
            origin: row.origin,
            expected_people: row.expected_people,
            priority: row.priority,
        })
    }

    /// Code and name in lower case, for searching.
    pub fn folded(&self) -> String {
        format!("{} {}", self.code, self.name).to_lowercase()
    }

    /// Tells whether two rows say the same: the first 16 bytes of SHA-256 over every column.
    pub fn digest(&self) -> [u8; 16] {
        let mut hash = Sha256::new();
        for part in [&self.code, &self.name, self.division.as_str(), &self.address] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(self.position.latitude.to_bits().to_le_bytes());
        hash.update(self.position.longitude.to_bits().to_le_bytes());
        hash.update([u8::from(self.origin == Origin::Gcj02), u8::from(self.expected_people.is_some())]);
        hash.update(self.expected_people.unwrap_or(0).to_le_bytes());
        hash.update(self.priority.to_le_bytes());
        for (role, headcount) in &self.needs {
            hash.update(role.bit().to_le_bytes());
            hash.update(headcount.to_le_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hash.finalize()[..16]);
        short
    }
}

/// The divisions that are known, to find the one a row means.
pub struct Divisions<'a> {
    district: &'a District,
    by_code: HashMap<&'a str, &'a str>,
    by_name: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Divisions<'a> {
    pub fn new(district: &'a District, known: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut divisions = Self { district, by_code: HashMap::new(), by_name: HashMap::new() };
        for (code, name) in known {
            divisions.by_code.insert(code, name);
            divisions.by_name.entry(name).or_default().push(code);
        }
        divisions
    }

    pub fn knows(&self, code: &Division) -> bool {
        self.by_code.contains_key(code.as_str())
    }

    /// The division meant, and whether it is new. A code of this district may be new; a name must be known, and only once.
    pub fn find(&self, text: &str) -> Result<(Division, bool), Reason> {
        if let Ok(code) = text.parse::<Division>() {
            let is_ours = code.as_str().starts_with(self.district.as_str());
            let is_new = !self.knows(&code);
            return if is_ours { Ok((code, is_new)) } else { Err(Reason::OtherDistrict(text.to_owned())) };
        }
        match self.by_name.get(text).map(Vec::as_slice) {
            Some([code]) => code.parse().map(|code| (code, false)).map_err(|_| unknown(text)),
            Some(codes) => Err(Reason::AmbiguousDivision { name: text.to_owned(), codes: codes.join(" ") }),
            None => Err(unknown(text)),
        }
    }
}

/// Reads a division's row.
pub fn read_division(row: &DivisionRow, district: &District) -> Result<(Division, String, Option<Position>), Reason> {
    let name = text(&row.name, "name", MAX_TEXT)?;
    let code = row.code.trim();
    if code.is_empty() {
        return Err(Reason::NoCode);
    }
    if name.is_empty() {
        return Err(Reason::NoName);
    }
    match code.parse::<Division>() {
        Ok(division) if code.starts_with(district.as_str()) => Ok((division, name, row.position)),
        Ok(_) => Err(Reason::OtherDistrict(code.to_owned())),
        Err(_) => Err(unknown(code)),
    }
}

fn unknown(text: &str) -> Reason {
    Reason::UnknownDivision(text.chars().take(MAX_CODE).collect())
}

fn text(given: &str, column: &'static str, most: usize) -> Result<String, Reason> {
    let tidy = given.trim();
    if tidy.chars().count() > most { Err(Reason::TooLong(column)) } else { Ok(tidy.to_owned()) }
}

/// Each role once, in one order, without those nobody is needed for.
fn tidy_needs(given: &[(PostRole, u32)]) -> Result<Vec<(PostRole, u32)>, Reason> {
    let mut needs = Vec::new();
    for role in PostRole::ALL {
        let people = given.iter().filter(|(r, _)| *r == role).fold(0_u32, |sum, (_, n)| sum.saturating_add(*n));
        if people > MAX_HEADCOUNT {
            return Err(Reason::TooManyPeople(people));
        }
        if people > 0 {
            needs.push((role, people));
        }
    }
    Ok(needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maonan() -> District {
        "440902".parse().unwrap()
    }

    fn find(text: &str) -> Result<(String, bool), Reason> {
        let district = maonan();
        let known = [("440902001", "红旗街道"), ("440902002", "河西街道"), ("440902003", "河西街道")];
        Divisions::new(&district, known).find(text).map(|(code, is_new)| (code.to_string(), is_new))
    }

    #[test]
    fn a_division_is_found_by_code_or_by_a_name_that_only_one_has() {
        assert_eq!(find("440902002"), Ok(("440902002".into(), false)));
        assert_eq!(find("红旗街道"), Ok(("440902001".into(), false)));
        assert_eq!(find("440902099"), Ok(("440902099".into(), true)));
        assert_eq!(find("440903001"), Err(Reason::OtherDistrict("440903001".into())));
        assert_eq!(find("红旗"), Err(Reason::UnknownDivision("红旗".into())));
        let Err(Reason::AmbiguousDivision { codes, .. }) = find("河西街道") else { panic!("two are called that") };
        assert_eq!(codes, "440902002 440902003");
    }

    #[test]
    fn needs_are_tidied_before_they_are_compared() {
        let needs = [(PostRole::Runner, 1), (PostRole::Gatekeeper, 2), (PostRole::Driver, 0), (PostRole::Runner, 2)];
        assert_eq!(tidy_needs(&needs), Ok(vec![(PostRole::Gatekeeper, 2), (PostRole::Runner, 3)]));
        assert_eq!(tidy_needs(&[(PostRole::Runner, 10_001)]), Err(Reason::TooManyPeople(10_001)));
    }
}
