//! Judging the rows of a file, piece by piece, and what would be written. Judging only reads.

use deployments::register as links;
use domain::{District, Origin};
use jiff::tz::TimeZone;
use places::register as places;
use responders::register as responders;
use sheets::{FirstRows, Row, RowFault};
use store::Tx;
use web::Fault;

use crate::{
    refused::Refused,
    rules::{
        register::Register,
        rejection::{Rejection, Voice},
        rows,
        tally::{Change, Choice, Verdict},
    },
};

/// What a file is read against, and the rows that came before in it.
pub struct Judge {
    register: Register,
    district: District,
    origin: Origin,
    voice: Voice,
    choice: Choice,
    named: FirstRows,
    volunteers: Option<Volunteers>,
}

/// Volunteers are judged and sealed in one go. What is left out is judged a second time without the rows left out.
struct Volunteers {
    all: responders::Reading,
    chosen: responders::Reading,
}

/// A piece that was judged.
pub struct Judged {
    /// In the order of the rows.
    pub verdicts: Vec<Verdict>,
    pub batch: Batch,
}

/// What is to be written of a piece.
#[derive(Clone)]
pub struct Batch {
    /// How many rows of it are new and how many changed.
    pub new: u64,
    pub changed: u64,
    rows: Rows,
}

#[derive(Clone)]
enum Rows {
    Divisions(Vec<places::DivisionRow>),
    Sites(Vec<places::SiteRow>),
    Teams(Vec<responders::TeamRow>),
    Links(Vec<links::LinkRow>),
    Volunteers(responders::Ready),
}

impl Judge {
    pub fn begin(
        tx: &mut Tx,
        district: &District,
        zone: &TimeZone,
        (register, origin): (Register, Origin),
        choice: Choice,
        voice: Voice,
    ) -> Result<Self, store::Error> {
        let mut reading = || responders::Reading::begin(tx, district, zone);
        let volunteers = match register {
            Register::Volunteers => Some(Volunteers { all: reading()?, chosen: reading()? }),
            _ => None,
        };
        let (district, named) = (district.clone(), FirstRows::default());
        Ok(Self { register, district, origin, voice, choice, named, volunteers })
    }

    pub fn judge(&mut self, tx: &mut Tx, rows: &[Result<Row, RowFault>]) -> Result<Judged, store::Error> {
        let (district, origin, voice) = (self.district.clone(), self.origin, self.voice.clone());
        match self.register {
            Register::Divisions => {
                let read = self.read(rows, |row| rows::division(row, origin, &voice));
                let judge = |rows: &[_]| Ok(of_places(places::judge_divisions(tx, &district, rows)?, &voice));
                settle(read, judge, self.choice, Rows::Divisions)
            }
            Register::Sites => {
                let read = self.read(rows, |row| rows::site(row, origin, &voice));
                let judge = |rows: &[_]| Ok(of_places(places::judge(tx, &district, rows)?, &voice));
                settle(read, judge, self.choice, Rows::Sites)
            }
            Register::Teams => {
                let read = self.read(rows, |row| Ok(rows::team(row, origin)));
                let judge = |rows: &[_]| {
                    Ok(of_responders(Register::Teams, &responders::judge_teams(tx, &district, rows)?, &voice))
                };
                settle(read, judge, self.choice, Rows::Teams)
            }
            Register::Links => {
                let read = self.read(rows, |row| Ok(rows::link(row)));
                let judge = |rows: &[links::LinkRow]| Ok(of_links(&links::judge(tx, &district, rows)?, rows, &voice));
                settle(read, judge, self.choice, Rows::Links)
            }
            Register::Volunteers => self.judge_volunteers(tx, rows),
        }
    }

    /// What each of some rows would change of what is known.
    pub fn changes(&self, tx: &mut Tx, rows: &[&Row]) -> Result<Vec<Vec<Change>>, store::Error> {
        let (district, origin) = (&self.district, self.origin);
        let found = match self.register {
            Register::Links => Vec::new(),
            Register::Divisions => {
                let rows: Vec<_> =
                    rows.iter().filter_map(|row| rows::division(row, origin, &self.voice).ok()).collect();
                ours(places::division_changes(tx, district, &rows)?, |it| (it.column, it.before, it.after))
            }
            Register::Sites => {
                let rows: Vec<_> = rows.iter().filter_map(|row| rows::site(row, origin, &self.voice).ok()).collect();
                ours(places::changes(tx, district, &rows)?, |it| (it.column, it.before, it.after))
            }
            Register::Teams => {
                let rows: Vec<_> = rows.iter().map(|row| rows::team(row, origin)).collect();
                ours(responders::team_changes(tx, district, &rows)?, |it| (it.column, it.before, it.after))
            }
            Register::Volunteers => {
                let rows: Vec<_> = rows.iter().map(|row| rows::volunteer(row, origin)).collect();
                let readings = self.volunteers.as_ref().unwrap_or_else(|| unreachable!("begun for volunteers"));
                ours(readings.all.changes(tx, &rows)?, |it| (it.column, it.before, it.after))
            }
        };
        Ok(found)
    }

