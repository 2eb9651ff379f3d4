//! Any bytes as the four tables: read, or refused in a sentence; what is read is solved and proven.
//! How to run it: README.md. The bytes 0xFF part the tables.
#![no_main]

use allocation::{Question, Tables, Ways, Weights};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let mut parts = bytes.split(|&byte| byte == 0xFF);
    let files = ["sites", "teams", "links", "volunteers"].map(|name| {
        let file = folder.path().join(name);
        std::fs::write(&file, parts.next().unwrap_or_default()).expect("a file");
        file
    });
    let Ok(tables) = Tables::read(&files[0], &files[1], &files[2], &files[3]) else { return };
    if tables.sites.len() > 50 || tables.volunteers.len() > 200 {
        return;
    }
    let question = Question::new(tables, Weights::default(), Ways::great_circle());
    if let Ok(plan) = question.solve(&mut |_| true) {
        let proof = flow::check(&question.problem, &plan).expect("a plan is checked");
        assert!(proof.is_optimal());
    }
});
