//! The plan as a table to take away: XLSX or CSV, one row a person.

use axum::body::Body;
use domain::{Event, Id, things};
use schemars::JsonSchema;
use serde::Deserialize;
use sheets::{Cell, Format, Layout, SheetOut};
use web::{Attachment, Desk, Fault};

use super::show::{named_lines, site_map};
use crate::{orders, store::plans};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    plan: Id<things::Plan>,
    /// `xlsx` (also when left out) or `csv`.
    format: Option<String>,
}

pub async fn take(desk: Desk, ask: Ask) -> Result<Attachment, Fault> {
    let format = if ask.format.as_deref() == Some("csv") { Format::Csv } else { Format::Xlsx };
    let (order, plan, lines) = desk
        .look(move |tx| {
            let order = orders::named(tx, ask.order)?;
            let plan = super::named(tx, order.id, ask.plan)?;
            let sites = site_map(tx, &order)?;
            let mut lines = Vec::new();
            plans::each_line(tx, plan.id, |line| lines.push(line))?;
            let lines = named_lines(tx, &lines, &sites)?;
            Ok((order, plan, lines))
        })
        .await?;
    let say = |word: String| desk.house().words.say(desk.locale(), word).to_string();
    let headings = ["volunteer", "name", "team", "site", "site-name", "role", "distance", "reason"];
    let headings = headings.map(|column| say(format!("deployments-column-{column}")));
    let footer = format!("{} · {} · {}", order.name, plan.number, desk.at().date_hh_mm(desk.zone()));
    let layout = Layout::new(&say("deployments-plan".to_owned()), headings).with_footer(footer);
    let mut out = SheetOut::new(format, Vec::new(), layout).map_err(|e| Fault::Bug(e.to_string()))?;
    for line in &lines {
        let role = say(format!("post-{}", line.role));
        let reason = line.reason.map(|reason| say(format!("deployments-reason-{}", reason.name()))).unwrap_or_default();
        let cells: [Cell<'_>; 8] = [
            (&line.code).into(),
            (&line.name).into(),
            (&line.team).into(),
            (&line.site_code).into(),
            (&line.site_name).into(),
            (&role).into(),
            line.distance_m.into(),
            (&reason).into(),
        ];
        out.row(cells).map_err(|e| Fault::Bug(e.to_string()))?;
    }
    let bytes = out.finish().map_err(|e| Fault::Bug(e.to_string()))?;
    note_export(&desk, plan.id).await?;
    let name = format!("plan-{}.{}", plan.number, format.extension());
    Ok(Attachment { name, mime: format.media_type(), body: Body::from(bytes), inline: false })
}

/// Names leave the house: that is written down.
async fn note_export(desk: &Desk, plan: Id<things::Plan>) -> Result<(), Fault> {
    let place = desk.here().clone();
    desk.change(move |tx| {
        Ok(tx.record(&place, plan.uuid(), &Event::PersonRevealed { what: "plan sheet".to_owned() })?)
    })
    .await
}
