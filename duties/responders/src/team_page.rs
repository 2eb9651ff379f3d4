//! One team and its people.

use domain::{Id, PostRole, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, refusal::Refused, view};

use crate::store::{
    teams::{self, Team},
    volunteers::{self, Person},
};

const PAGE: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// People after this code.
    #[serde(default)]
    after: String,
}

/// A volunteer in a list: the telephone number masked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonLine {
    pub id: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub phone: String,
    pub team_name: String,
    pub has_left: bool,
}

impl From<Person> for PersonLine {
    fn from(person: Person) -> Self {
        let Person { id, code, name, phone, team_name, has_left, .. } = person;
        Self { id, code, name, phone: phone.masked(), team_name, has_left }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TeamPage {
    team: Team,
    people: Vec<PersonLine>,
    next: Option<String>,
}
view!(TeamPage, "team.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<TeamPage>, Fault> {
    let (district, team) = (desk.district().clone(), desk.here().team.ok_or(Refused::NotThere)?);
    let page = desk.look(move |tx| {
        let team = teams::by_id(tx, &district, team)?.ok_or(Refused::NotThere)?;
        let people = volunteers::of_team(tx, team.id, &ask.after, PAGE as i64)?;
        let (people, next) = lines(people, PAGE);
        Ok(TeamPage { team, people, next })
    });
    let page = page.await?;
    desk.note_list("team", page.people.iter().map(|person| person.id.uuid()));
    Ok(Page(page))
}

/// A page of people, and the code after which the next one begins.
pub fn lines(people: Vec<Person>, page: usize) -> (Vec<PersonLine>, Option<String>) {
    let next = people.last().filter(|_| people.len() == page).map(|last| last.code.clone());
    (people.into_iter().map(PersonLine::from).collect(), next)
}

/// The roles in a set of bits.
pub fn roles(bits: u32) -> Vec<PostRole> {
    PostRole::ALL.into_iter().filter(|role| bits & role.bit() != 0).collect()
}
