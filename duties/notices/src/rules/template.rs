//! Templates of what a gateway is asked: `{name}` is filled in, escaped as the place needs.

use std::fmt::Write as _;

/// How a value is written so that it stays a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// Inside a JSON string (RFC 8259).
    Json,
    /// Inside a query or form (RFC 3986: only unreserved characters stay).
    Url,
}

/// Fills a template in, in one pass: what stands in a value is never filled in again. Braces around anything else stay
/// as they are.
pub fn fill(template: &str, values: &[(&str, &str)], escaping: Escaping) -> String {
    let mut filled = String::with_capacity(template.len() + 128);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from_brace) = rest.split_at(start);
        filled.push_str(before);
        let inner = &from_brace[1..];
        let found = inner.find('}').and_then(|end| values.iter().find(|(name, _)| *name == &inner[..end]));
        let Some((name, value)) = found else {
            filled.push('{');
            rest = inner;
            continue;
        };
        filled.push_str(&escape(value, escaping));
        rest = &inner[name.len() + 1..];
    }
    filled + rest
}

fn escape(value: &str, escaping: Escaping) -> String {
    match escaping {
        Escaping::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Escaping::Url => percent(value),
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn percent(value: &str) -> String {
    let mut text = String::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_query_is_filled_in() {
        let filled = fill("to={phone}&msg={text}", &[("phone", "+86138"), ("text", "岗 1&2")], Escaping::Url);
        assert_eq!(filled, "to=%2B86138&msg=%E5%B2%97%201%262");
    }

    proptest! {
        #[test]
        fn whatever_the_text_the_body_stays_json_and_says_it(text: String, phone in "[0-9+{}a-z\"]{0,12}") {
            let body = fill(r#"{"to":["{phone}"],"m":{"text":"{text}"}}"#, &[("phone", &phone), ("text", &text)], Escaping::Json);
            let read: serde_json::Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(&read["m"]["text"], &text);
            prop_assert_eq!(&read["to"][0], &phone);
        }
    }
}
