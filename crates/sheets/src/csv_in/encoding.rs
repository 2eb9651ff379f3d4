//! From bytes to UTF-8.
//!
//! A byte order mark decides. Without one the whole file is looked through: valid UTF-8 is UTF-8; a file
//! in which sound multi-byte sequences far outnumber broken ones is UTF-8 with damage (its damaged rows are
//! rejected one by one); anything else is GB18030, which Chinese Windows saves by default. What cannot be
//! decoded becomes U+FFFD, and a cell holding one rejects its row.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8};

const CHUNK_BYTES: usize = 64 << 10;

/// Sound sequences per broken one above which the file is damaged UTF-8: in GB18030 text they are about even.
const SOUND_PER_BROKEN: u64 = 10;

/// The encoding of the whole file, and its length.
pub(super) fn detect<R: Read + Seek>(file: &mut R) -> io::Result<(&'static Encoding, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let mut tally = Tally::default();
    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
    let mut length_bytes = 0;
    loop {
        chunk.splice(..0, tally.tail.drain(..));
        let carried = chunk.len();
        let read = file.by_ref().take((CHUNK_BYTES - carried) as u64).read_to_end(&mut chunk)?;
        if length_bytes == 0
            && let Some((marked, _)) = Encoding::for_bom(&chunk)
        {
            return Ok((marked, file.seek(SeekFrom::End(0))?));
        }
        length_bytes += read as u64;
        tally.count(&chunk, read == 0);
        chunk.clear();
        if read == 0 {
            return Ok((tally.verdict(), length_bytes));
        }
    }
}

/// How the bytes fare as UTF-8.
#[derive(Default)]
struct Tally {
    sound: u64,
    broken: u64,
    /// A sequence that the next chunk may complete.
    tail: Vec<u8>,
}

impl Tally {
    fn count(&mut self, chunk: &[u8], is_last: bool) {
        let mut rest = chunk;
        loop {
            let error = match simdutf8::compat::from_utf8(rest) {
                Ok(text) => return self.sound += sequences(text.as_bytes()),
                Err(error) => error,
            };
            let (sound, broken) = rest.split_at(error.valid_up_to());
            self.sound += sequences(sound);
            match error.error_len() {
                Some(length) => rest = &broken[length..],
                None if is_last => rest = &broken[broken.len()..],
                None => return self.tail = broken.to_vec(),
            }
            self.broken += 1;
        }
    }

    fn verdict(&self) -> &'static Encoding {
        if self.broken == 0 || self.sound > self.broken * SOUND_PER_BROKEN { UTF_8 } else { GB18030 }
    }
}

/// Multi-byte sequences, by their leading bytes.
fn sequences(text: &[u8]) -> u64 {
    // Counted in bytes as far as one holds, which the processor does many at once.
    let few = |some: &[u8]| some.iter().map(|&byte| u8::from(byte >= 0xC0)).sum::<u8>();
    text.chunks(u8::MAX.into()).map(|some| u64::from(few(some))).sum()
}

/// A reader of UTF-8 over a file in some encoding.
pub(super) struct Decoded<R> {
    file: R,
    decoder: Decoder,
    bytes: Box<[u8]>,
    undecoded: Range<usize>,
    text: Box<[u8]>,
    unread: Range<usize>,
    consumed_bytes: u64,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    /// The file is at its end; the decoder may still hold something back.
    Flushing,
    Done,
}

impl<R: Read> Decoded<R> {
    pub fn new(file: R, encoding: &'static Encoding) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            bytes: vec![0; CHUNK_BYTES].into_boxed_slice(),
            undecoded: 0..0,
            text: vec![0; CHUNK_BYTES].into_boxed_slice(),
            unread: 0..0,
            consumed_bytes: 0,
            stage: Stage::Reading,
        }
    }

    /// Bytes of the file taken so far.
    pub fn consumed_bytes(&self) -> u64 {
        self.consumed_bytes
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = loop {
            match self.file.read(&mut self.bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        if read == 0 {
            self.stage = Stage::Flushing;
        }
        self.undecoded = 0..read;
        self.consumed_bytes += read as u64;
        Ok(())
    }

    fn decode(&mut self) {
        let is_last = self.stage == Stage::Flushing;
        let input = &self.bytes[self.undecoded.clone()];
        let (result, taken, written, _) = self.decoder.decode_to_utf8(input, &mut self.text, is_last);
        self.undecoded.start += taken;
        self.unread = 0..written;
        if is_last && result == CoderResult::InputEmpty {
            self.stage = Stage::Done; // a decoder that was flushed must not be used again
        }
    }
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.unread.is_empty() && self.stage != Stage::Done {
            if self.undecoded.is_empty() && self.stage == Stage::Reading {
                self.refill()?;
            }
            self.decode();
        }
        Ok(&self.text[self.unread.clone()])
    }

    fn consume(&mut self, amount: usize) {
        self.unread.start += amount;
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::{UTF_16BE, UTF_16LE};

    use super::*;

    fn text_of(bytes: &[u8]) -> (&'static Encoding, String) {
        let (encoding, length) = detect(&mut Cursor::new(bytes)).unwrap();
        assert_eq!(length, bytes.len() as u64);
        let mut text = String::new();
        Decoded::new(Cursor::new(bytes), encoding).read_to_string(&mut text).unwrap();
        (encoding, text)
    }

    #[test]
    fn the_same_words_come_out_of_every_encoding() {
        let words = "编码,名称\n007,城南小学𠮷㒨\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| words.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        let cases: [(&'static Encoding, Vec<u8>); 5] = [
            (UTF_8, words.into()),
            (UTF_8, [b"\xEF\xBB\xBF", words.as_bytes()].concat()),
            (GB18030, GB18030.encode(words).0.into_owned()),
            (UTF_16LE, [b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat()),
            (UTF_16BE, [b"\xFE\xFF".to_vec(), utf16(u16::to_be_bytes)].concat()),
        ];
        for (encoding, bytes) in cases {
            assert_eq!(text_of(&bytes), (encoding, words.to_owned()));
        }
    }

    #[test]
    fn a_character_may_lie_across_any_boundary() {
        for shift in 0..4 {
            let words = format!("{}{}", "x".repeat(shift), "采样点".repeat(CHUNK_BYTES / 4));
            assert_eq!(text_of(words.as_bytes()), (UTF_8, words.clone()));
            let gb = GB18030.encode(&words).0.into_owned();
            assert_eq!(text_of(&gb), (GB18030, words));
        }
    }

    #[test]
    fn one_broken_byte_does_not_make_a_utf8_file_gb18030() {
        let mut bytes = "采样点名称".repeat(20).into_bytes();
        bytes[30] = 0xFF;
        let (encoding, text) = text_of(&bytes);
        assert_eq!(encoding, UTF_8);
        assert!(text.contains('\u{FFFD}') && text.ends_with("采样点名称"));
    }

    #[test]
    fn a_file_that_ends_within_a_character_keeps_the_damage_visible() {
        let gb = GB18030.encode("采样点").0.into_owned();
        let (encoding, text) = text_of(&gb[..5]);
        assert_eq!((encoding, text.as_str()), (GB18030, "采样\u{FFFD}"));
    }
}
