//! The books: what the people of the night were told by the server, against what the server shows. Whoever keeps both
//! sides of a ledger finds what one side lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use super::{Ledger, Night, SIDE_BY_SIDE, Trouble, list};

/// How long messages may still be under way when the books are laid.
const LOOKS: u32 = 200;
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What the server shows to whoever asks, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The order's page.
    pub order: Value,
    /// The page of teams.
    pub teams: Value,
    /// Of each site by its code: everybody on its roster, with what is said of them.
    pub rosters: BTreeMap<String, Vec<(String, Value)>>,
    /// Everybody on the roster of the order.
    pub on_order: Vec<String>,
    /// When each site stood.
    pub set_up_ms: BTreeMap<String, Option<i64>>,
    /// Open and closed requests: id, owner, state.
    pub requests: BTreeMap<String, (String, String)>,
    pub delivery: Delivery,
}

/// What became of the messages to the gateway.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delivery {
    /// By the server's own outbox.
    pub sent: u64,
    pub waiting: u64,
    pub given_up: u64,
    /// By the gateway: different messages that it took, and those that came again afterwards.
    pub taken: u64,
    pub repeated: u64,
}

/// Where the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A check-in was acknowledged and is on no roster.
    LostCheckIn { who: String },
    /// Somebody stands on a roster whose check-in nobody sent.
    UnexplainedPresence { who: String },
    /// Somebody stands in two places, or twice in one.
    TwoPlaces { who: String },
    /// Rosters, order and figures count differently.
    Count { what: &'static str, here: u64, there: u64 },
    /// A request with a number is not in the books.
    LostRequest { id: String },
    /// An open request that nobody owns.
    NobodysRequest { id: String },
    /// An answer that nobody should ever get.
    Trouble { what: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LostCheckIn { who } => write!(f, "the check-in of {who} was acknowledged and is lost"),
            Self::UnexplainedPresence { who } => write!(f, "{who} stands on a roster and never came"),
            Self::TwoPlaces { who } => write!(f, "{who} stands in two places"),
            Self::Count { what, here, there } => write!(f, "{what}: {here} on one side, {there} on the other"),
            Self::LostRequest { id } => write!(f, "the request {id} is lost"),
            Self::NobodysRequest { id } => write!(f, "the request {id} is open and nobody's"),
            Self::Trouble { what } => write!(f, "{what}"),
        }
    }
}

/// Both sides.
#[derive(Debug, Clone)]
pub struct Books {
    pub ledger: Ledger,
    pub shown: Shown,
}

impl Books {
    /// Everything in which the two sides differ; nothing when they balance.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            self.ledger.troubles.iter().map(|what| Fault::Trouble { what: what.clone() }).collect();
        faults.extend(self.presence());
        faults.extend(self.counts());
        faults.extend(self.requests());
        faults
    }

    /// People who stand on rosters more than once.
    pub fn doubled(&self) -> BTreeSet<String> {
        let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for (_, who) in self.present() {
            if !once.insert(who.clone()) {
                twice.insert(who);
            }
        }
        twice
    }

    /// Site and person of everybody who is there.
    fn present(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.shown.rosters.iter().flat_map(|(site, lines)| {
            let here = lines.iter().filter(|(_, line)| is_here(line));
            here.map(|(who, _)| (site.clone(), who.clone()))
        })
    }

    fn presence(&self) -> Vec<Fault> {
        let present: BTreeMap<String, String> = self.present().map(|(site, who)| (who, site)).collect();
        let acknowledged = &self.ledger.checked_in;
        let lost = acknowledged.iter().filter(|(who, site)| present.get(*who) != Some(site));
        let unexplained = present.keys().filter(|who| !acknowledged.contains_key(*who));
        let lost = lost.map(|(who, _)| Fault::LostCheckIn { who: who.clone() });
        let unexplained = unexplained.map(|who| Fault::UnexplainedPresence { who: who.clone() });
        lost.chain(unexplained).chain(self.doubled().into_iter().map(|who| Fault::TwoPlaces { who })).collect()
    }

    fn counts(&self) -> Vec<Fault> {
        let figure = |name: &str| self.shown.order["figures"][name].as_u64().unwrap_or(u64::MAX);
        let sent = self.shown.rosters.values().flatten();
        let sent = sent.filter(|(_, line)| line["presence"]["presence"] != "walked_in").count() as u64;
        let here = self.present().count() as u64;
        let on_order = self.shown.on_order.iter().collect::<BTreeSet<_>>().len() as u64;
        let Delivery { sent: gone, waiting, given_up, taken, repeated } = self.shown.delivery;
        let pairs = [
            ("assigned, and on the rosters of the sites", figure("assigned"), sent),
            ("assigned, and on the roster of the order", figure("assigned"), on_order),
            ("arrived, and standing on the rosters", figure("arrived"), here),
            ("people told, and messages in the outbox", self.ledger.told, gone + waiting + given_up),
            ("messages sent, and taken by the gateway", gone, taken),
            ("messages that went out twice", repeated, 0),
        ];
        let differ = pairs.into_iter().filter(|(_, here, there)| here != there);
        differ.map(|(what, here, there)| Fault::Count { what, here, there }).collect()
    }

    fn requests(&self) -> Vec<Fault> {
        let shown = &self.shown.requests;
        let lost = self.ledger.requests.iter().filter(|id| !shown.contains_key(*id));
        let nobodys = shown.iter().filter(|(_, (owner, state))| owner.is_empty() && state != "confirmed");
        let lost = lost.map(|id| Fault::LostRequest { id: id.clone() });
        lost.chain(nobodys.map(|(id, _)| Fault::NobodysRequest { id: id.clone() })).collect()
    }
}

