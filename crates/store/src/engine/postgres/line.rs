//! The line to PostgreSQL: in the open only within this machine, else under TLS with a server that proves its name.
//!
//! Of libpq's modes only `verify-full` counts as safe: `require` encrypts without asking who answers, so whoever stands
//! between reads everything. `prefer` and `allow`, which promise nothing, are read as nothing said.

use std::{error::Error as _, net::IpAddr, sync::Arc};

use percent_encoding::percent_decode_str;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use rustls::{CertificateError, ClientConfig, RootCertStore, crypto::ring};
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Failure;
use crate::{Error, Result};

const REMEDY: &str =
    "write ?sslmode=verify-full&sslrootcert=FILE with the certificate of the authority that signed the server's";

/// How a server is reached.
pub(super) struct Line {
    pub config: Config,
    is_encrypted: bool,
    /// The file of the authority to trust; the system's when none is named.
    authority: Option<String>,
}

impl Line {
    /// Reads an address and refuses one over which names and passwords would travel in the open.
    pub(super) fn of(url: &str) -> Result<Self> {
        let (rest, mode, authority) = take_own(url)?;
        let mut config: Config = rest.parse().map_err(|cause: Failure| Error::Address(explain(&cause)))?;
        let remote = remote_host(&config);
        let is_encrypted = match mode.as_deref() {
            None | Some("disable" | "allow" | "prefer") => false,
            // As libpq does: a socket never leaves the machine and has no name to prove.
            Some("verify-full") => config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_))),
            Some(weak @ ("require" | "verify-ca")) => {
                return Err(Error::Unsafe(format!(
                    "sslmode={weak} does not make sure which PostgreSQL answers: {REMEDY}"
                )));
            }
            Some(other) => return Err(Error::Address(format!("sslmode={other}; there are verify-full and disable"))),
        };
        if let (Some(host), false) = (remote, is_encrypted) {
            return Err(Error::Unsafe(format!(
                "the line to PostgreSQL on {host} is not encrypted, so its password and all that is read and written could be seen \
                 and changed on the way: {REMEDY}"
            )));
        }
        config.ssl_mode(if is_encrypted { SslMode::Require } else { SslMode::Disable });
        Ok(Self { config, is_encrypted, authority })
    }

    /// In words, for the doctor.
    pub(super) const fn says(&self) -> &'static str {
        if self.is_encrypted { "encrypted, and the server has proved its name" } else { "does not leave this machine" }
    }

    pub(super) fn tls(&self) -> Result<MakeRustlsConnect> {
        let roots = if self.is_encrypted { self.roots()? } else { RootCertStore::empty() };
        let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions();
        let versions = versions.map_err(|cause| Error::Bug(format!("TLS: {cause}")))?;
        let mut config = versions.with_root_certificates(roots).with_no_client_auth();
        // Asked for by servers that are spoken to without a plain word before (sslnegotiation=direct).
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(MakeRustlsConnect::new(config))
    }

    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        let Some(file) = &self.authority else {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            return Ok(roots);
        };
        let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let found = found.map_err(|cause| Error::file(file, format!("no certificate in PEM can be read: {cause}")))?;
        if roots.add_parsable_certificates(found).0 == 0 {
            return Err(Error::file(file, "holds no certificate in PEM; give sslrootcert the authority's"));
        }
        Ok(roots)
    }

    /// Says what to do about a line that did not come about; none when it is about something else.
    pub(super) fn refusal(&self, cause: &Failure) -> Option<Error> {
        let trusted = self.authority.as_deref().unwrap_or("the system's authorities");
        if cause.as_db_error().is_some_and(|said| said.message().contains("no encryption")) {
            return Some(Error::Unsafe(format!("PostgreSQL lets nobody in without TLS: {REMEDY}")));
        }
        let why = match certificate_fault(cause) {
            Some(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
                "its certificate is for another name: connect by a name that the certificate bears, or have it made for this one".to_owned()
            }
            Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
                "its certificate has expired: renew it, and look whether the clock of this machine is right".to_owned()
            }
            Some(other) => format!(
                "its certificate is not vouched for by {trusted} ({other}): give sslrootcert=FILE the authority that signed it, \
                 or find out who answers in its place"
            ),
            None if explain(cause).contains("does not support TLS") => {
                "it offers no TLS: set ssl = on there, with a certificate and its key".to_owned()
            }
            None => return None,
        };
        Some(Error::Unsafe(format!("PostgreSQL cannot be trusted: {why}")))
    }
}

