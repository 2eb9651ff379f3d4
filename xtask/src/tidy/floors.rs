//! Floors and faces: which crate may stand on which, and that a duty is met at its door (`lib.rs`).

use std::collections::BTreeMap;

use crate::{Fault, rust::Source, tree::Tree};

/// Who may stand on whom. A crate that is missing here is a fault: decide its floor first.
const FLOORS: &[(&str, &[&str])] = &[
    // what every duty stands on
    ("domain", &[]),
    ("flow", &[]),
    ("sheets", &[]),
    ("store", &["domain"]),
    ("web", &["domain", "store"]),
    // floor 1
    ("residents", GROUND),
    ("responders", GROUND),
    ("places", GROUND),
    ("notices", GROUND),
    ("problems", GROUND),
    // floor 2
    ("deployments", &["domain", "store", "web", "sheets", "flow", "responders", "places", "notices", "problems"]),
    ("sampling", &["domain", "store", "web", "sheets", "residents", "places"]),
    ("calls", &["domain", "store", "web", "sheets", "residents", "notices"]),
    ("venues", &["domain", "store", "web", "sheets", "residents", "places"]),
    // floor 3
    ("inspections", &["domain", "store", "web", "sheets", "venues", "problems"]),
    ("supervision", &["domain", "store", "web", "sheets", "places", "problems"]),
    ("board", GROUND),
    // beside the house: the district that is driven through the front door knows only the vocabulary
    ("sim", &["domain"]),
    ("xtask", &[]),
];

const GROUND: &[&str] = &["domain", "store", "web", "sheets"];

/// These stand on top of everything and nothing stands on them.
const ROOF: &[&str] = &["muster", "stories", "benches"];

pub fn arrows_point_down(tree: &Tree) -> Vec<Fault> {
    let crates = crates(tree);
    let mut faults = Vec::new();
    for (name, manifest) in &crates {
        let Some(allowed) = allowed_below(name) else {
            faults.push(Fault::of_file(
                &manifest.path,
                format!("crate `{name}` has no floor: add it to xtask/src/tidy/floors.rs"),
            ));
            continue;
        };
        for below in manifest.dependencies.iter().filter(|dependency| crates.contains_key(*dependency)) {
            if !allowed.is_none_or(|allowed| allowed.contains(&below.as_str())) || ROOF.contains(&below.as_str()) {
                faults.push(Fault::of_file(
                    &manifest.path,
                    format!("`{name}` may not stand on `{below}`: arrows point downward only"),
                ));
            }
        }
    }
    faults
}

/// `Some(None)` may stand on everything.
#[expect(clippy::option_option, reason = "unknown, unlimited and limited are three different answers")]
fn allowed_below(name: &str) -> Option<Option<&'static [&'static str]>> {
    if ROOF.contains(&name) {
        return Some(None);
    }
    FLOORS.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, allowed)| Some(*allowed))
}

/// No crate names a module inside a duty: `calls::next_call` is the face, `calls::store::next_call` is not.
pub fn duties_are_met_at_the_door(tree: &Tree) -> Vec<Fault> {
    let duties = duty_modules(tree);
    let mut faults = Vec::new();
    for (path, text) in tree.texts(&[".rs"]) {
        let code = Source::of(text).code;
        for (number, line) in (1..).zip(code.lines()) {
            for (duty, modules) in duties.iter().filter(|(duty, _)| !path.starts_with(&format!("duties/{duty}/"))) {
                for module in modules_named(line, duty).filter(|module| modules.contains(module)) {
                    faults.push(Fault::at(path, number, format!("`{duty}::{module}` is inside the duty: ask for what you need at its face, duties/{duty}/src/lib.rs")));
                }
            }
        }
    }
    faults
}

/// The first path segments after `duty::` in a line of code.
fn modules_named<'l>(line: &'l str, duty: &str) -> impl Iterator<Item = &'l str> {
    let opening = format!("{duty}::");
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    for (at, _) in line.match_indices(&opening) {
        let segment =
            line[at + opening.len()..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if !line[..at].ends_with(part_of_word) {
            found.push(segment);
        }
    }
    found.into_iter()
}

fn duty_modules(tree: &Tree) -> BTreeMap<&str, Vec<&str>> {
    let mut duties: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in tree.paths() {
        let Some((duty, inner)) = path.strip_prefix("duties/").and_then(|rest| rest.split_once("/src/")) else {
            continue;
        };
        let module = inner.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if module != "lib" {
            duties.entry(duty).or_default().push(module);
        }
    }
    duties
}

struct Manifest {
    path: String,
    dependencies: Vec<String>,
}

/// Our own crates by name.
fn crates(tree: &Tree) -> BTreeMap<String, Manifest> {
    tree.texts(&["Cargo.toml"]).filter_map(|(path, text)| read_manifest(path, text)).collect()
}

fn read_manifest(path: &str, text: &str) -> Option<(String, Manifest)> {
    let manifest: toml::Table = text.parse().ok()?;
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let names = |table: &&str| {
        manifest.get(*table).and_then(toml::Value::as_table).map(|t| t.keys().cloned().collect::<Vec<_>>())
    };
    let dependencies = tables.iter().filter_map(names).flatten().collect();
    Some((name, Manifest { path: path.to_owned(), dependencies }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, dependencies: &str) -> String {
        format!("[package]\nname = \"{name}\"\n[dependencies]\n{dependencies}")
    }

    #[test]
    fn an_arrow_upward_is_a_fault() {
        let (domain, store) =
            (manifest("domain", "store.workspace = true"), manifest("store", "domain.workspace = true"));
        let tree = Tree::planted("/", &[("crates/domain/Cargo.toml", &domain), ("crates/store/Cargo.toml", &store)]);
        let faults = arrows_point_down(&tree);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].path, "crates/domain/Cargo.toml");
    }

    #[test]
    fn a_duty_on_a_duty_of_its_own_floor_is_a_fault_also_for_its_tests() {
        let places = "[package]\nname = \"places\"\n[dev-dependencies]\nnotices = { path = \"../notices\" }".to_owned();
        let notices = manifest("notices", "");
        let tree =
            Tree::planted("/", &[("duties/places/Cargo.toml", &places), ("duties/notices/Cargo.toml", &notices)]);
        assert_eq!(arrows_point_down(&tree).len(), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_a_fault() {
        let tree = Tree::planted("/", &[("crates/attic/Cargo.toml", &manifest("attic", ""))]);
        assert_eq!(arrows_point_down(&tree).len(), 1);
    }

    #[test]
    fn going_past_the_face_is_a_fault() {
        let tree = Tree::planted(
            "/",
            &[
                ("duties/places/src/lib.rs", "mod store;"),
                ("duties/places/src/store.rs", "use crate::store;"),
                (
                    "duties/board/src/lib.rs",
                    "use places::Site;\nuse places::store::all;\n// places::store is fine in a comment\n",
                ),
            ],
        );
        let faults = duties_are_met_at_the_door(&tree);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!((faults[0].path.as_str(), faults[0].line), ("duties/board/src/lib.rs", 2));
    }
}
