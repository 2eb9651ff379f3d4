//! Deeds told by others.

use std::collections::HashMap;

use domain::{
    Actor, ActorKind, District, Id, Moment,
    things::{Deed, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Error, Result, Row, Tx, params};
use uuid::Uuid;

/// The label under which stories are sealed.
pub const STORY: &str = "deeds.story";

/// How far a deed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeedState {
    /// Told; the person has not answered yet.
    Told,
    /// The person agrees that it is published.
    Consented,
    /// The person does not want it published.
    Declined,
    /// Everybody may read it.
    Published,
    /// Taken back from publication, or found untrue.
    Withdrawn,
}

impl DeedState {
    const ALL: [Self; 5] = [Self::Told, Self::Consented, Self::Declined, Self::Published, Self::Withdrawn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Consented => "consented",
            Self::Declined => "declined",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Where one may go from here. Consent comes before publication, always.
    pub fn leads_to(self, next: Self) -> bool {
        use DeedState::{Consented, Declined, Published, Told, Withdrawn};
        matches!(
            (self, next),
            (Told | Declined, Consented)
                | (Told | Consented | Published, Declined | Withdrawn)
                | (Consented, Published)
        )
    }
}

/// One good deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeedTold {
    pub id: Id<Deed>,
    pub volunteer: Id<Volunteer>,
    pub told_at: Moment,
    pub story: String,
    pub state: DeedState,
    pub teller_kind: String,
    pub teller: Uuid,
}

const FIELDS: &str = "select id, volunteer, told_at, story, state, teller_kind, teller from deeds";

fn deed(row: &Row<'_>) -> Result<(DeedTold, Vec<u8>)> {
    let state: String = row.get("state")?;
    let state = DeedState::ALL.into_iter().find(|known| known.name() == state);
    let deed = DeedTold {
        id: row.get("id")?,
        volunteer: row.get("volunteer")?,
        told_at: row.get("told_at")?,
        story: String::new(),
        state: state.ok_or_else(|| Error::Bug("deeds.state is none of the known".to_owned()))?,
        teller_kind: row.get("teller_kind")?,
        teller: row.get("teller")?,
    };
    Ok((deed, row.get("story")?))
}

fn opened(tx: &Tx, rows: Vec<(DeedTold, Vec<u8>)>) -> Result<Vec<DeedTold>> {
    rows.into_iter().map(|(deed, sealed)| Ok(DeedTold { story: tx.open(STORY, &sealed)?, ..deed })).collect()
}

pub fn add(tx: &mut Tx, district: &District, volunteer: Id<Volunteer>, story: &str) -> Result<Id<Deed>> {
    let (id, at, teller): (Id<Deed>, Moment, Actor) = (Id::fresh(tx.at()), tx.at(), *tx.actor());
    let sealed = tx.seal(STORY, story);
    tx.execute(
        "insert into deeds (id, district, volunteer, teller_kind, teller, told_at, story, state, state_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'told', $6)",
        params![id, district, volunteer, teller.kind.name(), teller.id, at, sealed],
    )?;
    Ok(id)
}

pub fn by_id(tx: &mut Tx, district: &District, id: Id<Deed>) -> Result<Option<DeedTold>> {
    let found = tx.first(&format!("{FIELDS} where id = $1 and district = $2"), params![id, district], deed)?;
    Ok(opened(tx, found.into_iter().collect())?.pop())
}

/// What was told of somebody, newest first.
pub fn of_volunteer(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<Vec<DeedTold>> {
    let sql = format!("{FIELDS} where volunteer = $1 and state <> 'withdrawn' order by told_at desc limit 100");
    let rows = tx.rows(&sql, params![volunteer], deed)?;
    opened(tx, rows)
}

/// Deeds of a state, oldest first.
pub fn in_state(tx: &mut Tx, district: &District, state: DeedState) -> Result<Vec<DeedTold>> {
    let sql = format!("{FIELDS} where district = $1 and state = $2 order by told_at, id limit 100");
    let rows = tx.rows(&sql, params![district, state.name()], deed)?;
    opened(tx, rows)
}

pub fn set_state(tx: &mut Tx, id: Id<Deed>, state: DeedState) -> Result<()> {
    let at = tx.at();
    tx.execute("update deeds set state = $2, state_at = $3 where id = $1", params![id, state.name(), at])?;
    Ok(())
}

/// Published deeds per person since a moment.
pub fn published(tx: &mut Tx, district: &District, since: Moment) -> Result<HashMap<Id<Volunteer>, i64>> {
    let sql = "select volunteer, count(*) as n from deeds
               where district = $1 and state = 'published' and told_at >= $2 group by volunteer";
    let rows = tx.rows(sql, params![district, since], |row| Ok((row.get("volunteer")?, row.get("n")?)))?;
    Ok(rows.into_iter().collect())
}

/// Whether this actor is that volunteer.
pub fn is_oneself(actor: Actor, volunteer: Id<Volunteer>) -> bool {
    actor == Actor::new(ActorKind::Volunteer, volunteer.uuid())
}

#[cfg(test)]
mod tests {
    use super::DeedState::{self, Consented, Declined, Published, Told, Withdrawn};

    #[test]
    fn nothing_leads_to_publication_but_consent() {
        let to_published: Vec<_> = DeedState::ALL.into_iter().filter(|state| state.leads_to(Published)).collect();
        assert_eq!(to_published, [Consented]);
        assert!(Published.leads_to(Declined), "consent can be taken back");
        assert!(Told.leads_to(Declined) && Declined.leads_to(Consented));
        assert!(DeedState::ALL.into_iter().all(|state| !Withdrawn.leads_to(state)));
    }
}
