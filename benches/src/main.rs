//! `make bench`: the numbers that are promised, measured on this machine. Each line says what was done, how often, and how
//! long it took at the median, at 99 of 100, and at worst. Ratios are taken within one run.

mod measure;
mod night;
mod reading;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|asked| asked == name);
    if runs("night") {
        night::run();
    }
    if runs("import") {
        reading::run();
    }
}
