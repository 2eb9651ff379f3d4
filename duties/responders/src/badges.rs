//! Badge codes: ten letters of Crockford's base 32 (no I, L, O, U), the last one a check letter.
//!
//! Nine letters are chance (45 bits), so a code cannot be guessed; the tenth is a checksum over GF(32), so a mistyped or
//! swapped letter is noticed before anybody is asked about. Codes for many people are drawn along a stretch with random
//! gaps: each is as hard to guess as one of a million scattered ones, and they come in ascending order, so that one is found
//! among them without an index.

use rand::RngExt as _;

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHANCE_BITS: u32 = 45;
/// Letters of a code, the check letter included.
pub const LENGTH: usize = 10;
/// The mean gap of a stretch is half of this: 33 million guesses for one hit, at ten tries a quarter of an hour.
const GAP: u64 = 1 << 26;

/// A fresh code for one person.
pub fn code() -> String {
    written(rand::random::<u64>() % (1 << CHANCE_BITS))
}

/// Fresh codes for many people, in ascending order, one behind the other.
pub fn stretch(people: usize) -> String {
    let mut chance = rand::rng();
    let gap = GAP.min((1 << CHANCE_BITS) / (people as u64 + 1));
    // Wherever it begins, it ends before the last code.
    let mut at = chance.random_range(0..(1 << CHANCE_BITS) - gap * people as u64);
    let mut codes = String::with_capacity(people * LENGTH);
    for _ in 0..people {
        at += chance.random_range(1..=gap);
        codes.extend(letters(at));
    }
    codes
}

/// The codes of a stretch one by one.
pub fn each(stretch: &str) -> impl Iterator<Item = &str> {
    (0..stretch.len() / LENGTH).map(|place| &stretch[place * LENGTH..(place + 1) * LENGTH])
}

/// A code as it was meant: upper case, without blanks and hyphens; none when it cannot be a code of ours.
pub fn read(typed: &str) -> Option<String> {
    let meant = web::access::secrets::tidy_code(typed);
    let values: Vec<u8> = meant.bytes().map(value).collect::<Option<_>>()?;
    (values.len() == LENGTH && check(&values[..LENGTH - 1]) == values[LENGTH - 1]).then_some(meant)
}

/// A code in two groups, as people read it aloud: `7K3QM-9T0ZC`.
pub fn grouped(code: &str) -> String {
    code.split_at_checked(LENGTH / 2).map_or_else(|| code.to_owned(), |(head, tail)| format!("{head}-{tail}"))
}

fn written(number: u64) -> String {
    letters(number).iter().collect()
}

fn letters(number: u64) -> [char; LENGTH] {
    let mut values = [0; LENGTH];
    for (place, value) in values[..LENGTH - 1].iter_mut().rev().enumerate() {
        *value = u8::try_from((number >> (5 * place)) & 31).unwrap_or(0);
    }
    values[LENGTH - 1] = check(&values[..LENGTH - 1]);
    values.map(|value| char::from(LETTERS[usize::from(value)]))
}

fn value(letter: u8) -> Option<u8> {
    LETTERS.iter().position(|known| *known == letter).and_then(|place| u8::try_from(place).ok())
}

/// The sum of each value times another power of the generator: one wrong letter, or two swapped ones, change it.
fn check(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_two(sum ^ value))
}

/// Multiplication by the generator of GF(32) with x⁵ + x² + 1.
const fn times_two(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        let fresh = code();
        assert_eq!(fresh.len(), LENGTH);
        assert_eq!(read(&fresh).as_deref(), Some(fresh.as_str()));
        assert_eq!(read(&grouped(&fresh.to_lowercase())).as_deref(), Some(fresh.as_str()));
        assert_eq!(read(""), None);
        assert_eq!(read(&fresh[1..]), None);
        assert_eq!(read("点位守门员"), None);
    }

    #[test]
    fn every_wrong_letter_and_every_swap_is_noticed() {
        for fresh in each(&stretch(50)) {
            let letters = fresh.as_bytes();
            for place in 0..LENGTH {
                for other in LETTERS.iter().filter(|other| **other != letters[place]) {
                    let mut wrong = letters.to_vec();
                    wrong[place] = *other;
                    assert_eq!(read(std::str::from_utf8(&wrong).unwrap()), None, "{fresh}");
                }
                for second in place + 1..LENGTH {
                    let mut wrong = letters.to_vec();
                    wrong.swap(place, second);
                    assert!(wrong == letters || read(std::str::from_utf8(&wrong).unwrap()).is_none(), "{fresh}");
                }
            }
        }
    }

    #[test]
    fn codes_of_a_stretch_differ_and_their_gaps_are_chance() {
        let stretch = stretch(2_000);
        let drawn: Vec<&str> = each(&stretch).collect();
        assert_eq!(drawn.len(), 2_000);
        assert!(drawn.is_sorted_by(|before, after| before < after), "a code stands twice or out of order");
        let number = |code: &str| code.bytes().take(9).fold(0_u64, |n, b| n << 5 | u64::from(value(b).unwrap()));
        let gaps: Vec<u64> = drawn.windows(2).map(|pair| number(pair[1]) - number(pair[0])).collect();
        let mean = gaps.iter().sum::<u64>() / gaps.len() as u64;
        assert!((GAP / 2 - GAP / 16..GAP / 2 + GAP / 16).contains(&mean), "mean gap {mean}");
    }
}
