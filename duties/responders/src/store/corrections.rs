//! Objections to the own record.

use domain::{
    District, Id, Moment,
    things::{Attendance, Correction, Volunteer},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Result, Row, Tx, params};
use uuid::Uuid;

/// The labels under which what people write is sealed.
pub const OBJECTION: &str = "corrections.objection";
pub const ANSWER: &str = "corrections.answer";
pub const SITE: &str = "corrections.wanted_site";

/// An objection, and how it was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Asked {
    pub id: Id<Correction>,
    pub volunteer: Id<Volunteer>,
    /// The stay it is about; none when one is missing.
    pub attendance: Option<Id<Attendance>>,
    pub asked_by: Uuid,
    pub asked_at: Moment,
    pub objection: String,
    /// Where one stood, when the stay is missing.
    pub wanted_site: Option<String>,
    pub wanted_in_at: Option<Moment>,
    pub wanted_out_at: Option<Moment>,
    pub settled_at: Option<Moment>,
    pub upheld: Option<bool>,
    pub answer: Option<String>,
}

const FIELDS: &str =
    "select id, volunteer, attendance, asked_by, asked_at, objection, wanted_site, wanted_in_at, wanted_out_at,
                      settled_at, upheld, answer from corrections";

type Closed = (Asked, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

fn asked(row: &Row<'_>) -> Result<Closed> {
    let asked = Asked {
        id: row.get("id")?,
        volunteer: row.get("volunteer")?,
        attendance: row.get("attendance")?,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
        objection: String::new(),
        wanted_site: None,
        wanted_in_at: row.get("wanted_in_at")?,
        wanted_out_at: row.get("wanted_out_at")?,
        settled_at: row.get("settled_at")?,
        upheld: row.get("upheld")?,
        answer: None,
    };
    Ok((asked, row.get("objection")?, row.get("answer")?, row.get("wanted_site")?))
}

fn opened(tx: &Tx, rows: Vec<Closed>) -> Result<Vec<Asked>> {
    let open = |(asked, objection, answer, site): Closed| {
        let objection = tx.open(OBJECTION, &objection)?;
        let answer = answer.map(|answer| tx.open(ANSWER, &answer)).transpose()?;
        let wanted_site = site.map(|site| tx.open(SITE, &site)).transpose()?;
        Ok(Asked { objection, wanted_site, answer, ..asked })
    };
    rows.into_iter().map(open).collect()
}

/// An objection about to be written down.
pub struct Newly<'a> {
    pub volunteer: Id<Volunteer>,
    pub attendance: Option<Id<Attendance>>,
    pub objection: &'a str,
    pub wanted_site: Option<&'a str>,
    pub wanted_in_at: Option<Moment>,
    pub wanted_out_at: Option<Moment>,
}

pub fn add(tx: &mut Tx, district: &District, newly: &Newly<'_>) -> Result<Id<Correction>> {
    let (id, at, by) = (Id::<Correction>::fresh(tx.at()), tx.at(), tx.actor().id);
    let sealed = tx.seal(OBJECTION, newly.objection);
    let site = newly.wanted_site.map(|site| tx.seal(SITE, site));
    tx.execute(
        "insert into corrections (id, district, volunteer, attendance, asked_by, asked_at, objection, wanted_in_at,
           wanted_out_at, wanted_site) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            id,
            district,
            newly.volunteer,
            newly.attendance,
            by,
            at,
            sealed,
            newly.wanted_in_at,
            newly.wanted_out_at,
            site
        ],
    )?;
    Ok(id)
}

pub fn by_id(tx: &mut Tx, district: &District, id: Id<Correction>) -> Result<Option<Asked>> {
    let found = tx.first(&format!("{FIELDS} where id = $1 and district = $2"), params![id, district], asked)?;
    Ok(opened(tx, found.into_iter().collect())?.pop())
}

pub fn of_volunteer(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Vec<Asked>> {
    let sql = format!("{FIELDS} where volunteer = $1 order by asked_at desc limit 100");
    let rows = tx.rows(&sql, params![volunteer], asked)?;
    opened(tx, rows)
}

/// What waits to be settled, oldest first.
pub fn waiting(tx: &mut Tx, district: &District) -> Result<Vec<Asked>> {
    let sql = format!("{FIELDS} where district = $1 and settled_at is null order by asked_at, id limit 100");
    let rows = tx.rows(&sql, params![district], asked)?;
    opened(tx, rows)
}

pub fn settle(tx: &mut Tx, id: Id<Correction>, upheld: bool, answer: &str) -> Result<bool> {
    let (at, by, sealed) = (tx.at(), tx.actor().id, tx.seal(ANSWER, answer));
    let rows = tx.execute(
        "update corrections set settled_at = $2, settled_by = $3, upheld = $4, answer = $5
         where id = $1 and settled_at is null",
        params![id, at, by, upheld, sealed],
    )?;
    Ok(rows > 0)
}
