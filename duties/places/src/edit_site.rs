//! Changing a site by hand, and adding one. What is typed goes the same way as a row of a file.

use domain::{
    Event, Id, Origin, Position, PostRole,
    things::{Site, Zone},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Page, Undo, refusal::Refused as WebRefused, view};

use crate::{
    headcount,
    refused::{self, Refused},
    rules::{
        headcount::Proposal,
        intake::{Divisions, SiteEntry, SiteRow},
    },
    store::{
        divisions::{self, DivisionHead},
        register, sites,
        zones::{self, ZoneHead},
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FormAsk {
    /// Fill the headcounts in by the guideline for so many people.
    people: Option<u32>,
}

/// The fields of a site, as they are before they are changed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FormPage {
    /// None when a site is added.
    site: Option<Id<Site>>,
    code: String,
    name: String,
    division: String,
    address: String,
    position: Option<Position>,
    zone: Option<Id<Zone>>,
    expected_people: Option<u32>,
    priority: u32,
    needs: Vec<(PostRole, u32)>,
    divisions: Vec<DivisionHead>,
    zones: Vec<ZoneHead>,
    proposal: Option<Proposal>,
}
view!(FormPage, "places_edit.html");

impl FormPage {
    fn is_of(&self, division: &DivisionHead) -> bool {
        self.division == division.code.as_str()
    }

    fn is_in(&self, zone: &ZoneHead) -> bool {
        self.zone == Some(zone.id)
    }

    /// The address the form is sent to.
    fn target(&self) -> String {
        self.site.map_or_else(|| "/sites".to_owned(), |site| format!("/sites/{site}"))
    }

    /// The address of this form itself.
    fn again(&self) -> String {
        self.site.map_or_else(|| "/sites/new".to_owned(), |site| format!("/sites/{site}/edit"))
    }

    fn propose(&mut self, desk: &Desk, people: Option<u32>) -> Result<(), Fault> {
        if let Some(people) = people {
            let proposal = headcount::proposal(desk.house(), people, desk.at())?;
            for (role, headcount) in &mut self.needs {
                *headcount = proposal.posts.iter().find(|(r, _)| r == role).map_or(0, |(_, n)| *n);
            }
            self.expected_people = Some(people);
            self.proposal = Some(proposal);
        }
        Ok(())
    }
}

/// The form for a site that is not there yet.
pub async fn blank(desk: Desk, ask: FormAsk) -> Result<Page<FormPage>, Fault> {
    let district = desk.district().clone();
    let (divisions, zones) =
        desk.look(move |tx| Ok((divisions::divisions(tx, &district)?, zones::zones(tx, &district)?))).await?;
    let mut page = FormPage {
        site: None,
        zone: None,
        expected_people: None,
        position: None,
        proposal: None,
        priority: 1,
        code: String::new(),
        name: String::new(),
        division: String::new(),
        address: String::new(),
        needs: PostRole::ALL.map(|role| (role, 0)).to_vec(),
        divisions,
        zones,
    };
    page.propose(&desk, ask.people)?;
    Ok(Page(page))
}

/// The form with a site's fields.
pub async fn form(desk: Desk, ask: FormAsk) -> Result<Page<FormPage>, Fault> {
    let (id, district) = (desk.site()?, desk.district().clone());
    let mut page = desk
        .look(move |tx| {
            let Some(head) = sites::site(tx, id)? else { return Err(WebRefused::NotThere.into()) };
            let known = sites::needs(tx, id)?;
            let of = |role| known.iter().find(|(r, _)| *r == role).map_or(0, |(_, n)| *n);
            Ok(FormPage {
                site: Some(id),
                code: head.code,
                name: head.name,
                division: head.division.to_string(),
                address: head.address,
                position: Some(head.position),
                zone: head.zone,
                expected_people: head.expected_people,
                priority: head.priority,
                needs: PostRole::ALL.map(|role| (role, of(role))).to_vec(),
                divisions: divisions::divisions(tx, &district)?,
                zones: zones::zones(tx, &district)?,
                proposal: None,
            })
        })
        .await?;
    page.propose(&desk, ask.people)?;
    Ok(Page(page))
}

/// What may be typed about a site. The code of a known site stays as it is: files find the site by it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct SiteAsk {
    #[serde(default)]
    code: String,
    name: String,
    /// A nine-digit code, or the exact name of a known division.
    division: String,
    #[serde(default)]
    address: String,
    latitude: f64,
    longitude: f64,
    /// The system the position is given in.
    #[serde(default)]
    origin: Origin,
    expected_people: Option<u32>,
    #[serde(default = "usual")]
    priority: u32,
    zone: Option<Id<Zone>>,
    #[serde(default)]
    gatekeeper: u32,
    #[serde(default)]
    registrar: u32,
    #[serde(default)]
    queue_marshal: u32,
    #[serde(default)]
    runner: u32,
    #[serde(default)]
    checkpoint_guard: u32,
    #[serde(default)]
    driver: u32,
}

