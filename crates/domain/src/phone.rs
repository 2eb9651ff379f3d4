//! Telephone numbers, kept as E.164.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number that can be called, as E.164 (`+8613800138000`). Numbers written without a country are read as Chinese.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number that can be called; write it with its area code, or with + and its country code")]
pub struct NotAPhoneNumber;

impl PhoneNumber {
    /// The number of somebody whose number was erased: nobody's.
    pub const fn erased() -> Self {
        Self(String::new())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden, for lists: `+86 199****0001`.
    pub fn masked(&self) -> String {
        let national = self.0.strip_prefix("+86").unwrap_or(&self.0);
        let head: String = national.chars().take(3).collect();
        let tail: String = national.chars().skip(national.chars().count().saturating_sub(4)).collect();
        format!("{head}****{tail}")
    }
}

impl FromStr for PhoneNumber {
    type Err = NotAPhoneNumber;

    fn from_str(text: &str) -> Result<Self, NotAPhoneNumber> {
        if let Some(mobile) = chinese_mobile(text.trim()) {
            return Ok(mobile);
        }
        let narrow: String = text.trim().chars().map(narrow_digit).collect();
        let number = phonenumber::parse(Some(phonenumber::country::CN), &narrow).map_err(|_| NotAPhoneNumber)?;
        if !number.is_valid() {
            return Err(NotAPhoneNumber);
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }
}

/// Chinese mobile numbers, written as eleven digits or with +86 before them, are nearly all there are, and the library tries
/// many patterns on each: those of ranges that are wholly assigned are recognised here. Everything else, also
/// what only looks wrong, is left to the library.
fn chinese_mobile(text: &str) -> Option<PhoneNumber> {
    let digits = text.strip_prefix("+86").unwrap_or(text);
    let bytes: &[u8; 11] = digits.as_bytes().try_into().ok()?;
    let is_assigned = match bytes[1] {
        b'3' | b'8' => true,
        b'5' | b'9' => bytes[2] != b'4',
        _ => false,
    };
    let fits = bytes[0] == b'1' && is_assigned && bytes.iter().all(u8::is_ascii_digit);
    fits.then(|| PhoneNumber(["+86", digits].concat()))
}

/// Full-width digits and plus signs, as Chinese keyboards type them, become ASCII.
fn narrow_digit(c: char) -> char {
    match c {
        '０'..='９' | '＋' | '－' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NotAPhoneNumber;
    fn try_from(text: String) -> Result<Self, NotAPhoneNumber> {
        text.parse()
    }
}
impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}
impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
/// Debug output ends in logs: it shows the number masked.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let e164 = |text: &str| text.parse::<PhoneNumber>().map(String::from).ok();
        assert_eq!(e164("13800138000").as_deref(), Some("+8613800138000"));
        assert_eq!(e164("+86 138 0013 8000").as_deref(), Some("+8613800138000"));
        assert_eq!(e164("１３８００１３８０００").as_deref(), Some("+8613800138000"));
        assert_eq!(e164("+1 415 555 2671").as_deref(), Some("+14155552671"));
        assert_eq!(e164("12345"), None);
        assert_eq!(e164("not a number"), None);
    }

    #[test]
    fn what_is_recognised_quickly_is_what_the_library_recognises() {
        let by_library = |text: &str| {
            let number = phonenumber::parse(Some(phonenumber::country::CN), text)
                .ok()
                .filter(phonenumber::PhoneNumber::is_valid)?;
            Some(number.format().mode(phonenumber::Mode::E164).to_string())
        };
        let mut quick = 0;
        for prefix in 0..2000 {
            for number in [format!("{prefix:04}0000001"), format!("+86{prefix:04}5678901")] {
                let Some(mobile) = chinese_mobile(&number) else { continue };
                assert_eq!(by_library(&number), Some(mobile.0), "{number}");
                quick += 1;
            }
        }
        assert!(quick > 500, "{quick} of 4,000");
        for wrong in ["1380013800", "138001380000", "1380013800a", "23800138000", "15400138000", "+8713800138000"] {
            assert!(chinese_mobile(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn logs_see_only_a_masked_number() {
        let number: PhoneNumber = "13800138000".parse().unwrap();
        assert_eq!(format!("{number:?}"), "138****8000");
    }
}
