//! Short files, short functions. rustfmt puts a function's closing brace in the column of its first line, so counting
//! needs no parser.

use crate::{Fault, tree::Tree};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;
const CODE: &[&str] = &[".rs", ".mjs", ".js", ".html", ".css", ".sql"];

pub fn of_files(tree: &Tree) -> Vec<Fault> {
    let long = |(path, text): (&str, &str)| {
        let lines = text.lines().count();
        (lines > FILE_LINES)
            .then(|| Fault::of_file(path, format!("{lines} lines, {FILE_LINES} at most: one file, one thing")))
    };
    tree.texts(CODE).filter_map(long).collect()
}

pub fn of_functions(tree: &Tree) -> Vec<Fault> {
    let rust = tree.texts(&[".rs"]).flat_map(|(path, text)| long_functions(path, text, opens_rust_function));
    let script = tree.texts(&[".mjs"]).flat_map(|(path, text)| long_functions(path, text, opens_script_function));
    rust.chain(script).collect()
}

fn long_functions(path: &str, text: &str, opens: fn(&str) -> bool) -> Vec<Fault> {
    let lines: Vec<&str> = text.lines().collect();
    let mut faults = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| opens(line)) {
        let length = function_length(&lines[at..]);
        if length > FUNCTION_LINES {
            faults.push(Fault::at(
                path,
                at + 1,
                format!("{length} lines, {FUNCTION_LINES} at most: `{}`", line.trim()),
            ));
        }
    }
    faults
}

fn opens_rust_function(line: &str) -> bool {
    const BEFORE_FN: [&str; 6] = ["pub", "async", "const", "extern", "pub(crate)", "pub(super)"];
    let mut words = line.split_whitespace();
    words.find(|word| !BEFORE_FN.contains(word)) == Some("fn")
}

fn opens_script_function(line: &str) -> bool {
    let start = line.trim_start();
    let named = ["function ", "async function ", "export function ", "export async function ", "export default "];
    let method = start.ends_with(") {")
        && !["if", "for", "while", "switch", "}", "catch"].iter().any(|word| start.starts_with(word));
    named.iter().any(|name| start.starts_with(name)) || start.ends_with("=> {") || method
}

/// From the first line to the first `}` in the same column; a declaration without a body is one line.
fn function_length(lines: &[&str]) -> usize {
    let indent = indent(lines[0]);
    let closes = |line: &&str| indent_is(line, indent) && line.trim_start().starts_with('}');
    let ends_at_once = lines[0].ends_with(['}', ';']);
    if ends_at_once { 1 } else { lines.iter().skip(1).position(closes).map_or(1, |distance| distance + 2) }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn indent_is(line: &str, wanted: usize) -> bool {
    !line.trim().is_empty() && indent(line) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_a_fault() {
        let tree = Tree::planted(
            "/",
            &[("a.rs", &"x\n".repeat(501)), ("b.rs", &"x\n".repeat(500)), ("c.csv", &"x\n".repeat(9000))],
        );
        assert_eq!(of_files(&tree), [Fault::of_file("a.rs", "501 lines, 500 at most: one file, one thing")]);
    }

    #[test]
    fn a_long_function_is_a_fault_in_both_languages() {
        let body = "    let x = 1;\n".repeat(69);
        let (long, short) =
            (format!("pub async fn long() {{\n{body}}}\n"), format!("fn short() {{\n{}}}\n", &body[15..]));
        let script = format!("export async function long() {{\n{body}}}\n");
        let tree = Tree::planted("/", &[("long.rs", &long), ("short.rs", &short), ("long.mjs", &script)]);
        let paths: Vec<_> = of_functions(&tree).into_iter().map(|fault| fault.path).collect();
        assert_eq!(paths, ["long.rs", "long.mjs"]);
    }
}