const fn usual() -> u32 {
    1
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Saved {
    site: Id<Site>,
}

pub async fn save(desk: Desk, ask: SiteAsk) -> Result<Done<Saved>, Fault> {
    let id = desk.site()?;
    let here = desk.clone();
    let saved = desk.change(move |tx| {
        let Some(head) = sites::site(tx, id)? else { return Err(WebRefused::NotThere.into()) };
        // The form shows WGS-84 whatever the position was given in; left as it is, it keeps its origin.
        let is_unmoved = ask.origin == Origin::Wgs84
            && head.position == Position { latitude: ask.latitude, longitude: ask.longitude };
        let origin = if is_unmoved { sites::origin(tx, id)? } else { ask.origin };
        let undo = as_before(&head, &sites::needs(tx, id)?);
        let saved = write(tx, &here, id, &SiteAsk { code: head.code, ..ask.clone() }, origin)?;
        Ok((saved, undo))
    });
    let (saved, undo) = saved.await?;
    Ok(Done::at(format!("/sites/{}", saved.site), saved).saying("places-site-saved").undone_by(undo))
}

/// The same form with what stood there.
fn as_before(head: &sites::SiteHead, needs: &[(PostRole, u32)]) -> Undo {
    let or_none = |text: Option<String>| text.unwrap_or_default();
    let needs = needs.iter().map(|(role, headcount)| (role.to_string(), headcount.to_string()));
    let mut undo = Undo::by(format!("/sites/{}", head.id), &[("name", &head.name), ("address", &head.address)]);
    undo.fields.extend(needs);
    undo.fields.extend([
        ("division".to_owned(), head.division.to_string()),
        ("latitude".to_owned(), head.position.latitude.to_string()),
        ("longitude".to_owned(), head.position.longitude.to_string()),
        ("expected_people".to_owned(), or_none(head.expected_people.map(|people| people.to_string()))),
        ("priority".to_owned(), head.priority.to_string()),
        ("zone".to_owned(), or_none(head.zone.map(|zone| zone.to_string()))),
    ]);
    undo
}

pub async fn create(desk: Desk, ask: SiteAsk) -> Result<Done<Saved>, Fault> {
    let here = desk.clone();
    let saved = desk.change(move |tx| {
        if sites::site_by_code(tx, here.district(), &ask.code)?.is_some() {
            return Err(Refused::CodeTaken.with("code", ask.code.trim()).into());
        }
        let id = Id::fresh(tx.at());
        write(tx, &here, id, &ask, ask.origin)
    });
    let saved = saved.await?;
    let undo = Undo::by(format!("/sites/{}/retirement", saved.site), &[("back", "false")]);
    Ok(Done::at(format!("/sites/{}", saved.site), saved).saying("places-site-saved").undone_by(undo))
}

fn write(tx: &mut Tx, desk: &Desk, id: Id<Site>, ask: &SiteAsk, origin: Origin) -> Result<Saved, Fault> {
    let district = desk.district();
    let known = divisions::divisions(tx, district)?;
    let names = known.iter().map(|division| (division.code.as_str(), division.name.as_str()));
    let entry = SiteEntry::read(&row(ask)?, &Divisions::new(district, names));
    let entry = entry.map_err(|reason| refused::row(desk, &reason))?;
    if entry.is_new_division {
        divisions::put(tx, district, &[(entry.division.clone(), entry.division.to_string(), None)])?;
    }
    if let Some(zone) = ask.zone
        && zones::resolve(tx, district, &zone.to_string())?.is_none()
    {
        return Err(WebRefused::NotThere.into());
    }
    register::put_one(tx, district, id, &SiteEntry { origin, ..entry })?;
    zones::put_site(tx, id, ask.zone)?;
    let here = sites::jurisdiction(tx, id)?.unwrap_or_else(|| desk.here().clone());
    tx.record(&here, id.uuid(), &Event::SiteChanged { site: id })?;
    Ok(Saved { site: id })
}

fn row(ask: &SiteAsk) -> Result<SiteRow, Fault> {
    let position = Position::from_origin(ask.latitude, ask.longitude, ask.origin).map_err(|_| Refused::BadPosition)?;
    Ok(SiteRow {
        code: ask.code.clone(),
        name: ask.name.clone(),
        division: ask.division.clone(),
        address: ask.address.clone(),
        position,
        origin: ask.origin,
        needs: vec![
            (PostRole::Gatekeeper, ask.gatekeeper),
            (PostRole::Registrar, ask.registrar),
            (PostRole::QueueMarshal, ask.queue_marshal),
            (PostRole::Runner, ask.runner),
            (PostRole::CheckpointGuard, ask.checkpoint_guard),
            (PostRole::Driver, ask.driver),
        ],
        expected_people: ask.expected_people,
        priority: ask.priority,
    })
}
