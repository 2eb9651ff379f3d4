//! What Muster stands on, read from `cargo metadata` and from the npm lock files.

use std::{collections::HashSet, fs, path::Path, process::Command};

use serde::Deserialize;

/// A library with the licence it declares.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub licence: Option<String>,
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Cargo,
    Npm,
}

/// The machine Muster is built for; what only other systems need is not compiled.
const TARGET: &str = "x86_64-unknown-linux-gnu";
const NPM_LOCKS: [&str; 3] =
    ["phone/package-lock.json", "tests/browser/package-lock.json", "tests/lighthouse/package-lock.json"];

pub fn all(root: &Path) -> Result<Vec<Package>, String> {
    let mut packages = crates(root)?;
    for lock in NPM_LOCKS {
        let text = fs::read_to_string(root.join(lock)).map_err(|error| format!("{lock} cannot be read: {error}"))?;
        packages.extend(npm_packages(&text).map_err(|error| format!("{lock}: {error}"))?);
    }
    Ok(packages)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct MetadataPackage {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
}

fn crates(root: &Path) -> Result<Vec<Package>, String> {
    let arguments = ["metadata", "--format-version=1", "--locked", "--filter-platform", TARGET];
    let output = Command::new("cargo").args(arguments).current_dir(root).output();
    let output = output.map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata cannot be read: {error}"))?;
    let compiled: HashSet<String> = metadata.resolve.nodes.into_iter().map(|node| node.id).collect();
    let used = metadata.packages.into_iter().filter(|package| compiled.contains(&package.id));
    Ok(used.map(|p| Package { name: p.name, version: p.version, licence: p.license, origin: Origin::Cargo }).collect())
}

fn npm_packages(lock: &str) -> Result<Vec<Package>, String> {
    let lock: serde_json::Value = serde_json::from_str(lock).map_err(|error| error.to_string())?;
    let entries = lock["packages"].as_object().ok_or("it has no list of packages")?;
    // The entry without a name is our own package.
    let others = entries.iter().filter(|(place, _)| !place.is_empty());
    let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().map(str::to_owned);
    Ok(others
        .map(|(place, entry)| Package {
            name: place.rsplit("node_modules/").next().unwrap_or(place).to_owned(),
            version: text(entry, "version").unwrap_or_default(),
            licence: text(entry, "license"),
            origin: Origin::Npm,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_of_npm_names_packages_and_licences() {
        let lock = r#"{"packages": {"": {"name": "ours"}, "node_modules/@axe-core/playwright": {"version": "4.1.0", "license": "MPL-2.0"}}}"#;
        let packages = npm_packages(lock).unwrap();
        assert_eq!(packages.len(), 1);
        assert_eq!(
            (packages[0].name.as_str(), packages[0].licence.as_deref()),
            ("@axe-core/playwright", Some("MPL-2.0"))
        );
        assert!(npm_packages("{}").is_err());
    }
}
