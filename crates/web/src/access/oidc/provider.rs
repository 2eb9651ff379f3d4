//! The identity provider: what it says about itself, and what it says about somebody who comes back from it. It is asked
//! only when somebody signs in, so a provider that is away keeps no server from starting and no password from working.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SubjectIdentifier, TokenResponse as _, UserInfoError,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreTokenResponse,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::{EMAIL, Settings};

/// How long one question to the provider may take. Coming back asks four at most, within a request's own limit.
const PATIENCE: Duration = Duration::from_secs(10);
/// More of an answer is not read.
const ANSWER_BYTES: usize = 1 << 20;
/// How long what the provider says about itself is believed; new keys are fetched as soon as one is missing.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// How long a provider that did not answer is not asked again: a crowd before a closed door knocks once.
const AWAY_FOR: Duration = Duration::from_secs(3);
/// How far the provider's clock and this machine's may be apart.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// A token older than any sign-in that is still under way is not from it.
const OLDEST: TimeDelta = TimeDelta::seconds(super::pending::LASTS_S);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why nobody can be vouched for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It does not answer.
    Away(String),
    /// It answers, but not so that it could be believed.
    NotBelieved(String),
}

/// Somebody the provider vouches for.
#[derive(Debug, Clone)]
pub struct Vouched {
    pub issuer: String,
    pub subject: String,
    /// A provider that does not tell it still lets in whoever is joined already.
    pub claim: Result<Option<Claim>, Failure>,
}

/// What names somebody to an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub text: String,
    /// The provider has made sure of it. It says so of an e-mail address; of other claims the owner of the settings does.
    pub is_confirmed: bool,
}

/// What somebody takes along to the provider, and what they must bring back.
pub struct Errand {
    pub to: String,
    pub state: String,
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
}

pub struct Provider {
    settings: Settings,
    issuer: IssuerUrl,
    back: RedirectUrl,
    http: reqwest::Client,
    known: Mutex<Option<(Instant, Result<Arc<Client>, Failure>)>>,
}

