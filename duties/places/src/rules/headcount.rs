//! How many people a site needs, from how many it expects.
//!
//! The rule is that of 区域新型冠状病毒核酸检测组织实施指南（第三版）of 22 March 2022: a site for 2,000–3,000 people, a table
//! for 600–800, and as many samplers as people ÷ 360, which makes two a table. Such rules change and differ by place, so
//! they are dated configuration (`config/headcount.toml`), and every proposal names the one it comes from.

use std::collections::BTreeMap;

use domain::PostRole;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The guidelines that come with Muster.
const OWN: &str = include_str!("../../config/headcount.toml");

/// `[places]` of the configuration file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidelines {
    /// In the place of Muster's own, when there are any.
    #[serde(default)]
    guideline: Vec<Guideline>,
}

/// A planning rule, and from when it counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    pub from: Date,
    pub source: String,
    /// From … to people.
    people_per_site: [u32; 2],
    people_per_table: [u32; 2],
    people_per_sampler: u32,
    posts: BTreeMap<PostRole, Ratio>,
}

/// How many of a role go with how many tables.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ratio {
    tables_per_person: u32,
    at_least: u32,
}

/// What a site that expects so many people needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proposal {
    pub people: u32,
    pub tables: u32,
    pub samplers: u32,
    pub posts: Vec<(PostRole, u32)>,
    /// How many sites the guideline would have for these people, at least.
    pub sites_by_guideline: u32,
    /// The guideline's name and date.
    pub source: String,
    pub from: String,
}

impl Guidelines {
    /// The guideline in force on a day: the last one that has begun; before all of them, the first.
    pub fn on(&self, day: Date) -> Result<Guideline, String> {
        let own: Self = toml::from_str(OWN).map_err(|cause| format!("config/headcount.toml: {cause}"))?;
        let known = if self.guideline.is_empty() { own.guideline } else { self.guideline.clone() };
        let begun = known.iter().filter(|guideline| guideline.from <= day).max_by_key(|guideline| guideline.from);
        let chosen = begun.or_else(|| known.iter().min_by_key(|guideline| guideline.from));
        chosen.cloned().ok_or_else(|| "places: no guideline is configured".to_owned())
    }
}

impl Guideline {
    pub fn propose(&self, people: u32) -> Proposal {
        let samplers = people.div_ceil(self.people_per_sampler.max(1));
        let tables = self.tables(people, samplers);
        let posts = self
            .posts
            .iter()
            .map(|(role, ratio)| (*role, tables.div_ceil(ratio.tables_per_person.max(1)).max(ratio.at_least)));
        Proposal {
            people,
            tables,
            samplers,
            posts: posts.collect(),
            sites_by_guideline: people.div_ceil(self.people_per_site[1].max(1)).max(1),
            source: self.source.clone(),
            from: self.from.to_string(),
        }
    }

    /// Two samplers to a table, within what the guideline says of people to a table.
    fn tables(&self, people: u32, samplers: u32) -> u32 {
        let [fewest_people, most_people] = self.people_per_table.map(|people| people.max(1));
        let (least, most) = (people.div_ceil(most_people), people.div_ceil(fewest_people));
        samplers.div_ceil(2).clamp(least.min(most), most.max(least)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn propose(people: u32) -> Proposal {
        Guidelines::default().on(jiff::civil::date(2022, 9, 15)).unwrap().propose(people)
    }

    #[test]
    fn the_reports_site_gets_about_as_many_people_as_it_had() {
        let site = propose(7645);
        assert_eq!((site.samplers, site.tables, site.sites_by_guideline), (22, 11, 3));
        let people: u32 = site.posts.iter().map(|(_, n)| n).sum();
        assert_eq!(people, 24, "{:?}", site.posts);
        assert_eq!(site.from, "2022-03-22");
    }

    #[test]
    fn tables_stay_within_the_guideline() {
        for people in [1, 599, 601, 800, 2_000, 2_999, 3_001, 50_000] {
            let site = propose(people);
            assert!(site.tables * 800 >= people && (site.tables - 1) * 600 < people, "{site:?}");
        }
        assert_eq!(propose(0).tables, 1);
    }

    #[test]
    fn a_later_guideline_takes_over_on_its_day() {
        let own = "[[guideline]]\nfrom = \"2023-01-08\"\nsource = \"new\"\npeople_per_site = [1, 2]\npeople_per_table = [1, 2]\npeople_per_sampler = 1\nposts = {}\n";
        let mut both: Guidelines = toml::from_str(own).unwrap();
        both.guideline.extend(toml::from_str::<Guidelines>(OWN).unwrap().guideline);
        let source = |y, m, d| both.on(jiff::civil::date(y, m, d)).unwrap().source;
        assert_eq!(source(2023, 1, 8), "new");
        assert!(source(2023, 1, 7).contains("第三版") && source(2021, 1, 1).contains("第三版"));
    }
}
