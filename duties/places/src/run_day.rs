//! Running a site's day: marking the checklist, and declaring that the site stands, takes people, is done. A phone that had
//! no network sends these later, with the time of its own clock.

use domain::{
    Id, Moment,
    things::{Order, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Undo, refusal::Refused as WebRefused};

use crate::{
    ready::order_of,
    refused::Refused,
    rules::day::{Item, Mark, Stage, Times, when_done},
    store::days::{self, Opening},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct MarkAsk {
    order: Option<Id<Order>>,
    item: Item,
    done: bool,
    /// When it was marked, by the phone's clock.
    marked_at: Option<Moment>,
    /// What the phone's clock shows while it sends this.
    sent_at: Option<Moment>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct StageAsk {
    order: Option<Id<Order>>,
    /// When it was so, by the phone's clock.
    marked_at: Option<Moment>,
    /// What the phone's clock shows while it sends this.
    sent_at: Option<Moment>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct WithdrawAsk {
    order: Option<Id<Order>>,
    /// The stage that was declared by mistake.
    stage: Stage,
}

/// How far the site has come after the act.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DayNow {
    site: Id<Site>,
    order: Id<Order>,
    stage: Stage,
    times: Times,
    missing: Vec<Item>,
}

pub async fn mark(desk: Desk, ask: MarkAsk) -> Result<Done<DayNow>, Fault> {
    let site = desk.site()?;
    let at = when_done(desk.at(), ask.marked_at, ask.sent_at);
    let mark = Mark { done: ask.done, at };
    let word = if ask.done { "places-marked" } else { "places-unmarked" };
    let (done, _) =
        act(desk, ask.order, word, move |tx, order, site| Ok(days::mark(tx, order, site, ask.item, mark)?)).await?;
    let (order, item) = (done.body.order.to_string(), ask.item.to_string());
    let back = if ask.done { "false" } else { "true" };
    let undo =
        Undo::by(format!("/sites/{site}/readiness/marks"), &[("order", &order), ("item", &item), ("done", back)]);
    Ok(done.undone_by(undo))
}

pub async fn set_up(desk: Desk, ask: StageAsk) -> Result<Done<DayNow>, Fault> {
    let at = when_done(desk.at(), ask.marked_at, ask.sent_at);
    say(desk, ask.order, "places-set-up-said", Stage::SetUp, at).await
}

pub async fn open(desk: Desk, ask: StageAsk) -> Result<Done<DayNow>, Fault> {
    let at = when_done(desk.at(), ask.marked_at, ask.sent_at);
    say(desk, ask.order, "places-open-said", Stage::Open, at).await
}

pub async fn close(desk: Desk, ask: StageAsk) -> Result<Done<DayNow>, Fault> {
    let at = when_done(desk.at(), ask.marked_at, ask.sent_at);
    say(desk, ask.order, "places-close-said", Stage::Closed, at).await
}

async fn say(
    desk: Desk,
    named: Option<Id<Order>>,
    saying: &'static str,
    stage: Stage,
    at: Moment,
) -> Result<Done<DayNow>, Fault> {
    let asked = desk.clone();
    act(desk, named, saying, move |tx, order, site| declare(tx, &asked, order, site, stage, at)).await.map(taken_back)
}

/// The site has come to a stage, as of `at`, however late that is heard. The face for duties above.
pub fn declare(
    tx: &mut Tx,
    desk: &Desk,
    order: Id<Order>,
    site: Id<Site>,
    stage: Stage,
    at: Moment,
) -> Result<(), Fault> {
    match stage {
        Stage::Preparing => Err(WebRefused::NotUnderstood.with("reason", "stage: set_up, open or closed").into()),
        Stage::SetUp => Ok(days::declare_set_up(tx, order, site, at)?),
        Stage::Open => match days::open(tx, order, site, at)? {
            Opening::Opened => Ok(()),
            Opening::Lacks(missing) => Err(not_ready(desk, &missing)),
        },
        Stage::Closed => Ok(days::close(tx, order, site, at)?),
    }
}

/// Takes back the stage somebody declared, unless the site has moved on since. The face for duties above.
pub fn take_back(tx: &mut Tx, order: Id<Order>, site: Id<Site>, stage: Stage) -> Result<(), Fault> {
    let now = days::state(tx, order, site)?.map(|readiness| readiness.stage);
    if now != Some(stage) {
        return Err(Refused::StageMovedOn.into());
    }
    Ok(days::withdraw(tx, order, site)?)
}

/// The stage that was declared can be taken back where it is said: a site that was closed before is closed again.
fn taken_back((done, before): (Done<DayNow>, Stage)) -> Done<DayNow> {
    let (now, address) = (&done.body, format!("/sites/{}/readiness", done.body.site));
    let order = now.order.to_string();
    let undo = match before {
        before if before == now.stage => return done,
        Stage::Closed => Undo::by(format!("{address}/closure"), &[("order", &order)]),
        _ => Undo::by(format!("{address}/withdrawal"), &[("order", &order), ("stage", now.stage.name())]),
    };
    done.undone_by(undo)
}

/// Takes back the stage somebody saw, unless the site has moved on since.
pub async fn withdraw(desk: Desk, ask: WithdrawAsk) -> Result<Done<DayNow>, Fault> {
    act(desk, ask.order, "places-stage-withdrawn", move |tx, order, site| take_back(tx, order, site, ask.stage))
        .await
        .map(|(done, _)| done)
}

async fn act(
    desk: Desk,
    named: Option<Id<Order>>,
    saying: &'static str,
    work: impl Fn(&mut Tx, Id<Order>, Id<Site>) -> Result<(), Fault> + Send + 'static,
) -> Result<(Done<DayNow>, Stage), Fault> {
    let site = desk.site()?;
    let day = desk.change(move |tx| {
        let order = order_of(tx, site, named)?;
        let before = days::state(tx, order, site)?.map_or(Stage::Preparing, |readiness| readiness.stage);
        work(tx, order, site)?;
        days::heard(tx, site)?;
        let now = days::state(tx, order, site)?.ok_or(Refused::NoOrderHere)?;
        Ok((DayNow { site, order, stage: now.stage, times: now.times, missing: now.missing() }, before))
    });
    let (day, before) = day.await?;
    Ok((Done::at(format!("/sites/{site}/readiness?order={}", day.order), day).saying(saying), before))
}

fn not_ready(desk: &Desk, missing: &[Item]) -> Fault {
    let words = &desk.house().words;
    let name = |item: &Item| words.say(desk.locale(), format!("places-item-{item}")).to_string();
    let comma = desk.say("places-comma").to_string();
    let names: Vec<String> = missing.iter().map(name).collect();
    Refused::NotReady.with("missing", names.join(&comma)).into()
}
