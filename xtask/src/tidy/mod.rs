//! The rules of the house, one file each.

mod floors;
mod lengths;
mod names;
mod paths;
mod places;
mod purity;
mod sealed;
mod sql;
mod tables;
mod weights;
mod words;

use crate::{Fault, tree::Tree};

/// A rule and the name it is reported under.
pub struct Rule {
    pub name: &'static str,
    pub check: fn(&Tree) -> Vec<Fault>,
}

pub const RULES: &[Rule] = &[
    Rule { name: "floors", check: floors::arrows_point_down },
    Rule { name: "faces", check: floors::duties_are_met_at_the_door },
    Rule { name: "tables", check: tables::stay_at_home },
    Rule { name: "sealed columns", check: sealed::labels_are_listed },
    Rule { name: "statements", check: sql::holds_no_values },
    Rule { name: "pure rules", check: purity::rules_are_pure },
    Rule { name: "surroundings", check: purity::surroundings_are_read_in_one_place },
    Rule { name: "file lengths", check: lengths::of_files },
    Rule { name: "function lengths", check: lengths::of_functions },
    Rule { name: "names", check: names::are_nouns_of_the_field },
    Rule { name: "lint exceptions", check: names::exceptions_are_argued },
    Rule { name: "words", check: words::are_complete },
    Rule { name: "words in use", check: words::are_all_used },
    Rule { name: "documented paths", check: paths::exist },
    Rule { name: "places", check: places::are_not_named },
    Rule { name: "weights", check: weights::are_light },
];
