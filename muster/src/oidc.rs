//! The identity provider of the settings: flags, `MUSTER_OIDC_…` variables and the section `[oidc]`, in that order.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Deserialize;
use web::access::oidc::{EMAIL, Secret, Settings};

/// The secret has no flag: everybody on the machine can read the arguments of a program.
const SECRET: &str = "MUSTER_OIDC_CLIENT_SECRET";

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[group(skip)]
pub struct Oidc {
    /// The identity provider that staff may sign in by, as it calls itself: <https://id.example>
    #[arg(id = "oidc_issuer", long = "oidc-issuer", env = "MUSTER_OIDC_ISSUER", global = true)]
    issuer: Option<String>,
    /// What the identity provider calls this server.
    #[arg(id = "oidc_client_id", long = "oidc-client-id", env = "MUSTER_OIDC_CLIENT_ID", global = true)]
    client_id: Option<String>,
    #[arg(skip)]
    #[serde(deserialize_with = "secret")]
    client_secret: Option<Secret>,
    /// The file with the secret that the identity provider gave this server.
    #[arg(
        id = "oidc_secret_file",
        long = "oidc-client-secret-file",
        env = "MUSTER_OIDC_CLIENT_SECRET_FILE",
        global = true
    )]
    client_secret_file: Option<PathBuf>,
    /// The claim that an administrator writes in an account [default: email]
    #[arg(id = "oidc_claim", long = "oidc-claim", env = "MUSTER_OIDC_CLAIM", global = true)]
    claim: Option<String>,
    /// What stands on the button, in Chinese.
    #[arg(id = "oidc_label", long = "oidc-label", env = "MUSTER_OIDC_LABEL", global = true)]
    label: Option<String>,
    /// What stands on the button, in English.
    #[arg(id = "oidc_label_en", long = "oidc-label-en", env = "MUSTER_OIDC_LABEL_EN", global = true)]
    label_en: Option<String>,
}

fn secret<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<Secret>, D::Error> {
    String::deserialize(from).map(|text| Some(Secret::new(text)))
}

impl Oidc {
    /// These before those of the file.
    pub fn or(self, file: Self) -> Self {
        let written = std::env::var(SECRET).ok().map(Secret::new);
        // A file named by a flag goes before a secret written in the settings.
        let is_elsewhere = written.is_some() || self.client_secret_file.is_some();
        Self {
            issuer: self.issuer.or(file.issuer),
            client_id: self.client_id.or(file.client_id),
            client_secret: written.or(file.client_secret.filter(|_| !is_elsewhere)),
            client_secret_file: self.client_secret_file.or(file.client_secret_file.filter(|_| !is_elsewhere)),
            claim: self.claim.or(file.claim),
            label: self.label.or(file.label),
            label_en: self.label_en.or(file.label_en),
        }
    }

    /// None while no provider is named. The secret's file is read now, so that a wrong name is said at the start.
    pub fn settled(&self) -> anyhow::Result<Option<Settings>> {
        let Some(issuer) = self.issuer.clone() else {
            if self.client_id.is_some() || self.client_secret.is_some() || self.client_secret_file.is_some() {
                bail!("[oidc] names no issuer: give --oidc-issuer https://…, or take the rest away");
            }
            return Ok(None);
        };
        let client_id = self.client_id.clone();
        let client_id = client_id.context("[oidc] names no client_id: give what the provider calls this server")?;
        let client_secret = match (&self.client_secret, &self.client_secret_file) {
            (Some(_), Some(_)) => bail!("[oidc] has a client_secret and a client_secret_file: keep one"),
            (Some(secret), None) => Some(secret.clone()),
            (None, Some(file)) => {
                let text =
                    std::fs::read_to_string(file).with_context(|| format!("[oidc] reading {}", file.display()))?;
                Some(Secret::new(text.trim().to_owned()))
            }
            (None, None) => None,
        };
        let claim = self.claim.clone().unwrap_or_else(|| EMAIL.to_owned());
        Ok(Some(Settings {
            issuer,
            client_id,
            client_secret,
            claim,
            labels: [self.label.clone(), self.label_en.clone()],
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(toml: &str) -> Oidc {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn a_provider_is_settled_from_flags_and_file_and_its_secret_is_not_shown() {
        let file =
            written("issuer = 'https://id.example'\nclient_id = 'file'\nclient_secret = 'hush'\nlabel = '统一身份'\n");
        let flags = Oidc { client_id: Some("flag".to_owned()), ..Oidc::default() };
        let oidc = flags.or(file);
        let settled = oidc.settled().unwrap().unwrap();
        assert_eq!((settled.client_id.as_str(), settled.claim.as_str()), ("flag", "email"));
        assert_eq!(settled.labels, [Some("统一身份".to_owned()), None]);
        for shown in [format!("{oidc:?}"), format!("{settled:?}")] {
            assert!(shown.contains("not shown") && !shown.contains("hush"), "{shown}");
        }
    }

    #[test]
    fn half_a_provider_is_refused_with_what_is_missing() {
        assert!(Oidc::default().settled().unwrap().is_none());
        let folder = store::testing::Folder::new();
        let file = folder.path().join("secret");
        std::fs::write(&file, "hush\n").unwrap();
        let with_file =
            format!("issuer = 'https://id.example'\nclient_id = 'muster'\nclient_secret_file = '{}'", file.display());
        assert!(written(&with_file).settled().unwrap().unwrap().client_secret.is_some());
        for (toml, why) in [
            ("client_id = 'muster'", "names no issuer"),
            ("issuer = 'https://id.example'", "names no client_id"),
            ("issuer = 'https://id.example'\nclient_id = 'm'\nclient_secret_file = '/nowhere'", "/nowhere"),
            (&format!("{with_file}\nclient_secret = 'other'"), "keep one"),
        ] {
            let said = written(toml).settled().map(|_| ()).unwrap_err();
            assert!(format!("{said:#}").contains(why), "{toml}: {said:#}");
        }
        assert!(toml::from_str::<Oidc>("isuer = 'https://id.example'").is_err(), "a slip of the pen is said");
    }
}
