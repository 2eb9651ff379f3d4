//! The address book of this duty.

use domain::Right::{OwnDuty, SeeNotices};
use web::{In, NavItem, Routes};

use crate::{outbox_page, own_page};

pub const NAV: &[NavItem] = &[NavItem { href: "/notices", word: "notices-notices", right: SeeNotices, place: 50 }];

pub fn routes(routes: &mut Routes) {
    routes.get("/notices", SeeNotices, In::District, outbox_page::show);
    routes.post("/notices/retry", SeeNotices, In::District, outbox_page::try_all);
    routes.post("/notices/{notice}/retry", SeeNotices, In::District, outbox_page::try_one);

    routes.get("/duty/notices", OwnDuty, In::Anywhere, own_page::show);
    routes.post("/duty/notices/seen", OwnDuty, In::Anywhere, own_page::see);
}
