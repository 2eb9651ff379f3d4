//! Signing in with an identity that somebody else vouches for: OpenID Connect, the code flow with PKCE.
//!
//! The provider says who somebody is, never what they may do: accounts and rights are made here, by administrators. How an
//! identity comes to belong to an account: `docs/decisions/0006-joined-identities.md`.

mod identities;
pub mod pages;
mod pending;
mod provider;

use std::{fmt, net::IpAddr};

use openidconnect::{ClientSecret, IssuerUrl};

pub use identities::CLAIMED;
pub(crate) use identities::{is_joined, written};
pub(crate) use pending::COOKIE;
pub(crate) use provider::Provider;

use crate::Locale;

/// The section `[oidc]` of the settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's address, letter by letter as it calls itself.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// The claim that names somebody here before they are joined.
    pub claim: String,
    /// What stands on the button, zh-CN and en; words of our own where nothing is given.
    pub labels: [Option<String>; 2],
}

/// A secret that no log shows.
#[derive(Clone)]
pub struct Secret(ClientSecret);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(ClientSecret::new(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// The claim that names somebody unless the settings say another: an address that the provider has confirmed.
pub const EMAIL: &str = "email";

impl Settings {
    pub(crate) fn label(&self, locale: Locale) -> Option<&str> {
        let [zh, en] = &self.labels;
        if locale == Locale::ZhCn { zh.as_deref() } else { en.as_deref() }
    }

    /// The issuer, if nobody on the way can answer in its place.
    fn issuer(&self) -> Result<IssuerUrl, String> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|cause| format!("[oidc] issuer: {cause}"))?;
        let url = issuer.url();
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => Ok(issuer),
            "http" if is_here => Ok(issuer),
            _ => Err(format!(
                "[oidc] issuer: {} must begin with https://, or anybody on the way could sign in",
                self.issuer
            )),
        }
    }
}
