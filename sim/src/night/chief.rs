//! What site chiefs do: set up, open, scan badges with a slow phone, call who has not answered.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Moment;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Happening, Next, Night, Trouble,
    chance::Dice,
    list,
    phone::Phone,
    walker::{Temper, Walker},
};

/// The lines of the checklist in the order a crew works them off; then the site stands. The registrar comes later.
const CHECKLIST: [&str; 7] = ["chief", "tents", "tubes", "ppe", "water", "samplers", "device_check"];
const SET_UP: usize = CHECKLIST.len();
const REGISTRAR: usize = SET_UP + 1;
const OPEN: usize = SET_UP + 2;

/// A site with its chief.
#[derive(Debug)]
pub struct Post {
    pub id: String,
    pub code: String,
    pub chief: Phone,
    habits: Habits,
    pocket: Mutex<Pocket>,
}

/// What sort of phone the chief has, and what sort of place it is.
#[derive(Debug, Clone, Copy)]
struct Habits {
    /// Sends so late after a scan.
    delay_s: i64,
    /// By so much its clock is wrong.
    wrong_by_s: i64,
    /// So much after (before) five o'clock the site stands.
    set_up_min: i64,
    set_up_takes_min: i64,
}

/// What the phone has not sent yet, or got no answer to.
#[derive(Debug, Default)]
struct Pocket {
    /// The badge entry, and who it is for.
    waiting: Vec<(Value, String)>,
    is_sending: bool,
    number: i64,
    batches: u64,
}

impl Post {
    pub fn new(id: String, code: String, chief: Phone, seed: u64) -> Self {
        let mut dice = Dice::of(seed, &format!("chief of {code}"));
        let delay_s = if dice.percent() < 8 { 600 + dice.below(900) } else { 40 + dice.below(160) };
        let wrong_by_s = if dice.percent() < 8 { dice.below(7_200) - 3_600 } else { 0 };
        let set_up_min = if dice.percent() < 6 { 4 + dice.below(40) } else { -4 - dice.below(50) };
        let habits = Habits { delay_s, wrong_by_s, set_up_min, set_up_takes_min: 15 + dice.below(30) };
        Self { id, code, chief, habits, pocket: Mutex::default() }
    }

    fn pocket(&self) -> MutexGuard<'_, Pocket> {
        self.pocket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the phone's own clock shows.
    fn clock_ms(&self, now: Moment) -> i64 {
        now.plus_s(self.habits.wrong_by_s).ms()
    }
}

impl Night {
    /// When each line of a site's checklist is marked, when it stands, when it opens.
    pub(super) fn readiness(&self, site: usize) -> [Moment; OPEN + 1] {
        let Habits { set_up_min, set_up_takes_min, .. } = self.posts[site].habits;
        let stands_at = self.times.set_up_at.plus_min(set_up_min);
        let mut dice = self.dice(&format!("opening of {}", self.posts[site].code));
        let (registrar, opening) = (-45 + dice.below(30), -10 + dice.below(14));
        let line_s = set_up_takes_min * 60 / 7;
        std::array::from_fn(|step| match step {
            REGISTRAR => self.times.in_place_at.plus_min(registrar).max(stands_at.plus_min(5)),
            OPEN => self.times.in_place_at.plus_min(opening).max(stands_at.plus_min(10)),
            step => stands_at.plus_s(-line_s * i64::try_from(SET_UP - step).unwrap_or(0)),
        })
    }

    /// The next line of the checklist; then the site is declared set up, and opened.
    pub(super) async fn make_ready(&self, site: usize, step: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let clock_ms = post.clock_ms(self.now());
        let mut ask = json!({ "order": self.order, "marked_at": clock_ms, "sent_at": clock_ms });
        let act = match step {
            SET_UP => "set-up",
            OPEN => "opening",
            _ => "marks",
        };
        if act == "marks" {
            ask["item"] = json!(CHECKLIST.get(step).copied().unwrap_or("registrar"));
            ask["done"] = json!(true);
        }
        post.chief.post(&format!("/sites/{}/readiness/{act}", post.id), &ask).await?;
        let next = step + 1;
        let times = self.readiness(site);
        Ok(times
            .get(next)
            .map(|at| ((*at).max(self.now()), Happening::Ready { site, step: next }))
            .into_iter()
            .collect())
    }

