//! `make bench`: the numbers that are promised, each measured on this machine beside its limit. The program is started as
//! anybody starts it, on a disk and with its usual settings, and asked over HTTP; ratios are taken within one run.
//! `cargo run --release -p benches -- night` measures one part: `night`, `large`, `lists`, `import`.

mod client;
mod large;
mod measure;
mod night;
mod phones;
mod reading;
mod server;
#[path = "../../duties/notices/tests/front_door/sinks.rs"]
mod sinks;

use std::process::ExitCode;

use measure::Sheet;

fn main() -> ExitCode {
    // The server under measurement is this same file, so that it cannot be another build.
    if std::env::var_os(server::AS_MUSTER).is_some() {
        return muster::main();
    }
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|asked| asked == name);
    store::testing::keep_on_disk();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let mut sheet = Sheet::default();
    if runs("night") {
        runtime.block_on(night::run(&mut sheet));
    }
    if runs("large") {
        runtime.block_on(large::board(&mut sheet));
    }
    if runs("lists") {
        runtime.block_on(large::lists(&mut sheet));
    }
    drop(runtime);
    if runs("import") {
        reading::run(&mut sheet);
    }
    sheet.sum()
}
