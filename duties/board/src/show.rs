//! The board on a desk, a phone and a wall: one sentence, then the exceptions with one act each, the clock, the map.

use std::sync::Arc;

use deployments::Mender;
use domain::{
    Id, Moment, Right, Scope,
    things::{Order, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Frame, Page};

use crate::{
    drawing::{self, Map, Trend},
    picture::{self, Call, OpenOrder, Unanswered, Whole},
    rules::{
        site::{Missed, Picture, State},
        summary::{self, Topic, Totals},
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Only this division.
    division: Option<domain::Division>,
    /// This one of the open orders; the one that comes first where left out.
    order: Option<Id<Order>>,
}

/// What is not as it should be, with the one act that mends it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exception {
    site: Id<Site>,
    code: String,
    name: String,
    state: State,
    missing: u32,
    below_crew: u32,
    arrived: u32,
    need: u32,
    /// When the site was last heard of: how old its figures may be.
    heard_at: Option<Moment>,
    silent_since: Option<Moment>,
    misses: Option<Missed>,
    oldest_request: Option<Moment>,
    open_requests: u32,
    mender: Option<Mender>,
}

impl Exception {
    fn of(picture: &Picture) -> Self {
        let facts = &picture.facts;
        Self {
            site: facts.id,
            code: facts.code.clone(),
            name: facts.name.clone(),
            state: picture.state,
            missing: facts.missing,
            below_crew: facts.below_crew,
            arrived: facts.arrived,
            need: facts.need,
            heard_at: facts.heard_at,
            silent_since: picture.silent_since,
            misses: picture.misses,
            oldest_request: facts.oldest_request,
            open_requests: facts.open_requests,
            mender: picture.mender,
        }
    }

    fn state_word(&self) -> String {
        format!("board-state-{}", self.state.name())
    }

    /// After the milestone: whether the site can work with whom it has.
    fn crew_word(&self) -> Option<&'static str> {
        match self.state {
            State::Late if self.below_crew > 0 => Some("board-below-crew"),
            State::Short => Some("board-crew-holds"),
            _ => None,
        }
    }

    /// Which milestone is missed, and whether that is known or only foreseen.
    fn missed_word(&self) -> Option<&'static str> {
        Some(match (self.misses?, self.state) {
            (Missed::SetUp, State::Late) => "board-missed-set-up",
            (Missed::InPlace, State::Late | State::Short) => "board-missed-in-place",
            (Missed::SetUp, _) => "board-will-miss-set-up",
            (Missed::InPlace, _) => "board-will-miss-in-place",
        })
    }

    fn tag(&self) -> &'static str {
        self.state.tag()
    }

    /// Who mends it, when somebody in particular does.
    fn mender_word(&self) -> Option<&'static str> {
        self.mender.map(mender_word)
    }

    /// People are missing and the allocation group finds them: who may allocate gets a proposal at one tap.
    fn wants_people(&self) -> bool {
        self.open_requests == 0 && self.lacks_people()
    }

    /// Also a chief is found by the allocation group: then it is not people that are missed.
    fn lacks_people(&self) -> bool {
        self.missing > 0 && self.misses == Some(Missed::InPlace) && self.mender == Some(Mender::Allocation)
    }

    /// The page that mends it.
    fn act(&self) -> (String, &'static str) {
        match (self.open_requests, self.mender) {
            (1.., _) => (format!("/requests?site={}", self.code), "board-act-request"),
            (_, Some(Mender::Allocation)) if self.lacks_people() => {
                (format!("/sites/{}/roster", self.code), "board-act-people")
            }
            (_, Some(Mender::Allocation)) => (format!("/sites/{}", self.code), "board-act-chief"),
            _ => (format!("/sites/{}", self.code), "board-act-call"),
        }
    }
}

pub const fn mender_word(mender: Mender) -> &'static str {
    match mender {
        Mender::SiteChief => "board-mender-site_chief",
        Mender::ZoneLead => "board-mender-zone_lead",
        Mender::Allocation => "board-mender-allocation",
    }
}

/// One milestone with its clock.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Clock {
    word: String,
    at: Moment,
    done: u32,
    of: u32,
    is_over: bool,
}

