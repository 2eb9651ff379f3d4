//! All SQL of this duty.

use std::collections::BTreeMap;

use domain::{Actor, District, Id, Jurisdiction, Moment, Origin, things::Import};
use serde::{Deserialize, Serialize};
use sheets::{Mapping, Row as SheetRow, RowFault};
use store::{Error, Result, Row, Tx, Value, params};
use uuid::Uuid;

use crate::rules::{
    register::Register,
    rejection::{Rejection, Said},
    tally::{Change, Choice, Counts, Rejected, Tally, Verdict},
};

pub const TOLD: &str = "imports.told";
pub const REASONS: &str = "imports.reasons";
pub const LINE: &str = "import_rows.line";
pub const MAPPING: &str = "import_mappings.mapping";

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The file is being judged.
    Reading,
    /// Somebody must say what the headings mean.
    Unmapped,
    /// Judged: somebody decides.
    Judged,
    Applying,
    Done,
    /// The file cannot be taken.
    Refused,
    /// The server ended meanwhile: what was applied stays, the file is sent again.
    Interrupted,
    Discarded,
}

impl State {
    const ALL: [Self; 8] = [
        Self::Reading,
        Self::Unmapped,
        Self::Judged,
        Self::Applying,
        Self::Done,
        Self::Refused,
        Self::Interrupted,
        Self::Discarded,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Unmapped => "unmapped",
            Self::Judged => "judged",
            Self::Applying => "applying",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::Discarded => "discarded",
        }
    }

    /// The id of its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reading => "imports-state-reading",
            Self::Unmapped => "imports-state-unmapped",
            Self::Judged => "imports-state-judged",
            Self::Applying => "imports-state-applying",
            Self::Done => "imports-state-done",
            Self::Refused => "imports-state-refused",
            Self::Interrupted => "imports-state-interrupted",
            Self::Discarded => "imports-state-discarded",
        }
    }

    pub const fn is_running(self) -> bool {
        matches!(self, Self::Reading | Self::Applying)
    }
}

impl std::str::FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| format!("no state {text}"))
    }
}

/// What the file said of itself, and what was said of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Told {
    pub file_name: String,
    /// As they stand in the file.
    pub headings: Vec<String>,
    /// Headings that mean nothing to the register: what stands under them is not read.
    #[serde(default)]
    pub not_read: Vec<String>,
    /// Heading and key, of those that somebody gave a meaning.
    pub mapping: Vec<(String, Option<String>)>,
    pub refusal: Option<Said>,
}

impl Told {
    pub fn mapping(&self) -> Mapping {
        mapping_of(&self.mapping)
    }
}

fn mapping_of(pairs: &[(String, Option<String>)]) -> Mapping {
    pairs.iter().fold(Mapping::new(), |mapping, (heading, key)| match key {
        Some(key) => mapping.means(heading, key),
        None => mapping.ignores(heading),
    })
}

/// One import.
#[derive(Debug, Clone)]
pub struct Bringing {
    pub id: Id<Import>,
    pub district: District,
    pub register: Register,
    pub origin: Origin,
    pub state: State,
    pub choice: Option<Choice>,
    pub asked_by: Actor,
    pub asked_at: Moment,
    pub heard_at: Moment,
    pub tally: Tally,
    pub told: Told,
}

/// A row worth keeping.
#[derive(Debug, Clone)]
pub struct Line {
    pub verdict: &'static str,
    /// Its place among the rows with the same verdict.
    pub place: u64,
    pub text: LineText,
}

/// What is sealed of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LineText {
    pub row: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// What names the row; for a rejected one all cells as they came.
    pub cells: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// What a new row brings, or a changed one changes; personal numbers with their middle hidden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Change>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Rejection>,
}

impl Line {
    pub fn of(
        register: Register,
        place: u64,
        row: &Result<SheetRow, RowFault>,
        verdict: &Verdict,
        said: Vec<Change>,
    ) -> Self {
        let (number, sheet) = match row {
            Ok(row) => (row.number(), row.sheet().map(str::to_owned)),
            Err(fault) => (fault.number, fault.sheet.clone()),
        };
        let (changed, why) = match verdict {
            Verdict::Changed(columns) => (columns.iter().map(|&column| column.to_owned()).collect(), None),
            Verdict::Rejected(why) => (Vec::new(), Some(why.clone())),
            _ => (Vec::new(), None),
        };
        let cells = match row {
            Ok(row) if why.is_some() => row.cells().map(str::to_owned).collect(),
            Ok(row) => named(register, row),
            Err(fault) => fault.cells.clone(),
        };
        Self { verdict: verdict.name(), place, text: LineText { row: number, sheet, cells, changed, said, why } }
    }
}