    /// Reads the rows and rejects those that name again what an earlier row of the file names.
    fn read<R>(
        &mut self,
        rows: &[Result<Row, RowFault>],
        read: impl Fn(&Row) -> Result<R, Rejection>,
    ) -> Vec<Result<R, Rejection>> {
        rows.iter().map(|row| self.read_one(row, &read)).collect()
    }

    fn read_one<R>(
        &mut self,
        row: &Result<Row, RowFault>,
        read: impl Fn(&Row) -> Result<R, Rejection>,
    ) -> Result<R, Rejection> {
        let row = row.as_ref().map_err(|fault| self.voice.of_sheet(fault))?;
        match self.first_with_its_name(row) {
            Some(first) => Err(self.voice.rejection("imports-row-twice", &[("first", first.to_string())])),
            None => read(row),
        }
    }

    /// The earlier row that has the same name, which a row without a name has not.
    fn first_with_its_name(&mut self, row: &Row) -> Option<u64> {
        let name = match self.register {
            Register::Links => [row.get("team"), row.get("site")],
            _ => [row.get("code"), ""],
        };
        if name == ["", ""] {
            return None;
        }
        self.named.before(name, row.number())
    }

    fn judge_volunteers<'r>(&mut self, tx: &mut Tx, rows: &'r [Result<Row, RowFault>]) -> Result<Judged, store::Error> {
        let (choice, voice) = (self.choice, self.voice.clone());
        let readings = self.volunteers.as_mut().unwrap_or_else(|| unreachable!("begun for volunteers"));
        let read = |row: &'r Result<Row, RowFault>| match row {
            Ok(row) => Ok(rows::volunteer(row, self.origin)),
            Err(fault) => Err(voice.of_sheet(fault)),
        };
        let (rows, rejected) = apart(rows.iter().map(read));
        let judged = readings.all.judge(tx, &rows)?;
        let verdicts = of_responders(Register::Volunteers, judged.verdicts(), &voice);
        let is_left_out = |verdict: &Verdict| matches!(verdict, Verdict::Changed(_)) && !choice.takes(verdict);
        let ready = if verdicts.iter().any(is_left_out) {
            let chosen = rows.iter().zip(&verdicts).filter(|(_, verdict)| choice.takes(verdict));
            let chosen: Vec<_> = chosen.map(|(row, _)| row.clone()).collect();
            readings.chosen.judge(tx, &chosen)?.seal(tx, &readings.chosen)
        } else {
            judged.seal(tx, &readings.all)
        };
        let batch = Batch { new: ready.counts.new, changed: ready.counts.changed, rows: Rows::Volunteers(ready) };
        Ok(Judged { verdicts: together(verdicts, rejected), batch })
    }
}

impl Batch {
    /// With what is to be written of a later piece behind it.
    pub fn and(mut self, later: Self) -> Self {
        match (&mut self.rows, later.rows) {
            (Rows::Divisions(rows), Rows::Divisions(later)) => rows.extend(later),
            (Rows::Sites(rows), Rows::Sites(later)) => rows.extend(later),
            (Rows::Teams(rows), Rows::Teams(later)) => rows.extend(later),
            (Rows::Links(rows), Rows::Links(later)) => rows.extend(later),
            (Rows::Volunteers(ready), Rows::Volunteers(later)) => ready.append(later),
            _ => unreachable!("a file is of one register"),
        }
        Self { new: self.new + later.new, changed: self.changed + later.changed, rows: self.rows }
    }

    pub const fn is_empty(&self) -> bool {
        self.new == 0 && self.changed == 0
    }