/// Whether a line of a roster says that its person is there.
pub fn is_here(line: &Value) -> bool {
    matches!(line["presence"]["presence"].as_str(), Some("arrived" | "walked_in"))
}

impl Night {
    /// Asks the server for everything it shows, and lays it beside what it had said.
    pub async fn books(&self) -> Result<Books, Trouble> {
        let officer = &self.staff.duty_officer;
        let mut shown = Shown {
            order: officer.get(&format!("/orders/{}", self.order)).await?,
            teams: officer.get("/teams").await?,
            delivery: self.delivery().await?,
            ..Shown::default()
        };
        let pages = self.posts.iter().map(async |post| {
            let roster = officer.get(&format!("/sites/{}/roster", post.id)).await?;
            let readiness = officer.get(&format!("/sites/{}/readiness?order={}", post.id, self.order)).await?;
            Ok::<_, Trouble>((&post.code, roster, readiness))
        });
        let pages: Vec<_> = stream::iter(pages).buffered(SIDE_BY_SIDE).try_collect().await?;
        for (code, roster, readiness) in pages {
            let line = |line: &Value| Some((line["code"].as_str()?.to_owned(), line.clone()));
            shown.rosters.insert(code.clone(), list(&roster, "lines").iter().filter_map(line).collect());
            shown.set_up_ms.insert(code.clone(), readiness["times"]["set_up_at"].as_i64());
        }
        shown.on_order = self.on_order().await?;
        for closed in [false, true] {
            self.shown_requests(closed, &mut shown.requests).await?;
        }
        Ok(Books { ledger: self.ledger().clone(), shown })
    }

    async fn on_order(&self) -> Result<Vec<String>, Trouble> {
        let (mut people, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.staff.duty_officer.get(&format!("/orders/{}/roster{after}", self.order)).await?;
            people.extend(list(&page, "lines").iter().filter_map(|line| line["code"].as_str().map(str::to_owned)));
            match page["next"].as_str() {
                Some(next) => after = format!("?after={next}"),
                None => return Ok(people),
            }
        }
    }

    async fn shown_requests(&self, closed: bool, all: &mut BTreeMap<String, (String, String)>) -> Result<(), Trouble> {
        let mut path = format!("/requests?closed={closed}");
        loop {
            let page = self.staff.duty_officer.get(&path).await?;
            for line in list(&page, "lines") {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                all.insert(text(&line["id"]), (text(&line["owner"]), text(&line["state"]["state"])));
            }
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => return Ok(()),
            }
        }
    }

    /// What became of the messages, on both sides, once nothing waits any more. A fault shows as a difference: who waits
    /// for ever sees nothing.
    async fn delivery(&self) -> Result<Delivery, Trouble> {
        for _ in 0..LOOKS {
            if self.outbox().await?.waiting == 0 {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        self.outbox().await
    }

    async fn outbox(&self) -> Result<Delivery, Trouble> {
        let page = self.staff.duty_officer.get("/notices").await?;
        let sms = list(&page, "channels").iter().find(|line| line["channel"] == "sms").cloned().unwrap_or_default();
        let counts = list(&page, "states").iter().zip(list(&sms, "counts"));
        let of = |wanted: &[&str]| {
            let counted =
                counts.clone().filter(|(state, _)| state.as_str().is_some_and(|state| wanted.contains(&state)));
            counted.filter_map(|(_, count)| count.as_u64()).sum()
        };
        let seen = self.stage.gateway.counts();
        Ok(Delivery {
            sent: of(&["sent", "seen"]),
            waiting: of(&["queued", "failed"]),
            given_up: of(&["given_up"]),
            taken: seen.taken,
            repeated: seen.repeated,
        })
    }
}
