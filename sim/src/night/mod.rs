//! The night, driven through the front door: from the order before midnight to everybody in place at eight, and the
//! going home. Volunteers, chiefs and the headquarters act over HTTP with sessions of their own; of the server nothing is
//! known but its address, the one-time code it printed, and a handle on its clock.
//!
//! People are as people are: some do not read, some decline, some do not come; telephones are slow, send twice, lose the
//! answer, or have a wrong clock. A visitor may do any of it first; whoever is overtaken goes on with what is left.

mod afterwards;
mod books;
mod calendar;
mod chance;
mod chief;
mod figures;
mod gateway;
mod headquarters;
mod links;
mod mending;
mod phone;
mod requests;
mod volunteer;
mod walker;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Moment;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

pub use books::{Books, Fault, Shown};
pub use calendar::Pace;
pub use figures::Figures;
pub use gateway::{Gateway, Manners};
pub use links::Links;
pub use phone::Trouble;

use calendar::Calendar;
use chance::Dice;
use chief::Post;
use headquarters::{Headquarters, list, text};
use phone::Lines;
use walker::Walker;

/// How many people act at the same moment.
const SIDE_BY_SIDE: usize = 16;
/// When the headquarters looks for open posts: minutes before people are to be in place.
const GAPS_FILLED_BEFORE_MIN: [i64; 4] = [300, 150, 75, 35];
/// How long the server may stay silent before its messages are taken for lost.
const SILENCE: Duration = Duration::from_secs(4);

/// What a night needs.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The server's address.
    pub url: String,
    /// The one-time code of the first administrator.
    pub first_code: String,
    /// The password the administrator chooses.
    pub password: String,
    pub pace: Pace,
    pub gateway: Gateway,
    /// The district's files.
    pub folder: PathBuf,
    pub seed: u64,
    /// The local day of the order: `2022-09-15`.
    pub day: String,
}

/// Something that is to happen. Numbers are places among the night's people and sites.
#[derive(Debug, Clone)]
enum Happening {
    /// Somebody reads what they were sent.
    Look(usize),
    /// Somebody stands at the gate of a site.
    Arrive { who: usize, walk: u32, site: usize, volunteer: Option<String> },
    /// A chief's phone sends what it has gathered.
    Send(usize),
    /// The next line of a site's checklist.
    Ready { site: usize, step: usize },
    /// A chief has the site's page open.
    Sign(usize),
    /// A chief calls those who have not answered.
    Call(usize),
    /// A site asks for supplies.
    Ask(usize),
    /// Whoever's turn it is looks after a request.
    Tend { request: String, site: usize, round: u32 },
    /// A site calls for more people.
    Shortage(usize),
    /// The headquarters fills what is open by now.
    FillGaps,
    /// A site sends its people home and closes.
    GoHome(usize),
    /// A chief tells of somebody's good deed.
    Praise(usize),
}

type Next = Vec<(Moment, Happening)>;

/// What the people of the night were told by the server, and so may expect to find in its books.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Check-ins the server has acknowledged: who, at which site (codes).
    pub checked_in: BTreeMap<String, String>,
    /// Check-ins that were sent again after they had arrived.
    pub sent_again: u64,
    /// Requests that were given a number.
    pub requests: Vec<String>,
    /// People the server said it has told.
    pub told: u64,
    /// People told of mended plans that were accepted.
    pub replans: u64,
    /// Somebody was quicker.
    pub overtaken: u64,
    /// What nobody should ever have been answered.
    pub troubles: Vec<String>,
}

/// A night that is being played.
pub struct Night {
    stage: Stage,
    lines: Lines,
    staff: Headquarters,
    zones: Vec<(String, String)>,
    order: String,
    plan: String,
    times: Times,
    posts: Vec<Post>,
    post_of: HashMap<String, usize>,
    walkers: Vec<Mutex<Walker>>,
    walker_of: HashMap<String, usize>,
    /// By telephone number, as the gateway sees it.
    phone_of: HashMap<String, usize>,
    calendar: Mutex<Calendar<Happening>>,
    ledger: Mutex<Ledger>,
}

/// The order's clock.
#[derive(Debug, Clone, Copy)]
struct Times {
    order_at: Moment,
    set_up_at: Moment,
    in_place_at: Moment,
    close_at: Moment,
}

