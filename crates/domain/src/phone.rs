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
        let narrow: String = text.trim().chars().map(narrow_digit).collect();
        let number = phonenumber::parse(Some(phonenumber::country::CN), &narrow).map_err(|_| NotAPhoneNumber)?;
        if !number.is_valid() {
            return Err(NotAPhoneNumber);
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }
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
    fn logs_see_only_a_masked_number() {
        let number: PhoneNumber = "13800138000".parse().unwrap();
        assert_eq!(format!("{number:?}"), "138****8000");
    }
}
