//! What officers want of the next plan: this person there, or not at all.

use domain::{Event, Id, PostRole, things};
use responders::VolunteerHead;
use schemars::JsonSchema;
use serde::Deserialize;
use store::Tx;
use web::{Desk, Done, Fault, Undo};

use crate::{
    gate, mending, orders,
    refusals::Refused,
    store::{
        orders::{self as order_rows, Order},
        wishes,
    },
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Pin {
    order: Id<things::Order>,
    /// Who: by id, or by code.
    volunteer: Option<Id<things::Volunteer>>,
    code: Option<String>,
    /// The site, by id or code; with the role. Left out with `off`.
    site: Option<String>,
    role: Option<PostRole>,
    /// Takes the pin out again.
    #[serde(default)]
    off: bool,
    back: Option<String>,
}

pub async fn pin(desk: Desk, ask: Pin) -> Result<Done<()>, Fault> {
    let to = back(ask.order, ask.back.as_deref());
    let wish = ask.clone();
    let volunteer = desk.change(move |tx| {
        let order = orders::open(tx, wish.order)?;
        let volunteer = meant(tx, &order, wish.volunteer, wish.code.as_deref())?;
        if wish.off {
            wishes::unpin(tx, order.id, volunteer)?;
        } else {
            let role = wish.role.ok_or_else(|| Refused::NotInThisOrder.with("what", "role"))?;
            let site = mending::site_of(tx, &order.district, wish.site.as_deref())?;
            may_stand(tx, &order, volunteer, site, role)?;
            wishes::pin(tx, &order, volunteer, site, role)?;
        }
        let event = Event::PersonPinned { volunteer, order: order.id, pinned: !wish.off };
        tx.record(&order.jurisdiction(), volunteer.uuid(), &event)?;
        Ok(volunteer)
    });
    let volunteer = volunteer.await?.to_string();
    let (site, role) = (ask.site.unwrap_or_default(), ask.role.map(|role| role.to_string()));
    let mut fields =
        vec![("volunteer", volunteer.as_str()), ("off", if ask.off { "false" } else { "true" }), ("back", &to)];
    if let (true, Some(role)) = (ask.off, &role) {
        fields.extend([("site", site.as_str()), ("role", role.as_str())]);
    }
    let undo = Undo::by(format!("/orders/{}/pins", ask.order), &fields);
    Ok(Done::at(&to, ()).saying("deployments-wish-noted").undone_by(undo))
}

/// Whoever is meant, by id or by the code that people know.
fn meant(
    tx: &mut Tx,
    order: &Order,
    volunteer: Option<Id<things::Volunteer>>,
    code: Option<&str>,
) -> Result<Id<things::Volunteer>, Fault> {
    let code = code.map(str::trim).unwrap_or_default();
    let found = match volunteer {
        Some(volunteer) => Some(volunteer),
        None => responders::volunteer_by_code(tx, &order.district, code)?,
    };
    found.ok_or_else(|| Refused::NotInThisOrder.with("what", code.to_owned()).into())
}

/// A pin outranks distance and rest, not what somebody can do.
fn may_stand(
    tx: &mut Tx,
    order: &Order,
    volunteer: Id<things::Volunteer>,
    site: Id<things::Site>,
    role: PostRole,
) -> Result<(), Fault> {
    if !order_rows::covers(tx, order.id, site)? {
        return Err(Refused::NotInThisOrder.with("what", site).into());
    }
    let head = known(tx, order, volunteer)?;
    if head.can(role) { Ok(()) } else { Err(Refused::LacksSkill.into()) }
}

/// Somebody of the order's district.
fn known(tx: &mut Tx, order: &Order, volunteer: Id<things::Volunteer>) -> Result<VolunteerHead, Fault> {
    let is_ours = gate::is_of_district(tx, &order.district, volunteer)?;
    let head = responders::head(tx, volunteer)?.filter(|_| is_ours);
    head.ok_or_else(|| web::refusal::Refused::NotThere.into())
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Exclude {
    order: Id<things::Order>,
    volunteer: Id<things::Volunteer>,
    /// Only not at this site; left out: not under this order.
    site: Option<Id<things::Site>>,
    /// Takes every exclusion of this person back.
    #[serde(default)]
    off: bool,
    back: Option<String>,
}

pub async fn exclude(desk: Desk, ask: Exclude) -> Result<Done<()>, Fault> {
    let to = back(ask.order, ask.back.as_deref());
    desk.change(move |tx| {
        let order = orders::open(tx, ask.order)?;
        known(tx, &order, ask.volunteer)?;
        if ask.off {
            wishes::readmit(tx, order.id, ask.volunteer)?;
        } else {
            wishes::exclude(tx, &order, ask.volunteer, ask.site)?;
        }
        let event = Event::PersonExcluded { volunteer: ask.volunteer, order: order.id, excluded: !ask.off };
        Ok(tx.record(&order.jurisdiction(), ask.volunteer.uuid(), &event)?)
    })
    .await?;
    let done = Done::at(&to, ()).saying("deployments-wish-noted");
    if ask.off {
        return Ok(done);
    }
    let fields = [("volunteer", ask.volunteer.to_string()), ("off", "true".to_owned()), ("back", to)];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(done.undone_by(Undo::by(format!("/orders/{}/exclusions", ask.order), &fields)))
}

/// Back to the page one came from, within this order.
fn back(order: Id<things::Order>, asked: Option<&str>) -> String {
    let home = format!("/orders/{order}");
    asked.filter(|to| to.starts_with(&home)).map_or(home.clone(), str::to_owned)
}