fn certificate_fault(cause: &Failure) -> Option<CertificateError> {
    let io = cause.source()?.downcast_ref::<std::io::Error>()?;
    match io.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(fault) => Some(fault.clone()),
        _ => None,
    }
}

fn explain(cause: &Failure) -> String {
    cause.source().map_or_else(|| cause.to_string(), |source| format!("{cause}: {source}"))
}

/// The first host that is not this machine.
fn remote_host(config: &Config) -> Option<String> {
    // Where both are given, the address is what is connected to and the name only what the certificate must bear.
    if let Some(address) = config.get_hostaddrs().iter().find(|address| !address.is_loopback()) {
        return Some(address.to_string());
    }
    let is_here = |name: &str| name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let by_address = !config.get_hostaddrs().is_empty();
    config.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) if !by_address && !is_here(name) => Some(name.clone()),
        _ => None,
    })
}

/// The address without what only libpq knows, the mode, and the file of the authority.
fn take_own(url: &str) -> Result<(String, Option<String>, Option<String>)> {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut rest, mut mode, mut authority) = (Vec::new(), None, None);
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let decoded = || percent_decode_str(value).decode_utf8().map(std::borrow::Cow::into_owned);
        let read = || decoded().map_err(|_| Error::Address(format!("{name} is not UTF-8")));
        match name {
            "sslmode" => mode = Some(read()?),
            // As in libpq 16, `system` is the authorities that this machine trusts.
            "sslrootcert" => authority = Some(read()?).filter(|file| file != "system"),
            _ => rest.push(part),
        }
    }
    let mark = if rest.is_empty() { "" } else { "?" };
    Ok((format!("{place}{mark}{}", rest.join("&")), mode, authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(url: &str) -> String {
        Line::of(url).map_or_else(|refused| refused.to_string(), |line| line.says().to_owned())
    }

    #[test]
    fn only_what_stays_on_this_machine_may_travel_in_the_open() {
        for here in [
            "postgres://muster@localhost/night",
            "postgres://muster@127.0.0.1:5433/night?sslmode=prefer",
            "postgres://muster@[::1]/night?sslmode=disable",
            "postgres://muster@%2Frun%2Fpostgresql/night?sslmode=verify-full",
            "postgres://muster@db/night?hostaddr=127.0.0.1",
        ] {
            assert_eq!(said(here), "does not leave this machine", "{here}");
        }
        for open in [
            "postgres://muster@db/night",
            "postgres://muster@db/night?sslmode=disable",
            "postgres://muster@localhost,db/night?sslmode=prefer",
            "postgres://muster@localhost/night?hostaddr=10.0.0.8",
            "postgres://muster@/night?host=db",
        ] {
            let said = said(open);
            assert!(said.contains("is not encrypted") && said.contains("sslmode=verify-full"), "{open}: {said}");
        }
    }

    #[test]
    fn a_mode_that_asks_nobody_for_a_name_is_refused() {
        for weak in ["require", "verify-ca"] {
            assert!(said(&format!("postgres://db/night?sslmode={weak}")).contains("which PostgreSQL answers"));
        }
        assert!(said("postgres://db/night?sslmode=verifyfull").contains("there are verify-full and disable"));
        assert_eq!(said("postgres://db/night?sslmode=verify-full"), "encrypted, and the server has proved its name");
    }

    #[test]
    fn what_is_ours_is_taken_out_of_the_address() {
        let (rest, mode, authority) =
            take_own("postgres://db/night?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fetc%2Fa+b.pem").unwrap();
        assert_eq!(rest, "postgres://db/night?connect_timeout=3");
        assert_eq!((mode.as_deref(), authority.as_deref()), (Some("verify-full"), Some("/etc/a+b.pem")));
        assert_eq!(take_own("postgres://db/night?sslrootcert=system").unwrap().2, None);
    }
}
