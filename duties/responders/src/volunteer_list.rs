//! The register of volunteers: a page of it by code, or whoever has exactly that phone number or name. Names and numbers
//! are sealed, so there is no search by parts of them.

use domain::PhoneNumber;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, view};

use crate::{
    refusals::Refused,
    registers::Blinds,
    store::{lots::Column, volunteers},
    team_page::{PersonLine, lines},
};

const PAGE: usize = 50;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// A code, a whole telephone number or a whole name.
    find: Option<String>,
    /// People after this code.
    #[serde(default)]
    after: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct VolunteersPage {
    find: Option<String>,
    people: Vec<PersonLine>,
    next: Option<String>,
}
view!(VolunteersPage, "volunteers.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<VolunteersPage>, Fault> {
    let district = desk.district().clone();
    let found = match ask.find.clone() {
        None => desk.look(move |tx| Ok(volunteers::page(tx, &district, &ask.after, PAGE as i64)?)).await?,
        Some(find) => search(&desk, find.trim().to_owned()).await?,
    };
    let (people, next) = lines(found, PAGE);
    let next = next.filter(|_| ask.find.is_none());
    desk.note_list("volunteers", people.iter().map(|person| person.id.uuid()));
    Ok(Page(VolunteersPage { find: ask.find, people, next }))
}

/// By code first, then by number if it can be one, then by name.
async fn search(desk: &Desk, find: String) -> Result<Vec<volunteers::Person>, Fault> {
    let district = desk.district().clone();
    let looks_like_a_number =
        find.chars().filter(char::is_ascii_digit).count() >= 7 && !find.contains(char::is_alphabetic);
    let phone: Option<PhoneNumber> = find.parse().ok();
    let is_phone = phone.is_some();
    let found = desk.look(move |tx| {
        if let Some(person) = volunteers::by_code(tx, &district, &find)? {
            return Ok(vec![person]);
        }
        let blinds = Blinds::of(tx);
        Ok(if let Some(phone) = &phone {
            let print = (Column::Phones, blinds.phone(phone));
            volunteers::by_print(tx, &district, print, |person| person.phone == *phone)?
        } else {
            let print = (Column::Names, blinds.name(&find));
            volunteers::by_print(tx, &district, print, |person| person.name == find)?
        })
    });
    let found = found.await?;
    if found.is_empty() && looks_like_a_number && !is_phone {
        return Err(Refused::NotAPhone.into());
    }
    Ok(found)
}