fn named(register: Register, row: &SheetRow) -> Vec<String> {
    let keys = if register == Register::Links { ["team", "site"] } else { ["code", "name"] };
    keys.map(|key| row.get(key).to_owned()).into()
}

/// Begins an import.
pub fn begin(tx: &mut Tx, it: &Bringing) -> Result<()> {
    let told = tx.seal(TOLD, &json(&it.told)?);
    tx.execute(
        "insert into imports (id, district, register, origin, state, choice, asked_by, asked_at, heard_at, progress,
           new_rows, changed_rows, same_rows, rejected_rows, told)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, 0, 0, 0, 0, $9)",
        params![
            it.id,
            &it.district,
            it.register.name(),
            origin_name(it.origin),
            it.state.name(),
            it.choice.map(choice_name),
            json(&it.asked_by)?,
            it.asked_at,
            told.0
        ],
    )?;
    Ok(())
}

pub fn find(tx: &mut Tx, id: Id<Import>) -> Result<Option<Bringing>> {
    let sealed = tx.first(&format!("{ALL} where id = $1"), params![id], Sealed::read)?;
    sealed.map(|sealed| sealed.open(tx)).transpose()
}

/// The latest imports, newest first, before one of them.
pub fn latest(
    tx: &mut Tx,
    district: &District,
    before: Option<(Moment, Id<Import>)>,
    limit: usize,
) -> Result<Vec<Bringing>> {
    let (at, id) = before.map_or((i64::MAX, Uuid::max()), |(at, id)| (at.ms(), id.uuid()));
    let sql =
        format!("{ALL} where district = $1 and (asked_at, id) < ($2, $3) order by asked_at desc, id desc limit $4");
    let sealed = tx.rows(&sql, params![district, at, id, limit], Sealed::read)?;
    sealed.into_iter().map(|sealed| sealed.open(tx)).collect()
}

const ALL: &str = "select id, district, register, origin, state, choice, asked_by, asked_at, heard_at, progress,
  new_rows, changed_rows, same_rows, rejected_rows, told, reasons from imports";

/// An import before its seals are opened, which needs the transaction that the statement still holds.
struct Sealed {
    it: Bringing,
    told: Vec<u8>,
    reasons: Option<Vec<u8>>,
}

impl Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let counts = Counts {
            new: row.get("new_rows")?,
            changed: row.get("changed_rows")?,
            same: row.get("same_rows")?,
            rejected: row.get("rejected_rows")?,
        };
        let choice: Option<String> = row.get("choice")?;
        let it = Bringing {
            id: row.get("id")?,
            district: row.get("district")?,
            register: row.parse("register")?,
            origin: if row.get::<String>("origin")? == "gcj02" { Origin::Gcj02 } else { Origin::Wgs84 },
            state: row.parse("state")?,
            choice: choice.map(|name| if name == "all" { Choice::All } else { Choice::OnlyNew }),
            asked_by: read_json(&row.get::<String>("asked_by")?)?,
            asked_at: row.get("asked_at")?,
            heard_at: row.get("heard_at")?,
            tally: Tally { counts, reasons: BTreeMap::new(), progress: row.get("progress")? },
            told: Told::default(),
        };
        Ok(Self { it, told: row.get("told")?, reasons: row.get("reasons")? })
    }

    fn open(self, tx: &Tx) -> Result<Bringing> {
        let mut it = self.it;
        it.told = read_json(&tx.open(TOLD, &self.told)?)?;
        if let Some(reasons) = &self.reasons {
            it.tally.reasons = read_json::<BTreeMap<String, Rejected>>(&tx.open(REASONS, reasons)?)?;
        }
        Ok(it)
    }
}

/// `{import}` of a path.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>> {
    let Ok(id) = text.parse::<Uuid>() else { return Ok(None) };
    let sql = "select 1 as one from imports where id = $1 and district = $2";
    let known = tx.first(sql, params![id, district], |row| row.get::<i64>("one"))?;
    Ok(known.map(|_| Jurisdiction::district(district.clone())))
}

/// Moves an import on, if it still stands where it was seen.
pub fn move_on(tx: &mut Tx, id: Id<Import>, from: &[State], to: State) -> Result<bool> {
    let at = tx.at();
    let Some(now) =
        tx.first("select state from imports where id = $1", params![id], |row| row.parse::<State>("state"))?
    else {
        return Ok(false);
    };
    if !from.contains(&now) {
        return Ok(false);
    }
    tx.execute("update imports set state = $2, heard_at = $3 where id = $1", params![id, to.name(), at])?;
    Ok(true)
}

pub fn choose(tx: &mut Tx, id: Id<Import>, choice: Choice) -> Result<()> {
    tx.execute("update imports set choice = $2 where id = $1", params![id, choice_name(choice)])?;
    Ok(())
}

