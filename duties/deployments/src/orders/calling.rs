//! Calling a whole order out: the text for group chats, to copy or through robots. It names nobody.

use notices::Call;
use store::{Error, Tx};
use web::{Fault, House, Locale};

use super::show::OrderFigures;
use crate::{
    rules::mishap::Cause,
    store::{
        orders::{self, Order},
        plans::Plan,
        tallies,
    },
};

/// The text of an order whose people are told; none before.
pub fn text(
    tx: &mut Tx,
    house: &House,
    locale: Locale,
    order: &Order,
    with_link: bool,
) -> Result<Option<String>, Error> {
    if order.plan.is_none() {
        return Ok(None);
    }
    let sites = orders::sites(tx, order.id)?.into_iter().filter(|(_, closed_at)| closed_at.is_none()).count();
    let volunteers = OrderFigures::of(&tallies::all(tx, order.id)?).assigned;
    Ok(text_of(house, locale, order, (sites as u64, volunteers), with_link))
}

/// The same, for whoever has counted the open sites and the volunteers already.
pub fn text_of(
    house: &House,
    locale: Locale,
    order: &Order,
    (sites, volunteers): (u64, u64),
    with_link: bool,
) -> Option<String> {
    order.plan?;
    let link = with_link.then(|| format!("{}/enter", house.settings.public_url));
    let call = Call {
        order: &order.name,
        set_up_at: order.milestones.set_up_at,
        in_place_at: order.milestones.in_place_at,
        sites,
        volunteers,
        link: link.as_deref(),
    };
    Some(notices::group_text(&house.words, locale, &house.settings.zone, &call))
}

/// Tells the group chats of a plan for everybody. A mending plan concerns a few people, who are told themselves.
pub fn tell_groups(tx: &mut Tx, house: &House, order: &Order, plan: &Plan) -> Result<(), Fault> {
    if plan.cause != Cause::Whole {
        return Ok(());
    }
    let told = Order { plan: Some(plan.id), ..order.clone() };
    if let Some(text) = text(tx, house, Locale::default(), &told, false)? {
        notices::tell_groups(tx, house, &order.district, order.id.uuid(), i64::from(plan.number), &text)?;
    }
    Ok(())
}
