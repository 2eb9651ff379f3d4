//! The registers a file can be brought into, and their columns under every heading people write.

use std::{fmt, str::FromStr};

use places::register::SITE_COLUMNS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheets::Columns;
use web::Locale;

/// What a file is a table of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    Divisions,
    Sites,
    Teams,
    Links,
    Volunteers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such register: write divisions, sites, teams, links or volunteers")]
pub struct NoSuchRegister;

/// A column: its key, its headings, whether a table must have it.
pub type Column = (&'static str, &'static [&'static str], bool);

impl Register {
    /// In the order in which a district is brought in: each needs only those before it.
    pub const ALL: [Self; 5] = [Self::Divisions, Self::Sites, Self::Teams, Self::Links, Self::Volunteers];

    /// Its rows are people.
    pub const fn is_of_people(self) -> bool {
        matches!(self, Self::Volunteers)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Divisions => "divisions",
            Self::Sites => "sites",
            Self::Teams => "teams",
            Self::Links => "links",
            Self::Volunteers => "volunteers",
        }
    }

    /// The id of its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Divisions => "imports-register-divisions",
            Self::Sites => "imports-register-sites",
            Self::Teams => "imports-register-teams",
            Self::Links => "imports-register-links",
            Self::Volunteers => "imports-register-volunteers",
        }
    }

    pub fn columns(self) -> Vec<Column> {
        match self {
            Self::Sites => {
                SITE_COLUMNS.iter().map(|(key, headings)| (*key, *headings, SITE_NEEDS.contains(key))).collect()
            }
            Self::Divisions => DIVISIONS.to_vec(),
            Self::Teams => TEAMS.to_vec(),
            Self::Links => LINKS.to_vec(),
            Self::Volunteers => VOLUNTEERS.to_vec(),
        }
    }

    pub fn table(self) -> Columns {
        self.columns().into_iter().fold(Columns::new(), |columns, (key, headings, required)| {
            if required { columns.required(key, headings) } else { columns.optional(key, headings) }
        })
    }

    /// A column as people of a language call it.
    pub fn label(self, key: &str, locale: Locale) -> String {
        let known = self.columns().into_iter().find(|(known, ..)| *known == key);
        let chinese = known.and_then(|(_, headings, _)| headings.first()).filter(|_| locale == Locale::ZhCn);
        (*chinese.unwrap_or(&key)).to_owned()
    }

    /// The key a heading means by itself, for a proposal that a person corrects.
    pub fn meaning(self, heading: &str) -> Option<&'static str> {
        let folded = heading.trim().to_lowercase().replace([' ', '-'], "_");
        let fits = |(key, headings, _): &Column| *key == folded || headings.contains(&heading.trim());
        self.columns().into_iter().find(fits).map(|(key, ..)| key)
    }

    /// Beside its name and code, what a person looks at before a new row is taken.
    pub const fn telling(self) -> &'static [&'static str] {
        match self {
            Self::Divisions | Self::Links => &[],
            Self::Sites => {
                &["division", "address", "gatekeeper", "registrar", "queue_marshal", "runner", "expected_people"]
            }
            Self::Teams => &["organisation"],
            Self::Volunteers => &["team", "phone", "roles", "languages", "reserve"],
        }
    }

    /// The column that names a row, for a person who looks for it.
    pub const fn naming(self) -> &'static str {
        match self {
            Self::Links => "team",
            _ => "code",
        }
    }

    /// A first row for somebody who begins with an empty table.
    pub const fn example(self) -> &'static [&'static str] {
        match self {
            Self::Divisions => &["440902001", "红旗街道", "21.6618", "110.9182"],
            Self::Sites => &[
                "S001",
                "城南小学",
                "440902001",
                "油城三路1号",
                "21.6621",
                "110.9190",
                "2",
                "2",
                "2",
                "1",
                "1500",
                "1",
                "0",
                "0",
            ],
            Self::Teams => &["T01", "教育局一队", "区教育局", "21.6610", "110.9201"],
            Self::Links => &["T01", "S001"],
            Self::Volunteers => &[
                "V00001",
                "陈小明",
                "19900000001",
                "T01",
                "21.6605",
                "110.9177",
                "gatekeeper;registrar",
                "cmn;yue",
                "0",
                "",
                "",
                "0",
                "",
            ],
        }
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Register {
    type Err = NoSuchRegister;
    fn from_str(text: &str) -> Result<Self, NoSuchRegister> {
        Self::ALL.into_iter().find(|register| register.name() == text).ok_or(NoSuchRegister)
    }
}

const SITE_NEEDS: &[&str] = &["code", "name", "division", "latitude", "longitude"];

const DIVISIONS: &[Column] = &[
    ("code", &["编码", "区划代码", "镇街编码"], true),
    ("name", &["名称", "镇街", "镇街名称"], true),
    ("latitude", &["纬度"], false),
    ("longitude", &["经度"], false),
];

const TEAMS: &[Column] = &[
    ("code", &["编码", "队伍编码", "编号"], true),
    ("name", &["名称", "队伍", "队伍名称"], true),
    ("organisation", &["单位", "所属单位", "派出单位", "organization"], true),
    ("latitude", &["纬度"], true),
    ("longitude", &["经度"], true),
];

const LINKS: &[Column] = &[
    ("team", &["队伍", "队伍编码", "team code"], true),
    ("site", &["采样点", "点位", "采样点编码", "点位编码", "site code"], true),
];

const VOLUNTEERS: &[Column] = &[
    ("code", &["编码", "志愿者编码", "编号"], true),
    ("name", &["姓名", "名字"], true),
    ("phone", &["手机", "手机号", "手机号码", "电话", "联系电话", "mobile"], true),
    ("team", &["队伍", "队伍编码", "所属队伍", "team code"], true),
    ("latitude", &["纬度"], true),
    ("longitude", &["经度"], true),
    ("roles", &["岗位", "可任岗位", "角色", "role"], true),
    ("languages", &["语言", "方言"], false),
    ("reserve", &["机动", "预备", "机动力量"], false),
    ("available_from", &["可用开始", "可上岗开始时间", "可用起"], false),
    ("available_until", &["可用结束", "可上岗结束时间", "可用止"], false),
    ("nights_in_a_row", &["连续夜班", "连续夜班数"], false),
    ("email", &["邮箱", "电子邮箱", "e-mail"], false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_called_what_each_language_calls_it() {
        assert_eq!(Register::Volunteers.label("roles", Locale::ZhCn), "岗位");
        assert_eq!(Register::Volunteers.label("roles", Locale::En), "roles");
        assert_eq!(Register::Volunteers.label("unheard of", Locale::ZhCn), "unheard of");
    }

    #[test]
    fn every_register_has_an_example_for_each_column() {
        for register in Register::ALL {
            assert_eq!(register.columns().len(), register.example().len(), "{register}");
            assert_eq!(register.table().keys().count(), register.example().len());
            assert_eq!(register.name().parse(), Ok(register));
        }
    }
}