impl Provider {
    /// Checks the settings; asks nobody.
    pub fn new(settings: Settings, back: String) -> Result<Self, String> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(PATIENCE);
        Ok(Self {
            issuer: settings.issuer()?,
            back: RedirectUrl::new(back).map_err(|cause| format!("the public address: {cause}"))?,
            http: http.build().map_err(|cause| format!("[oidc]: {cause}"))?,
            settings,
            known: Mutex::default(),
        })
    }

    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub async fn errand(&self) -> Result<Errand, Failure> {
        let client = self.client(KNOWN_FOR).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request =
            client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        let scope = if self.settings.claim == EMAIL { "email" } else { "profile" };
        let (to, state, nonce) = request.add_scope(Scope::new(scope.to_owned())).url();
        Ok(Errand { to: to.into(), state: state.into_secret(), nonce, verifier })
    }

    /// Changes the code that somebody brought for the provider's word about them, and checks it.
    pub async fn vouch(&self, code: String, verifier: PkceCodeVerifier, nonce: &Nonce) -> Result<Vouched, Failure> {
        let client = self.client(KNOWN_FOR).await?;
        let ask = |request| call(self.http.clone(), self.is_secure(), request);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(not_believed)?;
        let answer = request.set_pkce_verifier(verifier).request_async(&ask).await.map_err(|cause| match cause {
            RequestTokenError::Request(cause) => Failure::Away(cause.0),
            cause => not_believed(cause),
        })?;
        let token = answer.id_token().ok_or_else(|| Failure::NotBelieved("no id_token was given".to_owned()))?;
        let subject = match subject_of(&client, token, nonce, &answer) {
            // The provider may have new keys since it was asked.
            Err(Unproven::Signature(_)) => {
                let fresh = self.client(Duration::ZERO).await?;
                subject_of(&fresh, token, nonce, &answer)
            }
            outcome => outcome,
        };
        let subject = subject.map_err(|(Unproven::Signature(why) | Unproven::Other(why))| Failure::NotBelieved(why))?;
        let claim = match claim_in(&payload(token), &self.settings.claim) {
            Some(claim) if claim.is_confirmed => Ok(Some(claim)),
            found => {
                let more = self.asked_for_more(&client, answer.access_token(), &subject).await;
                more.map(|more| more.or(found))
            }
        };
        Ok(Vouched { issuer: self.issuer.to_string(), subject: subject.to_string(), claim })
    }

    /// Providers that keep the token small say the rest at an address of its own.
    async fn asked_for_more(
        &self,
        client: &Client,
        token: &AccessToken,
        of: &SubjectIdentifier,
    ) -> Result<Option<Claim>, Failure> {
        let Ok(request) = client.user_info(token.clone(), Some(of.clone())) else { return Ok(None) };
        let ask = |request| call(self.http.clone(), self.is_secure(), request);
        let said = request.request_async::<More, _, CoreGenderClaim>(&ask).await.map_err(|cause| match cause {
            UserInfoError::Request(cause) => Failure::Away(cause.0),
            cause => not_believed(cause),
        })?;
        let said = serde_json::to_value(said).map_err(not_believed)?;
        Ok(claim_in(&said, &self.settings.claim))
    }

    fn is_secure(&self) -> bool {
        self.issuer.url().scheme() == "https"
    }

    /// What the provider says about itself, asked anew when it is older than that.
    async fn client(&self, at_most: Duration) -> Result<Arc<Client>, Failure> {
        let mut known = self.known.lock().await;
        match &*known {
            Some((at, Ok(client))) if at.elapsed() < at_most => return Ok(client.clone()),
            Some((at, Err(failure))) if at.elapsed() < AWAY_FOR => return Err(failure.clone()),
            _ => {}
        }
        let found = tokio::time::timeout(PATIENCE, self.discover()).await;
        let found = found.unwrap_or_else(|_| Err(Failure::Away("no answer in time".to_owned()))).map(Arc::new);
        *known = Some((Instant::now(), found.clone()));
        found
    }

    async fn discover(&self) -> Result<Client, Failure> {
        let ask = |request| call(self.http.clone(), self.is_secure(), request);
        let said =
            CoreProviderMetadata::discover_async(self.issuer.clone(), &ask).await.map_err(|cause| match cause {
                DiscoveryError::Request(cause) => Failure::Away(cause.0),
                cause => not_believed(cause),
            })?;
        let (id, secret) = (ClientId::new(self.settings.client_id.clone()), self.settings.client_secret.clone());
        let client = CoreClient::from_provider_metadata(said, id, secret.map(|secret| secret.0));
        Ok(client.set_redirect_uri(self.back.clone()))
    }
}

/// Whatever else the provider says of somebody.
#[derive(Debug, Deserialize, Serialize)]
struct More(Map<String, Value>);

impl AdditionalClaims for More {}

enum Unproven {
    Signature(String),
    Other(String),
}

/// Checks signature, issuer, audience, times, nonce and the access token's hash; gives who it is.
fn subject_of(
    client: &Client,
    token: &CoreIdToken,
    nonce: &Nonce,
    answer: &CoreTokenResponse,
) -> Result<SubjectIdentifier, Unproven> {
    let verifier = strict(client.id_token_verifier());
    let claims = token.claims(&verifier, nonce).map_err(|cause| match cause {
        ClaimsVerificationError::SignatureVerification(cause) => Unproven::Signature(cause.to_string()),
        cause => Unproven::Other(cause.to_string()),
    })?;
    let other = |cause: &dyn std::fmt::Display| Unproven::Other(cause.to_string());
    if let Some(expected) = claims.access_token_hash() {
        let (algorithm, key) = (token.signing_alg(), token.signing_key(&verifier));
        let key = key.map_err(|cause| other(&cause))?;
        let found = AccessTokenHash::from_token(answer.access_token(), algorithm.map_err(|cause| other(&cause))?, key);
        if found.map_err(|cause| other(&cause))? != *expected {
            return Err(other(&"the access token is another's"));
        }
    }
    Ok(claims.subject().clone())
}

