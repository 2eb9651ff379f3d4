//! The address book of this duty.

use domain::{District, Id, Jurisdiction, Right, things};
use store::{Error, Tx};
use web::{In, Routes};

use crate::{
    assessing, availability, badge_check, badge_sheet, commending, correcting, deed_telling, entrance, own_record,
    store::{teams, volunteers},
    team_list, team_page, volunteer_list, volunteer_page,
};

pub fn routes(routes: &mut Routes) {
    use Right::{Anybody, AssessRecords, EditRegisters, OwnDuty, RevealPerson, SeeRegisters, TellDeeds};
    routes.resolve("team", resolve_team);
    routes.resolve("volunteer", resolve_volunteer);

    routes.get("/teams", SeeRegisters, In::District, team_list::show);
    routes.get("/teams/{team}", SeeRegisters, In::The("team"), team_page::show);
    routes.get("/teams/{team}/badges", EditRegisters, In::The("team"), badge_sheet::show);
    routes.get("/volunteers", SeeRegisters, In::District, volunteer_list::show);
    routes.get("/volunteers/{volunteer}", SeeRegisters, In::The("volunteer"), volunteer_page::show);
    routes.post("/volunteers/{volunteer}/phone", RevealPerson, In::The("volunteer"), volunteer_page::reveal);
    routes.post("/volunteers/{volunteer}/link", EditRegisters, In::The("volunteer"), volunteer_page::make_link);
    routes.post("/volunteers/{volunteer}/badge", EditRegisters, In::The("volunteer"), volunteer_page::renew_badge);
    routes.post("/volunteers/{volunteer}/entrance", EditRegisters, In::The("volunteer"), entrance::reopen);
    routes.post("/volunteers/{volunteer}/departure", EditRegisters, In::The("volunteer"), volunteer_page::depart);
    routes.post("/volunteers/{volunteer}/corrections", AssessRecords, In::The("volunteer"), correcting::ask_for);

    routes.get("/b/{code}", Anybody, In::Anywhere, badge_check::show);
    routes.get("/enter", Anybody, In::Anywhere, entrance::form);
    routes.post("/enter", Anybody, In::Anywhere, entrance::enter);

    routes.get("/record", OwnDuty, In::Anywhere, own_record::show);
    routes.post("/record/availability", OwnDuty, In::Anywhere, availability::state);
    routes.post("/record/corrections", OwnDuty, In::Anywhere, correcting::ask);
    routes.post("/record/deeds/{deed}", OwnDuty, In::Anywhere, deed_telling::answer);

    routes.get("/deeds", TellDeeds, In::Anywhere, deed_telling::form);
    routes.post("/deeds", TellDeeds, In::Anywhere, deed_telling::tell);
    routes.get("/assessment", AssessRecords, In::District, assessing::show);
    routes.post("/corrections/{correction}", AssessRecords, In::District, correcting::settle);
    routes.post("/deeds/{deed}", AssessRecords, In::District, assessing::decide_deed);
    routes.get("/commendations", SeeRegisters, In::District, commending::show);
    routes.post("/commendations/sheet", AssessRecords, In::District, commending::sheet);
    routes.post("/commendations", AssessRecords, In::District, commending::decide);
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
    let found = match text.parse::<Id<things::Volunteer>>() {
        Ok(id) => volunteers::place_by_id(tx, district, id)?,
        Err(_) => volunteers::place_by_code(tx, district, text)?,
    };
    Ok(found.map(|(id, team)| Jurisdiction {
        team: Some(team),
        person: Some(id.uuid()),
        ..Jurisdiction::district(district.clone())
    }))
}
