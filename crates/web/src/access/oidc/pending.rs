//! A sign-in under way. All that must be remembered until the provider sends somebody back travels sealed in a cookie of
//! the browser that began it: a stranger's link has nothing to come back to, and beginning writes nothing. What is written
//! is that a state has come back, so that it does so once, on all servers together.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Moment;
use openidconnect::{Nonce, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::{
    access::secrets,
    refusal::{Fault, Refused},
};

/// How long somebody may take at the provider.
pub const LASTS_S: i64 = 600;
pub const COOKIE: &str = "oidc";
const SEAL: &str = "oidc.pending";

#[derive(Serialize, Deserialize)]
pub struct Pending {
    state: String,
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
    /// The page to go on to.
    pub next: Option<String>,
    begun_at: Moment,
}

impl Pending {
    pub fn new(state: String, nonce: Nonce, verifier: PkceCodeVerifier, next: Option<String>, at: Moment) -> Self {
        Self { state, nonce, verifier, next, begun_at: at }
    }

    /// What the cookie holds.
    pub fn sealed(&self, tx: &Tx) -> Result<String, Fault> {
        let text = serde_json::to_string(self).map_err(|cause| Fault::Bug(cause.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(tx.seal(SEAL, &text).0))
    }

    /// The sign-in that this browser began and that this state belongs to; none when it is another's or too old.
    pub fn of_browser(tx: &Tx, cookie: Option<&str>, state: &str, now: Moment) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie?).ok()?;
        let text = tx.open(SEAL, sealed).ok()?;
        let pending: Self = serde_json::from_str(&text).ok()?;
        let age_s = now.since_s(pending.begun_at);
        // Digests are compared, so that the time taken tells nothing about the state.
        let is_its_own = secrets::hash(&pending.state) == secrets::hash(state);
        (is_its_own && (0..LASTS_S).contains(&age_s)).then_some(pending)
    }

    /// Notes that it has come back; refuses a second time.
    pub fn spend(tx: &mut Tx, state: &str, at: Moment) -> Result<(), Fault> {
        // Those from later than now were written while the clock ran ahead.
        let (from, to) = (at.plus_s(-LASTS_S), at.plus_s(LASTS_S));
        tx.execute("delete from spent_states where at <= $1 or at >= $2", params![from, to])?;
        let sql = "insert into spent_states (state_hash, at) values ($1, $2) on conflict (state_hash) do nothing";
        if tx.execute(sql, params![secrets::hash(state), at])? == 0 {
            return Err(Refused::IdentityOver.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use store::{Act, Store, testing};

    use super::*;
    use crate::{House, house::own_duty};

    async fn at<T: Send + 'static>(store: &Store, s: i64, work: impl Fn(&mut Tx) -> T + Send + 'static) -> T {
        let act = Act::system(testing::MIDNIGHT.plus_s(s));
        store.change(act, move |tx| Ok::<_, Fault>(work(tx))).await.unwrap()
    }

    fn spend(tx: &mut Tx, state: &str) -> bool {
        let at = tx.at();
        Pending::spend(tx, state, at).is_ok()
    }

    fn sealed(tx: &Tx) -> String {
        let (nonce, verifier) = (Nonce::new("nonce".to_owned()), PkceCodeVerifier::new("v".repeat(43)));
        Pending::new("state".to_owned(), nonce, verifier, None, tx.at()).sealed(tx).unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_for_ten_minutes_and_once() {
        testing::each_engine(House::migrations(&[own_duty()]), async |store| {
            let cookie = at(&store, 0, |tx| sealed(tx)).await;
            for (s, state, is_found) in [
                (0, "state", true),
                (599, "state", true),
                (600, "state", false),
                (-1, "state", false),
                (0, "other", false),
            ] {
                let cookie = cookie.clone();
                let found =
                    at(&store, s, move |tx| Pending::of_browser(tx, Some(&cookie), state, tx.at()).is_some()).await;
                assert_eq!(found, is_found, "{s} s, {state}");
            }
            for not_ours in [None, Some(""), Some("no cookie of ours"), Some("AAAA")] {
                assert!(at(&store, 0, move |tx| Pending::of_browser(tx, not_ours, "state", tx.at()).is_none()).await);
            }
            for (s, is_first) in [(0, true), (0, false), (599, false), (600, true)] {
                assert_eq!(at(&store, s, |tx| spend(tx, "state")).await, is_first, "{s} s");
            }
            assert!(at(&store, 600, |tx| spend(tx, "other")).await);
        })
        .await;
    }
}
