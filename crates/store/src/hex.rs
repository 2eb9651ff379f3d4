//! Bytes as hexadecimal digits and back.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

pub(crate) fn write(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

/// Exactly `N` bytes, or nothing.
pub(crate) fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back() {
        assert_eq!(write(&[0, 0xAB, 255]), "00abff");
        assert_eq!(read("00abff"), Some([0, 0xAB, 255]));
        assert_eq!(read::<3>("00abf"), None);
        assert_eq!(read::<1>("zz"), None);
        assert_eq!(read::<1>("é"), None);
    }
}
