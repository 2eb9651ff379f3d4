//! Where the database is.

use std::{fmt, path::PathBuf, str::FromStr};

use crate::Error;

/// A database, as written on the command line and in `muster.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `sqlite:FILE`: one file, one server.
    Sqlite(PathBuf),
    /// `postgres://USER@HOST/NAME`: any number of servers.
    Postgres(String),
}

impl Address {
    /// Where the keyring of this database is kept unless told otherwise: `FILE.key` beside an SQLite file. A PostgreSQL
    /// database has no place beside it, so its keyring must be named.
    pub fn keyring(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(file) => {
                let mut name = file.clone().into_os_string();
                name.push(".key");
                Some(name.into())
            }
            Self::Postgres(_) => None,
        }
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        match text.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => {
                Ok(Self::Sqlite(file.strip_prefix("//").unwrap_or(file).into()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Self::Postgres(text.to_owned())),
            _ => Err(Error::Address(text.to_owned())),
        }
    }
}

/// Without the password, so that it can be logged.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres".to_owned() };
    let (whole, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, place) = whole.rsplit_once('@').map_or(("", whole), |(user, place)| (user, place));
    let user = user.split_once(':').map_or(user, |(name, _)| name);
    let at = if user.is_empty() { "" } else { "@" };
    let query: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("password=")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{user}{at}{place}{mark}{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_as_they_are_written() {
        assert_eq!("sqlite:/var/muster.db".parse(), Ok(Address::Sqlite("/var/muster.db".into())));
        assert_eq!("sqlite:night.db".parse(), Ok(Address::Sqlite("night.db".into())));
        assert!("postgres://muster@db/night".parse::<Address>().is_ok_and(|it| matches!(it, Address::Postgres(_))));
        for wrong in ["", "sqlite:", "night.db", "mysql://x", "postgres:x"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = |url: &str| Address::Postgres(url.to_owned()).to_string();
        assert_eq!(shown("postgres://muster:s@cret@db:5433/night"), "postgres://muster@db:5433/night");
        assert_eq!(shown("postgres://db/night?password=x&host=/run"), "postgres://db/night?host=/run");
    }

    #[test]
    fn the_keyring_lies_beside_the_file() {
        assert_eq!(Address::Sqlite("a/night.db".into()).keyring(), Some("a/night.db.key".into()));
    }
}
