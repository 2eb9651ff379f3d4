//! The address book of this duty.

use domain::Right::{SeeBoard, SeeSite};
use web::{In, NavItem, Routes};

use crate::{report, show, zone};

pub const NAV: &[NavItem] = &[NavItem { href: "/board", word: "board-board", right: SeeBoard, place: 10 }];

pub fn routes(routes: &mut Routes) {
    routes.get("/board", SeeBoard, In::Anywhere, show::board);
    routes.get("/board/wall", SeeBoard, In::Anywhere, show::wall);
    routes.get("/zones/{zone}", SeeSite, In::The("zone"), zone::show);
    routes.get("/orders/{order}/report", SeeBoard, In::The("order"), report::show);
    routes.get("/orders/{order}/report/sheet", SeeBoard, In::The("order"), report::sheet);
}