    /// An open page gives a sign of life every few minutes, until the site closes. Some phones lie in a pocket, now and then.
    pub(super) async fn sign(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let now = self.now();
        let ask = json!({ "device": format!("page-{}", post.code), "items": [] });
        post.chief.post(&format!("/sites/{}/outbox", post.id), &ask).await?;
        let mut dice = self.dice(&format!("page of {} at {}", post.code, now.ms()));
        let pause_min = if dice.percent() < 2 { 15 + dice.below(30) } else { 4 + dice.below(5) };
        let next = now.plus_min(pause_min);
        Ok((next < self.times.close_at).then_some((next, Happening::Sign(site))).into_iter().collect())
    }

    /// The chief scans a badge, or ticks somebody off the list who has none.
    pub(super) fn scan(&self, site: usize, walker: &Walker, volunteer: Option<String>) -> Option<(Moment, Happening)> {
        let post = &self.posts[site];
        let mut pocket = post.pocket();
        pocket.number += 1;
        let mut entry = json!({
            "id": Uuid::now_v7(), "at": post.clock_ms(self.now()), "way": "in",
            "device": format!("phone-{}", post.code), "n": pocket.number,
        });
        match (&walker.known, volunteer) {
            (_, Some(volunteer)) => entry["volunteer"] = json!(volunteer),
            (Some(known), None) => entry["badge"] = json!(known.badge),
            (None, None) => return None,
        }
        pocket.waiting.push((entry, walker.code.clone()));
        let is_first = !std::mem::replace(&mut pocket.is_sending, true);
        is_first.then(|| (self.now().plus_s(post.habits.delay_s), Happening::Send(site)))
    }

    /// The phone sends what it has. Sometimes the answer is lost and it sends again; sometimes it repeats itself.
    pub(super) async fn send(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let (waiting, nth) = {
            let mut pocket = post.pocket();
            pocket.batches += 1;
            (pocket.waiting.clone(), pocket.batches)
        };
        let entries: Vec<&Value> = waiting.iter().map(|(entry, _)| entry).collect();
        let ask = json!({ "check_ins": entries, "sent_at": post.clock_ms(self.now()) });
        let path = format!("/sites/{}/check-ins", post.id);
        let taken = post.chief.post(&path, &ask).await;
        let mut dice = self.dice(&format!("batch {nth} of {}", post.code));
        let is_answer_lost = dice.percent() < 7;
        let taken = match taken {
            Ok(taken) if !is_answer_lost => taken,
            Ok(_) => return Ok(vec![(self.now().plus_s(30 + dice.below(90)), Happening::Send(site))]),
            Err(trouble) => {
                post.pocket().is_sending = false;
                return Err(trouble);
            }
        };
        self.note_answers(site, &waiting, &taken);
        let repeats = dice.percent() < 6;
        let mut pocket = post.pocket();
        if !repeats {
            pocket.waiting.drain(..waiting.len());
        }
        pocket.is_sending = !pocket.waiting.is_empty();
        let again = pocket.is_sending.then(|| (self.now().plus_s(post.habits.delay_s), Happening::Send(site)));
        Ok(again.into_iter().collect())
    }

    fn note_answers(&self, site: usize, waiting: &[(Value, String)], taken: &Value) {
        for ((entry, code), verdict) in waiting.iter().zip(list(taken, "results")) {
            match verdict["outcome"].as_str() {
                Some("accepted") => self.note_check_in(code, site),
                Some("duplicate") => {
                    self.note_check_in(code, site);
                    self.ledger().sent_again += 1;
                }
                _ => self.ledger().troubles.push(format!("check-in of {code}: {verdict} for {entry}")),
            }
        }
    }

    /// Calls those of the list who have not answered; most of them come then.
    pub(super) async fn call(&self, site: usize) -> Result<Next, Trouble> {
        let post = &self.posts[site];
        let page = post.chief.get(&format!("/sites/{}/roster", post.id)).await?;
        let mut next = Vec::new();
        for line in list(&page, "lines").iter().filter(|line| line["presence"]["presence"] == "told") {
            let (Some(code), Some(volunteer)) = (line["code"].as_str(), line["volunteer"].as_str()) else { continue };
            let Some(&who) = self.walker_of.get(code) else { continue };
            let mut walker = self.walker(who);
            if walker.temper == Temper::Silent && walker.walk == 0 {
                walker.walk = 1;
                let distance_m = line["distance_m"].as_i64().unwrap_or(2_000);
                let at = walker.arrives_at(self.stage.seed, self.now(), self.times.in_place_at, distance_m);
                let volunteer = Some(volunteer.to_owned());
                next.push((at, Happening::Arrive { who, walk: 1, site, volunteer }));
            }
        }
        Ok(next)
    }
}
