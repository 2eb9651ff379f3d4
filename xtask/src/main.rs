//! `cargo xtask tidy` and `cargo xtask licences`: the house rules that the compiler and clippy do not know.

use std::{env, path::Path, process::ExitCode};

use xtask::{Fault, licences, tidy, tree::Tree};

const USAGE: &str = "usage: cargo xtask tidy | licences
  tidy      the house rules of ARCHITECTURE.md and STYLE.md on every file of the tree
  licences  every crate and npm package against deny.toml";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace root");
    let found = match env::args().nth(1).as_deref() {
        Some("tidy") => Tree::read(root).map(|tree| report_tidy(&tree)),
        Some("licences") => licences::check(root).map(|faults| report("licences", &faults)),
        _ => Err(USAGE.to_owned()),
    };
    match found {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(2)
        }
    }
}

fn report_tidy(tree: &Tree) -> usize {
    tidy::RULES.iter().map(|rule| report(rule.name, &(rule.check)(tree))).sum()
}

fn report(name: &str, faults: &[Fault]) -> usize {
    for fault in faults {
        println!("{fault}");
    }
    println!("{name}: {}", if faults.is_empty() { "kept".to_owned() } else { format!("{} faults", faults.len()) });
    faults.len()
}
