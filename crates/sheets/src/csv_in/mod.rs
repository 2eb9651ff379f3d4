//! Separated text: RFC 4180, in the encodings and with the delimiters offices really use.

mod delimiter;
mod encoding;
mod records;

use std::io::{Cursor, Read, Seek, SeekFrom};

use crate::columns::{Columns, Mapping};
use crate::faults::TableFault;
use crate::limits::Limits;
use crate::raw::RawRow;

use encoding::Decoded;
use records::Records;

/// The rows of a text file.
pub(crate) struct TextRows<R> {
    records: Records<Decoded<R>>,
    length_bytes: u64,
}

/// Looks through the whole file once for its encoding, then at its head for the delimiter.
pub(crate) fn open<R: Read + Seek>(
    mut file: R,
    columns: &Columns,
    mapping: &Mapping,
    limits: Limits,
) -> Result<TextRows<R>, TableFault> {
    let (encoding, length_bytes) = encoding::detect(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    Decoded::new(&mut file, encoding).take(delimiter::HEAD_BYTES).read_to_end(&mut head)?;
    // The head may end within a character.
    let head = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let delimiter = delimiter::detect(head, columns, mapping, limits);
    file.seek(SeekFrom::Start(0))?;
    let records = Records::new(Decoded::new(file, encoding), delimiter, limits);
    Ok(TextRows { records, length_bytes })
}

impl<R: Read> TextRows<R> {
    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableFault> {
        self.records.next_row()
    }

    pub fn progress(&self) -> f64 {
        self.records.input().consumed_bytes() as f64 / self.length_bytes.max(1) as f64
    }
}

/// The records of a text already in memory.
fn records_of(text: &str, delimiter: u8, limits: Limits) -> Records<Cursor<&[u8]>> {
    Records::new(Cursor::new(text.as_bytes()), delimiter, limits)
}
