//! Erasure: what is known of people who have left goes, class by class, with a preview before and a receipt after. Codes,
//! duties and counts remain, so no total changes.

mod erase;
mod refusals;

use domain::Right;
use web::{Duty, In, Locale, NavItem, Routes};

/// What this duty brings into the house.
pub fn duty() -> Duty {
    Duty {
        name: "erasure",
        routes,
        words: [(Locale::ZhCn, include_str!("../words/zh-CN.ftl")), (Locale::En, include_str!("../words/en.ftl"))],
        migrations: &[],
        nav: &[NavItem { href: "/erasure", word: "erasure-title", right: Right::ErasePeople, place: 95 }],
        settings: Some(|settings| settings.of::<erase::Settings>("erasure").map(drop)),
        sealed: &[],
        jobs: erase::jobs,
    }
}

fn routes(routes: &mut Routes) {
    routes.get("/erasure", Right::ErasePeople, In::District, erase::preview);
    routes.post("/erasure", Right::ErasePeople, In::District, erase::erase);
}
