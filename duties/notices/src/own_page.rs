//! What a volunteer was told, on their own phone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Done, Fault, Page};

use crate::outbox::{self, Told};

const LATEST: usize = 50;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OwnNotices {
    notices: Vec<Told>,
    unseen: usize,
}
web::view!(OwnNotices, "notices_own.html");

pub async fn show(desk: Desk, _: Ask) -> Result<Page<OwnNotices>, Fault> {
    let volunteer = desk.volunteer()?;
    let notices = desk.look(move |tx| Ok(outbox::told_to(tx, volunteer, LATEST)?)).await?;
    let unseen = notices.iter().filter(|told| told.seen_at.is_none()).count();
    Ok(Page(OwnNotices { notices, unseen }))
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    count: u64,
}

/// The volunteer taps "seen": that is what the sender counts, not that a page was opened by a machine.
pub async fn see(desk: Desk, _: Ask) -> Result<Done<Seen>, Fault> {
    let (volunteer, district) = (desk.volunteer()?, desk.district().clone());
    let count = desk.change(move |tx| Ok(outbox::seen(tx, &district, volunteer, None)?)).await?;
    Ok(Done::at("/duty/notices", Seen { count }).saying("notices-said-seen"))
}
