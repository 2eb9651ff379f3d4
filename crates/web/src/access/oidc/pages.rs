//! To the provider and back.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Actor, ActorKind, Clock, Id, things::Account};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EMAIL,
    identities::{self, Known},
    pending::{COOKIE, LASTS_S, Pending},
    provider::{Failure, Provider, Vouched},
};
use crate::{
    Desk, Done, Fault, Undo,
    access::{
        guard::{self, Counted},
        pages::{begin, come_in, local, note_failure},
        sessions,
    },
    answer::with_cookie,
    refusal::Refused,
};

/// Where the provider sends people back to.
pub const BACK: &str = "/sign-in/oidc/answer";
/// A longer address of a page is not remembered: cookies are short.
const LONGEST_NEXT: usize = 1_000;

/// The button on the page of signing in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Button {
    /// None: the words of the house.
    pub label: Option<String>,
    pub href: String,
}

pub fn button(desk: &Desk, next: Option<&str>) -> Option<Button> {
    let provider = desk.house().oidc.as_ref()?;
    let next = next.and_then(|next| serde_html_form::to_string([("next", next)]).ok());
    let href = format!("/sign-in/oidc{}", next.map(|next| format!("?{next}")).unwrap_or_default());
    Some(Button { label: provider.settings().label(desk.locale()).map(str::to_owned), href })
}

fn provider(desk: &Desk) -> Result<&Provider, Fault> {
    desk.house().oidc.as_ref().ok_or_else(|| Refused::IdentityOff.into())
}

