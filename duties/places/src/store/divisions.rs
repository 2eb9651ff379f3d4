//! Streets and towns: the divisions of a district.

use domain::{District, Division, Jurisdiction, Position};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Row, Tx, Value, params};

use crate::rules::boundary::Shape;

/// A street or town. Its code is its key: names are not unique (河西街道 exists twice in the city of Maoming).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DivisionHead {
    pub code: Division,
    pub name: String,
    pub position: Option<Position>,
    /// A boundary is known, see [`boundaries`].
    pub has_boundary: bool,
}

/// A division with how many sites it has.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DivisionLine {
    pub division: DivisionHead,
    pub sites: u32,
}

pub fn divisions(tx: &mut Tx, district: &District) -> Result<Vec<DivisionHead>, Error> {
    tx.rows(
        "select code, name, latitude, longitude, boundary is not null as has_boundary
         from divisions where district = $1 order by code",
        params![district],
        head,
    )
}

pub fn lines(tx: &mut Tx, district: &District) -> Result<Vec<DivisionLine>, Error> {
    tx.rows(
        "select code, name, latitude, longitude, boundary is not null as has_boundary,
           (select count(*) from sites s where s.district = d.district and s.division = d.code and s.retired_at is null)
             as sites
         from divisions d where district = $1 order by code",
        params![district],
        |row| Ok(DivisionLine { division: head(row)?, sites: row.get("sites")? }),
    )
}

/// The boundaries that are known.
pub fn boundaries(tx: &mut Tx, district: &District) -> Result<Vec<(Division, Shape)>, Error> {
    tx.rows(
        "select code, boundary from divisions where district = $1 and boundary is not null order by code",
        params![district],
        |row| {
            let geometry: serde_json::Value = row.get("boundary")?;
            let shape = Shape::from_geo_json(&geometry).ok_or_else(|| Error::Bug("divisions.boundary".to_owned()))?;
            Ok((row.get("code")?, shape))
        },
    )
}

/// `{division}` of a path.
pub fn resolve(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let Ok(code) = text.parse::<Division>() else { return Ok(None) };
    let known = is_in(tx, district, &code)?;
    Ok(known.then(|| Jurisdiction { division: Some(code), ..Jurisdiction::district(district.clone()) }))
}

pub fn is_in(tx: &mut Tx, district: &District, code: &Division) -> Result<bool, Error> {
    let sql = "select 1 as one from divisions where code = $1 and district = $2";
    Ok(tx.first(sql, params![code, district], |row| row.get::<i64>("one"))?.is_some())
}

/// Adds divisions and changes known ones; boundaries stay as they are.
pub fn put(tx: &mut Tx, district: &District, rows: &[(Division, String, Option<Position>)]) -> Result<u64, Error> {
    let values = rows.iter().map(|(code, name, position)| -> [Value; 5] {
        let (latitude, longitude) = (position.map(|p| p.latitude), position.map(|p| p.longitude));
        [code.into(), district.into(), name.into(), latitude.into(), longitude.into()]
    });
    tx.insert_many(
        "insert into divisions (code, district, name, latitude, longitude)",
        "on conflict (code) do update set name = excluded.name, latitude = excluded.latitude,
         longitude = excluded.longitude",
        values,
    )
}

/// Takes a division out; false when a site lies in it, one out of use too.
pub fn remove(tx: &mut Tx, code: &Division) -> Result<bool, Error> {
    let sql = "delete from divisions where code = $1 and not exists (select 1 from sites where division = $1)";
    Ok(tx.execute(sql, params![code])? == 1)
}

pub fn set_boundary(tx: &mut Tx, code: &Division, shape: &Shape) -> Result<(), Error> {
    tx.execute("update divisions set boundary = $2 where code = $1", params![code, shape.geo_json()])?;
    Ok(())
}

fn head(row: &Row<'_>) -> Result<DivisionHead, Error> {
    let (latitude, longitude): (Option<f64>, Option<f64>) = (row.get("latitude")?, row.get("longitude")?);
    let position = latitude.zip(longitude).map(|(latitude, longitude)| Position { latitude, longitude });
    Ok(DivisionHead {
        code: row.get("code")?,
        name: row.get("name")?,
        position,
        has_boundary: row.get("has_boundary")?,
    })
}
