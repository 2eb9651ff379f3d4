//! `_xHHHH_` (ST_Xstring, ECMA-376 part 1, 22.9.2.19): how XLSX writes characters that XML cannot.

use std::borrow::Cow;

/// The text with its escapes undone.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let (c, length) = escaped(from).unwrap_or(('_', 1));
        plain.push(c);
        rest = &from[length..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character an escape stands for, and the escape's length.
fn escaped(text: &str) -> Option<(char, usize)> {
    let digits = text.get(2..6)?;
    let is_escape = text.as_bytes().get(6) == Some(&b'_') && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_escape)?;
    Some((char::from_u32(code)?, 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        let cases = [
            ("plain _x text_", "plain _x text_"),
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x000d__x0041_", "\rA"),
            ("_xD800_", "_xD800_"),
            ("_x00_x0042_", "_x00B"),
            ("采_x91C7_样_x", "采采样_x"),
        ];
        for (escaped, plain) in cases {
            assert_eq!(unescape(escaped), plain, "{escaped}");
        }
    }
}
