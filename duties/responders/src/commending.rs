//! The commendation list: who is on it and why, as a page, in print and as XLSX. The rules propose; the assessment group
//! decides, and its decision outranks the rules.

use std::collections::HashMap;

use axum::body::Body;
use domain::{Event, Id, Moment, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sheets::{Cell, Format, Layout, SheetOut};
use store::Tx;
use web::{
    Attachment, Desk, Done, Fault, Page, Undo,
    exports::{Leave, Leaving, Taken, Why},
    refusal::Refused as House,
    view,
};

use crate::{
    correcting::text,
    rules::{
        commending::{Bar, Ground, Merits, grounds},
        rest::Rest,
    },
    store::{
        attendances,
        commendations::{self, Decision},
        deeds,
        volunteers::{self, Person},
    },
};

/// The longest list on one page; the sheet has everybody.
const PAGE: usize = 100;

/// `[responders]` of the configuration.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub rest: Rest,
    pub bar: Bar,
    /// Merits of how many days count.
    pub days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rest: Rest::default(), bar: Bar::default(), days: 30 }
    }
}

pub fn settings(desk: &Desk) -> Result<Settings, Fault> {
    desk.house().settings.of("responders").map_err(Fault::Bug)
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Commended {
    id: Id<things::Volunteer>,
    code: String,
    name: String,
    team_name: String,
    merits: Merits,
    hours: i64,
    grounds: Vec<Ground>,
    reason: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CommendationsPage {
    bar: Bar,
    days: i64,
    since: Moment,
    people: Vec<Commended>,
    /// How many there are in all.
    count: i64,
    next: Option<usize>,
}
view!(CommendationsPage, "commendations.html");

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// People after this place of the list.
    #[serde(default)]
    from: usize,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<CommendationsPage>, Fault> {
    let (settings, place, now) = (settings(&desk)?, desk.here().clone(), desk.at());
    let page = desk.look(move |tx| {
        let listed = listed(tx, &place.district, settings, now)?;
        let count = i64::try_from(listed.len()).unwrap_or(i64::MAX);
        let next = ask.from.saturating_add(PAGE);
        let next = (next < listed.len()).then_some(next);
        let people = opened(tx, listed.into_iter().skip(ask.from).take(PAGE).collect())?;
        Ok(CommendationsPage {
            bar: settings.bar,
            days: settings.days,
            since: since(settings, now),
            people,
            count,
            next,
        })
    });
    let page = page.await?;
    desk.note_list("commendations", page.people.iter().map(|person| person.id.uuid()));
    Ok(Page(page))
}

fn since(settings: Settings, now: Moment) -> Moment {
    now.plus_h(-24 * settings.days)
}

/// Somebody on the list, before it is known who that is.
struct Listed {
    id: Id<things::Volunteer>,
    merits: Merits,
    grounds: Vec<Ground>,
    reason: Option<String>,
}

/// Everybody on the list: most hours first.
fn listed(tx: &mut Tx, district: &domain::District, settings: Settings, now: Moment) -> Result<Vec<Listed>, Fault> {
    let since = since(settings, now);
    let mut merits: HashMap<Id<things::Volunteer>, Merits> = attendances::merits(tx, district, since)?;
    for (id, deeds) in deeds::published(tx, district, since)? {
        merits.entry(id).or_default().deeds = deeds;
    }
    let decisions = commendations::decisions(tx, district)?;
    for id in decisions.keys() {
        merits.entry(*id).or_default();
    }
    let mut listed: Vec<Listed> =
        merits.into_iter().filter_map(|(id, merits)| on_list(id, merits, settings.bar, decisions.get(&id))).collect();
    listed.sort_by_key(|it| (std::cmp::Reverse((it.merits.deeds, it.merits.minutes)), it.id));
    Ok(listed)
}

fn on_list(id: Id<things::Volunteer>, merits: Merits, bar: Bar, decision: Option<&Decision>) -> Option<Listed> {
    let mut grounds = grounds(bar, merits);
    match decision {
        Some(Decision { listed: false, .. }) => return None,
        Some(Decision { listed: true, .. }) => grounds.push(Ground::Decided),
        None => {}
    }
    let reason = decision.and_then(|decision| decision.reason.clone());
    (!grounds.is_empty()).then_some(Listed { id, merits, grounds, reason })
}

fn opened(tx: &mut Tx, listed: Vec<Listed>) -> Result<Vec<Commended>, Fault> {
    let people = volunteers::persons(tx, &listed.iter().map(|it| it.id).collect::<Vec<_>>())?;
    let line = |it: Listed| {
        let person = people.get(&it.id)?;
        Some(Commended {
            id: it.id,
            code: person.code.clone(),
            name: person.name.clone(),
            team_name: person.team_name.clone(),
            hours: it.merits.minutes / 60,
            merits: it.merits,
            grounds: it.grounds,
            reason: it.reason,
        })
    };
    Ok(listed.into_iter().filter_map(line).collect())
}

/// The merits of one person that count for the list now.
pub fn merits_of(tx: &mut Tx, person: &Person, settings: Settings, now: Moment) -> Result<Merits, Fault> {
    let stays = attendances::merits_since(tx, person.id, since(settings, now))?;
    let deeds = deeds::of_volunteer(tx, person.id)?;
    let published = deeds.iter().filter(|deed| deed.state == deeds::DeedState::Published).count();
    Ok(Merits { deeds: i64::try_from(published).unwrap_or(i64::MAX), ..stays })
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SheetAsk {
    /// `xlsx` (also when left out) or `csv`.
    format: Option<String>,
    #[serde(flatten)]
    why: Why,
}

/// The whole list as a table to take away.
pub async fn sheet(desk: Desk, ask: SheetAsk) -> Result<Taken, Fault> {
    let format = if ask.format.as_deref() == Some("csv") { Format::Csv } else { Format::Xlsx };
    let (settings, place, now) = (settings(&desk)?, desk.here().clone(), desk.at());
    let people = desk.look(move |tx| {
        let listed = listed(tx, &place.district, settings, now)?;
        opened(tx, listed)
    });
    let people = people.await?;
    let count = people.len() as u64;
    let leaving = Leaving { list: "commendations", format: format.extension(), people: count, is_own: false };
    let foot = match desk.leave(&ask.why, leaving).await? {
        Leave::Given(foot) => foot,
        Leave::Waiting(waiting) => return Ok(Taken::Waiting(waiting)),
    };
    let body = written(&desk, format, &people, &foot).map_err(|cause| Fault::Bug(cause.to_string()))?;
    let (title, day) = (desk.say("responders-commendations"), now.date(desk.zone()));
    Ok(Taken::File(Attachment {
        name: format!("{title}-{day}.{}", format.extension()),
        mime: format.media_type(),
        body: Body::from(body),
        inline: false,
    }))
}

fn written(desk: &Desk, format: Format, people: &[Commended], foot: &str) -> Result<Vec<u8>, sheets::OutFault> {
    const HEADINGS: [&str; 8] = [
        "responders-code",
        "responders-name",
        "responders-team",
        "responders-hours",
        "responders-duties-timed",
        "responders-duties-punctual",
        "responders-deeds-published",
        "responders-why",
    ];
    let title = desk.say("responders-commendations").to_string();
    let layout = Layout::new(&title, HEADINGS.map(|word| desk.say(word).to_string())).with_footer(foot);
    let mut out = SheetOut::new(format, Vec::new(), layout)?;
    for it in people {
        let why = it.grounds.iter().map(|ground| sentence(desk, *ground)).collect::<Vec<_>>().join(" ");
        out.row([
            Cell::Text(&it.code),
            Cell::Text(&it.name),
            Cell::Text(&it.team_name),
            Cell::Whole(it.hours),
            Cell::Whole(it.merits.timed),
            Cell::Whole(it.merits.punctual),
            Cell::Whole(it.merits.deeds),
            Cell::Text(&why),
        ])?;
    }
    out.finish()
}

/// Why somebody is on the list, as a sentence.
fn sentence(desk: &Desk, ground: Ground) -> String {
    match ground {
        Ground::Hours { hours, punctual_percent } => {
            desk.say("responders-ground-hours").num("hours", &hours).num("percent", &punctual_percent).to_string()
        }
        Ground::Deeds { deeds } => desk.say("responders-ground-deeds").num("count", &deeds).to_string(),
        Ground::Decided => desk.say("responders-ground-decided").to_string(),
    }
}

#[derive(Deserialize, JsonSchema)]
pub struct Decide {
    volunteer: Id<things::Volunteer>,
    listed: bool,
    /// What the list says about it.
    #[serde(default)]
    reason: String,
    /// Takes the decision back: the rules speak again.
    #[serde(default)]
    forget: bool,
}

/// Puts somebody on the list, or takes them off; either needs a reason.
pub async fn decide(desk: Desk, ask: Decide) -> Result<Done<()>, Fault> {
    let reason = if ask.forget { String::new() } else { text(&ask.reason)? };
    let mut place = desk.here().clone();
    place.person = Some(ask.volunteer.uuid());
    // Read apart: what a change answers is kept, and reasons do not lie open.
    let district = place.district.clone();
    let before = desk.look(move |tx| Ok(commendations::decisions(tx, &district)?.remove(&ask.volunteer))).await?;
    desk.change(move |tx| {
        volunteers::place_by_id(tx, &place.district, ask.volunteer)?.ok_or(House::NotThere)?;
        if ask.forget {
            commendations::forget(tx, ask.volunteer)?;
        } else {
            let decision = Decision { listed: ask.listed, reason: Some(reason.clone()) };
            commendations::decide(tx, &place.district, ask.volunteer, &decision)?;
        }
        let event = Event::Commended { volunteer: ask.volunteer, on: ask.listed };
        Ok(tx.record(&place, ask.volunteer.uuid(), &event)?)
    })
    .await?;
    let volunteer = ask.volunteer.to_string();
    let done = Done::at("/commendations", ()).saying("responders-commendation-decided");
    let back = if ask.listed { "false" } else { "true" };
    let undo =
        |fields: &[(&str, &str)]| Undo::by("/commendations", &[&[("volunteer", volunteer.as_str())], fields].concat());
    Ok(match before {
        _ if ask.forget => done,
        None => done.undone_by(undo(&[("listed", back), ("forget", "true")])),
        Some(Decision { listed, reason }) => {
            let listed = if listed { "true" } else { "false" };
            done.undone_by(undo(&[("listed", listed), ("reason", &reason.unwrap_or_default())]))
        }
    })
}
