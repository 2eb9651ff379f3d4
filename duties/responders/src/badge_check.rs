//! Anybody at a site checks a badge: whether it is valid now, and surname, role and site of its holder. Nothing more.

use domain::{Moment, PostRole};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{
    Desk, Fault, Page,
    access::guard::{self, Counted},
    view,
};

use crate::{attend, badges, rules::surname::surname, store::volunteers};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    code: String,
}

/// What a badge says about its holder. An unknown code, a forged one and a badge that was taken back answer alike.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "badge")]
pub enum BadgeState {
    /// The holder is at a site now.
    OnDuty {
        surname: String,
        role: Option<PostRole>,
        site: String,
        since: Moment,
    },
    /// A volunteer of this district who is at no site now.
    OffDuty {
        surname: String,
    },
    NotValid,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct BadgePage {
    state: BadgeState,
    at: Moment,
}
view!(BadgePage, "badge_check.html");

pub async fn show(desk: Desk, ask: Ask) -> Result<Page<BadgePage>, Fault> {
    // Only codes that are none count: at a gate hundreds of true ones are looked at in a quarter of an hour.
    let strangers = vec![Counted::address_with_codes(&desk)];
    guard::look(&desk, strangers.clone()).await?;
    let (district, at) = (desk.district().clone(), desk.at());
    let state = match badges::read(&ask.code) {
        None => BadgeState::NotValid,
        Some(code) => {
            desk.look(move |tx| {
                let person = volunteers::by_badge(tx, &district, &code)?.filter(|person| !person.has_left);
                let Some(person) = person else { return Ok(BadgeState::NotValid) };
                let surname = surname(&person.name).to_owned();
                Ok(match attend::lasting(tx, person.id)? {
                    Some(stay) => {
                        BadgeState::OnDuty { surname, role: stay.role, site: stay.site_name, since: stay.in_at }
                    }
                    None => BadgeState::OffDuty { surname },
                })
            })
            .await?
        }
    };
    if state == BadgeState::NotValid {
        guard::take(&desk, strangers).await?;
    }
    Ok(Page(BadgePage { state, at }))
}
