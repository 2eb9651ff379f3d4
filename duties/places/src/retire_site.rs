//! Taking a site out of use, and back into it. Nothing is deleted: nights of the past still name it.

use domain::Event;
use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault, Undo};

use crate::store::sites;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct RetireAsk {
    /// Back into use.
    #[serde(default)]
    back: bool,
}

pub async fn retire(desk: Desk, ask: RetireAsk) -> Result<Done<()>, Fault> {
    let (site, here) = (desk.site()?, desk.here().clone());
    desk.change(move |tx| {
        let at = (!ask.back).then(|| tx.at());
        sites::retire(tx, site, at)?;
        Ok(tx.record(&here, site.uuid(), &Event::SiteChanged { site })?)
    })
    .await?;
    let word = if ask.back { "places-site-back" } else { "places-site-retired" };
    let undo = Undo::by(format!("/sites/{site}/retirement"), &[("back", if ask.back { "false" } else { "true" })]);
    Ok(Done::at(format!("/sites/{site}"), ()).saying(word).undone_by(undo))
}