fn worded(failure: Failure) -> Fault {
    match failure {
        Failure::Away(cause) => {
            tracing::warn!(%cause, "the identity provider does not answer");
            Refused::ProviderAway.into()
        }
        Failure::NotBelieved(cause) => {
            tracing::warn!(%cause, "the identity provider's answer was not believed");
            Refused::ProviderNotBelieved.into()
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct SetOut {
    /// The page to go on to.
    next: Option<String>,
}

/// Sends somebody to the provider. A link and not a form: the policy of our pages lets no form lead elsewhere.
pub async fn set_out(desk: Desk, ask: SetOut) -> Result<Response, Fault> {
    let errand = provider(&desk)?.errand().await.map_err(worded)?;
    let next = ask.next.filter(|next| next.len() <= LONGEST_NEXT);
    let pending = Pending::new(errand.state, errand.nonce, errand.verifier, next, Clock::system().now());
    let sealed = desk.look(move |tx| pending.sealed(tx)).await?;
    let to = HeaderValue::from_str(&errand.to).map_err(|cause| Fault::Bug(cause.to_string()))?;
    let gone = (StatusCode::SEE_OTHER, HeaderMap::from_iter([(header::LOCATION, to)])).into_response();
    Ok(with_cookie(gone, &cookie(&desk, &sealed, LASTS_S)))
}

/// Sent to the ways of signing in with the provider, and nowhere else.
fn cookie(desk: &Desk, value: &str, age_s: i64) -> String {
    let secure = if desk.house().settings.is_secure() { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/sign-in/oidc; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}")
}

#[derive(Deserialize, JsonSchema)]
pub struct CameBack {
    #[serde(default)]
    state: String,
    code: Option<String>,
    /// Who answers, where the provider says so (RFC 9207).
    iss: Option<String>,
}

/// Somebody comes back from the provider.
pub async fn come_back(desk: Desk, ask: CameBack) -> Result<Response, Fault> {
    let provider = provider(&desk)?;
    // An answer that this browser did not set out for costs nobody behind its address a try.
    let pending = pending_of(&desk, &ask.state).await?;
    let next = pending.next.clone();
    let counted = vec![Counted::address_with_identities(&desk)];
    guard::look(&desk, counted.clone()).await?;
    let came = match vouched_for(&desk, provider, pending, ask).await {
        Ok(vouched) => known(&desk, vouched).await,
        Err(fault) => Err(fault),
    };
    let (vouched, known) = match came {
        Ok(came) => came,
        Err(fault) => {
            if !is_providers_own(&fault) {
                guard::take(&desk, counted).await?;
            }
            note_failure(&desk).await?;
            return Err(fault);
        }
    };
    let actor = Actor::new(ActorKind::Account, known.account.uuid());
    let token = begin(&desk, actor, move |tx| {
        identities::let_in(tx, &vouched, &known)?;
        Ok(sessions::begin(tx, actor, &known.district, Some(sessions::SESSION_H), None)?)
    })
    .await?;
    let come = come_in(&desk, &token, &local(next.as_deref()));
    Ok(with_cookie(come, &cookie(&desk, "", 0)))
}

/// The claim that names people at the provider, as people call it; none where there is no provider.
pub fn claim(desk: &Desk) -> Option<String> {
    let claim = &desk.house().oidc.as_ref()?.settings().claim;
    Some(if claim == EMAIL { desk.say("web-claim-email").to_string() } else { claim.clone() })
}

/// The provider is away or lets nobody go on: nothing that whoever came back has done.
fn is_providers_own(fault: &Fault) -> bool {
    let own = [Refused::ProviderAway, Refused::ProviderSaidNo].map(|refused| refused.refusal().code);
    matches!(fault, Fault::Refused(refusal) if own.contains(&refusal.code))
}

/// What this browser set out with; the machine's own clock counts, as the provider knows no other.
async fn pending_of(desk: &Desk, state: &str) -> Result<Pending, Fault> {
    let (cookie, state) = (desk.pending.clone(), state.to_owned());
    let now = Clock::system().now();
    let pending = desk.look(move |tx| Ok(Pending::of_browser(tx, cookie.as_deref(), &state, now))).await?;
    pending.ok_or_else(|| Refused::IdentityOver.into())
}

/// Whom the provider's word lets in here.
async fn known(desk: &Desk, vouched: Vouched) -> Result<(Vouched, Known), Fault> {
    let looked = vouched.clone();
    if let Some(known) = desk.look(move |tx| identities::account_of(tx, &looked)).await? {
        return Ok((vouched, known));
    }
    // Only whoever is not joined needs the claim.
    vouched.claim.map_err(worded)?;
    Err(Refused::IdentityUnknown.with("claim", claim(desk).unwrap_or_default()).into())
}

/// The provider's word about whoever came back to this browser.
async fn vouched_for(desk: &Desk, provider: &Provider, pending: Pending, ask: CameBack) -> Result<Vouched, Fault> {
    let (state, now) = (ask.state, Clock::system().now());
    // Before anything is made of it, so that however often it comes it is looked at once.
    desk.change(move |tx| Pending::spend(tx, &state, now)).await?;
    if ask.iss.is_some_and(|iss| iss != provider.settings().issuer) {
        return Err(worded(Failure::NotBelieved("another issuer answers".to_owned())));
    }
    let Some(code) = ask.code else { return Err(Refused::ProviderSaidNo.into()) };
    provider.vouch(code, pending.verifier, &pending.nonce).await.map_err(worded)
}

#[derive(Deserialize, JsonSchema)]
pub struct WriteIdentity {
    account: Id<Account>,
    /// How the provider calls this person, by the claim of the settings; nothing parts account and identity.
    #[serde(default)]
    identity: String,
}

/// An administrator says how somebody is called at the provider.
pub async fn write(desk: Desk, ask: WriteIdentity) -> Result<Done<()>, Fault> {
    provider(&desk)?;
    let (place, account) = (desk.here().clone(), ask.account);
    // Read apart: what a change answers is kept, and addresses do not lie open.
    let before = desk.look(move |tx| Ok(identities::written(tx, account)?)).await?.unwrap_or_default();
    desk.change(move |tx| identities::write(tx, &place, account, &ask.identity)).await?;
    let undo = Undo::by(format!("/accounts/{account}/identity"), &[("identity", before.as_str())]);
    Ok(Done::at("/accounts", ()).saying("web-identity-written").undone_by(undo))
}
