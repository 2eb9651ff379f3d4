//! A phone lost entries before they were sent. The chief has asked around and entered them anew: the warning ends.

use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault, Undo, refusal::Refused};

use crate::store::phones;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    device: String,
    /// So many of its lost entries are looked into; all of them when left out.
    looked_into: Option<i64>,
}

pub async fn settle(desk: Desk, ask: Ask) -> Result<Done<()>, Fault> {
    let site = desk.site()?;
    let device = ask.device.clone();
    let before = desk.change(move |tx| {
        let of_site = phones::of_site(tx, site)?;
        let phone = of_site.iter().find(|phone| phone.device == ask.device).ok_or(Refused::NotThere)?;
        let looked_into = ask.looked_into.unwrap_or(phone.lost).clamp(0, phone.lost);
        phones::settle(tx, &ask.device, looked_into)?;
        Ok(phone.settled)
    });
    let before = before.await?.to_string();
    let undo = Undo::by(format!("/sites/{site}/phones/{device}/settlement"), &[("looked_into", before.as_str())]);
    Ok(Done::at(format!("/sites/{site}/post"), ()).saying("deployments-lost-settled").undone_by(undo))
}
