//! Who cannot come, and why: those who look for others read it.

use domain::{Event, Id, PostRole, things};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::{Desk, Done, Fault, Page, Undo, view};

use crate::{
    plans::show::site_map,
    refusals::Refused,
    rules::standing::{DeclineReason, Standing},
    store::{assignments, orders::Order, tallies},
};

/// More than are read in one go; those who declined last come first.
const MOST: usize = 300;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    order: Id<things::Order>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeclinedPage {
    pub order: Order,
    pub lines: Vec<DeclinedLine>,
    /// All who declined, shown or not.
    pub count: u64,
}
view!(DeclinedPage, "declined.html");

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeclinedLine {
    pub volunteer: Id<things::Volunteer>,
    pub code: String,
    pub name: String,
    pub team: String,
    pub site_name: String,
    pub role: PostRole,
    pub why: DeclineReason,
    pub at: domain::Moment,
    /// In their own words.
    pub note: Option<String>,
}

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<DeclinedPage>, Fault> {
    let page = desk.look(move |tx| page(tx, ask.order)).await?;
    desk.note_list("declined", page.lines.iter().map(|line| line.volunteer.uuid()));
    Ok(Page(page))
}

fn page(tx: &mut Tx, id: Id<things::Order>) -> Result<DeclinedPage, Fault> {
    let order = super::named(tx, id)?;
    let mut declined = assignments::declined(tx, id)?;
    declined.sort_by_key(|held| std::cmp::Reverse((held.standing.since(), held.id)));
    let count = declined.len() as u64;
    declined.truncate(MOST);
    let ids: Vec<_> = declined.iter().map(|held| held.volunteer).collect();
    let (persons, sites) = (responders::persons(tx, &ids)?, site_map(tx, &order)?);
    let mut lines = Vec::with_capacity(declined.len());
    for held in &declined {
        let (Some(person), Standing::Declined { at, why }) = (persons.get(&held.volunteer), held.standing) else {
            continue;
        };
        lines.push(DeclinedLine {
            volunteer: held.volunteer,
            code: person.code.clone(),
            name: person.name.clone(),
            team: person.team_name.clone(),
            site_name: sites.get(&held.site).map(|site| site.name.clone()).unwrap_or_default(),
            role: held.role,
            why,
            at,
            note: assignments::refusal_note(tx, held.id)?,
        });
    }
    Ok(DeclinedPage { order, lines, count })
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct AskAgain {
    order: Id<things::Order>,
    volunteer: Id<things::Volunteer>,
    /// Not to be asked after all.
    #[serde(default)]
    off: bool,
}

/// Somebody who declined can come, or is needed badly: the next plan or proposal may ask them again.
pub async fn ask_again(desk: Desk, ask: AskAgain) -> Result<Done<()>, Fault> {
    desk.change(move |tx| {
        let order = super::open(tx, ask.order)?;
        if !assignments::ask_again(tx, order.id, ask.volunteer, !ask.off)? {
            return Err(Refused::DidNotDecline.into());
        }
        tallies::recount(tx, &order)?;
        let event = Event::PersonExcluded { volunteer: ask.volunteer, order: order.id, excluded: ask.off };
        Ok(tx.record(&order.jurisdiction(), ask.volunteer.uuid(), &event)?)
    })
    .await?;
    let path = format!("/orders/{}/declined", ask.order);
    let off = if ask.off { "false" } else { "true" };
    let undo = Undo::by(path.clone(), &[("volunteer", &ask.volunteer.to_string()), ("off", off)]);
    Ok(Done::at(path, ()).saying("deployments-asked-again").undone_by(undo))
}