impl Clock {
    fn is_met(&self) -> bool {
        self.done >= self.of
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Shown {
    order: Id<Order>,
    order_name: String,
    is_drill: bool,
    made_at: Moment,
    totals: Totals,
    /// What the sentence speaks of.
    topic: Topic,
    set_up_by: Moment,
    in_place_by: Moment,
    worst: Option<String>,
    /// The site with the most posts that have nobody yet.
    emptiest: Option<String>,
    /// What sites have called for: the proposals that wait for a decision.
    calls: Vec<Call>,
    /// Requests that nobody has answered, as far as silence has climbed.
    unanswered: Vec<Unanswered>,
    exceptions: Vec<Exception>,
    more_exceptions: usize,
    clocks: Vec<Clock>,
    map: Map,
    trends: Vec<Trend>,
    groups: Vec<GroupLine>,
    /// Everything well: said aloud, so that an empty list is not taken for a broken one.
    is_all_well: bool,
    division: Option<String>,
    /// The viewer sees the whole district: trends and requests are counted over all of it, and are shown to nobody else.
    is_whole: bool,
    /// The orders to choose from; none while there is but one.
    open: Vec<OpenOrder>,
    /// The order that was chosen: links stay with it.
    chosen: Option<Id<Order>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupLine {
    group: domain::Group,
    open: u64,
    loud: u64,
    oldest: Option<Moment>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Board {
    shown: Option<Shown>,
}
web::view!(Board, "board.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct Wall {
    shown: Option<Shown>,
}
web::view!(Wall, "board_wall.html");

impl Shown {
    /// A page of the board that stays with the order that was chosen.
    fn address(&self, page: &str, division: Option<&str>) -> String {
        let order = self.chosen.map(|order| format!("order={order}"));
        let division = division.map(|division| format!("division={division}"));
        let asked: Vec<String> = division.into_iter().chain(order).collect();
        if asked.is_empty() { page.to_owned() } else { format!("{page}?{}", asked.join("&")) }
    }

    /// What to ask the allocation for at a site: before the milestone the people who have no post yet or cannot be there
    /// in time, after it those who did not come.
    fn what_lacks(&self) -> &'static str {
        if self.in_place_by <= self.made_at { "no_shows" } else { "too_late" }
    }

    /// The one sentence. While sites are being set up nobody has to be in place yet: then it speaks of posts without a name.
    fn sentence(&self, f: &Frame) -> String {
        let totals = &self.totals;
        let gap = totals.need.saturating_sub(totals.assigned);
        let word = match (self.topic, &self.worst) {
            (Topic::Over, _) => "board-sentence-over",
            (Topic::SetUp, _) if gap > 0 => "board-sentence-set-up-short",
            (Topic::SetUp, _) => "board-sentence-set-up",
            (Topic::InPlace, Some(_)) => "board-sentence-people-short",
            (Topic::InPlace, None) => "board-sentence-people",
        };
        let sentence = f
            .say(word)
            .num("sites", &totals.sites)
            .num("set_up", &totals.set_up)
            .num("short", &totals.short_sites)
            .num("ready", &totals.ready)
            .num("closed", &totals.closed)
            .num("people", &totals.short_people)
            .num("gap", &gap)
            .text("emptiest", self.emptiest.as_deref().unwrap_or_default())
            .text("worst", self.worst.as_deref().unwrap_or_default())
            .to_string();
        if totals.silent == 0 {
            return sentence;
        }
        // A site that is not heard of may be anything: that belongs into the one sentence.
        f.say("board-sentence-silent").text("sentence", sentence).num("count", &totals.silent).to_string()
    }
}

pub async fn board(desk: Desk, ask: Ask) -> Result<Page<Board>, Fault> {
    Ok(Page(Board { shown: shown(&desk, ask, summary::MOST).await? }))
}

pub async fn wall(desk: Desk, ask: Ask) -> Result<Page<Wall>, Fault> {
    Ok(Page(Wall { shown: shown(&desk, ask, 8).await? }))
}

async fn shown(desk: &Desk, ask: Ask, most: usize) -> Result<Option<Shown>, Fault> {
    let Some(whole) = picture::current(desk, ask.order).await? else { return Ok(None) };
    let scopes = scopes(desk, ask.division.as_ref());
    let (district, for_map, seen) = (desk.district().clone(), whole.clone(), scopes.clone());
    let map = desk.look(move |tx| {
        let divisions = places::divisions(tx, &district)?;
        let shapes = places::boundaries(tx, &district)?;
        Ok(drawing::map(&divisions, &shapes, &picture::within(&for_map, &seen)))
    });
    let map = map.await?;
    Ok(Some(put_together(&whole, &scopes, map, most, &ask, desk.at())))
}

/// How far this viewer sees; somebody who sees the district may look at one division of it.
fn scopes(desk: &Desk, division: Option<&domain::Division>) -> Vec<Scope> {
    let held: Vec<Scope> = desk.standing().reaches(Right::SeeBoard).cloned().collect();
    match division {
        Some(division) if held.contains(&Scope::District) => vec![Scope::Division(division.clone())],
        _ => held,
    }
}

fn put_together(whole: &Arc<Whole>, scopes: &[Scope], map: Map, most: usize, ask: &Ask, now: Moment) -> Shown {
    let pictures: Vec<Picture> = picture::within(whole, scopes).into_iter().cloned().collect();
    let totals = summary::totals(&pictures);
    let topic = summary::topic(&whole.order.milestones, &totals, now);
    let milestones = &whole.order.milestones;
    let seen = |call: &&Call| pictures.iter().any(|picture| picture.facts.id == call.site);
    let calls: Vec<Call> = whole.calls.iter().filter(seen).take(most / 2).cloned().collect();
    let is_seen = |loud: &&Unanswered| {
        let is_there = |site| pictures.iter().any(|picture| picture.facts.id == site);
        loud.site.map_or(scopes.contains(&Scope::District), is_there)
    };
    let unanswered: Vec<Unanswered> = whole.unanswered.iter().filter(is_seen).take(most / 4).cloned().collect();
    // A wall has no more room when many call: these stand on it instead of the mildest exceptions.
    let most = most - calls.len() - unanswered.len();
    let exceptions = summary::exceptions(&pictures);
    let named = |picture: &Picture| format!("{} {}", picture.facts.code, picture.facts.name);
    let (worst, emptiest) = (summary::worst(&pictures).map(named), summary::emptiest(&pictures).map(named));
    let clock = |word: &str, at: Moment, done, of| Clock { word: word.to_owned(), at, done, of, is_over: at <= now };
    let mut clocks = vec![
        clock("board-clock-set-up", milestones.set_up_at, totals.set_up, totals.sites),
        clock("board-clock-in-place", milestones.in_place_at, totals.arrived.min(totals.need), totals.need),
        clock("board-clock-close", milestones.close_at, totals.closed, totals.sites),
    ];
    if topic == Topic::Over {
        // Who stands there now says nothing any more of who came: that is in the report.
        clocks.remove(1);
    }
    let trends = [
        drawing::trend("board-set-up", &whole.samples, totals.sites, |sample| sample.set_up),
        drawing::trend("board-arrived", &whole.samples, totals.need, |sample| sample.arrived),
        drawing::trend("board-open-requests", &whole.samples, 1, |sample| sample.open_requests),
    ];
    let is_whole = scopes.contains(&Scope::District);
    let groups = whole.requests.iter().filter(|_| is_whole).map(|count| GroupLine {
        group: count.group,
        open: count.open,
        loud: count.loud,
        oldest: count.oldest,
    });
    Shown {
        order: whole.order.id,
        order_name: whole.order.name.clone(),
        is_drill: whole.order.is_drill,
        made_at: whole.made_at,
        topic,
        set_up_by: milestones.set_up_at,
        in_place_by: milestones.in_place_at,
        worst,
        emptiest,
        is_all_well: exceptions.is_empty() && calls.is_empty() && unanswered.is_empty(),
        calls,
        unanswered,
        more_exceptions: exceptions.len().saturating_sub(most),
        exceptions: exceptions.into_iter().take(most).map(Exception::of).collect(),
        clocks,
        map,
        trends: trends.into_iter().flatten().filter(|_| is_whole).collect(),
        is_whole,
        groups: groups.collect(),
        division: ask.division.as_ref().map(ToString::to_string),
        open: if whole.open.len() > 1 { whole.open.clone() } else { Vec::new() },
        chosen: ask.order,
        totals,
    }
}
