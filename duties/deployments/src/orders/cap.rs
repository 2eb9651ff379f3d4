//! The order in the Common Alerting Protocol, for other systems: an alert when it is given, an update at each plan that
//! people are told of or that is undone, a cancellation when it is closed.

use std::collections::HashSet;

use axum::body::Body;
use domain::{Id, Moment, things};
use notices::cap::{Alert, Area, MsgType, Response, Severity, Status, Urgency, Wording, document};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Tx;
use web::{Attachment, Desk, Fault, House, Locale};

use super::calling;
use crate::store::{
    orders::{self, Order},
    plans,
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
}

pub async fn take(desk: Desk, ask: Ask) -> Result<Attachment, Fault> {
    let house = desk.house().clone();
    let alert = desk.look(move |tx| {
        let order = super::named(tx, ask.order)?;
        alert(tx, &house, &order)
    });
    let alert = alert.await?;
    Ok(Attachment {
        name: format!("{}.cap.xml", ask.order),
        mime: "application/cap+xml",
        body: Body::from(document(&alert)),
        inline: true,
    })
}

fn alert(tx: &mut Tx, house: &House, order: &Order) -> Result<Alert, Fault> {
    let mut sent = messages(tx, order)?;
    let (identifier, last) = sent.pop().unwrap_or_else(|| (order.id.to_string(), order.given_at));
    let msg_type = match (order.closed_at, sent.is_empty()) {
        (Some(_), _) => MsgType::Cancel,
        (None, true) => MsgType::Alert,
        (None, false) => MsgType::Update,
    };
    let areas = areas(tx, order)?;
    let infos = Locale::ALL.map(|locale| wording(tx, house, locale, order, areas.clone()));
    Ok(Alert {
        identifier,
        sender: sender(&house.settings.public_url).to_owned(),
        sent: last,
        status: if order.is_drill { Status::Exercise } else { Status::Actual },
        msg_type,
        references: sent,
        infos: infos.into_iter().collect::<Result<_, _>>()?,
        zone: house.settings.zone.clone(),
    })
}

/// What was said of the order so far, each with its identifier, oldest first.
fn messages(tx: &mut Tx, order: &Order) -> Result<Vec<(String, Moment)>, Fault> {
    let plans = plans::all(tx, order.id)?;
    let mut at: Vec<Moment> = plans.iter().flat_map(|plan| [plan.published_at, plan.withdrawn_at]).flatten().collect();
    at.extend(order.closed_at);
    at.sort_unstable();
    at.dedup();
    let all = std::iter::once(order.given_at).chain(at).enumerate();
    Ok(all.map(|(number, at)| (format!("{}.{number}", order.id), at)).collect())
}

/// The divisions whose sites take part.
fn areas(tx: &mut Tx, order: &Order) -> Result<Vec<Area>, Fault> {
    let parts = orders::sites(tx, order.id)?.into_iter().filter(|(_, closed_at)| closed_at.is_none());
    let parts: HashSet<_> = parts.map(|(site, _)| site).collect();
    let sites = places::sites(tx, &order.district)?;
    let concerned: HashSet<_> =
        sites.into_iter().filter(|site| parts.contains(&site.id)).map(|site| site.division).collect();
    let divisions = places::divisions(tx, &order.district)?.into_iter();
    let area = |division: places::DivisionHead| Area {
        describes: division.name,
        circle: None,
        code: Some(("GB/T 10114", division.code.to_string())),
    };
    Ok(divisions.filter(|division| concerned.contains(&division.code)).map(area).collect())
}

fn wording(tx: &mut Tx, house: &House, locale: Locale, order: &Order, areas: Vec<Area>) -> Result<Wording, Fault> {
    let say = |id: &'static str| house.words.say(locale, id).to_string();
    let is_over = order.closed_at.is_some();
    let told = calling::text(tx, house, locale, order, false)?;
    Ok(Wording {
        language: locale.tag(),
        event: say("deployments-cap-event"),
        response: if is_over { Response::AllClear } else { Response::Execute },
        urgency: if is_over { Urgency::Past } else { Urgency::Expected },
        severity: Severity::Moderate,
        effective: order.milestones.order_at,
        onset: Some(order.milestones.shift_from),
        expires: Some(order.milestones.shift_until),
        sender_name: say("deployments-cap-sender"),
        headline: order.name.clone(),
        description: told.unwrap_or_default(),
        instruction: say(if is_over { "deployments-cap-over" } else { "deployments-cap-instruction" }),
        web: Some(format!("{}/enter", house.settings.public_url)),
        areas,
    })
}

/// The name under which this server is known: `muster.example`.
fn sender(public_url: &str) -> &str {
    let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    host.split('/').next().unwrap_or(host)
}