impl Night {
    /// Sets the headquarters up: accounts, registers, zones, chiefs, the order; everybody is told.
    pub async fn begin(stage: Stage) -> Result<Arc<Self>, Trouble> {
        let lines = Lines::to(&stage.url)?;
        let staff = Headquarters::open(&lines, &stage).await?;
        staff.bring_in(&stage.folder).await?;
        let zones = staff.make_zones().await?;
        let posts = name_chiefs(&staff, &lines, stage.seed).await?;
        let people = people(&stage)?;
        let (order, plan) = staff.order(&stage.day).await?;
        let times = times(&staff, &order).await?;
        let mut night = Self {
            post_of: posts.iter().enumerate().map(|(nth, post)| (post.code.clone(), nth)).collect(),
            walker_of: people.iter().enumerate().map(|(nth, (walker, _))| (walker.code.clone(), nth)).collect(),
            phone_of: people.iter().enumerate().map(|(nth, (_, phone))| (phone.clone(), nth)).collect(),
            walkers: people.into_iter().map(|(walker, _)| Mutex::new(walker)).collect(),
            stage,
            lines,
            staff,
            zones,
            order,
            plan,
            times,
            posts,
            calendar: Mutex::default(),
            ledger: Mutex::default(),
        };
        night.fill_calendar();
        let night = Arc::new(night);
        night.hear(night.told_of_plan().await?).await?;
        Ok(night)
    }

    /// Plays until a moment; whatever comes later stays in the calendar.
    pub async fn play_until(&self, end: Moment) -> Result<(), Trouble> {
        loop {
            self.read_messages();
            let Some(next) = self.calendar().next_at().filter(|at| *at <= end) else { break };
            self.stage.pace.reach(next).await;
            let now = self.now().max(next);
            let slice = self.calendar().slice(now.max(next.plus_s(20)).min(end));
            let acts = stream::iter(slice).map(|happening| self.happen(happening));
            let nexts: Vec<Next> = acts.buffer_unordered(SIDE_BY_SIDE).collect().await;
            let mut calendar = self.calendar();
            nexts.into_iter().flatten().for_each(|(at, happening)| calendar.add(at, happening));
        }
        self.stage.pace.reach(end).await;
        self.read_messages();
        Ok(())
    }

    /// The moment of the order's day at so many minutes after midnight.
    pub fn at_minute(&self, minute: i64) -> Moment {
        self.times.order_at.plus_min(minute)
    }

    /// From now on the clock runs, and everybody waits for it.
    pub fn go_live(&self, speed: f64) {
        self.stage.pace.go_live(speed);
    }

