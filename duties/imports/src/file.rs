//! Reading a file in pieces, on a thread of its own: the next piece is parsed while the one before is judged.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::PathBuf,
};

use sheets::{Fault, Mapping, Options, Row, RowFault, Table, TableFault};
use store::sealed_file::SealedFile;
use tokio::sync::mpsc;

use crate::rules::register::Register;

/// Of the scale from -20 to 19, on which most have 0.
const NICENESS: i32 = 10;

pub type OpenTable = Table<BufReader<Lying>>;

/// Where a file lies.
#[derive(Debug, Clone)]
pub enum Place {
    /// Somebody's own, on this machine.
    Plain(PathBuf),
    /// Sent to this server.
    Sealed(PathBuf),
}

/// A file, opened where it lies.
pub enum Lying {
    Plain(File),
    Sealed(SealedFile),
}

impl Place {
    fn open(&self) -> io::Result<Lying> {
        match self {
            Self::Plain(path) => File::open(path).map(Lying::Plain),
            Self::Sealed(path) => SealedFile::open(path).map(Lying::Sealed),
        }
    }
}

impl Read for Lying {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(into),
            Self::Sealed(file) => file.read(into),
        }
    }
}

impl Seek for Lying {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Plain(file) => file.seek(to),
            Self::Sealed(file) => file.seek(to),
        }
    }
}

/// Some rows in the order in which they stand in the file.
pub struct Piece {
    pub rows: Vec<Result<Row, RowFault>>,
    pub progress: f64,
}

/// Opens a table of a register.
pub fn open(place: &Place, register: Register, mapping: Mapping) -> Result<OpenTable, TableFault> {
    let file = place.open().map_err(|e| TableFault::Unreadable { detail: e.to_string() })?;
    Table::open(BufReader::new(file), &register.table(), Options { mapping, ..Options::default() })
}

/// Reads the table in pieces of so many rows. The last message is a fault if the file cannot be read to its end.
pub fn pieces(table: OpenTable, rows: usize) -> mpsc::Receiver<Result<Piece, TableFault>> {
    let (send, receive) = mpsc::channel(2);
    std::thread::spawn(move || {
        give_way();
        read(table, rows, |piece| send.blocking_send(piece).is_ok());
    });
    receive
}

/// Whoever waits for a page or a change goes first. The kernel takes it as said of this thread alone; where it may not be
/// said, reading is as important as everything else.
fn give_way() {
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

fn read(mut table: OpenTable, at_once: usize, mut take: impl FnMut(Result<Piece, TableFault>) -> bool) {
    loop {
        let mut rows = Vec::with_capacity(at_once);
        while rows.len() < at_once {
            match table.next() {
                Some(Ok(row)) => rows.push(Ok(row)),
                Some(Err(Fault::Row(fault))) => rows.push(Err(fault)),
                Some(Err(Fault::Table(fault))) => {
                    take(Err(fault));
                    return;
                }
                None => break,
            }
        }
        let is_last = rows.len() < at_once;
        let progress = if is_last { 1.0 } else { table.progress() };
        if !take(Ok(Piece { rows, progress })) || is_last {
            return;
        }
    }
}