    /// Writes it. Refused when the register has changed since it was judged, so that the books stay true.
    pub fn apply(&self, tx: &mut Tx, district: &District) -> Result<(), Fault> {
        let done = match &self.rows {
            Rows::Divisions(rows) => places::apply_divisions(tx, district, rows).map(|it| (it.new, it.changed))?,
            Rows::Sites(rows) => places::apply(tx, district, rows).map(|it| (it.new, it.changed))?,
            Rows::Teams(rows) => responders::apply_teams(tx, district, rows).map(|it| (it.new, it.changed))?,
            Rows::Links(rows) => links::apply(tx, district, rows).map(|it| (it.new, 0))?,
            Rows::Volunteers(ready) => {
                responders::apply_volunteers(tx, district, ready).map(|it| (it.new, it.changed))?
            }
        };
        if done == (self.new, self.changed) { Ok(()) } else { Err(Refused::ChangedMeanwhile.into()) }
    }
}

/// Judges the rows that could be read and keeps those that are chosen.
fn settle<R>(
    read: Vec<Result<R, Rejection>>,
    judge: impl FnOnce(&[R]) -> Result<Vec<Verdict>, store::Error>,
    choice: Choice,
    keep: impl FnOnce(Vec<R>) -> Rows,
) -> Result<Judged, store::Error> {
    let (rows, rejected) = apart(read.into_iter());
    let verdicts = judge(&rows)?;
    let (mut new, mut changed, mut chosen) = (0, 0, Vec::new());
    for (row, verdict) in rows.into_iter().zip(&verdicts).filter(|(_, verdict)| choice.takes(verdict)) {
        if *verdict == Verdict::New {
            new += 1;
        } else {
            changed += 1;
        }
        chosen.push(row);
    }
    let batch = Batch { new, changed, rows: keep(chosen) };
    Ok(Judged { verdicts: together(verdicts, rejected), batch })
}

/// The rows that could be read, and for each row why it could not.
fn apart<R>(read: impl ExactSizeIterator<Item = Result<R, Rejection>>) -> (Vec<R>, Vec<Option<Rejection>>) {
    let (mut rows, mut rejected) = (Vec::with_capacity(read.len()), Vec::with_capacity(read.len()));
    for row in read {
        match row {
            Ok(row) => {
                rows.push(row);
                rejected.push(None);
            }
            Err(why) => rejected.push(Some(why)),
        }
    }
    (rows, rejected)
}

fn together(verdicts: Vec<Verdict>, rejected: Vec<Option<Rejection>>) -> Vec<Verdict> {
    let mut verdicts = verdicts.into_iter();
    let judged = |why: Option<Rejection>| match why {
        Some(why) => Verdict::Rejected(why),
        None => verdicts.next().unwrap_or_else(|| unreachable!("every row that was read was judged")),
    };
    rejected.into_iter().map(judged).collect()
}

fn ours<C>(found: Vec<Vec<C>>, parts: impl Fn(C) -> (&'static str, String, String)) -> Vec<Vec<Change>> {
    let one = |change| {
        let (column, before, after) = parts(change);
        Change { column: column.to_owned(), before: Some(before), after }
    };
    found.into_iter().map(|of_row| of_row.into_iter().map(&one).collect()).collect()
}

fn of_places(verdicts: Vec<places::Verdict>, voice: &Voice) -> Vec<Verdict> {
    let ours = |verdict| match verdict {
        places::Verdict::New => Verdict::New,
        places::Verdict::Changed(columns) => Verdict::Changed(columns),
        places::Verdict::Same => Verdict::Same,
        places::Verdict::Rejected(reason) => Verdict::Rejected(voice.of_place(&reason)),
    };
    verdicts.into_iter().map(ours).collect()
}

fn of_responders(register: Register, verdicts: &[responders::Verdict], voice: &Voice) -> Vec<Verdict> {
    let ours = |verdict: &_| match verdict {
        responders::Verdict::New => Verdict::New,
        responders::Verdict::Changed => Verdict::Changed(Vec::new()),
        responders::Verdict::Same => Verdict::Same,
        responders::Verdict::Rejected { reason } => Verdict::Rejected(voice.of_responder(register, reason)),
    };
    verdicts.iter().map(ours).collect()
}

fn of_links(verdicts: &[links::Verdict], rows: &[links::LinkRow], voice: &Voice) -> Vec<Verdict> {
    let ours = |(verdict, row): (&links::Verdict, &links::LinkRow)| match verdict.reason() {
        None if *verdict == links::Verdict::New => Verdict::New,
        None => Verdict::Same,
        Some(word) => {
            Verdict::Rejected(voice.rejection(word, &[("team", row.team.clone()), ("site", row.site.clone())]))
        }
    };
    verdicts.iter().zip(rows).map(ours).collect()
}