    /// When the last site has closed.
    pub fn end(&self) -> Moment {
        self.times.close_at.plus_min(60)
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calendar(&self) -> MutexGuard<'_, Calendar<Happening>> {
        self.calendar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn walker(&self, who: usize) -> MutexGuard<'_, Walker> {
        self.walkers[who].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Moment {
        self.stage.pace.clock().now()
    }

    fn dice(&self, matter: &str) -> Dice {
        Dice::of(self.stage.seed, matter)
    }

    /// One thing happens; whoever was overtaken lets it be.
    async fn happen(&self, happening: Happening) -> Next {
        let done = match happening.clone() {
            Happening::Look(who) => self.look(who).await,
            Happening::Arrive { who, walk, site, volunteer } => self.arrive(who, walk, site, volunteer).await,
            Happening::Send(site) => self.send(site).await,
            Happening::Ready { site, step } => self.make_ready(site, step).await,
            Happening::Sign(site) => self.sign(site).await,
            Happening::Call(site) => self.call(site).await,
            Happening::Ask(site) => self.ask_for_supplies(site).await,
            Happening::Tend { request, site, round } => self.tend(&request, site, round).await,
            Happening::Shortage(site) => self.send_more(site).await,
            Happening::FillGaps => self.fill_gaps().await,
            Happening::GoHome(site) => self.go_home(site).await,
            Happening::Praise(site) => self.praise(site).await,
        };
        match done {
            Ok(next) => next,
            Err(trouble) if trouble.is_overtaken() => {
                self.ledger().overtaken += 1;
                Vec::new()
            }
            Err(trouble) => {
                self.ledger().troubles.push(format!("{happening:?}: {trouble}"));
                Vec::new()
            }
        }
    }

    /// What is certain to happen tonight, whoever comes.
    fn fill_calendar(&mut self) {
        let mut calendar = Calendar::default();
        for site in 0..self.posts.len() {
            let mut dice = self.dice(&format!("site {}", self.posts[site].code));
            let setting_out_at = self.readiness(site)[0];
            calendar.add(setting_out_at, Happening::Ready { site, step: 0 });
            calendar.add(setting_out_at.plus_min(-30 - dice.below(30)), Happening::Sign(site));
            calendar.add(self.times.in_place_at.plus_min(-80 + dice.below(30)), Happening::Call(site));
            if dice.percent() < 25 {
                calendar.add(self.times.set_up_at.plus_min(5 + dice.below(210)), Happening::Ask(site));
            }
            calendar.add(self.times.close_at.plus_min(dice.below(25)), Happening::GoHome(site));
        }
        let every = (self.posts.len() / 6).max(1);
        for (nth, site) in (0..self.posts.len()).step_by(every).enumerate().take(6) {
            let at = self.times.in_place_at.plus_min(-80).plus_s(i64::try_from(nth).unwrap_or(0) * 240);
            calendar.add(at, Happening::Shortage(site));
            calendar.add(self.times.close_at.plus_min(30), Happening::Praise(site));
        }
        for minutes in GAPS_FILLED_BEFORE_MIN {
            calendar.add(self.times.in_place_at.plus_min(-minutes), Happening::FillGaps);
        }
        self.calendar = Mutex::new(calendar);
    }

    /// Waits until the messages to so many people more have gone out, or nothing goes out any more. A message that the
    /// gateway refused goes out again in its own time.
    async fn hear(&self, told: u64) -> Result<(), Trouble> {
        self.ledger().told += told;
        let wanted = self.ledger().told;
        let mut last = (self.stage.gateway.counts(), tokio::time::Instant::now());
        while last.0.knocked < wanted && last.1.elapsed() < SILENCE {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let counts = self.stage.gateway.counts();
            if counts != last.0 {
                last = (counts, tokio::time::Instant::now());
            }
        }
        if last.0.taken == 0 {
            self.hand_out_links().await?;
        }
        Ok(())
    }

    /// How many people the order's plan told.
    async fn told_of_plan(&self) -> Result<u64, Trouble> {
        let page = self.staff.duty_officer.get(&format!("/orders/{}", self.order)).await?;
        Ok(page["figures"]["assigned"].as_u64().unwrap_or(0))
    }
}

async fn name_chiefs(staff: &Headquarters, lines: &Lines, seed: u64) -> Result<Vec<Post>, Trouble> {
    let sites = staff.sites().await?;
    let posts = sites.iter().enumerate().map(async |(nth, site)| {
        let id = text(site, "id")?;
        let chief = lines.enter(&staff.name_chief(&id, nth).await?).await?;
        Ok(Post::new(id, text(site, "code")?, chief, seed))
    });
    stream::iter(posts).buffered(SIDE_BY_SIDE).try_collect().await
}

/// Everybody of the district's files, with their telephone number.
fn people(stage: &Stage) -> Result<Vec<(Walker, String)>, Trouble> {
    let path = stage.folder.join("volunteers.csv");
    let broken = |why: csv::Error| Trouble::Broken { path: path.display().to_string(), why: why.to_string() };
    let mut rows = csv::Reader::from_path(&path).map_err(broken)?;
    let headings = rows.headers().map_err(broken)?.clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name).unwrap_or(0);
    let (code, phone) = (place("code"), place("phone"));
    rows.records()
        .map(|row| row.map(|row| (Walker::new(stage.seed, &row[code]), row[phone].to_owned())).map_err(broken))
        .collect()
}

async fn times(staff: &Headquarters, order: &str) -> Result<Times, Trouble> {
    let page: Value = staff.duty_officer.get(&format!("/orders/{order}")).await?;
    let milestones = &page["order"]["milestones"];
    let at = |name: &str| milestones[name].as_i64().map(Moment::from_ms).ok_or_else(|| headquarters::missing(name));
    Ok(Times {
        order_at: at("order_at")?,
        set_up_at: at("set_up_at")?,
        in_place_at: at("in_place_at")?,
        close_at: at("close_at")?,
    })
}
