//! The zone lead's page, on a phone: how far each of my sites is, worst first, what they ask for, and whom to call.

use deployments::Mender;
use domain::{Id, Moment, things};
use places::{
    SiteHead, ZoneHead,
    readiness::{self, Item},
};
use problems::{Line, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Frame, Page, refusal::Refused, view};

use crate::{
    picture::{self, Whole},
    rules::{
        site::{Picture, State},
        summary::{self, Totals},
    },
};

/// Open requests shown of one site.
const MOST_REQUESTS: usize = 20;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ZonePage {
    pub zone: ZoneHead,
    pub order: Option<String>,
    pub made_at: Moment,
    pub totals: Totals,
    /// Worst first.
    pub sites: Vec<ZoneSite>,
    /// What the sites ask for: what nobody has answered first, then the longest waiting.
    pub requests: Vec<Line>,
}
view!(ZonePage, "board_zone.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct ZoneSite {
    pub id: Id<things::Site>,
    pub code: String,
    pub name: String,
    pub chief: Option<String>,
    /// None while the site takes part in no order.
    pub state: Option<State>,
    pub arrived: u32,
    pub need: u32,
    pub missing: u32,
    /// What it cannot open without and does not have yet.
    pub lacks: Vec<Item>,
    pub heard_at: Option<Moment>,
    pub silent_since: Option<Moment>,
    pub open_requests: u32,
    /// Who mends what is not as it should be.
    pub mender: Option<Mender>,
}

impl ZoneSite {
    fn tag(&self) -> &'static str {
        self.state.map_or("tag-off", State::tag)
    }

    fn state_word(&self) -> String {
        format!("board-state-{}", self.state.map_or("idle", State::name))
    }

    fn mender_word(&self) -> Option<&'static str> {
        self.mender.map(crate::show::mender_word)
    }

    fn lacks_words(&self, f: &Frame) -> String {
        let words: Vec<_> = self.lacks.iter().map(|item| f.t(&format!("places-item-{}", item.name()))).collect();
        words.join(&f.t("board-and"))
    }
}

impl ZonePage {
    /// What silence has raised.
    fn unanswered(&self) -> impl Iterator<Item = &Line> {
        self.requests.iter().filter(|line| line.level > 0)
    }

    fn sentence(&self, f: &Frame) -> String {
        let worst = self.sites.first().filter(|site| site.missing > 0);
        f.say(if worst.is_some() { "board-zone-sentence-short" } else { "board-zone-sentence" })
            .num("sites", &self.totals.sites)
            .num("set_up", &self.totals.set_up)
            .num("ready", &self.totals.ready)
            .num("people", &self.totals.short_people)
            .text("worst", worst.map_or("", |site| site.name.as_str()))
            .to_string()
    }
}

pub async fn show(desk: Desk, _: Ask) -> Result<Page<ZonePage>, Fault> {
    let zone = desk.here().zone.ok_or(Refused::NotThere)?;
    let (whole, at) = (picture::current(&desk, None).await?, desk.at());
    Ok(Page(desk.look(move |tx| page(tx, zone, whole.as_deref(), at)).await?))
}

fn page(tx: &mut Tx, zone: Id<things::Zone>, whole: Option<&Whole>, at: Moment) -> Result<ZonePage, Fault> {
    let zone = places::zone(tx, zone)?.ok_or(Refused::NotThere)?;
    let (mut sites, mut requests, mut pictures) = (Vec::new(), Vec::new(), Vec::new());
    for head in places::of_zone(tx, zone.id)? {
        let picture = whole.and_then(|whole| whole.pictures.iter().find(|picture| picture.facts.id == head.id));
        requests.extend(asked(tx, &head)?);
        pictures.extend(picture.cloned());
        sites.push(site(tx, head, picture, whole)?);
    }
    sites.sort_by(|a, b| {
        (a.state.is_none(), a.state, b.missing, &a.code).cmp(&(b.state.is_none(), b.state, a.missing, &b.code))
    });
    requests.sort_by_key(|line| (std::cmp::Reverse(line.level), line.raised_at));
    Ok(ZonePage {
        zone,
        order: whole.map(|whole| whole.order.name.clone()),
        made_at: whole.map_or(at, |whole| whole.made_at),
        totals: summary::totals(&pictures),
        sites,
        requests,
    })
}

fn site(tx: &mut Tx, head: SiteHead, picture: Option<&Picture>, whole: Option<&Whole>) -> Result<ZoneSite, Fault> {
    let day = match whole.filter(|_| picture.is_some()) {
        Some(whole) => readiness::state(tx, whole.order.id, head.id)?,
        None => None,
    };
    let facts = picture.map(|picture| &picture.facts);
    Ok(ZoneSite {
        chief: places::chief(tx, head.id)?.map(|chief| chief.name),
        state: picture.map(|picture| picture.state),
        arrived: facts.map_or(0, |facts| facts.arrived),
        need: facts.map_or(0, |facts| facts.need),
        missing: facts.map_or(0, |facts| facts.missing),
        lacks: day.map(|day| day.missing()).unwrap_or_default(),
        heard_at: facts.and_then(|facts| facts.heard_at),
        silent_since: picture.and_then(|picture| picture.silent_since),
        open_requests: facts.map_or(0, |facts| facts.open_requests),
        mender: picture.and_then(|picture| picture.mender),
        id: head.id,
        code: head.code,
        name: head.name,
    })
}

fn asked(tx: &mut Tx, site: &SiteHead) -> Result<Vec<Line>, Fault> {
    let wanted = Wanted { open: true, site: Some(site.id), limit: MOST_REQUESTS, ..Wanted::default() };
    let Some(here) = places::jurisdiction(tx, site.id)? else { return Ok(Vec::new()) };
    let stored = problems::list(tx, &here.district, &wanted)?;
    Ok(stored.into_iter().map(|stored| Line::open(tx, stored)).collect::<Result<_, _>>()?)
}
