//! One-time links for visitors, one for each role, and names of things worth a look.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Night, Trouble, headquarters::link_of, list, text};

/// What a visitor, or a program that looks at every page, needs to come in.
#[derive(Debug, Clone, Serialize)]
pub struct Links {
    pub address: String,
    pub links: BTreeMap<&'static str, String>,
    pub samples: BTreeMap<&'static str, String>,
}

impl Night {
    /// Fresh links. Those of the night's own people go on working: a link is only how one comes in.
    pub async fn links(&self) -> Result<Links, Trouble> {
        let (mut links, mut samples) = (BTreeMap::new(), BTreeMap::new());
        let officer = &self.staff.duty_officer;
        let site = &self.posts[0];
        let of_site = officer.get(&format!("/sites/{}/roster", site.id)).await?;
        let person = list(&of_site, "lines").first().cloned().unwrap_or_default();
        let volunteer = text(&person, "volunteer")?;
        let link = |value: Value| text(&value, "address");
        let own = format!("/volunteers/{volunteer}/link");
        links.insert("volunteer", link(self.staff.allocator.post(&own, &json!({})).await?)?);
        let chief = format!("/sites/{}/chief/link", site.id);
        links.insert("site_chief", link(officer.post(&chief, &json!({})).await?)?);
        if let Some((zone, _)) = self.zones.first() {
            let lead = format!("/zones/{zone}/lead/link");
            links.insert("zone_lead", link(officer.post(&lead, &json!({})).await?)?);
            samples.insert("zone", zone.clone());
        }
        for (role, account) in &self.staff.accounts {
            links.insert(role, link_of(&self.staff.administrator, account).await?);
        }
        let page = officer.get(&format!("/volunteers/{volunteer}")).await?;
        samples.insert("badge", page["badge"].as_str().unwrap_or_default().replace(['-', ' '], ""));
        samples.insert("team", page["team"].as_str().unwrap_or_default().to_owned());
        samples.insert("volunteer", volunteer);
        samples.insert("site", site.code.clone());
        samples.insert("order", self.order.clone());
        samples.insert("plan", self.plan.clone());
        samples.insert("request", "R-0001".to_owned());
        Ok(Links { address: self.lines.base().to_owned(), links, samples })
    }
}
