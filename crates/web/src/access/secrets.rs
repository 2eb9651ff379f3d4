//! Secrets that are handed out once and kept only as hashes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// A fresh secret of 256 bits, for cookies and tokens.
pub fn fresh_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// The letters of codes that people read aloud and type: no I, L, O or U (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh code of `length` letters (5 bits each) for links and paper.
pub fn fresh_code(length: usize) -> String {
    (0..length).map(|_| char::from(LETTERS[usize::from(rand::random::<u8>() % 32)])).collect()
}

/// A code as it was meant: upper case, without blanks and hyphens, O read as 0, I and L as 1.
pub fn tidy_code(typed: &str) -> String {
    let meant = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        upper => upper,
    };
    typed.chars().filter(char::is_ascii_alphanumeric).map(meant).collect()
}

/// What is stored instead of a secret. The secrets have at least 80 bits of chance, so a plain hash is enough.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        assert_eq!(tidy_code("abo1-lq 7"), "AB011Q7");
        let code = fresh_code(16);
        assert_eq!(tidy_code(&code.to_lowercase()), code);
    }
}
