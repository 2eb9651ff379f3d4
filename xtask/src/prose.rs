//! Markdown taken apart far enough to find the paths it names.

/// Paths that a page names, with their line: link targets, and code spans that look like a path.
pub fn named_paths(markdown: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(markdown.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(link_targets(line).map(|target| (number, target.to_owned())));
            found.extend(code_spans(line).filter(|span| looks_like_path(span)).map(|span| (number, span.to_owned())));
        }
    }
    found
}

/// `a/{b,c}/d` is `a/b/d` and `a/c/d`.
pub fn expand_braces(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![path.to_owned()] };
    choices.split(',').flat_map(|choice| expand_braces(&format!("{before}{}{after}", choice.trim()))).collect()
}

fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    let target = |after: &'_ str| after.split([')', '#', ' ']).next().unwrap_or_default().len();
    line.split("](")
        .skip(1)
        .map(move |after| &after[..target(after)])
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
}

fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn looks_like_path(span: &str) -> bool {
    const ROOTS: [&str; 11] = [
        "crates/", "duties/", "muster/", "phone/", "sim/", "tests/", "benches/", "xtask/", "docs/", "scripts/", ".ci/",
    ];
    ROOTS.iter().any(|root| span.starts_with(root)) && !span.contains([' ', '<', '…', '$', '(']) && !span.contains("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_code_spans_are_paths_and_other_text_is_not() {
        let page = "See [the store](crates/store/src/tx.rs#L3) and `duties/{calls,places}/README.md`, `POST /x`.\n```\ncrates/none\n```\n[out](https://example.org)";
        let paths: Vec<_> = named_paths(page).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["crates/store/src/tx.rs", "duties/{calls,places}/README.md"]);
        assert_eq!(expand_braces(&paths[1]), ["duties/calls/README.md", "duties/places/README.md"]);
    }
}
