//! The journal: every change leaves an entry, and no entry can be altered, removed or reordered unnoticed.
//!
//! Numbers are gap-free in commit order, because they are given inside the gate. Each entry's SHA-256 covers all its
//! fields and the hash before it. Somebody who rewrites the whole chain, or cuts its end, is found by the head that a
//! second party holds (it is printed on the daily sheet): [`verify`] takes it.
//!
//! No personal data is in it, so a person can be erased while the chain stays whole.

use std::{fmt, ops::ControlFlow, str::FromStr};

use domain::{Actor, District, Event, Jurisdiction, Moment};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Act, Error, Result, Row, Tx, hex, params};

pub type Hash = [u8; 32];

/// The last number and hash of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub number: i64,
    pub hash: Hash,
}

impl Head {
    /// The head of an empty journal.
    pub const fn empty() -> Self {
        Self { number: 0, hash: [0; 32] }
    }
}

/// As printed on the daily sheet: the number and the hash in hexadecimal.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, hex::write(&self.hash))
    }
}

impl FromStr for Head {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::Address(format!("{text} is no journal head: write NUMBER:64 hexadecimal digits"));
        let (number, digits) = text.trim().split_once(':').ok_or_else(wrong)?;
        let number = number.parse().map_err(|_| wrong())?;
        let hash = hex::read(digits).ok_or_else(wrong)?;
        Ok(Self { number, hash })
    }
}

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: i64,
    pub at: Moment,
    pub actor: Actor,
    pub district: District,
    /// The whole jurisdiction as JSON, byte for byte as it was hashed.
    pub jurisdiction: String,
    pub kind: String,
    pub subject: Uuid,
    /// The whole event as JSON, byte for byte as it was hashed.
    pub details: String,
    pub previous: Hash,
    pub hash: Hash,
}

impl Entry {
    pub(crate) fn after(head: &Head, act: Act, jurisdiction: &Jurisdiction, subject: Uuid, event: &Event) -> Self {
        let mut entry = Self {
            number: head.number + 1,
            at: act.at,
            actor: act.actor,
            district: jurisdiction.district.clone(),
            jurisdiction: json(jurisdiction),
            kind: event.kind().to_owned(),
            subject,
            details: json(event),
            previous: head.hash,
            hash: [0; 32],
        };
        entry.hash = entry.computed_hash();
        entry
    }

    /// What happened, in the program's words.
    pub fn event(&self) -> Result<Event> {
        serde_json::from_str(&self.details).map_err(|cause| self.unreadable("details", cause))
    }

    /// Where it belongs.
    pub fn jurisdiction(&self) -> Result<Jurisdiction> {
        serde_json::from_str(&self.jurisdiction).map_err(|cause| self.unreadable("jurisdiction", cause))
    }

    /// The head of the journal when this is its last entry.
    pub const fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }

    /// SHA-256 over every field, each led by its length, so that nothing can slide from one field into the next.
    fn computed_hash(&self) -> Hash {
        let mut hash = Sha256::new();
        let fields: [&[u8]; 10] = [
            &self.previous,
            &self.number.to_be_bytes(),
            &self.at.ms().to_be_bytes(),
            self.actor.kind.name().as_bytes(),
            self.actor.id.as_bytes(),
            self.district.as_str().as_bytes(),
            self.jurisdiction.as_bytes(),
            self.kind.as_bytes(),
            self.subject.as_bytes(),
            self.details.as_bytes(),
        ];
        for field in fields {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().into()
    }

    fn unreadable(&self, column: &str, cause: serde_json::Error) -> Error {
        Error::Invariant {
            column: format!("journal.{column}"),
            statement: format!("entry {}", self.number),
            cause: cause.to_string(),
        }
    }
}

/// Something wrong with the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An entry is missing before this one.
    Gap { after: i64, found: i64 },
    /// A field of the entry is not what was hashed.
    Altered { number: i64 },
    /// The entry does not continue the one before it.
    Unlinked { number: i64 },
    /// The stored head is not the last entry: the end was cut or something was appended past the gate.
    Tail { head: i64, last: i64 },
    /// The head held by a second party is not in the chain.
    NotTheHeadWeKnow { expected: i64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { after, found } => write!(f, "entries between {after} and {found} are missing"),
            Self::Altered { number } => write!(f, "entry {number} was altered"),
            Self::Unlinked { number } => write!(f, "entry {number} does not continue the one before"),
            Self::Tail { head, last } => write!(f, "the journal should end at {head} and ends at {last}"),
            Self::NotTheHeadWeKnow { expected } => write!(f, "entry {expected} is not the one on the sheet"),
        }
    }
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub entries: u64,
    pub head: Head,
    /// The first hundred faults.
    pub faults: Vec<Fault>,
}

