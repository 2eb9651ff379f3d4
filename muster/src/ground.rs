//! What every command stands on: the database, the district and the settings, from flags, `MUSTER_…` variables and
//! `muster.toml`, in that order.

use std::{collections::HashMap, net::SocketAddr, path::PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use domain::{Clock, District};
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::{Address, Keyring, Options, Store};
use tracing_subscriber::EnvFilter;
use web::{House, Settings};

use crate::oidc::Oidc;

/// Options that every command understands.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(rename_all = "snake_case")]
#[group(skip)]
#[command(next_help_heading = "Options of every command")]
pub struct Ground {
    /// The settings file; `muster.toml` here when there is one.
    #[arg(long, env = "MUSTER_CONFIG", global = true)]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// Where the data lives: sqlite:FILE or postgres://… [default: sqlite:muster.db]
    #[arg(long, env = "MUSTER_DATABASE", global = true)]
    database: Option<String>,
    /// The file with the keys that seal personal data [default: beside the database].
    #[arg(long, env = "MUSTER_KEY_FILE", global = true)]
    key_file: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "MUSTER_LISTEN", global = true)]
    listen: Option<String>,
    /// The address people open, e.g. <https://muster.example> [default: from --listen]
    #[arg(long, env = "MUSTER_PUBLIC_URL", global = true)]
    public_url: Option<String>,
    /// The six-digit code of the district [default: 440902]
    #[arg(long, env = "MUSTER_DISTRICT", global = true)]
    district: Option<String>,
    /// The name of the district [default: 茂南区]
    #[arg(long, env = "MUSTER_DISTRICT_NAME", global = true)]
    district_name: Option<String>,
    /// The time zone of the district [default: Asia/Shanghai]
    #[arg(long, env = "MUSTER_TIMEZONE", global = true)]
    timezone: Option<String>,
    /// What is logged, and how much [default: info]
    #[arg(long, env = "MUSTER_LOG", global = true)]
    log: Option<String>,
    /// The identity provider that staff may sign in by: the section `[oidc]`.
    #[command(flatten)]
    #[serde(default)]
    oidc: Oidc,
    /// Settings of single duties, as sections of the file. What no duty knows is refused when the house is built.
    #[arg(skip)]
    #[serde(flatten)]
    duties: HashMap<String, serde_json::Value>,
}

/// The options, settled: file read, defaults filled in, everything checked.
pub struct Settled {
    pub address: Address,
    key_file: Option<PathBuf>,
    pub listen: SocketAddr,
    pub public_url: Option<String>,
    pub district: District,
    pub district_name: String,
    pub zone: TimeZone,
    pub log: String,
    oidc: Oidc,
    pub duties: HashMap<String, serde_json::Value>,
}

impl Ground {
    /// Flags and variables first, then the file, then the defaults.
    pub fn settled(self) -> anyhow::Result<Settled> {
        let file = self.file()?;
        let zone = self.timezone.or(file.timezone).unwrap_or_else(|| "Asia/Shanghai".to_owned());
        let district = self.district.or(file.district).unwrap_or_else(|| "440902".to_owned());
        let database = self.database.or(file.database).unwrap_or_else(|| "sqlite:muster.db".to_owned());
        let listen = self.listen.or(file.listen).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let district_name = self.district_name.or(file.district_name).unwrap_or_else(|| "茂南区".to_owned());
        if district_name.trim().is_empty() {
            bail!("--district-name: write the name that people know the district by");
        }
        let log = self.log.or(file.log).unwrap_or_else(|| "info".to_owned());
        EnvFilter::try_new(&log)
            .with_context(|| format!("--log {log}: write a level, or target=level: info,store=debug"))?;
        Ok(Settled {
            address: database.parse().context("--database")?,
            key_file: self.key_file.or(file.key_file),
            listen: listen
                .parse()
                .with_context(|| format!("--listen {listen}: write ADDRESS:PORT, for example 127.0.0.1:8080"))?,
            public_url: self.public_url.or(file.public_url).as_deref().map(public_url).transpose()?,
            district: district.parse().with_context(|| format!("--district {district}: write a code like 440902"))?,
            district_name,
            zone: TimeZone::get(&zone)
                .with_context(|| format!("--timezone {zone}: no such time zone; write it as Asia/Shanghai"))?,
            log,
            oidc: self.oidc.or(file.oidc),
            duties: file.duties,
        })
    }

