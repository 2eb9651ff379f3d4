//! The house: the store, the words and the duties, put together into one server.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::Arc,
};

use axum::Router;
use domain::{Clock, District, Moment};
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::{Migration, Store, jobs::Runner, rotate::SealedColumn};

use crate::{
    access::{accounts, looks::Shown, oidc, over},
    exports,
    frame::NavItem,
    live::Live,
    routes::{Entry, Resolver, Routes},
    words::{Words, WordsFile},
};

/// What is settled when the server starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The district this server's new rows belong to.
    pub district: District,
    /// The address other people can open, without a slash at its end.
    pub public_url: String,
    pub zone: TimeZone,
    /// Who else may say who somebody is.
    pub oidc: Option<oidc::Settings>,
    /// The rest of the configuration file, for duties that have settings of their own (`[notices]`).
    pub duties: HashMap<String, serde_json::Value>,
}

impl Settings {
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// A duty's own settings; their defaults when the file says nothing.
    pub fn of<T: serde::de::DeserializeOwned + Default>(&self, duty: &str) -> Result<T, String> {
        let Some(found) = self.duties.get(duty) else { return Ok(T::default()) };
        serde_json::from_value(found.clone()).map_err(|e| format!("[{duty}]: {e}"))
    }

    /// A mistake in the file is said when the server starts, not when the night depends on it.
    fn check(&self, duties: &[Duty]) -> Result<(), String> {
        let checks: BTreeMap<_, _> = duties.iter().filter_map(|duty| Some((duty.name, duty.settings?))).collect();
        for name in self.duties.keys() {
            let Some(check) = checks.get(name.as_str()) else {
                let known: Vec<_> = checks.keys().map(|name| format!("[{name}]")).collect();
                return Err(format!("{name}: no such option; sections are {}", known.join(", ")));
            };
            check(self)?;
        }
        Ok(())
    }
}

/// Says what to mend in a section of the settings.
pub type CheckSettings = fn(&Settings) -> Result<(), String>;

/// The section `[web]` of the settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OwnSettings {
    /// The TLS proxies in front that do not stand on this machine.
    proxies: Vec<IpAddr>,
    /// More people than this in one file need a second person's word.
    bulk_people: Option<u64>,
}

/// What a duty brings into the house.
pub struct Duty {
    pub name: &'static str,
    pub routes: fn(&mut Routes),
    pub words: [WordsFile; 2],
    pub migrations: &'static [Migration],
    pub nav: &'static [NavItem],
    /// Reads the duty's section of the settings and says what is wrong with it; none when it has no section.
    pub settings: Option<CheckSettings>,
    /// The columns that hold sealed text, for the rotation of keys.
    pub sealed: &'static [SealedColumn],
    /// Registers the handlers of this duty's jobs.
    pub jobs: fn(Runner, &Arc<House>) -> Runner,
}

/// The words, migrations and pages of the house itself: signing in, accounts.
pub fn own_duty() -> Duty {
    Duty {
        name: "web",
        routes: crate::routes::own,
        words: [
            (crate::Locale::ZhCn, include_str!("../words/zh-CN.ftl")),
            (crate::Locale::En, include_str!("../words/en.ftl")),
        ],
        migrations: &[
            Migration { name: "web/0001_access", sql: include_str!("../migrations/0001_access.sql") },
            Migration { name: "web/0002_tries", sql: include_str!("../migrations/0002_tries.sql") },
            Migration { name: "web/0003_over", sql: include_str!("../migrations/0003_over.sql") },
            Migration { name: "web/0004_exports", sql: include_str!("../migrations/0004_exports.sql") },
            Migration { name: "web/0005_identities", sql: include_str!("../migrations/0005_identities.sql") },
        ],
        nav: crate::access::pages::NAV,
        settings: Some(|settings| settings.of("web").map(|OwnSettings { .. }| ())),
        sealed: &[
            SealedColumn { table: "accounts", column: "name", id: "id", label: accounts::NAME },
            SealedColumn { table: "accounts", column: "phone", id: "id", label: accounts::PHONE },
            SealedColumn { table: "identities", column: "claimed", id: "account", label: oidc::CLAIMED },
            SealedColumn { table: "exports", column: "note", id: "id", label: exports::NOTE },
        ],
        jobs: |runner, _| runner.hourly("web.forget", over::forget),
    }
}

