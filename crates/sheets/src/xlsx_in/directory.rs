//! The ZIP directory (APPNOTE 4.3): which parts there are and where. Nothing is inflated here.

use std::io::{Read, Seek, SeekFrom};

use crate::faults::TableFault;

/// Parts a workbook may have; real ones have a few dozen.
const MAX_PARTS: u64 = 10_000;
const MAX_DIRECTORY_BYTES: u64 = 4 << 20;

const END_BYTES: u64 = 22;
const MAX_COMMENT_BYTES: u64 = 65_535;
const ZIP64_LOCATOR_BYTES: u64 = 20;
const ZIP64_MARK: u32 = u32::MAX;

/// The parts of an archive, by the names the archive gives them.
#[derive(Debug)]
pub(super) struct Directory {
    entries: Vec<Entry>,
}

/// Where one part lies, and what the archive claims about it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub name: String,
    pub packing: Packing,
    pub is_encrypted: bool,
    pub crc: u32,
    pub packed_bytes: u64,
    pub header_at: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Stored,
    Deflated,
    Other(u16),
}

impl Directory {
    pub fn read<R: Read + Seek>(file: &mut R) -> Result<Self, TableFault> {
        let (parts, length, at) = locate(file)?;
        if parts > MAX_PARTS || length > MAX_DIRECTORY_BYTES {
            return Err(damaged("more parts than any workbook has"));
        }
        let bytes = read_at(file, at, usize::try_from(length).map_err(damaged)?)?;
        let mut rest = bytes.as_slice();
        let entries = (0..parts).map(|_| entry(&mut rest)).collect::<Option<Vec<_>>>();
        Ok(Self { entries: entries.ok_or_else(|| damaged("an entry is cut short"))? })
    }

    /// A part by its name; writers differ in case and slashes (ECMA-376 part 2, 6.2.2.3 asks for no difference).
    pub fn find(&self, name: &str) -> Option<&Entry> {
        let wanted = name.trim_start_matches('/');
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(wanted))
    }
}

/// Number of parts, length and place of the directory.
fn locate<R: Read + Seek>(file: &mut R) -> Result<(u64, u64, u64), TableFault> {
    let file_bytes = file.seek(SeekFrom::End(0))?;
    let tail_at = file_bytes.saturating_sub(END_BYTES + MAX_COMMENT_BYTES);
    let tail = read_at(file, tail_at, usize::try_from(file_bytes - tail_at).map_err(damaged)?)?;
    let end = (0..tail.len().saturating_sub(21)).rev().find(|&at| {
        tail[at..].starts_with(b"PK\x05\x06") && at + 22 + usize::from(u16_at(&tail[at..], 20)) == tail.len()
    });
    let end_in_tail = end.ok_or_else(|| damaged("its end is missing; it was not copied completely"))?;
    let end = &tail[end_in_tail..];
    let (parts, length, at) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16));
    if parts == u16::MAX || length == ZIP64_MARK || at == ZIP64_MARK {
        return locate_zip64(file, tail_at + end_in_tail as u64);
    }
    Ok((parts.into(), length.into(), at.into()))
}

fn locate_zip64<R: Read + Seek>(file: &mut R, end_at: u64) -> Result<(u64, u64, u64), TableFault> {
    let locator_at = end_at.checked_sub(ZIP64_LOCATOR_BYTES).ok_or_else(|| damaged("no ZIP64 locator"))?;
    let locator = read_at(file, locator_at, 20)?;
    let record = read_at(file, u64_at(&locator, 8), 56)?;
    if !locator.starts_with(b"PK\x06\x07") || !record.starts_with(b"PK\x06\x06") {
        return Err(damaged("no ZIP64 directory"));
    }
    Ok((u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48)))
}

fn entry(rest: &mut &[u8]) -> Option<Entry> {
    let head = take(rest, 46)?;
    if !head.starts_with(b"PK\x01\x02") {
        return None;
    }
    let name = take(rest, u16_at(head, 28).into())?;
    let extra = take(rest, u16_at(head, 30).into())?;
    take(rest, u16_at(head, 32).into())?;
    let [_, packed_bytes, header_at] = sizes(head, extra)?;
    Some(Entry {
        name: String::from_utf8_lossy(name).replace('\\', "/").trim_start_matches('/').to_owned(),
        packing: match u16_at(head, 10) {
            0 => Packing::Stored,
            8 => Packing::Deflated,
            other => Packing::Other(other),
        },
        is_encrypted: u16_at(head, 8) & 1 == 1,
        crc: u32_at(head, 16),
        packed_bytes,
        header_at,
    })
}

/// Inflated size, packed size and place; a value too large for its field stands in the ZIP64 extra field.
fn sizes(head: &[u8], extra: &[u8]) -> Option<[u64; 3]> {
    let mut large = zip64_extra(extra);
    let mut sizes = [0; 3];
    for (size, field) in sizes.iter_mut().zip([24, 20, 42]) {
        *size = match u32_at(head, field) {
            ZIP64_MARK => u64_at(take(&mut large, 8)?, 0),
            small => small.into(),
        };
    }
    Some(sizes)
}

fn zip64_extra(mut extra: &[u8]) -> &[u8] {
    while let Some(head) = take(&mut extra, 4) {
        let Some(body) = take(&mut extra, u16_at(head, 2).into()) else { break };
        if u16_at(head, 0) == 1 {
            return body;
        }
    }
    &[]
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

pub(super) fn read_at<R: Read + Seek>(file: &mut R, at: u64, length: usize) -> Result<Vec<u8>, TableFault> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length { Err(damaged("it ends too early")) } else { Ok(bytes) }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

fn damaged(detail: impl std::fmt::Display) -> TableFault {
    TableFault::broken("archive", detail)
}
