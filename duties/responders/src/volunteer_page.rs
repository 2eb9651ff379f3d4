//! One volunteer, and what the register's keepers may do for them: show the telephone number, make a personal link, give
//! a new badge, note that they have left.

use std::collections::HashMap;

use domain::{Actor, ActorKind, Event, Id, Moment, PostRole, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Act, Tx};
use web::{
    Desk, Done, Fault, Page, Undo,
    access::{doors, sessions},
    qr,
    refusal::Refused as House,
    view,
};

use crate::{
    attend, badges, entrance,
    refusals::Refused,
    rules::commending::Merits,
    store::{
        attendances::{self, Attended},
        badges as given, teams,
        volunteers::{self, Person},
    },
    team_page::roles,
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DepartAsk {
    /// They have not left after all: what ended with it stays ended, the record is theirs again.
    #[serde(default)]
    back: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct VolunteerPage {
    id: Id<things::Volunteer>,
    code: String,
    name: String,
    /// Masked.
    phone: String,
    team: Id<things::Team>,
    team_name: String,
    badge: String,
    /// Too many wrong digits were typed with this badge.
    entrance_is_shut: bool,
    has_left: bool,
    roles: Vec<PostRole>,
    languages: String,
    reserve: bool,
    available_from: Option<Moment>,
    available_until: Option<Moment>,
    merits: Merits,
    stays: Vec<Attended>,
}
view!(VolunteerPage, "volunteer.html");

impl VolunteerPage {
    /// The tags of the languages (ISO 639-3), each with its word where we have one.
    fn spoken(&self) -> Vec<(&str, Option<&'static str>)> {
        self.languages.split(' ').filter(|tag| !tag.is_empty()).map(|tag| (tag, language_word(tag))).collect()
    }
}

/// What is spoken in Guangdong and by those who come to help.
fn language_word(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "cmn" | "zh" => "responders-language-cmn",
        "yue" => "responders-language-yue",
        "hak" => "responders-language-hak",
        "luh" => "responders-language-luh",
        "nan" => "responders-language-nan",
        "eng" | "en" => "responders-language-eng",
        _ => return None,
    })
}

pub async fn show(desk: Desk, _: Nothing) -> Result<Page<VolunteerPage>, Fault> {
    let id = Id::from_uuid(desk.person()?);
    let shown = desk.look(move |tx| page(tx, id)).await?;
    desk.note_page(id.uuid(), "volunteer").await;
    Ok(Page(shown))
}

fn page(tx: &mut Tx, id: Id<things::Volunteer>) -> Result<VolunteerPage, Fault> {
    let person = volunteers::person(tx, id)?.ok_or(House::NotThere)?;
    let head = volunteers::head_by_id(tx, id)?.ok_or(House::NotThere)?;
    let Person { code, name, phone, team, team_name, badge, has_left, .. } = person;
    Ok(VolunteerPage {
        id,
        code,
        name,
        phone: phone.masked(),
        team,
        team_name,
        badge: badges::grouped(&badge),
        entrance_is_shut: entrance::is_shut(tx, id)?,
        has_left,
        roles: roles(head.roles),
        languages: head.languages,
        reserve: head.reserve,
        available_from: head.available_from,
        available_until: head.available_until,
        merits: attendances::merits_of(tx, id)?,
        stays: attend::of_volunteer(tx, id)?,
    })
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct PhonePage {
    id: Id<things::Volunteer>,
    name: String,
    /// In full.
    phone: String,
}
view!(PhonePage, "volunteer_phone.html");

/// Shows the number in full; the journal says who looked.
pub async fn reveal(desk: Desk, _: Nothing) -> Result<Page<PhonePage>, Fault> {
    let id = Id::from_uuid(desk.person()?);
    let noting = desk.clone();
    // The number is read apart: a change's reply is kept for repeated requests, and numbers are not kept in the open.
    desk.change(move |tx| noting.note_look(tx, id.uuid(), "volunteer.phone")).await?;
    let person = desk.look(move |tx| Ok(volunteers::person(tx, id)?.ok_or(House::NotThere)?)).await?;
    Ok(Page(PhonePage { id, name: person.name, phone: person.phone.to_string() }))
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct LinkPage {
    id: Id<things::Volunteer>,
    name: String,
    /// The address to hand over, once: it is not kept in readable form.
    address: String,
    qr: String,
}
view!(LinkPage, "volunteer_link.html");

/// How long a personal link lasts: one response.
const LINK_H: i64 = 24 * 14;

/// A personal link. Older ones stop working.
pub async fn make_link(desk: Desk, _: Nothing) -> Result<Page<LinkPage>, Fault> {
    let id = Id::<things::Volunteer>::from_uuid(desk.person()?);
    let (place, actor) = (desk.here().clone(), Actor::new(ActorKind::Volunteer, id.uuid()));
    let made = desk.store().change(Act::new(desk.actor(), desk.at()), move |tx| {
        let person = volunteers::person(tx, id)?.ok_or(House::NotThere)?;
        if person.has_left {
            return Err(Refused::HasLeft.into());
        }
        doors::close_all(tx, actor.id)?;
        tx.record(&place, actor.id, &Event::LinkMade { volunteer: id })?;
        let code = doors::open(tx, actor, &place.district, doors::Kind::Personal, Some(LINK_H))?;
        Ok::<_, Fault>((person.name, code))
    });
    let (name, code) = made.await?;
    let address = desk.public_url(&format!("/enter/{code}"));
    Ok(Page(LinkPage { id, name, qr: qr::svg(&address), address }))
}

/// A new badge code: a lost badge stops being valid at once.
pub async fn renew_badge(desk: Desk, _: Nothing) -> Result<Done<()>, Fault> {
    let id = Id::from_uuid(desk.person()?);
    let place = desk.here().clone();
    desk.change(move |tx| {
        let badge = given::fresh(tx, &place.district, 1)?;
        volunteers::set_badge(tx, &place.district, id, &badge)?;
        entrance::open_again(tx, &place, id)?;
        Ok(tx.record(&place, id.uuid(), &Event::BadgeRenewed { volunteer: id })?)
    })
    .await?;
    Ok(Done::at(address(id), ()).saying("responders-badge-renewed"))
}

/// Somebody has left: no more duties, links and sessions end, the badge is not valid any more. The record stays.
pub async fn depart(desk: Desk, ask: DepartAsk) -> Result<Done<()>, Fault> {
    let id = Id::from_uuid(desk.person()?);
    let place = desk.here().clone();
    desk.change(move |tx| {
        let (_, team) = volunteers::place_by_id(tx, &place.district, id)?.ok_or(House::NotThere)?;
        if ask.back && volunteers::come_back(tx, id)? {
            teams::add_people(tx, &HashMap::from([(team, 1)]))?;
            tx.record(&place, id.uuid(), &Event::VolunteerChanged { volunteer: id })?;
        } else if !ask.back && volunteers::leave(tx, id)? {
            teams::add_people(tx, &HashMap::from([(team, -1)]))?;
            doors::close_all(tx, id.uuid())?;
            sessions::end_all(tx, id.uuid())?;
            tx.record(&place, id.uuid(), &Event::VolunteerChanged { volunteer: id })?;
        }
        Ok(())
    })
    .await?;
    if ask.back {
        return Ok(Done::at(address(id), ()).saying("responders-came-back"));
    }
    let undo = Undo::by(format!("{}/departure", address(id)), &[("back", "true")]);
    Ok(Done::at(address(id), ()).saying("responders-departed").undone_by(undo))
}

fn address(id: Id<things::Volunteer>) -> String {
    format!("/volunteers/{id}")
}
