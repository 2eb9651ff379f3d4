//! Floors and faces: which crate may stand on which, and that a duty is met at its door (`lib.rs`).

use std::collections::BTreeMap;

use crate::{Fault, rust::Source, tree::Tree};

/// Who may stand on whom. A crate that is missing here is a fault: decide its floor first.
const FLOORS: &[(&str, &[&str])] = &[
    // what every duty stands on
    ("domain", &[]),
    ("flow", &[]),
    ("sheets", &[]),
    ("allocation", &["domain", "flow", "sheets"]),
    ("store", &["domain"]),
    ("web", &["domain", "store"]),
    // floor 1
    ("residents", GROUND),
    ("responders", GROUND),
    ("places", GROUND),
    ("notices", GROUND),
    // between the floors: a request belongs to a site and is shown with its name
    ("problems", &["domain", "store", "web", "sheets", "places"]),
    // floor 2
    (
        "deployments",
        &["domain", "store", "web", "sheets", "flow", "allocation", "responders", "places", "notices", "problems"],
    ),
    ("sampling", &["domain", "store", "web", "sheets", "residents", "places"]),
    ("calls", &["domain", "store", "web", "sheets", "residents", "notices"]),
    ("venues", &["domain", "store", "web", "sheets", "residents", "places"]),
    // floor 3
    ("inspections", &["domain", "store", "web", "sheets", "venues", "problems"]),
    ("supervision", &["domain", "store", "web", "sheets", "places", "problems"]),
    // the board reads faces, not only the journal (docs/decisions/0004-board-reads-faces.md)
    ("board", &["domain", "store", "web", "sheets", "places", "responders", "notices", "problems", "deployments"]),
    // its tests mount the whole house below it
    ("imports", &["domain", "store", "web", "sheets", "places", "responders", "notices", "problems", "deployments"]),
    ("erasure", &["domain", "store", "web", "places", "responders", "notices", "problems", "deployments"]),
    // measures the engine against its peers, in a workspace of its own
    ("allocation-bench", &["flow", "allocation"]),
    // throws bytes at the readers, in a workspace of its own
    ("allocation-fuzz", &["flow", "allocation"]),
    ("sheets-fuzz", &["sheets"]),
    // beside the house: the district that is driven through the front door knows only the vocabulary
    ("sim", &["domain"]),
    ("xtask", &[]),
];

const GROUND: &[&str] = &["domain", "store", "web", "sheets"];

/// These stand on top of everything and nothing stands on them.
const ROOF: &[&str] = &["muster", "stories", "benches"];

/// Stories and benches drive the program itself.
const ABOVE_THE_PROGRAM: &[&str] = &["stories", "benches"];

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
            let is_program_driven = below == "muster" && ABOVE_THE_PROGRAM.contains(&name.as_str());
            let is_roof = ROOF.contains(&below.as_str()) && !is_program_driven;
            if !allowed.is_none_or(|allowed| allowed.contains(&below.as_str())) || is_roof {
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

/// A duty's `lib.rs` opens no whole file: it names what others may use (`pub use`), and the compiler keeps the rest shut.
pub fn duties_are_met_at_the_door(tree: &Tree) -> Vec<Fault> {
    let faces = tree.texts(&["/src/lib.rs"]).filter(|(path, _)| path.starts_with("duties/"));
    faces.flat_map(|(path, text)| opened_files(path, &Source::of(text).code)).collect()
}

fn opened_files(path: &str, code: &str) -> Vec<Fault> {
    let opened = |line: &str| Some(line.trim().strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    let says = |module: &str| {
        format!("`pub mod {module};` opens a whole file: say what others may use with `pub use {module}::…`")
    };
    let lines = (1..).zip(code.lines()).filter_map(|(number, line)| Some((number, opened(line)?)));
    lines.map(|(number, module)| Fault::at(path, number, says(&module))).collect()
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
    fn a_face_that_opens_a_whole_file_is_a_fault() {
        let face =
            "mod store;\npub mod rules;\npub mod badge {\n    pub use crate::store::badge_of;\n}\n// pub mod old;\n";
        let faults = duties_are_met_at_the_door(&Tree::planted("/", &[("duties/places/src/lib.rs", face)]));
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [2]);
    }
}
