//! The desk: where somebody with a right, in a jurisdiction, does something. A handler gets one only from the router,
//! after the right that `routes.rs` names was found in the actor's standing; there is no other way to make one.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{Actor, ActorKind, District, Event, Id, Jurisdiction, Moment, Right, Scope, things};
use jiff::tz::TimeZone;
use serde::{Serialize, de::DeserializeOwned};
use store::{Act, Reply, Store, Tx, conflicts::Decision, replies::Asked};
use uuid::Uuid;

use crate::{
    access::{Standing, looks},
    conflicts,
    house::House,
    refusal::{Fault, Refused},
    words::{Locale, Say},
};

/// The key a client gave so that a repeated request has one effect, and a digest of what it asked.
#[derive(Debug, Clone)]
pub(crate) struct RequestKey {
    pub key: Uuid,
    pub fingerprint: [u8; 32],
    pub path: Arc<str>,
    /// What was asked, kept when the same key comes with other content.
    pub body: Arc<str>,
}

impl RequestKey {
    fn asked<'a>(&'a self, by: &'a Actor) -> Asked<'a> {
        Asked { key: self.key, by, fingerprint: self.fingerprint, path: &self.path, body: &self.body }
    }
}

/// Somebody at work: who, with which right, where, when.
#[derive(Clone)]
pub struct Desk {
    pub(crate) house: Arc<House>,
    pub(crate) standing: Arc<Standing>,
    pub(crate) right: Right,
    pub(crate) here: Jurisdiction,
    /// What was asked for, without `/api/v1`.
    pub(crate) path: Arc<str>,
    pub(crate) at: Moment,
    pub(crate) locale: Locale,
    pub(crate) key: Option<RequestKey>,
    /// The conflict whose second version is done here: the same change settles it.
    pub(crate) settles: Option<Uuid>,
    pub(crate) changes: Arc<AtomicU64>,
    pub(crate) request: Uuid,
    pub(crate) peer: Option<IpAddr>,
    pub(crate) token: Option<String>,
    /// The mark of a device that somebody signed in from before.
    pub(crate) device: Option<String>,
    /// What the browser keeps of a sign-in that is at the identity provider.
    pub(crate) pending: Option<String>,
}

impl Desk {
    pub fn actor(&self) -> Actor {
        self.standing.actor
    }

    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The right under which this desk was given.
    pub const fn right(&self) -> Right {
        self.right
    }

    /// Where the thing named in the address belongs; the district when no thing is named.
    pub const fn here(&self) -> &Jurisdiction {
        &self.here
    }

    pub const fn district(&self) -> &District {
        &self.here.district
    }

    /// The site named in the address.
    pub fn site(&self) -> Result<Id<things::Site>, Fault> {
        self.here.site.ok_or_else(|| Refused::NotThere.into())
    }

    /// The person named in the address.
    pub fn person(&self) -> Result<Uuid, Fault> {
        self.here.person.ok_or_else(|| Refused::NotThere.into())
    }

    /// The volunteer who acts, on pages about one's own duty.
    pub fn volunteer(&self) -> Result<Id<things::Volunteer>, Fault> {
        match self.standing.actor {
            Actor { kind: ActorKind::Volunteer, id } => Ok(Id::from_uuid(id)),
            _ => Err(Refused::NotThere.into()),
        }
    }

    /// The one reading of the clock for this request.
    pub const fn at(&self) -> Moment {
        self.at
    }

    pub const fn locale(&self) -> Locale {
        self.locale
    }

    pub fn zone(&self) -> &TimeZone {
        &self.house.settings.zone
    }

    /// A word in the actor's language.
    pub fn say(&self, id: &'static str) -> Say<'_> {
        self.house.words.say(self.locale, id)
    }

    pub fn house(&self) -> &Arc<House> {
        &self.house
    }

    pub fn store(&self) -> &Store {
        &self.house.store
    }

    /// The address other people can open: `https://muster.example/…`.
    pub fn public_url(&self, path: &str) -> String {
        format!("{}{path}", self.house.settings.public_url)
    }

    /// Reads, in one snapshot.
    pub async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.house.store.look(work).await
    }

