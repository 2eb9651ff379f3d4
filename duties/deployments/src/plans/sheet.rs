//! The plan as a table to take away: XLSX or CSV, one row a person.

use axum::body::Body;
use domain::{Id, things};
use schemars::JsonSchema;
use serde::Deserialize;
use sheets::{Cell, Format, Layout, OutFault, SheetOut};
use web::{
    Attachment, Desk, Fault,
    exports::{Leave, Leaving, Taken, Why},
};

use super::show::{PlanLine, named_lines, site_map};
use crate::{orders, store::plans};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
    plan: Id<things::Plan>,
    /// `xlsx` (also when left out) or `csv`.
    format: Option<String>,
    #[serde(flatten)]
    why: Why,
}

pub async fn take(desk: Desk, ask: Ask) -> Result<Taken, Fault> {
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
    let people = lines.len() as u64;
    let leaving = Leaving { list: "plan", format: format.extension(), people, is_own: false };
    let foot = match desk.leave(&ask.why, leaving).await? {
        Leave::Given(foot) => foot,
        Leave::Waiting(waiting) => return Ok(Taken::Waiting(waiting)),
    };
    let name = format!("plan-{}.{}", plan.number, format.extension());
    let bytes = written(&desk, format, (&order.name, plan.number), &lines, &foot);
    let body = Body::from(bytes.map_err(|e| Fault::Bug(e.to_string()))?);
    Ok(Taken::File(Attachment { name, mime: format.media_type(), body, inline: false }))
}

fn written(
    desk: &Desk,
    format: Format,
    (order, number): (&str, u32),
    lines: &[PlanLine],
    foot: &str,
) -> Result<Vec<u8>, OutFault> {
    let say = |word: String| desk.house().words.say(desk.locale(), word).to_string();
    let headings = ["volunteer", "name", "team", "site", "site-name", "role", "distance", "reason"];
    let headings = headings.map(|column| say(format!("deployments-column-{column}")));
    let footer = format!("{foot} · {order} · {number}");
    let layout = Layout::new(&say("deployments-plan".to_owned()), headings).with_footer(footer);
    let mut out = SheetOut::new(format, Vec::new(), layout)?;
    for line in lines {
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
        out.row(cells)?;
    }
    out.finish()
}
