//! To the provider and back.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Actor, ActorKind, Id, things::Account};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EMAIL, identities,
    pending::{COOKIE, LASTS_S, Pending},
    provider::{Failure, Provider, Vouched},
};
use crate::{
    Desk, Done, Fault,
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
    let pending = Pending::new(errand.state, errand.nonce, errand.verifier, next, desk.at());
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
    let taken = guard::take(&desk, vec![Counted::address_with_codes(&desk)]).await?;
    let came = vouched_for(&desk, provider, ask).await;
    let (vouched, next) = match came {
        Ok(came) => came,
        Err(fault) => {
            note_failure(&desk).await?;
            return Err(fault);
        }
    };
    let looked = vouched.clone();
    let known = match desk.look(move |tx| identities::account_of(tx, &looked)).await {
        Ok(Some(known)) => known,
        outcome => {
            note_failure(&desk).await?;
            let claim = claim(&desk).unwrap_or_default();
            return Err(outcome.err().unwrap_or_else(|| Refused::IdentityUnknown.with("claim", claim).into()));
        }
    };
    let actor = Actor::new(ActorKind::Account, known.account.uuid());
    let token = begin(&desk, actor, move |tx| {
        guard::give_back(tx, taken)?;
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

/// The provider's word about whoever came back to this browser, and the page they go on to.
async fn vouched_for(desk: &Desk, provider: &Provider, ask: CameBack) -> Result<(Vouched, Option<String>), Fault> {
    let (cookie, state) = (desk.pending.clone(), ask.state.clone());
    let pending = desk.look(move |tx| Ok(Pending::of_browser(tx, cookie.as_deref(), &state))).await?;
    let Some(pending) = pending else { return Err(Refused::IdentityOver.into()) };
    let state = ask.state;
    // Before anything is made of it, so that however often it comes it is looked at once.
    desk.change(move |tx| Pending::spend(tx, &state)).await?;
    if ask.iss.is_some_and(|iss| iss != provider.settings().issuer) {
        return Err(worded(Failure::NotBelieved("another issuer answers".to_owned())));
    }
    let Some(code) = ask.code else { return Err(Refused::ProviderSaidNo.into()) };
    let vouched = provider.vouch(code, pending.verifier, &pending.nonce).await.map_err(worded)?;
    Ok((vouched, pending.next))
}

#[derive(Deserialize, JsonSchema)]
pub struct WriteIdentity {
    account: Id<Account>,
    /// How the provider calls this person, by the claim of the settings; nothing parts account and identity.
    identity: String,
}

/// An administrator says how somebody is called at the provider.
pub async fn write(desk: Desk, ask: WriteIdentity) -> Result<Done<()>, Fault> {
    provider(&desk)?;
    let place = desk.here().clone();
    desk.change(move |tx| identities::write(tx, &place, ask.account, &ask.identity)).await?;
    Ok(Done::at("/accounts", ()).saying("web-identity-written"))
}
