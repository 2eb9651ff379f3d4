//! Orders: giving, changing and closing them, and the headcounts of their posts.

pub mod calling;
pub mod cap;
pub mod change;
pub mod close;
pub mod declined;
pub mod give;
pub mod list;
pub mod posts;
pub mod reopen;
pub mod show;

use domain::{Id, things};
use store::Tx;
use web::{Desk, Fault, Locale, refusal::Refused};

use crate::store::orders::{self, Order};

/// As many as the forms let in.
const MOST_LETTERS: usize = 100;

/// The order named in the address.
pub fn named(tx: &mut Tx, id: Id<things::Order>) -> Result<Order, Fault> {
    orders::order(tx, id)?.ok_or_else(|| Refused::NotThere.into())
}

/// The order named in the address, while it can still be worked on.
pub fn open(tx: &mut Tx, id: Id<things::Order>) -> Result<Order, Fault> {
    let order = named(tx, id)?;
    if order.is_open() { Ok(order) } else { Err(crate::refusals::Refused::OrderIsClosed.into()) }
}

/// Two orders at one site at the same hours are one too many, unless somebody means it: the chief's page shows one of them.
fn refuse_taken(tx: &mut Tx, order: &Order, sites: &[Id<things::Site>], is_meant: bool) -> Result<(), Fault> {
    let count = if is_meant { 0 } else { orders::taken(tx, order, sites)? };
    if count > 0 { Err(crate::refusals::Refused::SitesAreTaken.with("count", count).into()) } else { Ok(()) }
}

/// A name as it is shown everywhere: short enough for a message and a table.
fn read_name(text: &str) -> Result<String, Fault> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MOST_LETTERS {
        return Err(crate::refusals::Refused::NameInFewWords.with("most", MOST_LETTERS).into());
    }
    Ok(name.to_owned())
}

/// The name of an order, or of one that is only practised: that begins with the word for it, so that whatever names the
/// order (a page, a notice, a calendar, a file) says so too.
fn name_of(desk: &Desk, text: &str, is_drill: bool) -> Result<String, Fault> {
    let marked =
        |locale, name: &str| desk.house().words.say(locale, "deployments-drill-name").text("name", name).to_string();
    let is_marked = Locale::ALL.into_iter().any(|locale| text.trim().starts_with(marked(locale, "").trim()));
    if is_drill && !is_marked && !text.trim().is_empty() {
        return read_name(&marked(desk.locale(), text.trim()));
    }
    read_name(text)
}