pub fn tell(tx: &mut Tx, id: Id<Import>, told: &Told) -> Result<()> {
    let sealed = tx.seal(TOLD, &json(told)?);
    tx.execute("update imports set told = $2 where id = $1", params![id, sealed.0])?;
    Ok(())
}

pub fn put_tally(tx: &mut Tx, id: Id<Import>, tally: &Tally) -> Result<()> {
    let reasons =
        if tally.reasons.is_empty() { Value::Null } else { tx.seal(REASONS, &json(&tally.reasons)?).0.into() };
    let (at, counts) = (tx.at(), tally.counts);
    tx.execute(
        "update imports set progress = $2, new_rows = $3, changed_rows = $4, same_rows = $5, rejected_rows = $6,
           reasons = $7, heard_at = $8 where id = $1",
        params![id, tally.progress, counts.new, counts.changed, counts.same, counts.rejected, &reasons, at],
    )?;
    Ok(())
}

pub fn put_lines(tx: &mut Tx, import: Id<Import>, lines: &[Line]) -> Result<()> {
    let at = tx.at();
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let sealed = tx.seal(LINE, &json(&line.text)?);
        rows.push([
            Id::<Import>::fresh(at).into(),
            import.into(),
            line.verdict.into(),
            line.place.into(),
            sealed.0.into(),
        ]);
    }
    tx.insert_many("insert into import_rows (id, import, verdict, place, line)", "", rows)?;
    Ok(())
}

/// Rows with a verdict from a place on.
pub fn lines(tx: &mut Tx, import: Id<Import>, verdict: &str, from: u64, limit: usize) -> Result<Vec<(u64, LineText)>> {
    let sql = "select place, line from import_rows where import = $1 and verdict = $2 and place >= $3
      order by place limit $4";
    let sealed = tx.rows(sql, params![import, verdict, from, limit], |row| {
        Ok((row.get::<u64>("place")?, row.get::<Vec<u8>>("line")?))
    })?;
    sealed.into_iter().map(|(place, line)| Ok((place, read_json(&tx.open(LINE, &line)?)?))).collect()
}

/// Takes some of the kept rows away; says whether there may be more.
pub fn forget_some_lines(tx: &mut Tx, import: Id<Import>) -> Result<bool> {
    const LOT: i64 = 2_000;
    let gone = tx.execute(
        "delete from import_rows where id in (select id from import_rows where import = $1 limit $2)",
        params![import, LOT],
    )?;
    Ok(gone == LOT as u64)
}

/// Takes away what the file's own words are kept of: headings, refusal, the examples of rejected rows. Its name stays, for
/// the list.
pub fn forget_words(tx: &mut Tx, import: Id<Import>) -> Result<()> {
    let Some(it) = find(tx, import)? else { return Ok(()) };
    tell(tx, import, &Told { file_name: it.told.file_name, ..Told::default() })?;
    tx.execute("update imports set reasons = null where id = $1", params![import])?;
    Ok(())
}

/// What somebody once said these headings mean.
pub fn saved_mapping(
    tx: &mut Tx,
    district: &District,
    register: Register,
    fingerprint: &str,
) -> Result<Option<Vec<(String, Option<String>)>>> {
    let sql = "select mapping from import_mappings where district = $1 and register = $2 and fingerprint = $3";
    let sealed = tx.first(sql, params![district, register.name(), fingerprint], |row| row.get::<Vec<u8>>("mapping"))?;
    sealed.map(|sealed| read_json(&tx.open(MAPPING, &sealed)?)).transpose()
}

pub fn save_mapping(
    tx: &mut Tx,
    district: &District,
    register: Register,
    fingerprint: &str,
    mapping: &[(String, Option<String>)],
) -> Result<()> {
    let sealed = tx.seal(MAPPING, &json(&mapping)?);
    tx.execute(
        "insert into import_mappings (id, district, register, fingerprint, mapping) values ($1, $2, $3, $4, $5)
         on conflict (district, register, fingerprint) do update set mapping = excluded.mapping",
        params![Uuid::now_v7(), district, register.name(), fingerprint, sealed.0],
    )?;
    Ok(())
}

const fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Wgs84 => "wgs84",
        Origin::Gcj02 => "gcj02",
    }
}

const fn choice_name(choice: Choice) -> &'static str {
    match choice {
        Choice::All => "all",
        Choice::OnlyNew => "only_new",
    }
}

fn json<T: Serialize>(it: &T) -> Result<String> {
    serde_json::to_string(it).map_err(|e| Error::Bug(e.to_string()))
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::Bug(format!("imports: {e}")))
}
