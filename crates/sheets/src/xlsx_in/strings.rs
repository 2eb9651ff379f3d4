//! Shared strings: most texts of a workbook stand in one part, and cells name them by number.
//!
//! A list of a million people has millions of them, so they are kept in a temporary file (in memory while
//! they are few) with a mark for every block of them, and recently used blocks are kept at hand. Programs
//! number strings in the order the cells need them, so reading a sheet walks through the blocks once.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::{SpooledTempFile, spooled_tempfile};

use crate::faults::TableFault;
use crate::limits::Limits;

use super::directory::Entry;
use super::escape::unescape;
use super::xml::{Token, Xml};

const STRINGS_PER_BLOCK: usize = 64;
const MAX_STRINGS: usize = 30_000_000;
const IN_MEMORY_BYTES: usize = 4 << 20;
const AT_HAND_BYTES: usize = 8 << 20;
const LENGTH_BYTES: usize = 4;

pub(super) struct SharedStrings {
    spool: SpooledTempFile,
    /// Where each block begins; the last is the end.
    marks: Vec<u64>,
    count: usize,
    filling: Vec<u8>,
    at_hand: HashMap<usize, Vec<u8>>,
    at_hand_bytes: usize,
}

impl SharedStrings {
    pub fn none() -> Self {
        Self {
            spool: spooled_tempfile(IN_MEMORY_BYTES),
            marks: vec![0],
            count: 0,
            filling: Vec::new(),
            at_hand: HashMap::new(),
            at_hand_bytes: 0,
        }
    }

    /// Reads the whole part; the file comes back for the sheets.
    pub fn read<R: Read + Seek>(file: R, entry: &Entry, limits: &Limits) -> Result<(Self, R), TableFault> {
        let mut xml = Xml::open(file, entry, limits)?;
        let mut strings = Self::none();
        let mut text = String::new();
        loop {
            match xml.token()? {
                Token::Open(tag) if tag.local_name().as_ref() == "si" => {
                    text.clear();
                    xml.text_into(&mut text, text_bytes(limits))?;
                    strings.push(&unescape(&text))?;
                }
                Token::End => break,
                _ => {}
            }
        }
        strings.flush()?;
        Ok((strings, xml.into_file()))
    }

    /// The string of that number.
    pub fn get(&mut self, number: usize) -> Result<Option<&str>, TableFault> {
        if number >= self.count {
            return Ok(None);
        }
        let mut rest = self.block(number / STRINGS_PER_BLOCK)?;
        for _ in 0..number % STRINGS_PER_BLOCK {
            (_, rest) = first(rest);
        }
        let (text, _) = first(rest);
        Ok(std::str::from_utf8(text).ok())
    }

    fn push(&mut self, text: &str) -> Result<(), TableFault> {
        if self.count == MAX_STRINGS {
            return Err(TableFault::broken("shared strings", format!("there are more than {MAX_STRINGS}")));
        }
        let length = u32::try_from(text.len()).expect("a text is cut at its limit, far below 4 GiB");
        self.filling.extend_from_slice(&length.to_le_bytes());
        self.filling.extend_from_slice(text.as_bytes());
        self.count += 1;
        if self.count.is_multiple_of(STRINGS_PER_BLOCK) {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.filling.is_empty() {
            self.spool.write_all(&self.filling)?;
            self.marks.push(self.end_of_blocks() + self.filling.len() as u64);
            self.filling.clear();
        }
        Ok(())
    }

    fn end_of_blocks(&self) -> u64 {
        *self.marks.last().expect("the first mark is made with the value")
    }

    fn block(&mut self, block: usize) -> io::Result<&[u8]> {
        if !self.at_hand.contains_key(&block) {
            let bytes = self.fetch(block)?;
            if self.at_hand_bytes + bytes.len() > AT_HAND_BYTES {
                self.at_hand.clear();
                self.at_hand_bytes = 0;
            }
            self.at_hand_bytes += bytes.len();
            self.at_hand.insert(block, bytes);
        }
        Ok(&self.at_hand[&block])
    }

    fn fetch(&mut self, block: usize) -> io::Result<Vec<u8>> {
        let (from, to) = (self.marks[block], self.marks[block + 1]);
        let mut bytes = vec![0; usize::try_from(to - from).expect("a block is 64 texts of limited length")];
        self.spool.seek(SeekFrom::Start(from))?;
        self.spool.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The most bytes of XML text a cell is kept to: one character more than it may have, so that its length shows,
/// each of them as long as an escape (`_xHHHH_`).
pub(super) fn text_bytes(limits: &Limits) -> usize {
    limits.cell_chars.saturating_add(1).saturating_mul(7)
}

/// The first string of a block and what follows it.
fn first(block: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = block.split_at(LENGTH_BYTES);
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    rest.split_at(length as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_in_any_order_from_memory_and_from_disk() {
        for (count, word) in
            [(0, "x"), (1, ""), (64, "采样点"), (65, "a"), (40_000, "a name of ordinary length, spilled to disk")]
        {
            let mut strings = SharedStrings::none();
            for number in 0..count {
                strings.push(&format!("{word}{number}")).unwrap();
            }
            strings.flush().unwrap();
            for number in (0..count).rev().step_by(7).chain(0..count.min(200)) {
                assert_eq!(strings.get(number).unwrap(), Some(format!("{word}{number}").as_str()));
            }
            assert_eq!(strings.get(count).unwrap(), None);
        }
    }
}
