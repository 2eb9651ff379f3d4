//! Every crate and npm package that Muster stands on: its licence is allowed and it is there once. The policy is
//! `deny.toml` in the form `cargo deny` reads, so either tool can judge; this one needs nothing installed.

mod expression;
mod packages;
mod policy;

use std::{collections::BTreeMap, fs, path::Path};

use crate::Fault;

pub use packages::{Origin, Package};
pub use policy::Policy;

pub fn check(root: &Path) -> Result<Vec<Fault>, String> {
    let text =
        fs::read_to_string(root.join("deny.toml")).map_err(|error| format!("deny.toml cannot be read: {error}"))?;
    let policy = Policy::read(&text)?;
    let packages = packages::all(root)?;
    println!("licences: {} packages", packages.len());
    Ok(judge(&packages, &policy))
}

/// The rule itself.
pub fn judge(packages: &[Package], policy: &Policy) -> Vec<Fault> {
    let unlicensed = packages.iter().filter_map(|package| licence_fault(package, policy));
    unlicensed.chain(doubles(packages, policy)).chain(needless(packages, policy)).collect()
}

fn licence_fault(package: &Package, policy: &Policy) -> Option<Fault> {
    let named = format!("{} {}", package.name, package.version);
    let Some(licence) = package.licence.as_deref().or_else(|| policy.clarified(&package.name)) else {
        return Some(Fault::of_file(
            "deny.toml",
            format!("{named} names no licence: read its licence file and add [[licenses.clarify]]"),
        ));
    };
    let allowed = |id: &str| policy.allows(&package.name, id);
    match expression::holds(licence, &allowed) {
        Ok(true) => None,
        Ok(false) => Some(Fault::of_file(
            "deny.toml",
            format!("{named} is under `{licence}`, which is not allowed: choose another library"),
        )),
        Err(reason) => Some(Fault::of_file("deny.toml", format!("the licence of {named} cannot be read: {reason}"))),
    }
}

/// Two versions of one crate are compiled twice and can disagree; each such pair needs a reason.
fn doubles(packages: &[Package], policy: &Policy) -> Vec<Fault> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages.iter().filter(|package| package.origin == Origin::Cargo) {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    let doubled = versions.into_iter().filter(|(name, versions)| versions.len() > 1 && !policy.may_be_doubled(name));
    let fault = |(name, versions): (&str, Vec<&str>)| {
        Fault::of_file(
            "deny.toml",
            format!(
                "{name} is there as {}: bring its users to one version, or add it to [bans] skip with the reason",
                versions.join(" and ")
            ),
        )
    };
    doubled.map(fault).collect()
}

/// An exception that nothing needs any more is dead text.
fn needless(packages: &[Package], policy: &Policy) -> Vec<Fault> {
    let there = |name: &str| packages.iter().any(|package| package.name == name);
    let gone = policy.crates_named().filter(|name| !there(name));
    gone.map(|name| Fault::of_file("deny.toml", format!("{name} is not used any more: delete its line"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0"]
        exceptions = [{ crate = "checker", allow = ["MPL-2.0"] }]
        [[licenses.clarify]]
        crate = "silent"
        expression = "MIT"
        [bans]
        skip = [{ crate = "twice", reason = "waits for a release" }]
    "#;

    fn package(name: &str, version: &str, licence: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.map(str::to_owned),
            origin: Origin::Cargo,
        }
    }

    fn clean() -> Vec<Package> {
        vec![
            package("plain", "1.0.0", Some("MIT OR GPL-2.0-only")),
            package("checker", "1.0.0", Some("MPL-2.0")),
            package("silent", "1.0.0", None),
            package("twice", "1.0.0", Some("MIT")),
            package("twice", "2.0.0", Some("MIT")),
        ]
    }

    #[test]
    fn what_the_policy_allows_passes() {
        assert_eq!(judge(&clean(), &Policy::read(POLICY).unwrap()), []);
    }

    #[test]
    fn a_foreign_licence_a_silent_package_and_a_double_are_faults() {
        for bad in [
            package("bad", "1.0.0", Some("GPL-2.0-only")),
            package("bad", "1.0.0", None),
            package("plain", "2.0.0", Some("MIT")),
        ] {
            let mut packages = clean();
            packages.push(bad);
            assert_eq!(judge(&packages, &Policy::read(POLICY).unwrap()).len(), 1);
        }
    }

    #[test]
    fn a_needless_exception_is_a_fault() {
        let packages: Vec<_> = clean().into_iter().filter(|package| package.name != "silent").collect();
        assert_eq!(judge(&packages, &Policy::read(POLICY).unwrap()).len(), 1);
    }
}
