//! One pass over a file: read, judge, and (when somebody has chosen) write, some pieces at once, whole or not at all.
//! Reading, judging and writing overlap: while the gate writes, the next pieces are judged and those after them parsed.

use domain::{Actor, District, Event, Id, Jurisdiction, Origin, PhoneNumber, things::Import};
use jiff::tz::TimeZone;
use sheets::{Row, RowFault, TableFault};
use store::{Act, Store, Tx};
use tokio::{sync::mpsc, task::JoinHandle};
use web::Fault;

use crate::{
    file::{OpenTable, Piece, pieces},
    judge::{Batch, Judge},
    rules::{
        register::Register,
        rejection::Voice,
        tally::{Change, Choice, Counts, Tally, Verdict},
    },
    store::{self as books, Line},
};

/// How many volunteers are judged at once: what they become on the way stays near the processor.
const NEAR: usize = 1_000;

/// How many rows are written at once while others work, and when nobody else does.
pub const FEW: usize = 1_000;
pub const MANY: usize = responders::register::CHUNK;

/// How many are written first: the gate need not wait until many are judged. Then twice as many each time.
const FIRST: usize = 2_000;

/// How many rows that are new, changed or the same are kept to be looked at.
pub const EXAMPLES: u64 = 100;
/// How much of a cell is kept to be looked at.
const MOST_SHOWN: usize = 100;

/// Why a pass ended before its file did.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    #[error(transparent)]
    File(#[from] TableFault),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<store::Error> for Stopped {
    fn from(cause: store::Error) -> Self {
        Self::Fault(cause.into())
    }
}

/// A pass over a file.
#[derive(Clone)]
pub struct Pass {
    pub store: Store,
    pub voice: Voice,
    pub district: District,
    pub zone: TimeZone,
    pub actor: Actor,
    pub import: Id<Import>,
    pub register: Register,
    pub origin: Origin,
    /// What is taken; none only looks.
    pub choice: Option<Choice>,
    pub rows_at_once: usize,
}

/// Pieces on their way to the gate.
#[derive(Clone)]
struct Ready {
    batch: Option<Batch>,
    counts: Counts,
    lines: Vec<Line>,
    /// Of the whole file so far.
    tally: Tally,
}

impl Ready {
    /// With a later piece behind it.
    fn and(mut self, later: Self) -> Self {
        self.batch = match (self.batch, later.batch) {
            (Some(batch), Some(later)) => Some(batch.and(later)),
            (batch, later) => batch.or(later),
        };
        self.counts.add(later.counts);
        self.lines.extend(later.lines);
        Self { tally: later.tally, ..self }
    }
}

impl Pass {
    /// Goes over the whole file, writes what is ready as often as there is enough of it, and tells the books.
    pub async fn over(&self, table: OpenTable, mut on_piece: impl FnMut(&Tally)) -> Result<Tally, Stopped> {
        let mut next = pieces(table, self.judged_at_once());
        let mut judge = self.begin().await?;
        let mut tally = Tally::default();
        let mut waiting: Option<Ready> = None;
        let mut enough = FIRST.min(self.rows_at_once);
        let (to_write, writing) = self.clone().writer();
        let mut outcome = Ok(());
        while let Some(piece) = next.recv().await {
            let piece = match piece {
                Ok(piece) => piece,
                Err(fault) => {
                    outcome = Err(fault.into());
                    break;
                }
            };
            let (back, ready) = self.judge(judge, piece, tally).await?;
            (judge, tally) = (back, ready.tally.clone());
            let ready = match waiting.take() {
                Some(before) => before.and(ready),
                None => ready,
            };
            if ready.counts.rows() < enough as u64 {
                waiting = Some(ready);
                continue;
            }
            if to_write.send(ready).await.is_err() {
                break;
            }
            on_piece(&tally);
            enough = (2 * enough).min(self.rows_at_once);
        }
        if let Some(rest) = waiting
            && to_write.send(rest).await.is_ok()
        {
            on_piece(&tally);
        }
        drop(to_write);
        writing.await.map_err(|e| Fault::Bug(e.to_string()))??;
        outcome.map(|()| tally)
    }

    /// Writes what it is given, in order, until something cannot be written. One waits while another is written: the gate
    /// is not kept waiting by a piece that took longer to judge.
    fn writer(self) -> (mpsc::Sender<Ready>, JoinHandle<Result<(), Fault>>) {
        let (to_write, mut given) = mpsc::channel(1);
        let writing = tokio::spawn(async move {
            while let Some(ready) = given.recv().await {
                self.write(ready).await?;
            }
            Ok(())
        });
        (to_write, writing)
    }

    /// The other registers are small, and each piece of theirs is judged against the whole of what it names.
    fn judged_at_once(&self) -> usize {
        match self.register {
            Register::Volunteers => self.rows_at_once.min(NEAR),
            _ => self.rows_at_once,
        }
    }

