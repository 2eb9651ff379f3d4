//! What of a page would run, were it opened: its tags are read as a browser reads them, and whatever carries a script is
//! named. Our own pages carry none: scripts are files, styles are files, and nothing is framed.

/// One opening tag: its name and its attributes, both small, values as a browser understands them.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Elements that no page of ours has.
const NEVER: [&str; 8] = ["iframe", "object", "embed", "base", "frame", "animate", "set", "noscript"];
/// Attributes that a browser takes for an address.
const ADDRESSES: [&str; 7] = ["href", "src", "action", "formaction", "xlink:href", "data", "poster"];

pub fn would_run(html: &str) -> Vec<String> {
    tags(html).iter().filter_map(fault).collect()
}

fn fault(tag: &Tag) -> Option<String> {
    let said = |what: &str| Some(format!("<{}> {what}", tag.name));
    let has = |name: &str| tag.attributes.iter().any(|(known, _)| known == name);
    if NEVER.contains(&tag.name.as_str()) {
        return said("stands there");
    }
    if tag.name == "script" && !has("src") {
        return said("holds its script");
    }
    if tag.name == "meta" && has("http-equiv") {
        return said("commands the browser");
    }
    let is_wrong = |(name, value): &&(String, String)| {
        name.starts_with("on")
            || matches!(name.as_str(), "style" | "srcdoc")
            || ADDRESSES.contains(&name.as_str()) && leads_into_script(value)
    };
    tag.attributes.iter().find(is_wrong).and_then(|(name, value)| said(&format!("{name}={value}")))
}

/// Browsers overlook blanks and control signs in the scheme of an address.
fn leads_into_script(address: &str) -> bool {
    let plain: String = address.chars().filter(|sign| !sign.is_whitespace() && !sign.is_control()).collect();
    let plain = plain.to_lowercase();
    ["javascript:", "vbscript:", "data:text/html"].iter().any(|scheme| plain.starts_with(scheme))
}

fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
            let (tag, after) = tag(rest);
            tags.push(tag);
            rest = after;
        }
    }
    tags
}

/// Reads a tag after its `<`; gives what comes after it.
fn tag(text: &str) -> (Tag, &str) {
    let ends = |sign: char| sign.is_whitespace() || sign == '/' || sign == '>';
    let (name, mut rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (Tag { name: name.to_lowercase(), attributes }, rest);
        }
        let (attribute, after) = attribute(rest);
        attributes.push(attribute);
        rest = after;
    }
}

fn attribute(text: &str) -> ((String, String), &str) {
    // An equals sign at the beginning belongs to the name, as browsers have it.
    let ends = |(at, sign): (usize, char)| {
        let is_end = sign.is_whitespace() || sign == '/' || sign == '>' || (sign == '=' && at > 0);
        is_end.then_some(at)
    };
    let (name, rest) = text.split_at(text.char_indices().find_map(ends).unwrap_or(text.len()));
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
        return ((name.to_lowercase(), String::new()), rest);
    };
    let (value, rest) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
        _ => value.split_at(value.find(|sign: char| sign.is_whitespace() || sign == '>').unwrap_or(value.len())),
    };
    ((name.to_lowercase(), understood(value)), rest)
}

/// With the marks for signs replaced, as far as an address could hide behind them.
fn understood(value: &str) -> String {
    let named = [("&#58;", ":"), ("&colon;", ":"), ("&Tab;", ""), ("&NewLine;", ""), ("&#106;", "j"), ("&#x6a;", "j")];
    let named = named.into_iter().fold(value.to_owned(), |text, (mark, sign)| text.replace(mark, sign));
    named.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[test]
fn what_would_run_is_found_and_what_is_only_text_is_not() {
    for html in [
        "<script>alert(1)</script>",
        "<p><SVG/onload=alert(1)>",
        "<img src=x onerror='alert(1)'>",
        "<input value=\"\" autofocus onfocus=alert(1) x=\"\">",
        "<a href=\" java\nscript:alert(1)\">",
        "<a href=&#106;avascript:alert(1)>",
        "<form action='JaVaScRiPt:alert(1)'>",
        "<p style=\"position:fixed\">",
        "<iframe srcdoc=x>",
        "<base href=//elsewhere.example/>",
        "<meta http-equiv=refresh content=0>",
        "<!--><svg/onload=alert(1)>-->",
    ] {
        assert!(!would_run(html).is_empty(), "{html}");
    }
    for html in [
        "<p>&lt;script>alert(1)&lt;/script></p>",
        "<input value=\"&#34; onfocus=alert(1) x=&#34;\">",
        "<input value=\"' onfocus=alert(1) x='\">",
        "<p title=\"<svg/onload=alert(1)>\">javascript:alert(1)</p>",
        "<script src=\"/assets/1/muster.js\" defer></script>",
        "<a href=\"/deeds?badge=javascript:alert(1)\">",
        "a < b onload=alert(1)",
    ] {
        assert_eq!(would_run(html), Vec::<String>::new(), "{html}");
    }
}
