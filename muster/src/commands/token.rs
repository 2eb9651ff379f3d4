//! `muster token`: prints an API token that carries one role, for the whole district, one zone or one site.

use anyhow::{Context as _, bail};
use clap::Args;
use domain::{Clock, District, Event, Jurisdiction, Role, Scope};
use store::{Act, Tx};
use web::access::sessions;

use crate::ground::Settled;

#[derive(Debug, Args)]
pub struct Token {
    /// The role: administrator, duty_officer, allocator, site_chief …
    #[arg(long)]
    role: Role,
    /// The code of the site the token is for; roles of a site need one.
    #[arg(long)]
    site: Option<String>,
    /// The name of the zone the token is for; a zone lead needs one.
    #[arg(long, conflicts_with = "site")]
    zone: Option<String>,
    /// What the token is for, to find it again.
    #[arg(long, default_value = "command line")]
    label: String,
}

impl Token {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let store = ground.open(Clock::system())?;
        let district = ground.district.clone();
        match (self.role, &self.site, &self.zone) {
            (Role::SiteChief | Role::Volunteer, None, _) => bail!("a {} acts at one site: give --site CODE", self.role),
            (Role::ZoneLead, _, None) => bail!("a {} leads one zone: give --zone NAME", self.role),
            _ => {}
        }
        let act = Act::system(store.clock().now());
        let token = store.change_blocking(act, move |tx| {
            let scope = match (&self.site, &self.zone) {
                (Some(code), _) => site(tx, &district, code)?,
                (None, Some(name)) => zone(tx, &district, name)?,
                (None, None) => Scope::District,
            };
            let token = sessions::issue_token(tx, &district, self.role, &scope, &self.label)?;
            let place = Jurisdiction::district(district.clone());
            tx.record(&place, uuid::Uuid::nil(), &Event::TokenIssued { role: self.role })?;
            Ok::<_, anyhow::Error>(token)
        })?;
        println!("{token}");
        Ok(())
    }
}

fn site(tx: &mut Tx, district: &District, code: &str) -> anyhow::Result<Scope> {
    let found = places::site_by_code(tx, district, code)?.with_context(|| format!("no site {code} in {district}"))?;
    Ok(Scope::Site(found.id))
}

fn zone(tx: &mut Tx, district: &District, name: &str) -> anyhow::Result<Scope> {
    let zones = places::zones(tx, district)?;
    let names = || zones.iter().map(|zone| zone.name.as_str()).collect::<Vec<_>>().join(", ");
    let found = zones.iter().find(|zone| zone.name == name);
    let found = found.with_context(|| format!("no zone {name} in {district}; there are: {}", names()))?;
    Ok(Scope::Zone(found.id))
}