impl Report {
    pub const fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Walks the whole chain. `expected` is a head that was held elsewhere: on paper, by another office, in a backup.
pub fn verify(tx: &mut Tx, expected: Option<&Head>) -> Result<Report> {
    let stored = head(tx)?;
    let mut walk = Walk { last: Head::empty(), entries: 0, faults: Vec::new(), met: expected.is_none_or(is_empty) };
    tx.each(&format!("{SELECT} order by number"), params![], |row| {
        match Entry::read(row) {
            Ok(entry) => walk.step(&entry, expected),
            // A field that cannot even be read was altered too; the next entry shows its place in the chain.
            Err(_) => walk.unreadable(row.get("number")?),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(walk.end(stored, expected))
}

/// The entries after a number, oldest first: what the board, the jobs and the phones follow.
pub fn after(tx: &mut Tx, number: i64, limit: usize, district: Option<&District>) -> Result<Vec<Entry>> {
    match district {
        Some(district) => tx.rows(
            &format!("{SELECT} where district = $1 and number > $2 order by number limit $3"),
            params![district, number, limit],
            Entry::read,
        ),
        None => tx.rows(
            &format!("{SELECT} where number > $1 order by number limit $2"),
            params![number, limit],
            Entry::read,
        ),
    }
}

/// The journal's head.
pub fn head(tx: &mut Tx) -> Result<Head> {
    tx.one("select number, hash from journal_head", params![], |row| {
        Ok(Head { number: row.get("number")?, hash: row.get("hash")? })
    })
}

const SELECT: &str = "select number, at, actor_kind, actor_id, district, jurisdiction, kind, subject, details, \
                      previous, hash from journal";

impl Entry {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            number: row.get("number")?,
            at: row.get("at")?,
            actor: Actor::new(row.parse("actor_kind")?, row.get("actor_id")?),
            district: row.get("district")?,
            jurisdiction: row.get("jurisdiction")?,
            kind: row.get("kind")?,
            subject: row.get("subject")?,
            details: row.get("details")?,
            previous: row.get("previous")?,
            hash: row.get("hash")?,
        })
    }
}

pub(crate) fn append(tx: &mut Tx, entry: &Entry) -> Result<()> {
    tx.execute(
        "insert into journal (number, at, actor_kind, actor_id, district, jurisdiction, kind, subject, details, \
         previous, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            entry.number,
            entry.at,
            entry.actor.kind.name(),
            entry.actor.id,
            &entry.district,
            &entry.jurisdiction,
            &entry.kind,
            entry.subject,
            &entry.details,
            entry.previous,
            entry.hash
        ],
    )?;
    Ok(())
}

pub(crate) fn move_head(tx: &mut Tx, head: &Head) -> Result<()> {
    let moved = tx.execute("update journal_head set number = $1, hash = $2", params![head.number, head.hash])?;
    if moved == 1 { Ok(()) } else { Err(Error::Missing { statement: "the row of journal_head".to_owned() }) }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("events and jurisdictions have only text keys")
}

fn is_empty(head: &Head) -> bool {
    *head == Head::empty()
}

/// The walk along the chain.
struct Walk {
    last: Head,
    entries: u64,
    faults: Vec<Fault>,
    met: bool,
}

impl Walk {
    fn step(&mut self, entry: &Entry, expected: Option<&Head>) {
        self.count(entry.number);
        if entry.previous != self.last.hash && entry.number == self.last.number + 1 {
            self.note(Fault::Unlinked { number: entry.number });
        }
        if entry.computed_hash() != entry.hash {
            self.note(Fault::Altered { number: entry.number });
        }
        self.last = entry.head();
        self.met |= expected == Some(&self.last);
    }

    fn unreadable(&mut self, number: i64) {
        self.count(number);
        self.note(Fault::Altered { number });
        self.last = Head { number, hash: [0; 32] };
    }

    fn count(&mut self, number: i64) {
        self.entries += 1;
        if number != self.last.number + 1 {
            self.note(Fault::Gap { after: self.last.number, found: number });
        }
    }

    fn note(&mut self, fault: Fault) {
        if self.faults.len() < 100 {
            self.faults.push(fault);
        }
    }

    fn end(mut self, stored: Head, expected: Option<&Head>) -> Report {
        if stored != self.last {
            self.note(Fault::Tail { head: stored.number, last: self.last.number });
        }
        if let Some(expected) = expected.filter(|_| !self.met) {
            self.note(Fault::NotTheHeadWeKnow { expected: expected.number });
        }
        Report { entries: self.entries, head: self.last, faults: self.faults }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_reads_back_as_it_was_printed() {
        let head = Head { number: 42, hash: [0xAB; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        for wrong in ["", "42", "42:ab", "x:00"] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