    /// Changes something, in one transaction; the reply comes after the commit. A request that comes again with the
    /// same key gets the first reply again and changes nothing.
    pub async fn change<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let act = Act::new(self.actor(), self.at).of_request(self.request);
        let nth = self.changes.fetch_add(1, Ordering::Relaxed);
        if let Some(conflict) = self.settles.filter(|_| nth == 0) {
            let place = Jurisdiction::district(self.district().clone());
            let settled = move |tx: &mut Tx| {
                conflicts::settle_now(tx, &place, conflict, Decision::Second)?;
                let done = work(tx)?;
                conflicts::refuse_in_part(&done).map_or(Ok(done), |no| Err(no.into()))
            };
            return self.house.store.change(act, settled).await;
        }
        let Some(request) = self.key_of(nth) else { return self.house.store.change(act, work).await };
        let (actor, place) = (self.actor(), self.here.clone());
        let kept = self
            .house
            .store
            .change(act, move |tx| match tx.reply(request.key, &actor, request.fingerprint)? {
                Reply::Same(json) => serde_json::from_str(&json).map(Some).map_err(|e| Fault::Bug(e.to_string())),
                // Said after the commit, so that the other content is kept.
                Reply::Other => {
                    tx.keep_conflict(&place.district, request.asked(&actor), None)?;
                    tx.record(&place, request.key, &Event::ConflictKept {})?;
                    Ok(None)
                }
                Reply::New => {
                    let done = work(tx)?;
                    let json = serde_json::to_string(&done).map_err(|e| Fault::Bug(e.to_string()))?;
                    tx.keep_reply(request.asked(&actor), &json)?;
                    Ok(Some(done))
                }
            })
            .await?;
        kept.ok_or_else(|| Refused::OtherContent.into())
    }

    /// Notes that this actor has seen a person's data.
    pub fn note_look(&self, tx: &mut Tx, person: Uuid, what: &str) -> Result<(), Fault> {
        looks::count(tx, &self.here, 1)?;
        Ok(tx.record(&self.here, person, &Event::PersonRevealed { what: what.to_owned() })?)
    }

    /// [`Desk::note_look`] for pages that change nothing: a store that cannot write now lets people read on.
    pub async fn note_page(&self, person: Uuid, what: &'static str) {
        let noting = self.clone();
        if let Err(cause) = self.change(move |tx| noting.note_look(tx, person, what)).await {
            tracing::warn!(%cause, "a look at a person was not written down");
        }
    }

    /// Notes that this actor was shown a list of people. Nobody waits for it: it is written right after the answer, and
    /// the same people shown again within minutes are the same look.
    pub fn note_list(&self, list: &'static str, people: impl IntoIterator<Item = Uuid>) {
        let people: Vec<Uuid> = people.into_iter().collect();
        if people.is_empty() || !self.house.shown.is_new(self.actor().id, list, &people, self.at) {
            return;
        }
        // Those who lead a site or a zone have their own people before them all night: recorded, but no alarm.
        let is_counted = self.standing.grants.iter().any(|grant| grant.scope == Scope::District);
        let (desk, people) = (self.clone(), people.len() as u64);
        let act = Act::new(self.actor(), self.at).of_request(self.request);
        tokio::spawn(async move {
            let store = desk.house.store.clone();
            let noted = store.change(act, move |tx| {
                if is_counted {
                    looks::count_listed(tx, &desk.here, people)?;
                }
                tx.record(&desk.here, desk.request, &Event::PeopleListed { list: list.to_owned(), people })
            });
            if let Err(cause) = noted.await {
                tracing::warn!(%cause, "a look at a list of people was not written down");
            }
        });
    }

    /// An action may make more than one change; each has a key of its own, derived from the request's.
    fn key_of(&self, nth: u64) -> Option<RequestKey> {
        let asked = self.key.clone()?;
        let key = Uuid::from_u128(asked.key.as_u128().wrapping_add(u128::from(nth) << 64));
        Some(RequestKey { key, ..asked })
    }
}
