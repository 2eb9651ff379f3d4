//! Deeds told by others: anybody who takes part tells of somebody by the code on their badge; the person told of says
//! whether it may be published.

use domain::{Event, Id, Jurisdiction, Moment, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{
    Desk, Done, Fault, Page,
    access::guard::{self, Counted},
    refusal::Refused as House,
    view,
};

use crate::{
    badges,
    correcting::{MOST_CHARS, text},
    refusals::Refused,
    store::{
        deeds::{self, DeedState},
        volunteers,
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FormAsk {
    /// The badge of whom it is told, filled in already.
    badge: Option<String>,
}

/// A published deed. The person agreed that name and story are read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PublishedDeed {
    name: String,
    team_name: String,
    told_at: Moment,
    story: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeedsPage {
    badge: Option<String>,
    most_chars: usize,
    published: Vec<PublishedDeed>,
}
view!(DeedsPage, "deeds.html");

pub async fn form(desk: Desk, ask: FormAsk) -> Result<Page<DeedsPage>, Fault> {
    let district = desk.district().clone();
    let published = desk.look(move |tx| {
        let told = deeds::in_state(tx, &district, DeedState::Published)?;
        let people = volunteers::persons(tx, &told.iter().map(|deed| deed.volunteer).collect::<Vec<_>>())?;
        let line = |deed: deeds::DeedTold| {
            let person = people.get(&deed.volunteer)?;
            let (name, team_name) = (person.name.clone(), person.team_name.clone());
            Some(PublishedDeed { name, team_name, told_at: deed.told_at, story: deed.story })
        };
        Ok(told.into_iter().rev().filter_map(line).collect())
    });
    Ok(Page(DeedsPage { badge: ask.badge, most_chars: MOST_CHARS, published: published.await? }))
}

#[derive(Deserialize, JsonSchema)]
pub struct Tell {
    /// The code on the badge of whom it is told.
    badge: String,
    story: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    deed: Id<things::Deed>,
}

pub async fn tell(desk: Desk, ask: Tell) -> Result<Done<Told>, Fault> {
    guard::take(&desk, vec![Counted::of(format!("deed {}", desk.actor().id))]).await?;
    let (story, actor, place) = (text(&ask.story)?, desk.actor(), desk.here().clone());
    let badge = badges::read(&ask.badge);
    let told = desk.change(move |tx| {
        let known = badge.as_deref().map(|badge| volunteers::by_badge(tx, &place.district, badge)).transpose()?;
        let person = known.flatten().filter(|person| !person.has_left).ok_or(House::NotThere)?;
        if deeds::is_oneself(actor, person.id) {
            return Err(Refused::OwnDeed.into());
        }
        let deed = deeds::add(tx, &place.district, person.id, &story)?;
        let place = Jurisdiction { team: Some(person.team), person: Some(person.id.uuid()), ..place.clone() };
        tx.record(&place, deed.uuid(), &Event::DeedTold { deed, volunteer: person.id })?;
        Ok(Told { deed })
    });
    Ok(Done::at("/deeds", told.await?).saying("responders-deed-told"))
}

#[derive(Deserialize, JsonSchema)]
pub struct Answer {
    deed: Id<things::Deed>,
    /// May it be published?
    consent: bool,
}

/// The person told of consents, declines, or takes the consent back.
pub async fn answer(desk: Desk, ask: Answer) -> Result<Done<()>, Fault> {
    let (volunteer, mut place) = (desk.volunteer()?, desk.here().clone());
    place.person = Some(volunteer.uuid());
    let next = if ask.consent { DeedState::Consented } else { DeedState::Declined };
    desk.change(move |tx| {
        let deed = deeds::by_id(tx, &place.district, ask.deed)?.filter(|deed| deed.volunteer == volunteer);
        let deed = deed.ok_or(House::NotThere)?;
        if !deed.state.leads_to(next) {
            return Err(Refused::AlreadySettled.into());
        }
        deeds::set_state(tx, deed.id, next)?;
        let event = Event::DeedDecided { deed: deed.id, volunteer, state: next.name().to_owned() };
        Ok(tx.record(&place, deed.id.uuid(), &event)?)
    })
    .await?;
    Ok(Done::at("/record", ()).saying("responders-deed-answered"))
}
