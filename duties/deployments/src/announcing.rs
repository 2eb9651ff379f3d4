//! Announcements: a chief speaks to everybody at the site or to one role, the headquarters to everybody under an order.
//! They go through the outbox, on every channel, and say how many have seen them.

use domain::{Id, Jurisdiction, PostRole, things};
use notices::{Announced, Announcement, Recipient};
use responders::Person;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Page, view};

use crate::{
    orders,
    refusals::Refused,
    roster::{Presence, roster},
    rules::standing::Standing,
    store::{
        assignments,
        orders::{self as order_rows, Order},
    },
    telling,
};

/// What fits into an SMS of a few parts, and on a screen that is read standing.
const MOST_LETTERS: usize = 300;
/// Announcements that are listed.
const MOST_LISTED: usize = 20;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct AtSite {
    /// What is said: at most 300 letters.
    text: String,
    /// Only people in this role at the site; everybody where left out.
    role: Option<PostRole>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ToOrder {
    order: Id<things::Order>,
    /// What is said: at most 300 letters.
    text: String,
    /// Only people in this role; everybody where left out.
    role: Option<PostRole>,
}

/// Whom an announcement went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    pub announcement: uuid::Uuid,
    pub told: u64,
}

/// The chief speaks to those who are meant to be at the site or stand there.
pub async fn at_site(desk: Desk, ask: AtSite) -> Result<Done<Said>, Fault> {
    let (site, text) = (desk.site()?, words(&ask.text)?);
    let (here, house) = (desk.here().clone(), desk.house().clone());
    let said = desk.change(move |tx| {
        let order = order_rows::of_site(tx, site)?.ok_or(Refused::SiteIsIdle)?;
        let to = at_post(tx, &order, site, ask.role)?;
        announce(tx, &house, &order, &here, ask.role, &text, &to)
    });
    Ok(Done::at(format!("/sites/{site}/announcements"), said.await?).saying("deployments-announced"))
}

/// The chief's words, entered on a phone of the site.
pub fn say(
    tx: &mut Tx,
    desk: &Desk,
    order: &Order,
    site: Id<things::Site>,
    role: Option<PostRole>,
    text: &str,
) -> Result<Said, Fault> {
    let text = words(text)?;
    let to = at_post(tx, order, site, role)?;
    announce(tx, desk.house(), order, desk.here(), role, &text, &to)
}

/// The headquarters speaks to everybody who holds a post under an order.
pub async fn to_order(desk: Desk, ask: ToOrder) -> Result<Done<Said>, Fault> {
    let (id, text) = (ask.order, words(&ask.text)?);
    let house = desk.house().clone();
    let said = desk.change(move |tx| {
        let order = orders::open(tx, id)?;
        let held = assignments::live(tx, id)?.into_iter().filter(|held| ask.role.is_none_or(|role| role == held.role));
        let to: Vec<_> =
            held.filter(|held| !matches!(held.standing, Standing::Left { .. })).map(|held| held.volunteer).collect();
        announce(tx, &house, &order, &order.jurisdiction(), ask.role, &text, &to)
    });
    Ok(Done::at(format!("/orders/{id}"), said.await?).saying("deployments-announced"))
}

fn words(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MOST_LETTERS {
        return Err(Refused::SayInFewWords.with("most", MOST_LETTERS).into());
    }
    Ok(text.to_owned())
}

/// Those of a role who are expected or stand there; whoever has left or stands elsewhere is left in peace.
fn at_post(
    tx: &mut Tx,
    order: &Order,
    site: Id<things::Site>,
    role: Option<PostRole>,
) -> Result<Vec<Id<things::Volunteer>>, Fault> {
    let lines = roster(tx, order.id, site)?.into_iter();
    let lines = lines.filter(|line| role.is_none() || line.role == role);
    let concerned = lines.filter(|line| !matches!(line.presence, Presence::Left { .. } | Presence::Elsewhere { .. }));
    Ok(concerned.map(|line| line.volunteer).collect())
}

fn announce(
    tx: &mut Tx,
    house: &web::House,
    order: &Order,
    here: &Jurisdiction,
    role: Option<PostRole>,
    text: &str,
    to: &[Id<things::Volunteer>],
) -> Result<Said, Fault> {
    let persons = responders::persons(tx, to)?;
    let reached = persons.values().filter(|person: &&Person| !person.has_left);
    let to: Vec<Recipient> = reached.map(telling::recipient).collect();
    if to.is_empty() {
        return Err(Refused::NobodyToTell.into());
    }
    let said = Announcement {
        id: Id::<things::Notice>::fresh(tx.at()).uuid(),
        here: here.clone(),
        role,
        text: if order.is_drill { in_a_drill(house, text) } else { text.to_owned() },
    };
    let told = notices::announce(tx, house, &said, to)?;
    Ok(Said { announcement: said.id, told })
}

/// Nobody may take what is said in a drill for the real thing.
fn in_a_drill(house: &web::House, text: &str) -> String {
    house.words.say(web::Locale::default(), "deployments-drill-name").text("name", text).to_string()
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

/// What was said at a site, with who has seen it, and the field to say more.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AnnouncementsPage {
    pub site: places::SiteHead,
    pub roles: Vec<PostRole>,
    pub announcements: Vec<Announced>,
}
view!(AnnouncementsPage, "announcements.html");

pub async fn show(desk: Desk, _: Ask) -> Result<Page<AnnouncementsPage>, Fault> {
    let (site, district) = (desk.site()?, desk.district().clone());
    let page = desk.look(move |tx| {
        let announcements = notices::latest_announcements(tx, &district, Some(site), MOST_LISTED)?;
        let site = places::site(tx, site)?.ok_or(web::refusal::Refused::NotThere)?;
        Ok(AnnouncementsPage { site, roles: PostRole::OF_A_SITE.to_vec(), announcements })
    });
    Ok(Page(page.await?))
}
