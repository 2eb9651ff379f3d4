//! The file: `MUSTERB1`, then frames of a kind (1 byte), a length (4) and a content.
//!
//! | kind | content |
//! |---|---|
//! | `H` | the header, JSON |
//! | `T` | a table begins: its number in the header |
//! | `R` | rows of that table, whole ones, cell after cell |
//! | `E` | the table ends: how many rows it has |
//! | `Z` | the end: SHA-256 over every byte before this frame |
//!
//! A file without its `Z` is cut; one whose hash differs was altered.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Header, Summary, Table};
use crate::{Cell, Error, Result, Value};

const MAGIC: &[u8; 8] = b"MUSTERB1";
/// Rows are gathered into frames of about this size.
const FRAME: usize = 256 * 1024;
/// No frame is longer: a damaged length cannot ask for all memory.
const LONGEST: u32 = 256 * 1024 * 1024;

pub(super) struct Writer {
    out: BufWriter<File>,
    part: PathBuf,
    hash: Sha256,
    bytes: u64,
    frame: Vec<u8>,
    rows: u64,
    tables: u32,
}

impl Writer {
    pub(super) fn create(file: &Path, header: &Header) -> Result<Self> {
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
        let out = BufWriter::with_capacity(FRAME, out.map_err(|cause| Error::file(&part, cause))?);
        let mut writer =
            Self { out, part, hash: Sha256::new(), bytes: 0, frame: Vec::with_capacity(FRAME), rows: 0, tables: 0 };
        writer.put(MAGIC)?;
        let header = serde_json::to_vec(header).map_err(|cause| Error::Backup(cause.to_string()))?;
        writer.put_frame(b'H', &header)?;
        Ok(writer)
    }

    pub(super) fn begin_table(&mut self, _table: &Table) -> Result<()> {
        self.rows = 0;
        let number = self.tables.to_be_bytes();
        self.tables += 1;
        self.put_frame(b'T', &number)
    }

    pub(super) fn cell(&mut self, cell: Cell<'_>) -> Result<()> {
        let frame = &mut self.frame;
        match cell {
            Cell::Null => frame.push(0),
            Cell::Bool(it) => frame.extend([1, it.into()]),
            Cell::Int(it) => tagged(frame, 2, &it.to_be_bytes()),
            Cell::Real(it) => tagged(frame, 3, &it.to_be_bytes()),
            Cell::Text(it) => sized(frame, 4, it.as_bytes())?,
            Cell::Bytes(it) => sized(frame, 5, it)?,
            Cell::Id(it) => tagged(frame, 6, it.as_bytes()),
        }
        Ok(())
    }

    pub(super) fn end_row(&mut self) -> Result<()> {
        self.rows += 1;
        if self.frame.len() >= FRAME { self.flush_rows() } else { Ok(()) }
    }

    pub(super) fn end_table(&mut self, _table: &Table) -> Result<u64> {
        self.flush_rows()?;
        self.put_frame(b'E', &self.rows.to_be_bytes())?;
        Ok(self.rows)
    }

    /// Seals the file, brings it to the disk and gives it its name.
    pub(super) fn finish(mut self, file: &Path) -> Result<u64> {
        let hash = self.hash.clone().finalize();
        self.put_frame(b'Z', &hash)?;
        let fail = |cause| Error::file(&self.part, cause);
        self.out.flush().map_err(fail)?;
        self.out.get_ref().sync_all().map_err(fail)?;
        fs::rename(&self.part, file).map_err(fail)?;
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(|cause| Error::file(folder, cause))?;
        }
        Ok(self.bytes)
    }

    fn flush_rows(&mut self) -> Result<()> {
        let frame = std::mem::take(&mut self.frame);
        if !frame.is_empty() {
            self.put_frame(b'R', &frame)?;
        }
        self.frame = frame;
        self.frame.clear();
        Ok(())
    }

    fn put_frame(&mut self, kind: u8, content: &[u8]) -> Result<()> {
        let length = u32::try_from(content.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or_else(|| Error::Backup("a row is too long".to_owned()))?;
        self.put(&[kind])?;
        self.put(&length.to_be_bytes())?;
        self.put(content)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|cause| Error::file(&self.part, cause))
    }
}

fn tagged(frame: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    frame.push(tag);
    frame.extend_from_slice(bytes);
}

fn sized(frame: &mut Vec<u8>, tag: u8, bytes: &[u8]) -> Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| Error::Backup("a value is too long".to_owned()))?;
    tagged(frame, tag, &length.to_be_bytes());
    frame.extend_from_slice(bytes);
    Ok(())
}

/// What a reader of a backup does with it.
pub(super) trait Taker {
    fn begin(&mut self, header: &Header) -> Result<()>;
    fn rows(&mut self, table: &Table, rows: Vec<Value>) -> Result<()>;
}

