//! Telling people: a notice to everybody whose duty is new, other or gone, queued in the change that makes it so.

use std::collections::HashMap;

use domain::{
    Actor, ActorKind, Id,
    things::{Site, Volunteer},
};
use notices::{Message, Recipient};
use places::{Chief, SiteHead};
use responders::Person;
use store::Tx;
use web::{Fault, House, access::doors};

use crate::{
    plans::change::Change,
    store::{assignments::Posting, orders::Order},
};

/// A personal link works until this long after the shift.
const LINK_LASTS_H: i64 = 24;

/// Queues the notices of a change.
pub fn tell(tx: &mut Tx, house: &House, order: &Order, change: &Change) -> Result<(), Fault> {
    let posted = change.postings.iter().map(|posting| posting.volunteer);
    let ids: Vec<Id<Volunteer>> = posted.chain(change.released().map(|held| held.volunteer)).collect();
    let persons = responders::persons(tx, &ids)?;
    let sites: HashMap<_, _> = places::sites(tx, &order.district)?.into_iter().map(|site| (site.id, site)).collect();
    let chiefs = places::chiefs(tx, &order.district)?;
    let teller = Teller { house, order, sites, chiefs };
    let posted: Vec<(&Posting, &Person)> = change
        .postings
        .iter()
        .filter_map(|posting| Some((posting, persons.get(&posting.volunteer)?)))
        .filter(|(_, person)| !person.has_left)
        .collect();
    let links = teller.links(tx, &posted)?;
    let mut messages = Vec::with_capacity(ids.len());
    for ((posting, person), link) in posted.into_iter().zip(links) {
        messages.extend(teller.posted(tx, person, posting).map(|message| message.linked(link)));
    }
    for held in change.released() {
        messages.extend(
            persons.get(&held.volunteer).map(|person| teller.message(tx, person, "deployments-notice-withdrawn")),
        );
    }
    notices::queue(tx, house, &order.district, &messages)?;
    Ok(())
}

/// How somebody is reached.
pub fn recipient(person: &Person) -> Recipient {
    Recipient {
        volunteer: person.id,
        phone: Some(person.phone.clone()),
        email: person.email.clone(),
        locale: person.locale(),
    }
}

struct Teller<'h> {
    house: &'h House,
    order: &'h Order,
    sites: HashMap<Id<Site>, SiteHead>,
    chiefs: HashMap<Id<Site>, Chief>,
}

impl Teller<'_> {
    /// Where, when, what, whom to ask, and the badge to show there.
    fn posted(&self, tx: &Tx, person: &Person, posting: &Posting) -> Option<Message> {
        let site = self.sites.get(&posting.site)?;
        let template =
            if posting.replaces.is_some() { "deployments-notice-changed" } else { "deployments-notice-assigned" };
        let role = self.house.words.say(person.locale(), format!("post-{}", posting.role)).to_string();
        let chief = self.chiefs.get(&posting.site);
        let message = self.message(tx, person, template);
        Some(
            message
                .with("site", &site.name)
                .with("address", &site.address)
                .with("role", role)
                .with("has_chief", if chief.is_some() { "yes" } else { "no" })
                .with("chief", chief.map_or("", |chief| chief.name.as_str()))
                .with("phone", chief.and_then(|chief| chief.phone.as_deref()).unwrap_or_default())
                .with("badge", &person.badge),
        )
    }

    fn message(&self, tx: &Tx, person: &Person, template: &'static str) -> Message {
        let (from, until) = self.order.shift();
        let zone = &self.house.settings.zone;
        Message::new(recipient(person), self.order.id.uuid(), tx.at().ms(), template)
            .with("order", &self.order.name)
            .with("from", from.date_hh_mm(zone))
            .with("until", until.hh_mm(zone))
    }

    /// Everybody's own entrance.
    fn links(&self, tx: &mut Tx, posted: &[(&Posting, &Person)]) -> Result<Vec<String>, Fault> {
        let actor = |(_, person): &(&Posting, &Person)| Actor::new(ActorKind::Volunteer, person.id.uuid());
        let actors: Vec<Actor> = posted.iter().map(actor).collect();
        let lasts_h = self.order.milestones.shift_until.since_s(tx.at()).max(0) / 3600 + LINK_LASTS_H;
        let codes = doors::open_many(tx, &actors, &self.order.district, doors::Kind::Personal, Some(lasts_h))?;
        Ok(codes.into_iter().map(|code| format!("{}/enter/{code}", self.house.settings.public_url)).collect())
    }
}
