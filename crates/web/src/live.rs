//! The live stream: server-sent events that say "something you may see has changed". Pages then ask again for their
//! live part; the stream itself carries no data of people.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event as Message, KeepAlive},
    },
};
use domain::{Jurisdiction, Right};
use futures_util::stream;
use serde::Deserialize;
use store::Store;
use tokio::sync::broadcast;

use crate::{
    access::{Standing, sessions},
    house::House,
    refusal::Fault,
    request::cookie,
};

/// How often at most one page is told.
const PACE: Duration = Duration::from_millis(800);
/// How often a stream in which nothing happens looks whether its session is still good: sessions also end by the clock.
const RECHECK: Duration = Duration::from_secs(30);
/// What may have ended somebody's session, or changed what they may see.
const ENDINGS: [&str; 9] = [
    "web.signed_out",
    "web.account_suspended",
    "web.password_set",
    "web.role_granted",
    "web.role_withdrawn",
    "web.token_withdrawn",
    "responders.volunteer_changed",
    "places.site_changed",
    "places.zone_lead_named",
];

/// An entry of the journal, as far as listeners need it.
#[derive(Debug, Clone)]
pub struct Heard {
    pub number: i64,
    pub kind: String,
    pub jurisdiction: Jurisdiction,
}

/// Reads the journal's tail once for all listeners of this process.
#[derive(Clone)]
pub struct Live(broadcast::Sender<Heard>);

impl Live {
    /// Follows the journal from now on. Without a runtime (command line) nobody listens.
    pub fn follow(store: &Store) -> Self {
        let (sender, _) = broadcast::channel(4096);
        let live = Self(sender);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(pump(store.clone(), live.0.clone()));
        }
        live
    }

    pub fn listen(&self) -> broadcast::Receiver<Heard> {
        self.0.subscribe()
    }
}

async fn pump(store: Store, sender: broadcast::Sender<Heard>) {
    let mut tail = store.tail();
    let mut last = *tail.borrow_and_update();
    while tail.changed().await.is_ok() {
        tail.borrow_and_update();
        loop {
            let after = last;
            let entries = match store.journal_after(after, 500, None).await {
                Ok(entries) => entries,
                Err(error) => {
                    tracing::warn!(%error, "the live stream could not read the journal");
                    break;
                }
            };
            let Some(newest) = entries.last() else { break };
            last = newest.number;
            for entry in entries {
                let Ok(jurisdiction) = entry.jurisdiction() else { continue };
                // Nobody listening is no error.
                let _ = sender.send(Heard { number: entry.number, kind: entry.kind, jurisdiction });
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    /// Which duties' events: `deployments,problems`; all when empty.
    #[serde(default)]
    about: String,
}

pub(crate) async fn stream(State(house): State<Arc<House>>, headers: HeaderMap, Query(ask): Query<Ask>) -> Response {
    let Some(token) = cookie(&headers, "muster") else { return StatusCode::UNAUTHORIZED.into_response() };
    let Ok(Some(standing)) = recognise(&house, &token).await else { return StatusCode::UNAUTHORIZED.into_response() };
    let listener = Listener {
        heard: house.live.listen(),
        about: ask.about.split(',').filter(|duty| !duty.is_empty()).map(|duty| format!("{duty}.")).collect(),
        standing,
        house,
        token,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let number = listener.next().await?;
        let message = Message::default().event("changed").id(number.to_string()).data(number.to_string());
        Some((Ok::<_, Infallible>(message), listener))
    });
    // A named event, not a comment: a page must be able to tell a quiet night from a broken line. With a word in it, because
    // browsers drop an event without data.
    let alive = Message::default().event("alive").data("alive");
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).event(alive)).into_response()
}

async fn recognise(house: &Arc<House>, token: &str) -> Result<Option<Standing>, Fault> {
    let (now, token) = (house.clock().now(), token.to_owned());
    house.store.look(move |tx| sessions::recognise(tx, &token, now).map_err(Fault::from)).await
}

struct Listener {
    heard: broadcast::Receiver<Heard>,
    about: Vec<String>,
    standing: Standing,
    house: Arc<House>,
    token: String,
}

impl Listener {
    /// Waits for something this listener may see, then gathers what comes within the pace. The stream ends with the
    /// session it was opened under.
    async fn next(&mut self) -> Option<i64> {
        loop {
            let is_news = match tokio::time::timeout(RECHECK, self.heard.recv()).await {
                Ok(Ok(heard)) if self.concerns(&heard) => true,
                Ok(Ok(heard)) if !ENDINGS.contains(&heard.kind.as_str()) => continue,
                Ok(Ok(_)) | Err(_) => false,
                // Fallen behind: whatever was missed, the page asks for the whole again.
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => true,
                Ok(Err(broadcast::error::RecvError::Closed)) => return None,
            };
            if is_news {
                break;
            }
            self.is_still_known().await.then_some(())?;
        }
        tokio::time::sleep(PACE).await;
        self.heard = self.heard.resubscribe();
        self.is_still_known().await.then_some(0)
    }

    /// A store that is away for a moment ends nobody's stream.
    async fn is_still_known(&mut self) -> bool {
        match recognise(&self.house, &self.token).await {
            Ok(Some(standing)) => self.standing = standing,
            Ok(None) => return false,
            Err(fault) => tracing::debug!(%fault, "a stream's session could not be looked at"),
        }
        true
    }

    fn concerns(&self, heard: &Heard) -> bool {
        let right_kind = self.about.is_empty() || self.about.iter().any(|duty| heard.kind.starts_with(duty));
        let sees = |right| self.standing.may(right, &heard.jurisdiction);
        right_kind
            && (sees(Right::SeeBoard) || sees(Right::SeeSite) || sees(Right::OwnDuty) || sees(Right::WorkRequests))
    }
}
