//! The list of sites as people page and search through it.

use domain::{District, Division};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Row, Tx, params};

use super::sites::{SiteHead, head};

/// A site in the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SiteLine {
    pub site: SiteHead,
    /// How many people it needs in all.
    pub people: u32,
    pub has_chief: bool,
    pub zone_name: Option<String>,
}

/// What is asked of the list, and from where on.
#[derive(Debug, Clone)]
pub struct Question {
    pub division: Option<Division>,
    /// Part of a code or name.
    pub search: String,
    pub retired: bool,
    /// The last division and code of the page before.
    pub after: (String, String),
    pub limit: u32,
}

impl Question {
    /// The search as a pattern for `like`; `%` and `_` are letters here.
    fn pattern(&self) -> String {
        let escaped = self.search.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("%{escaped}%")
    }
}

/// The two filters have a statement each, so that both use an index: by district, or by district and division.
macro_rules! lines {
    ($by:literal) => {
        concat!(
            "select s.id, s.code, s.name, s.division, d.name as division_name, s.zone, s.latitude, s.longitude,
               s.priority, s.expected_people, s.address, s.retired_at, z.name as zone_name,
               (select coalesce(sum(n.headcount), 0) from site_needs n where n.site = s.id) as people,
               exists (select 1 from site_chiefs c where c.site = s.id) as has_chief
             from sites s join divisions d on d.code = s.division left join zones z on z.id = s.zone
             where s.district = $1 and (s.division, s.code) > ($2, $3) and s.folded like $4 escape '\\'
               and (s.retired_at is not null) = $6 ",
            $by,
            " order by s.division, s.code limit $5"
        )
    };
}

pub fn page(tx: &mut Tx, district: &District, ask: &Question) -> Result<Vec<SiteLine>, Error> {
    let (division, code) = &ask.after;
    let pattern = ask.pattern();
    match &ask.division {
        None => tx.rows(lines!(""), params![district, division, code, pattern, ask.limit, ask.retired], line),
        Some(only) => tx.rows(
            lines!("and s.division = $7"),
            params![district, division, code, pattern, ask.limit, ask.retired, only],
            line,
        ),
    }
}

/// How many sites the question finds in all.
pub fn count(tx: &mut Tx, district: &District, ask: &Question) -> Result<u32, Error> {
    let division = ask.division.as_ref().map_or("", Division::as_str);
    tx.one(
        "select count(*) as n from sites where district = $1 and folded like $2 escape '\\'
           and (retired_at is not null) = $3 and (division = $4 or $4 = '')",
        params![district, ask.pattern(), ask.retired, division],
        |row| row.get("n"),
    )
}

/// How many sites there are, how many of them lack a chief, and how many a zone.
pub fn gaps(tx: &mut Tx, district: &District) -> Result<(u32, u32, u32), Error> {
    tx.one(
        "select count(*) as sites, count(*) - count(c.site) as chiefless, count(*) - count(s.zone) as zoneless
         from sites s left join site_chiefs c on c.site = s.id where s.district = $1 and s.retired_at is null",
        params![district],
        |row| Ok((row.get("sites")?, row.get("chiefless")?, row.get("zoneless")?)),
    )
}

fn line(row: &Row<'_>) -> Result<SiteLine, Error> {
    Ok(SiteLine {
        site: head(row)?,
        people: row.get("people")?,
        has_chief: row.get("has_chief")?,
        zone_name: row.get("zone_name")?,
    })
}
