//! `muster token`: prints an API token that carries one role, for the whole district or one site.

use anyhow::{Context as _, bail};
use clap::Args;
use domain::{Actor, Clock, District, Event, Jurisdiction, Role, Scope};
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
    /// What the token is for, to find it again.
    #[arg(long, default_value = "command line")]
    label: String,
}

impl Token {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let store = ground.open(Clock::system())?;
        let district = ground.district.clone();
        if self.site.is_none() && matches!(self.role, Role::SiteChief | Role::Volunteer | Role::ZoneLead) {
            bail!("a {} acts at one site: give --site CODE", self.role);
        }
        let act = Act { actor: Actor::system(), at: store.clock().now(), request: None };
        let token = store.change_blocking(act, move |tx| {
            let scope = scope(tx, &district, self.site.as_deref())?;
            let token = sessions::issue_token(tx, &district, self.role, &scope, &self.label)?;
            let place = Jurisdiction::district(district.clone());
            tx.record(&place, uuid::Uuid::nil(), &Event::TokenIssued { role: self.role })?;
            Ok::<_, anyhow::Error>(token)
        })?;
        println!("{token}");
        Ok(())
    }
}

fn scope(tx: &mut Tx, district: &District, site: Option<&str>) -> anyhow::Result<Scope> {
    let Some(code) = site else { return Ok(Scope::District) };
    let found = places::site_by_code(tx, district, code)?.with_context(|| format!("no site {code} in {district}"))?;
    Ok(Scope::Site(found.id))
}