/// Reads a backup to its end and proves it whole. What the taker was given before an error must be undone.
pub(super) fn read(file: &Path, taker: &mut dyn Taker) -> Result<Summary> {
    let mut reader = Reader::open(file)?;
    let header = reader.header()?;
    taker.begin(&header)?;
    let (mut rows, mut number) = (BTreeMap::new(), None);
    loop {
        let sealed = reader.hash.clone().finalize();
        let (kind, content) = reader.frame()?;
        let table = number.and_then(|number: usize| header.tables.get(number));
        match (kind, table) {
            (b'T', _) => number = Some(u32::from_be_bytes(exactly(&content)?) as usize),
            (b'R', Some(table)) => {
                let cells = cells(&content)?;
                if !cells.len().is_multiple_of(table.columns.len()) {
                    return Err(damaged());
                }
                *rows.entry(table.name.clone()).or_insert(0) += (cells.len() / table.columns.len()) as u64;
                taker.rows(table, cells)?;
            }
            (b'E', Some(table)) => {
                if *rows.entry(table.name.clone()).or_insert(0) != u64::from_be_bytes(exactly(&content)?) {
                    return Err(damaged());
                }
            }
            (b'Z', _) if content == sealed.as_slice() && rows.len() == header.tables.len() => break,
            _ => return Err(damaged()),
        }
    }
    Ok(Summary { header, rows, bytes: reader.bytes })
}

/// Reads a backup through without restoring it: is it whole, and what is in it?
pub fn check(file: &Path) -> Result<Summary> {
    struct Nobody;
    impl Taker for Nobody {
        fn begin(&mut self, _: &Header) -> Result<()> {
            Ok(())
        }
        fn rows(&mut self, _: &Table, _: Vec<Value>) -> Result<()> {
            Ok(())
        }
    }
    read(file, &mut Nobody)
}

struct Reader {
    input: BufReader<File>,
    hash: Sha256,
    bytes: u64,
}

impl Reader {
    fn open(file: &Path) -> Result<Self> {
        let input = File::open(file).map_err(|cause| Error::file(file, cause))?;
        let mut reader = Self { input: BufReader::with_capacity(FRAME, input), hash: Sha256::new(), bytes: 0 };
        if reader.take(MAGIC.len()).is_ok_and(|found| found == MAGIC) {
            return Ok(reader);
        }
        Err(Error::Backup(format!("{} is not a backup of Muster", file.display())))
    }

    fn header(&mut self) -> Result<Header> {
        match self.frame()? {
            (b'H', content) => serde_json::from_slice(&content).map_err(|_| damaged()),
            _ => Err(damaged()),
        }
    }

    fn frame(&mut self) -> Result<(u8, Vec<u8>)> {
        let head: [u8; 5] = exactly(&self.take(5)?)?;
        let [kind, length @ ..] = head;
        let length = u32::from_be_bytes(length);
        if length > LONGEST {
            return Err(damaged());
        }
        Ok((kind, self.take(length as usize)?))
    }

    fn take(&mut self, count: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = (&mut self.input).take(count as u64).read_to_end(&mut bytes);
        read.map_err(|cause| Error::Backup(format!("it cannot be read: {cause}")))?;
        if bytes.len() < count {
            return Err(Error::Backup("the file is cut; take another backup".to_owned()));
        }
        self.hash.update(&bytes);
        self.bytes += count as u64;
        Ok(bytes)
    }
}

fn damaged() -> Error {
    Error::Backup("the file is damaged; take another backup".to_owned())
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| damaged())
}

fn cells(mut rest: &[u8]) -> Result<Vec<Value>> {
    let mut cells = Vec::new();
    while let Some((tag, after)) = rest.split_first() {
        rest = after;
        cells.push(match tag {
            0 => Value::Null,
            1 => Value::Bool(first::<1>(&mut rest)? == [1]),
            2 => Value::Int(i64::from_be_bytes(first(&mut rest)?)),
            3 => Value::Real(f64::from_be_bytes(first(&mut rest)?)),
            4 => Value::Text(String::from_utf8(long(&mut rest)?).map_err(|_| damaged())?),
            5 => Value::Bytes(long(&mut rest)?),
            6 => Value::Id(Uuid::from_bytes(first(&mut rest)?)),
            _ => return Err(damaged()),
        });
    }
    Ok(cells)
}

fn first<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk::<N>().ok_or_else(damaged)?;
    *rest = after;
    Ok(*bytes)
}

fn long(rest: &mut &[u8]) -> Result<Vec<u8>> {
    let length = u32::from_be_bytes(first(rest)?) as usize;
    let (bytes, after) = rest.split_at_checked(length).ok_or_else(damaged)?;
    *rest = after;
    Ok(bytes.to_vec())
}
