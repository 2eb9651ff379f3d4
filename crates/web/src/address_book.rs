//! The page of all pages: for checks that must forget none.

use domain::Right;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Desk, Fault, Page,
    access::pages::Nothing,
    routes::{Entry, In, Way},
    view,
};

#[derive(Serialize, JsonSchema)]
pub struct AddressBook {
    /// Pages that need nothing but being opened, and those that name a thing.
    pages: Vec<AddressLine>,
}

#[derive(Serialize, JsonSchema)]
pub struct AddressLine {
    path: String,
    right: Right,
    within: String,
    duty: String,
}

impl AddressLine {
    fn right_name(&self) -> String {
        format!("{:?} · {}", self.right, self.within)
    }
}
view!(AddressBook, "address_book.html");

pub async fn show(desk: Desk, _: Nothing) -> Result<Page<AddressBook>, Fault> {
    let line = |entry: &Entry| AddressLine {
        path: entry.path.to_owned(),
        right: entry.right,
        within: match entry.within {
            In::District => "district".to_owned(),
            In::Anywhere => "anywhere".to_owned(),
            In::The(part) => part.to_owned(),
        },
        duty: entry.duty.to_owned(),
    };
    let pages = desk.house().entries.iter().filter(|entry| entry.way == Way::Get).map(line).collect();
    Ok(Page(AddressBook { pages }))
}
