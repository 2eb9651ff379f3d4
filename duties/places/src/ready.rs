//! Whether a site is ready: its checklist and stages under an order, on the chief's phone.

use std::collections::HashMap;

use domain::{
    ActorKind, Id, Moment,
    things::{Account, Order, Site},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Fault, Page, refusal::Refused as WebRefused, view};

use crate::{
    refused::Refused,
    rules::day::{Item, Stage, Times},
    store::{
        chiefs,
        days::{self, Readiness},
        sites::{self, SiteHead},
    },
};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReadyAsk {
    /// The order it is about; the site's newest one when left out.
    order: Option<Id<Order>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadyPage {
    site: SiteHead,
    order: Id<Order>,
    stage: Stage,
    times: Times,
    items: Vec<Line>,
    /// What the site cannot open without and does not have yet.
    missing: Vec<Item>,
}
view!(ReadyPage, "places_readiness.html");

/// One line of the checklist.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Line {
    item: Item,
    required: bool,
    done: bool,
    at: Option<Moment>,
    by_kind: Option<ActorKind>,
    /// The name behind an account.
    by_name: Option<String>,
}

impl Line {
    fn word(&self) -> String {
        format!("places-item-{}", self.item)
    }

    fn by_word(&self) -> String {
        format!("places-by-{}", self.by_kind.map_or("system", ActorKind::name))
    }
}

impl ReadyPage {
    fn required(&self) -> impl Iterator<Item = &Line> {
        self.items.iter().filter(|line| line.required)
    }

    fn optional(&self) -> impl Iterator<Item = &Line> {
        self.items.iter().filter(|line| !line.required)
    }

    const fn is_preparing(&self) -> bool {
        matches!(self.stage, Stage::Preparing)
    }

    const fn is_set_up(&self) -> bool {
        matches!(self.stage, Stage::SetUp)
    }

    const fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    const fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    /// The stage's word, and the class of its tag.
    fn stage_word(&self) -> String {
        format!("places-stage-{}", self.stage.name())
    }

    const fn stage_tag(&self) -> &'static str {
        match self.stage {
            Stage::Preparing => "tag-warn",
            Stage::SetUp | Stage::Open => "tag-good",
            Stage::Closed => "tag-off",
        }
    }
}

pub async fn show(desk: Desk, ask: ReadyAsk) -> Result<Page<ReadyPage>, Fault> {
    let site = desk.site()?;
    let page = desk.look(move |tx| {
        let order = order_of(tx, site, ask.order)?;
        let Some(head) = sites::site(tx, site)? else { return Err(WebRefused::NotThere.into()) };
        let readiness = days::state(tx, order, site)?.ok_or(Refused::NoOrderHere)?;
        let names = names(tx, &readiness)?;
        Ok(page(head, &readiness, &names))
    });
    Ok(Page(page.await?))
}

/// The order that is meant: the one named, if the site has part in it, else the newest one it was prepared for.
pub fn order_of(tx: &mut Tx, site: Id<Site>, named: Option<Id<Order>>) -> Result<Id<Order>, Fault> {
    match named {
        Some(order) if days::has_part(tx, order, site)? => Ok(order),
        Some(_) => Err(Refused::NoOrderHere.into()),
        None => days::latest_order(tx, site)?.ok_or_else(|| Refused::NoOrderHere.into()),
    }
}

fn page(site: SiteHead, readiness: &Readiness, names: &HashMap<uuid::Uuid, String>) -> ReadyPage {
    let items = readiness.items.iter().map(|state| Line {
        item: state.item,
        required: state.required,
        done: state.done,
        at: state.at,
        by_kind: state.by.map(|by| by.kind),
        by_name: state.by.and_then(|by| names.get(&by.id).cloned()),
    });
    ReadyPage {
        site,
        order: readiness.order,
        stage: readiness.stage,
        times: readiness.times,
        items: items.collect(),
        missing: readiness.missing(),
    }
}

/// The names of the accounts that marked something.
fn names(tx: &mut Tx, readiness: &Readiness) -> Result<HashMap<uuid::Uuid, String>, Fault> {
    let mut names = HashMap::new();
    let accounts = readiness.items.iter().filter_map(|state| state.by).filter(|by| by.kind == ActorKind::Account);
    for actor in accounts {
        let account: Id<Account> = Id::from_uuid(actor.id);
        if !names.contains_key(&actor.id)
            && let Some(person) = chiefs::person(tx, account)?
        {
            names.insert(actor.id, person.name);
        }
    }
    Ok(names)
}
