//! The today page: everything one needs to be in the right place, known, and counted.

use domain::{Id, Moment, Position, PostRole, things};
use notices::Told;
use places::Chief;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use uuid::Uuid;
use web::{Desk, Fault, Page, qr, refusal::Refused, view};

use crate::{
    gate,
    rules::{
        pick::Reason,
        standing::{DeclineReason, Standing},
    },
    store::{
        assignments::{self, Assignment},
        orders,
    },
};

/// Notices looked through for announcements.
const LATEST: usize = 20;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DutyPage {
    /// The person's own name, on their own page.
    pub name: String,
    pub team: String,
    pub badge: Badge,
    /// None while nobody has sent them anywhere.
    pub duty: Option<TodaysDuty>,
    /// The duty that was taken back or declined last, when there is none now.
    pub gone: Option<Standing>,
    /// The duty that was declined and that nobody else has: one can come after all.
    pub open_again: Option<Id<things::Assignment>>,
    pub reasons: Vec<DeclineReason>,
    /// The database's life: when it changes, phones send again what they still have.
    pub epoch: Uuid,
    /// What was announced and not tapped "seen" yet, newest first.
    pub announced: Vec<Told>,
}
view!(DutyPage, "duty.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct Badge {
    pub code: String,
    /// The code in groups, to be read out.
    pub grouped: String,
    pub address: String,
    /// An SVG element.
    pub qr: String,
}

/// Where, when, what, and whom to ask.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TodaysDuty {
    pub assignment: Id<things::Assignment>,
    pub order: Id<things::Order>,
    pub order_name: String,
    pub is_drill: bool,
    pub site: Id<things::Site>,
    pub site_code: String,
    pub site_name: String,
    pub address: String,
    pub division_name: String,
    pub position: Position,
    pub role: PostRole,
    pub shift_from: Moment,
    pub shift_until: Moment,
    pub distance_m: i64,
    /// Why here.
    pub why: Reason,
    pub standing: Standing,
    /// Changed: must be tapped "seen".
    pub is_unseen_change: bool,
    /// Where they were to go before the change.
    pub before: Option<String>,
    pub chief: Option<ChiefCard>,
    pub route: Route,
    /// Checked in at a site now.
    pub is_checked_in: bool,
    pub changed_at: Moment,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ChiefCard {
    pub name: String,
    pub phone: Option<String>,
}

/// Addresses that a phone's own map opens; nothing foreign is loaded by the page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Route {
    /// RFC 5870.
    pub geo: String,
    pub amap: String,
    pub osm: String,
}

impl TodaysDuty {
    pub const fn may_answer(&self) -> bool {
        matches!(self.standing, Standing::Told | Standing::Acknowledged { .. })
    }

    /// Came, served, and went.
    pub const fn is_done(&self) -> bool {
        matches!(self.standing, Standing::Left { .. })
    }

    pub const fn has_acknowledged(&self) -> bool {
        !matches!(self.standing, Standing::Told)
    }
}

pub async fn show(desk: Desk, _: Ask) -> Result<Page<DutyPage>, Fault> {
    let volunteer = desk.volunteer()?;
    let public = desk.public_url("/b/");
    Ok(Page(desk.look(move |tx| page(tx, volunteer, &public)).await?))
}

fn page(tx: &mut Tx, volunteer: Id<things::Volunteer>, public: &str) -> Result<DutyPage, Fault> {
    let person = responders::person(tx, volunteer)?.ok_or(Refused::NotThere)?;
    let held = assignments::of_volunteer(tx, volunteer)?;
    let duty = match held {
        Some(held) => duty(tx, held)?,
        None => None,
    };
    let gone = match &duty {
        Some(_) => None,
        None => assignments::latest_of(tx, volunteer)?.filter(|held| !held.standing.is_live()),
    };
    let open_again = gone.as_ref().map(|held| open_again(tx, held)).transpose()?.flatten();
    let address = format!("{public}{}", person.badge);
    let badge = Badge {
        grouped: responders::badge::grouped(&person.badge),
        qr: qr::svg(&address),
        code: person.badge,
        address,
    };
    let order = duty.as_ref().map(|duty| duty.order.uuid());
    let mut announced = notices::told_to(tx, volunteer, LATEST)?;
    // What the duty itself says needs no second telling.
    announced.retain(|told| told.seen_at.is_none() && order.is_some_and(|order| order != told.about));
    Ok(DutyPage {
        announced,
        name: person.name,
        team: person.team_name,
        badge,
        duty,
        gone: gone.map(|held| held.standing),
        open_again,
        reasons: DeclineReason::ALL.to_vec(),
        epoch: store::epoch::current(tx)?.id,
    })
}

fn duty(tx: &mut Tx, held: Assignment) -> Result<Option<TodaysDuty>, Fault> {
    let order = orders::known(tx, held.order)?;
    let Some(site) = places::site(tx, held.site)?.filter(|_| order.is_open()) else { return Ok(None) };
    let before = held.replaces.map_or(Ok(None), |before| place_of(tx, before))?;
    let is_checked_in = gate::stay_of(tx, held.volunteer)?.is_some();
    let chief = places::chief(tx, held.site)?.map(|Chief { name, phone, .. }| ChiefCard { name, phone });
    Ok(Some(TodaysDuty {
        is_unseen_change: held.is_unseen_change(),
        assignment: held.id,
        order: order.id,
        order_name: order.name,
        is_drill: order.is_drill,
        site: site.id,
        route: route(site.position, &site.name),
        site_code: site.code,
        site_name: site.name,
        address: site.address,
        division_name: site.division_name,
        position: site.position,
        role: held.role,
        shift_from: held.shift_from,
        shift_until: held.shift_until,
        distance_m: held.distance_m,
        why: held.reason,
        standing: held.standing,
        before,
        chief,
        is_checked_in,
        changed_at: held.told_at,
    }))
}

fn open_again(tx: &mut Tx, held: &Assignment) -> Result<Option<Id<things::Assignment>>, Fault> {
    if !matches!(held.standing, Standing::Declined { .. }) {
        return Ok(None);
    }
    let order = orders::known(tx, held.order)?;
    Ok(super::answer::is_still_open(tx, &order, held)?.then_some(held.id))
}

fn place_of(tx: &mut Tx, before: Id<things::Assignment>) -> Result<Option<String>, Fault> {
    let Some(before) = assignments::by_id(tx, before)? else { return Ok(None) };
    Ok(places::site(tx, before.site)?.map(|site| site.name))
}

fn route(to: Position, name: &str) -> Route {
    let Position { latitude, longitude } = to;
    let name: String = name.bytes().map(percent).collect();
    Route {
        geo: format!("geo:{latitude:.6},{longitude:.6}"),
        // `coordinate=wgs84` lets the map convert to its own system.
        amap: format!("https://uri.amap.com/marker?position={longitude:.6},{latitude:.6}&name={name}&coordinate=wgs84"),
        osm: format!(
            "https://www.openstreetmap.org/?mlat={latitude:.6}&mlon={longitude:.6}#map=17/{latitude:.6}/{longitude:.6}"
        ),
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}
