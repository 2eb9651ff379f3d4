//! The roster page's own buttons, for browsers without scripts: one entry, at this moment.

use domain::{Id, PostRole, things::Volunteer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{Desk, Done, Fault, Undo};

use super::{
    CheckedIn, Gate,
    batch::{self, Item, Written},
};
use crate::{
    refusals::Refused,
    store::{check_ins::Way, orders},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ask {
    /// The badge's code, or …
    badge: Option<String>,
    /// … the volunteer.
    volunteer: Option<Id<Volunteer>>,
    #[serde(default)]
    way: Way,
    role: Option<PostRole>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Entered {
    pub walk_in: bool,
    pub volunteer: Id<Volunteer>,
}

pub async fn take(desk: Desk, ask: Ask) -> Result<Done<Entered>, Fault> {
    let site = desk.site()?;
    let (at_desk, way) = (desk.clone(), ask.way);
    let id = Uuid::now_v7();
    let entered = desk.change(move |tx| {
        let order = orders::of_site(tx, site)?.ok_or(Refused::SiteIsIdle)?;
        let Ask { badge, volunteer, way, role } = ask.clone();
        let at = Written::Ms(at_desk.at().ms());
        let item = Item { id, badge, volunteer, at, way, role, device: None, n: None };
        let volunteer = batch::identify(tx, at_desk.district(), item.volunteer, item.badge.as_deref())?;
        let entry = batch::entry(&at_desk, &item, volunteer, None)?;
        let outcome = Gate::of(tx, &order, site)?.pass(tx, &entry)?;
        places::heard(tx, site)?;
        Ok(Entered { walk_in: outcome == CheckedIn::New { walk_in: true }, volunteer })
    });
    let entered = entered.await?;
    let said = match (way, entered.walk_in) {
        (Way::In, true) => "deployments-walked-in",
        (Way::In, false) => "deployments-checked-in",
        (Way::Out, _) => "deployments-checked-out",
        (Way::Undo, _) => "deployments-undone",
    };
    let undo =
        Undo::by(format!("/sites/{site}/arrivals"), &[("volunteer", &entered.volunteer.to_string()), ("way", "undo")]);
    let done = Done::at(format!("/sites/{site}/roster"), entered).saying(said);
    Ok(if matches!(way, Way::Undo) { done } else { done.undone_by(undo) })
}
