//! Reading a file in pieces, on a thread of its own: the next piece is parsed while the one before is judged.

use std::{fs::File, io::BufReader, path::Path};

use sheets::{Fault, Mapping, Options, Row, RowFault, Table, TableFault};
use tokio::sync::mpsc;

use crate::rules::register::Register;

pub type OpenTable = Table<BufReader<File>>;

/// Some rows in the order in which they stand in the file.
pub struct Piece {
    pub rows: Vec<Result<Row, RowFault>>,
    pub progress: f64,
}

/// Opens a table of a register.
pub fn open(path: &Path, register: Register, mapping: Mapping) -> Result<OpenTable, TableFault> {
    let file = File::open(path).map_err(|e| TableFault::Unreadable { detail: e.to_string() })?;
    Table::open(BufReader::new(file), &register.table(), Options { mapping, ..Options::default() })
}

/// Reads the table in pieces of so many rows. The last message is a fault if the file cannot be read to its end.
pub fn pieces(table: OpenTable, rows: usize) -> mpsc::Receiver<Result<Piece, TableFault>> {
    let (send, receive) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || read(table, rows, |piece| send.blocking_send(piece).is_ok()));
    receive
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
