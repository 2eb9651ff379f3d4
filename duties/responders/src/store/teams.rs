//! Teams and the organisations that send them.

use std::collections::HashMap;

use domain::{
    District, Id, Moment, Position,
    things::{Organisation, Team as TeamThing},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Result, Row, Tx, params};

/// A team of volunteers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Team {
    pub id: Id<TeamThing>,
    pub code: String,
    pub name: String,
    /// The name of the organisation that sends it.
    pub organisation: String,
    /// Where it starts from.
    pub position: Position,
}

/// What a team can send now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Capacity {
    pub people: i64,
    pub away: i64,
    pub on_duty: i64,
}

impl Capacity {
    /// Those who could still be sent.
    pub const fn available(&self) -> i64 {
        let left = self.people - self.away - self.on_duty;
        if left > 0 { left } else { 0 }
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { people: self.people + other.people, away: self.away + other.away, on_duty: self.on_duty + other.on_duty }
    }
}

const FIELDS: &str = "select t.id, t.code, t.name, o.name as organisation, t.latitude, t.longitude, t.people
                      from teams t join organisations o on o.id = t.organisation";

fn team(row: &Row<'_>) -> Result<Team> {
    Ok(Team {
        id: row.get("id")?,
        code: row.get("code")?,
        name: row.get("name")?,
        organisation: row.get("organisation")?,
        position: Position { latitude: row.get("latitude")?, longitude: row.get("longitude")? },
    })
}

/// All teams of a district, by code.
pub fn all(tx: &mut Tx, district: &District) -> Result<Vec<Team>> {
    tx.rows(&format!("{FIELDS} where t.district = $1 order by t.code"), params![district], team)
}

pub fn by_id(tx: &mut Tx, district: &District, id: Id<TeamThing>) -> Result<Option<Team>> {
    tx.first(&format!("{FIELDS} where t.id = $1 and t.district = $2"), params![id, district], team)
}

pub fn by_code(tx: &mut Tx, district: &District, code: &str) -> Result<Option<Team>> {
    tx.first(&format!("{FIELDS} where t.district = $1 and t.code = $2"), params![district, code], team)
}

/// Id and row digest of each team, by its code.
pub type Digests = HashMap<String, (Id<TeamThing>, Vec<u8>)>;

/// Everything that is known of a district's teams by code, for reading a file against.
pub fn digests(tx: &mut Tx, district: &District) -> Result<Digests> {
    let rows = tx.rows("select code, id, digest from teams where district = $1", params![district], |row| {
        Ok((row.get("code")?, (row.get("id")?, row.get("digest")?)))
    })?;
    Ok(rows.into_iter().collect())
}

/// All teams with what they can send, by organisation and code. A district has hundreds, not millions.
pub fn capacities(tx: &mut Tx, district: &District, at: Moment) -> Result<Vec<(Team, Capacity)>> {
    // Of all districts, in the order of its index: who belongs to none of these teams is not asked for below.
    let away = tx.rows(
        "select team, count(*) as n from volunteers
         where left_at is null and (available_from is not null or available_until is not null)
           and (available_from > $1 or available_until <= $1) group by team",
        params![at],
        counted,
    )?;
    let away = away.into_iter().collect();
    let on_duty = tx.rows(
        "select team, count(*) as n from attendances
         where district = $1 and in_at <= $2 and out_at is null and undone_at is null group by team",
        params![district, at],
        counted,
    )?;
    let on_duty = on_duty.into_iter().collect();
    let sql = format!("{FIELDS} where t.district = $1 order by o.name, t.code");
    tx.rows(&sql, params![district], |row| {
        let team = team(row)?;
        let of = |counted: &HashMap<Id<TeamThing>, i64>| counted.get(&team.id).copied().unwrap_or(0);
        let capacity = Capacity { people: row.get("people")?, away: of(&away), on_duty: of(&on_duty) };
        Ok((team, capacity))
    })
}

fn counted(row: &Row<'_>) -> Result<(Id<TeamThing>, i64)> {
    Ok((row.get("team")?, row.get("n")?))
}

/// One team as it is to be.
pub struct Wanted<'a> {
    pub id: Id<TeamThing>,
    pub code: &'a str,
    pub name: &'a str,
    pub organisation: Id<Organisation>,
    pub position: Position,
    pub digest: Vec<u8>,
}

/// Adds teams and changes those whose code is known.
pub fn put(tx: &mut Tx, district: &District, wanted: &[Wanted<'_>]) -> Result<()> {
    tx.insert_many(
        "insert into teams (id, district, code, name, organisation, latitude, longitude, digest)",
        "on conflict (district, code) do update set name = excluded.name, organisation = excluded.organisation,
         latitude = excluded.latitude, longitude = excluded.longitude, digest = excluded.digest",
        wanted.iter().map(|team| {
            [
                team.id.into(),
                district.into(),
                team.code.into(),
                team.name.into(),
                team.organisation.into(),
                team.position.latitude.into(),
                team.position.longitude.into(),
                team.digest.clone().into(),
            ]
        }),
    )?;
    Ok(())
}

/// The organisation of that name, made when it is new.
pub fn organisation(tx: &mut Tx, district: &District, name: &str) -> Result<Id<Organisation>> {
    let fresh = Id::<Organisation>::fresh(tx.at());
    tx.execute(
        "insert into organisations (id, district, name) values ($1, $2, $3) on conflict (district, name) do nothing",
        params![fresh, district, name],
    )?;
    tx.one("select id from organisations where district = $1 and name = $2", params![district, name], |row| {
        row.get("id")
    })
}

/// Notes that people came to a team, or left it.
pub fn add_people(tx: &mut Tx, by_team: &HashMap<Id<TeamThing>, i64>) -> Result<()> {
    let mut sorted: Vec<_> = by_team.iter().filter(|(_, people)| **people != 0).collect();
    sorted.sort_unstable();
    for (team, people) in sorted {
        tx.execute("update teams set people = people + $2 where id = $1", params![*team, *people])?;
    }
    Ok(())
}