/// Only signatures that the provider alone can make: with `HS256` or `none` anybody who holds the client's secret, or
/// nobody at all, could vouch.
fn strict(verifier: CoreIdTokenVerifier<'_>) -> CoreIdTokenVerifier<'_> {
    use CoreJwsSigningAlgorithm::{
        EcdsaP256Sha256, EcdsaP384Sha384, EdDsa, RsaSsaPkcs1V15Sha256, RsaSsaPkcs1V15Sha384, RsaSsaPkcs1V15Sha512,
        RsaSsaPssSha256, RsaSsaPssSha384, RsaSsaPssSha512,
    };
    let algorithms = [
        RsaSsaPkcs1V15Sha256,
        RsaSsaPkcs1V15Sha384,
        RsaSsaPkcs1V15Sha512,
        RsaSsaPssSha256,
        RsaSsaPssSha384,
        RsaSsaPssSha512,
        EcdsaP256Sha256,
        EcdsaP384Sha384,
        EdDsa,
    ];
    // The machine's own clock, also in a drill: the provider knows no other.
    let verifier = verifier.set_allowed_algs(algorithms).set_time_fn(|| Utc::now() - SKEW);
    verifier.set_issue_time_verifier_fn(|at| issued(at, Utc::now()))
}

fn issued(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), String> {
    if at > now + SKEW {
        return Err(format!("issued {} s from now: set the clocks right", (at - now).num_seconds()));
    }
    if at < now - OLDEST - SKEW {
        return Err(format!("issued {} s ago", (now - at).num_seconds()));
    }
    Ok(())
}

/// What a token that was checked says.
fn payload(token: &CoreIdToken) -> Value {
    let text = token.to_string();
    let part = text.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    part.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
}

fn claim_in(said: &Value, name: &str) -> Option<Claim> {
    let text = said.get(name)?.as_str()?.trim_ascii().to_owned();
    let is_confirmed = name != EMAIL
        || matches!(said.get("email_verified"), Some(Value::Bool(true)))
        || said.get("email_verified").and_then(Value::as_str) == Some("true");
    (!text.is_empty()).then_some(Claim { text, is_confirmed })
}

fn not_believed(cause: impl std::error::Error) -> Failure {
    let why = std::iter::successors(cause.source(), |cause| cause.source())
        .fold(cause.to_string(), |why, deeper| format!("{why}: {deeper}"));
    Failure::NotBelieved(why)
}

/// Why the provider could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoAnswer(String);

/// Asks the provider. Where it leads on to (tokens, keys) must be as safe as where it was found.
async fn call(http: reqwest::Client, is_secure: bool, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let fail = |cause: reqwest::Error| NoAnswer(cause.without_url().to_string());
    if is_secure && request.uri().scheme_str() != Some("https") {
        return Err(NoAnswer("the provider names an address without https".to_owned()));
    }
    let request = reqwest::Request::try_from(request).map_err(fail)?;
    let mut reply = http.execute(request).await.map_err(fail)?;
    if reply.status().is_server_error() {
        return Err(NoAnswer(reply.status().to_string()));
    }
    let mut answer = http::Response::builder().status(reply.status());
    if let Some(headers) = answer.headers_mut() {
        headers.extend(reply.headers().clone());
    }
    let mut body = Vec::new();
    while let Some(part) = reply.chunk().await.map_err(fail)? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_BYTES {
            return Err(NoAnswer("the answer is too long".to_owned()));
        }
    }
    answer.body(body).map_err(|cause| NoAnswer(cause.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_counts_only_when_the_provider_has_confirmed_it() {
        let claim = |said: Value, name: &str| claim_in(&said, name).map(|claim| (claim.text, claim.is_confirmed));
        let confirmed = json!({"email": " Chief@Muster.test ", "email_verified": true});
        assert_eq!(claim(confirmed, EMAIL), Some(("Chief@Muster.test".to_owned(), true)));
        for not in [
            json!({"email": "a@b.c"}),
            json!({"email": "a@b.c", "email_verified": false}),
            json!({"email": "a@b.c", "email_verified": "no"}),
        ] {
            assert_eq!(claim(not, EMAIL), Some(("a@b.c".to_owned(), false)));
        }
        assert_eq!(claim(json!({"staff_number": "0042"}), "staff_number"), Some(("0042".to_owned(), true)));
        for nothing in [json!({}), json!({"email": ""}), json!({"email": 7}), json!([])] {
            assert_eq!(claim(nothing, EMAIL), None);
        }
    }

    #[test]
    fn clocks_may_be_a_minute_apart() {
        let now = DateTime::from_timestamp(1_663_171_200, 0).unwrap();
        for (seconds, is_taken) in [(0, true), (60, true), (61, false), (-660, true), (-661, false)] {
            assert_eq!(issued(now + TimeDelta::seconds(seconds), now).is_ok(), is_taken, "{seconds}");
        }
    }
}
