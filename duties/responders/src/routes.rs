//! The address book of this duty.

use store::{Error, Tx};
use web::Routes;
use domain::{District, Id, Jurisdiction};

use crate::store::{teams, volunteers};

pub fn routes(routes: &mut Routes) {
    routes.resolve("team", resolve_team);
    routes.resolve("volunteer", resolve_volunteer);
}

/// A team by its id or code.
fn resolve_team(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let found = match text.parse() {
        Ok(id) => teams::by_id(tx, district, id)?,
        Err(_) => teams::by_code(tx, district, text)?,
    };
    Ok(found.map(|team| Jurisdiction { team: Some(team.id), ..Jurisdiction::district(district.clone()) }))
}

/// A volunteer by their id or code.
fn resolve_volunteer(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let found = match text.parse::<Id<domain::things::Volunteer>>() {
        Ok(id) => volunteers::place_by_id(tx, district, id)?,
        Err(_) => volunteers::place_by_code(tx, district, text)?,
    };
    Ok(found.map(|(id, team)| Jurisdiction {
        team: Some(team),
        person: Some(id.uuid()),
        ..Jurisdiction::district(district.clone())
    }))
}
