//! One part of the archive while it inflates: counted, because what the directory claims may be a lie.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

use flate2::{Crc, bufread::DeflateDecoder};

use crate::faults::TableFault;
use crate::limits::Limits;

use super::directory::{Entry, Packing, read_at, u16_at};

/// Small parts of real files reach any ratio; below this much nothing is at stake.
const RATIO_FROM_BYTES: u64 = 1 << 20;
const LOCAL_HEADER_BYTES: usize = 30;

/// Owns the file while it is read; [`Part::into_file`] gives it back.
pub(super) struct Part<R> {
    body: Body<R>,
    entry: Entry,
    crc: Crc,
    inflated_bytes: u64,
    limit_bytes: u64,
    limit_ratio: u64,
}

enum Body<R> {
    Stored(Take<R>),
    Deflated(Box<DeflateDecoder<BufReader<Take<R>>>>),
}

impl<R: Read + Seek> Part<R> {
    pub fn open(mut file: R, entry: &Entry, limits: &Limits) -> Result<Self, TableFault> {
        if entry.is_encrypted {
            return Err(TableFault::Encrypted);
        }
        let header = read_at(&mut file, entry.header_at, LOCAL_HEADER_BYTES)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(TableFault::broken(&entry.name, "it is not where the directory says"));
        }
        let names_bytes = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        file.seek(SeekFrom::Start(entry.header_at + LOCAL_HEADER_BYTES as u64 + names_bytes))?;
        let packed = file.take(entry.packed_bytes);
        let body = match entry.packing {
            Packing::Stored => Body::Stored(packed),
            Packing::Deflated => Body::Deflated(Box::new(DeflateDecoder::new(BufReader::new(packed)))),
            Packing::Other(method) => {
                return Err(TableFault::broken(&entry.name, format!("unknown packing {method}")));
            }
        };
        let (limit_bytes, limit_ratio) = (limits.inflated_bytes, limits.inflation_ratio);
        Ok(Self { body, entry: entry.clone(), crc: Crc::new(), inflated_bytes: 0, limit_bytes, limit_ratio })
    }

    pub fn into_file(self) -> R {
        match self.body {
            Body::Stored(packed) => packed.into_inner(),
            Body::Deflated(inflating) => inflating.into_inner().into_inner().into_inner(),
        }
    }

    pub fn name(&self) -> &str {
        &self.entry.name
    }

    pub fn inflated_bytes(&self) -> u64 {
        self.inflated_bytes
    }

    /// The share of the packed bytes taken so far.
    pub fn progress(&self) -> f64 {
        self.taken_bytes() as f64 / self.entry.packed_bytes.max(1) as f64
    }

    fn taken_bytes(&self) -> u64 {
        let left_bytes = match &self.body {
            Body::Stored(packed) => packed.limit(),
            Body::Deflated(inflating) => inflating.get_ref().get_ref().limit(),
        };
        self.entry.packed_bytes - left_bytes
    }

    fn check(&self) -> Result<(), TableFault> {
        let part = || self.entry.name.clone();
        if self.inflated_bytes > self.limit_bytes {
            return Err(TableFault::TooLarge { part: part(), limit_bytes: self.limit_bytes });
        }
        let allowed_bytes = self.taken_bytes().saturating_mul(self.limit_ratio).max(RATIO_FROM_BYTES);
        if self.inflated_bytes > allowed_bytes {
            return Err(TableFault::Bomb { part: part(), limit: self.limit_ratio });
        }
        Ok(())
    }
}

impl<R: Read + Seek> Read for Part<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let outcome = match &mut self.body {
            Body::Stored(packed) => packed.read(buffer),
            Body::Deflated(inflating) => inflating.read(buffer),
        };
        let read = outcome.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                io::Error::other(TableFault::broken(&self.entry.name, "its packing is damaged"))
            }
            _ => error,
        })?;
        self.crc.update(&buffer[..read]);
        self.inflated_bytes += read as u64;
        self.check().map_err(io::Error::other)?;
        if read == 0 && !buffer.is_empty() && self.crc.sum() != self.entry.crc {
            let fault = TableFault::broken(&self.entry.name, "its check sum is wrong");
            return Err(io::Error::other(fault));
        }
        Ok(read)
    }
}
