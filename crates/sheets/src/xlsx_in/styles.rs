//! What a number in a cell is shown as: a number, a date, a code with leading zeros.

use std::collections::HashMap;
use std::io::{Read, Seek};

use crate::faults::TableFault;
use crate::limits::Limits;

use super::directory::Entry;
use super::xml::{Token, Xml, attribute};

/// Excel allows 65,490 cell formats.
const MAX_FORMATS: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shape {
    #[default]
    Number,
    /// A date, a time of day or both; the value says which.
    Moment,
    /// Hours that go on past 24.
    Elapsed,
    /// A whole number padded with zeros to this many digits.
    Padded(u8),
}

/// Cell formats by number, as cells name them.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Shape>);

impl Styles {
    pub fn read<R: Read + Seek>(file: R, entry: &Entry, limits: &Limits) -> Result<(Self, R), TableFault> {
        let mut xml = Xml::open(file, entry, limits)?;
        let mut custom = HashMap::new();
        let mut formats = Vec::new();
        let mut is_cell_formats = false;
        loop {
            match xml.token()? {
                Token::Open(tag) => match tag.local_name().as_ref() {
                    "numFmt" => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                        let code = attribute(&tag, "formatCode");
                        custom.extend(id.zip(code.map(|code| shape_of_code(&code))));
                    }
                    "cellXfs" => is_cell_formats = true,
                    "xf" if is_cell_formats => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        formats.push(custom.get(&id).copied().unwrap_or_else(|| shape_of_builtin(id)));
                    }
                    "cellStyles" | "dxfs" => is_cell_formats = false,
                    _ => {}
                },
                Token::End => return Ok((Self(formats), xml.into_file())),
                _ => {}
            }
            if formats.len() > MAX_FORMATS || custom.len() > MAX_FORMATS {
                return Err(xml.damaged("more formats than Excel allows"));
            }
        }
    }

    pub fn shape(&self, style: usize) -> Shape {
        self.0.get(style).copied().unwrap_or_default()
    }
}

/// Formats every program knows without being told (ECMA-376 part 1, 18.8.30, East Asian ones included).
fn shape_of_builtin(id: u32) -> Shape {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shape::Moment,
        46 => Shape::Elapsed,
        _ => Shape::Number,
    }
}

fn shape_of_code(code: &str) -> Shape {
    let bare = without_literals(code);
    let first = bare.split(';').next().unwrap_or_default();
    if first.contains("[h") {
        Shape::Elapsed
    } else if first.contains(['y', 'm', 'd', 'h', 's']) && !first.contains("general") {
        Shape::Moment
    } else if !first.is_empty() && first.bytes().all(|c| c == b'0') {
        Shape::Padded(u8::try_from(first.len()).unwrap_or(u8::MAX))
    } else {
        Shape::Number
    }
}

/// The code in lower case without quoted text, escaped characters and brackets other than `[h]`, `[m]`, `[s]`.
fn without_literals(code: &str) -> String {
    let mut bare = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => drop(chars.by_ref().find(|&c| c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|&c| c != ']').collect::<String>().to_lowercase();
                if inside.starts_with('h') || matches!(inside.as_str(), "m" | "mm" | "s" | "ss") {
                    bare.push_str("[h");
                }
            }
            _ => bare.extend(c.to_lowercase()),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_say_what_a_number_is() {
        let cases = [
            ("General", Shape::Number),
            ("0.00E+00", Shape::Number),
            ("#,##0\\ \"days\"", Shape::Number),
            ("[Red]0;[Blue]-0", Shape::Padded(1)),
            ("000000", Shape::Padded(6)),
            ("@", Shape::Number),
            ("yyyy\"年\"m\"月\"d\"日\"", Shape::Moment),
            ("[$-804]yyyy/m/d h:mm;@", Shape::Moment),
            ("h:mm AM/PM", Shape::Moment),
            ("[h]:mm:ss", Shape::Elapsed),
            ("[HH]:MM", Shape::Elapsed),
        ];
        for (code, shape) in cases {
            assert_eq!(shape_of_code(code), shape, "{code}");
        }
    }
}
