//! The address book of this duty.

use domain::Right::{RaiseRequests, WorkRequests};
use web::{In, NavItem, Routes};

use crate::{queue, raise_here, show, step, store, take_back};

pub const NAV: &[NavItem] = &[NavItem { href: "/requests", word: "problems-requests", right: WorkRequests, place: 30 }];

pub fn routes(routes: &mut Routes) {
    routes.resolve("request", store::resolve);

    routes.get("/requests", WorkRequests, In::Anywhere, queue::list);
    routes.get("/requests/{request}", WorkRequests, In::The("request"), show::show);
    routes.post("/requests/{request}/take", WorkRequests, In::The("request"), step::take);
    routes.post("/requests/{request}/answer", WorkRequests, In::The("request"), step::answer);
    routes.post("/requests/{request}/handover", WorkRequests, In::The("request"), step::hand_over);
    routes.post("/requests/{request}/done", WorkRequests, In::The("request"), step::report_done);
    routes.post("/requests/{request}/withdrawal", WorkRequests, In::The("request"), take_back::step);
    routes.post("/requests/{request}/confirmation", RaiseRequests, In::The("request"), step::confirm);
    routes.post("/requests/{request}/contest", RaiseRequests, In::The("request"), step::contest);
    routes.post("/requests/{request}/verdict/withdrawal", RaiseRequests, In::The("request"), take_back::verdict);

    routes.get("/sites/{site}/requests", RaiseRequests, In::The("site"), raise_here::of_site);
    routes.post("/sites/{site}/requests", RaiseRequests, In::The("site"), raise_here::raise_here);
    routes.get("/sites/{site}/requests/{request}", RaiseRequests, In::The("site"), show::show_to_asker);
}
