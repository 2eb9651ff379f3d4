//! A phone lost entries before they were sent. The chief has asked around and entered them anew: the warning ends.

use schemars::JsonSchema;
use serde::Deserialize;
use web::{Desk, Done, Fault, refusal::Refused};

use crate::store::phones;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    device: String,
}

pub async fn settle(desk: Desk, ask: Ask) -> Result<Done<()>, Fault> {
    let site = desk.site()?;
    desk.change(move |tx| {
        let of_site = phones::of_site(tx, site)?;
        let phone = of_site.iter().find(|phone| phone.device == ask.device).ok_or(Refused::NotThere)?;
        Ok(phones::settle(tx, &ask.device, phone.lost)?)
    })
    .await?;
    Ok(Done::at(format!("/sites/{site}/post"), ()).saying("deployments-lost-settled"))
}