    async fn begin(&self) -> Result<Judge, Stopped> {
        let (district, zone, voice) = (self.district.clone(), self.zone.clone(), self.voice.clone());
        let (table, choice) = ((self.register, self.origin), self.choice.unwrap_or(Choice::All));
        Ok(self.store.look(move |tx| Judge::begin(tx, &district, &zone, table, choice, voice)).await?)
    }

    async fn judge(&self, mut judge: Judge, piece: Piece, mut tally: Tally) -> Result<(Judge, Ready), Stopped> {
        let (register, takes) = (self.register, self.choice.is_some());
        let judging = self.store.look(move |tx| {
            let judged = judge.judge(tx, &piece.rows)?;
            let before = tally.counts;
            tally.add(piece.rows.iter().map(number).zip(&judged.verdicts));
            tally.progress = piece.progress;
            let lines = lines(tx, &judge, register, kept(before, &piece.rows, &judged.verdicts))?;
            let counts = Counts::of(&judged.verdicts);
            let batch = takes.then_some(judged.batch).filter(|batch| !batch.is_empty());
            Ok::<_, store::Error>((judge, Ready { batch, counts, lines, tally }))
        });
        Ok(judging.await?)
    }

    async fn write(&self, ready: Ready) -> Result<(), Fault> {
        // A pass that does not come to its end is begun again.
        let act = Act::new(self.actor, self.store.clock().now()).as_part();
        let pass = self.clone();
        self.store.change(act, move |tx| pass.put(tx, &ready)).await
    }

    fn put(&self, tx: &mut Tx, ready: &Ready) -> Result<(), Fault> {
        if let Some(batch) = &ready.batch {
            batch.apply(tx, &self.district)?;
            let event = Event::RegisterImported {
                import: self.import,
                register: self.register.name().to_owned(),
                new: batch.new,
                changed: batch.changed,
                same: ready.counts.same,
                rejected: ready.counts.rejected,
            };
            tx.record(&Jurisdiction::district(self.district.clone()), self.import.uuid(), &event)?;
        }
        books::put_lines(tx, self.import, &ready.lines)?;
        Ok(books::put_tally(tx, self.import, &ready.tally)?)
    }
}

fn number(row: &Result<Row, RowFault>) -> u64 {
    match row {
        Ok(row) => row.number(),
        Err(fault) => fault.number,
    }
}

/// A row worth keeping, with its place among the rows of its verdict.
type Kept<'p> = (u64, &'p Result<Row, RowFault>, &'p Verdict);

/// All that were rejected; of the others the first.
fn kept<'p>(before: Counts, rows: &'p [Result<Row, RowFault>], verdicts: &'p [Verdict]) -> Vec<Kept<'p>> {
    let mut so_far = before;
    let mut kept = Vec::new();
    for (row, verdict) in rows.iter().zip(verdicts) {
        let place = match verdict {
            Verdict::New => so_far.new,
            Verdict::Changed(_) => so_far.changed,
            Verdict::Same => so_far.same,
            Verdict::Rejected(_) => so_far.rejected,
        };
        so_far.add(Counts::of([verdict]));
        if place < EXAMPLES || matches!(verdict, Verdict::Rejected(_)) {
            kept.push((place, row, verdict));
        }
    }
    kept
}

/// The rejected ones whole; the others by what names them, what they bring and what they change.
fn lines(tx: &mut Tx, judge: &Judge, register: Register, kept: Vec<Kept<'_>>) -> Result<Vec<Line>, store::Error> {
    let is_changed = |verdict: &Verdict| matches!(verdict, Verdict::Changed(_));
    let changed = kept.iter().filter(|(_, _, verdict)| is_changed(verdict));
    let changed: Vec<&Row> = changed.filter_map(|(_, row, _)| row.as_ref().ok()).collect();
    let mut changes = judge.changes(tx, &changed)?.into_iter();
    let line = |(place, row, verdict): Kept<'_>| {
        let said = match (verdict, row) {
            (Verdict::New, Ok(row)) => brought(register, row),
            (Verdict::Changed(_), _) => changes.next().unwrap_or_default(),
            _ => Vec::new(),
        };
        Line::of(register, place, row, verdict, said)
    };
    Ok(kept.into_iter().map(line).collect())
}

/// What a new row brings beside its name.
fn brought(register: Register, row: &Row) -> Vec<Change> {
    let cells = register.telling().iter().map(|column| (*column, row.get(column))).filter(|(_, text)| !text.is_empty());
    let one = |(column, text): (&str, &str)| {
        let number = (column == "phone").then(|| text.parse::<PhoneNumber>().ok()).flatten();
        let after = number.map_or_else(|| text.chars().take(MOST_SHOWN).collect(), |number| number.masked());
        Change { column: column.to_owned(), before: None, after }
    };
    cells.map(one).collect()
}