/// Everything a request needs to know of the house.
pub struct House {
    pub store: Store,
    pub words: Arc<Words>,
    pub settings: Settings,
    pub(crate) nav: Vec<NavItem>,
    /// Proxies whose word about a request's origin is believed, besides one on this machine.
    pub(crate) proxies: Vec<IpAddr>,
    pub live: Live,
    pub(crate) oidc: Option<oidc::Provider>,
    pub(crate) resolvers: HashMap<&'static str, Resolver>,
    pub entries: Vec<Entry>,
    pub started_at: Moment,
    /// More people than this in one file need a second person's word.
    pub(crate) bulk_people: u64,
    /// The lists that were shown lately.
    pub(crate) shown: Shown,
    /// The routes, to do again what somebody had sent (see [`crate::conflicts`]). Without the house in them: two that
    /// hold each other never go.
    pub(crate) again: Router<Arc<Self>>,
}

impl House {
    pub fn clock(&self) -> &Clock {
        self.store.clock()
    }

    /// All migrations of these duties, lower floors first.
    pub fn migrations(duties: &[Duty]) -> Vec<Migration> {
        duties.iter().flat_map(|duty| duty.migrations.iter().copied()).collect()
    }

    /// Puts the house together: the router that serves it, and the runner of its jobs.
    pub fn build(store: Store, settings: Settings, duties: &[Duty]) -> Result<(Arc<Self>, Router, Runner), String> {
        settings.check(duties)?;
        let files: Vec<WordsFile> = duties.iter().flat_map(|duty| duty.words).collect();
        let words = Arc::new(Words::new(&files)?);
        let mut routes = Routes::default();
        for duty in duties {
            routes.of(duty.name);
            (duty.routes)(&mut routes);
        }
        let mut nav: Vec<NavItem> = duties.iter().flat_map(|duty| duty.nav.iter().copied()).collect();
        nav.sort_by_key(|item| item.place);
        let OwnSettings { proxies, bulk_people } = settings.of("web")?;
        let back = format!("{}{}", settings.public_url, oidc::pages::BACK);
        let oidc = settings.oidc.clone().map(|settings| oidc::Provider::new(settings, back)).transpose()?;
        let live = Live::follow(&store);
        let started_at = store.clock().now();
        let (entries, resolvers, router) = routes.take();
        let house = Arc::new(Self {
            store: store.clone(),
            words,
            settings,
            nav,
            proxies,
            bulk_people: bulk_people.unwrap_or(exports::BULK),
            shown: Shown::default(),
            live,
            oidc,
            resolvers,
            entries,
            started_at,
            again: router.clone(),
        });
        let runner = duties.iter().fold(Runner::new(store), |runner, duty| (duty.jobs)(runner, &house));
        let router = crate::server::finish(router, &house);
        Ok((house, router, runner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(name: &str, section: serde_json::Value) -> Result<(), String> {
        let check: CheckSettings = |settings| settings.of::<HashMap<String, u32>>("notices").map(drop);
        let duties = [own_duty(), Duty { name: "notices", settings: Some(check), ..own_duty() }];
        let mut settings = crate::testing::settings();
        settings.duties.insert(name.to_owned(), section);
        settings.check(&duties)
    }

    #[test]
    fn a_mistake_in_the_settings_is_said_at_the_start() {
        assert_eq!(said("notices", json!({"per_minute": 20})), Ok(()));
        assert!(said("notices", json!({"per_minute": "fast"})).unwrap_err().starts_with("[notices]: "));
        for name in ["notice", "databse"] {
            let why = said(name, json!("x")).unwrap_err();
            assert!(why.starts_with(name) && why.ends_with("[notices], [web]"), "{why}");
        }
    }
}