    fn file(&self) -> anyhow::Result<Self> {
        let default = PathBuf::from("muster.toml");
        let path = match &self.config {
            Some(path) => path,
            None if default.exists() => &default,
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).map_err(|fault: toml::de::Error| {
            // Without the line itself: it may be the one with the secret.
            let line = fault.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            anyhow!("{}, line {line}: {}", path.display(), fault.message())
        })
    }
}

/// Links that people are sent begin with it, so it is a whole address and nothing behind it.
fn public_url(written: &str) -> anyhow::Result<String> {
    let address = written.trim_end_matches('/');
    let is_whole = reqwest::Url::parse(address).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if !is_whole {
        bail!("--public-url {written}: write the address that people open, without a path: https://muster.example");
    }
    Ok(address.to_owned())
}

impl Settled {
    pub fn start_log(&self) {
        let filter = EnvFilter::try_new(&self.log).unwrap_or_else(|_| EnvFilter::new("info"));
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }

    /// The store, opened as it is; an empty database is given its shape first.
    pub fn open(&self, clock: Clock) -> anyhow::Result<Store> {
        Ok(Store::open(&self.address, House::migrations(&crate::duties::all()), self.options(clock)?)?)
    }

    pub fn options(&self, clock: Clock) -> anyhow::Result<Options> {
        Ok(Options::new(clock, self.keyring()?))
    }

    fn keyring(&self) -> anyhow::Result<Keyring> {
        if std::env::var_os("MUSTER_KEYS").is_some() {
            return Ok(Keyring::from_env("MUSTER_KEYS")?);
        }
        Ok(Keyring::load_or_create(&self.key_file())?)
    }

    /// Where the keys lie. PostgreSQL has no file to keep them beside, and all its servers need the same ones.
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().or_else(|| self.address.keyring()).unwrap_or_else(|| "muster.key".into())
    }

    /// Refused before a port is opened.
    pub fn refuse_the_open(&self) -> anyhow::Result<()> {
        let is_secure = self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        if !self.listen.ip().is_loopback() && !is_secure {
            bail!(
                "refusing to listen on {} without TLS: passwords and personal data would travel in the open. \
                 Put a TLS proxy in front and give --public-url https://…, or listen on 127.0.0.1",
                self.listen
            );
        }
        Ok(())
    }

    pub fn settings(&self, bound: SocketAddr) -> anyhow::Result<Settings> {
        self.refuse_the_open()?;
        let public_url = self.public_url.clone().unwrap_or_else(|| format!("http://{bound}"));
        Ok(Settings {
            district: self.district.clone(),
            public_url,
            zone: self.zone.clone(),
            oidc: self.oidc.settled()?,
            duties: self.duties.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_options_and_sections_of_duties() {
        let folder = store::testing::Folder::new();
        let path = folder.path().join("muster.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:9\"\n[notices.smtp]\nhost = \"mail.test\"\n").unwrap();
        let settled = Ground { config: Some(path), ..Ground::default() }.settled().unwrap();
        assert_eq!(settled.listen, SocketAddr::from(([127, 0, 0, 1], 9)));
        assert_eq!(settled.duties["notices"]["smtp"]["host"], "mail.test");
    }

    #[test]
    fn flags_stand_above_the_file() {
        let folder = store::testing::Folder::new();
        let path = folder.path().join("muster.toml");
        std::fs::write(&path, "database = \"sqlite:file.db\"\ndistrict_name = \"甲区\"\n").unwrap();
        let flags = Ground { config: Some(path), database: Some("sqlite:flag.db".to_owned()), ..Ground::default() };
        let settled = flags.settled().unwrap();
        assert_eq!(
            (settled.address.to_string(), settled.district_name.as_str()),
            ("sqlite:flag.db".to_owned(), "甲区")
        );
    }
}
