//! The address book of this duty.

use domain::Right;
use web::{In, NavItem, Routes};

use crate::{announcing, duty_page, gate, links_page, mending, orders, plans, roster, site_page, store};

pub const NAV: &[NavItem] = &[
    NavItem { href: "/orders", word: "deployments-nav-orders", right: Right::SeeBoard, place: 20 },
    NavItem { href: "/duty", word: "deployments-nav-duty", right: Right::OwnDuty, place: 1 },
    NavItem { href: "/links", word: "deployments-nav-links", right: Right::ImportRegisters, place: 60 },
];

pub fn routes(routes: &mut Routes) {
    use Right::{
        Allocate, Announce, CheckPeopleIn, EditRegisters, GiveOrders, OwnDuty, PublishPlans, RaiseRequests,
        RevealPerson, RunSite, SeeBoard, SeeRegisters, SeeSite,
    };
    let order = In::The("order");
    let site = In::The("site");
    routes.resolve("order", store::orders::resolve);

    routes.get("/orders", SeeBoard, In::District, orders::list::list);
    routes.get("/orders/new", GiveOrders, In::District, orders::give::form);
    routes.post("/orders", GiveOrders, In::District, orders::give::give);
    routes.get("/orders/{order}", SeeBoard, order, orders::show::show);
    routes.post("/orders/{order}", GiveOrders, order, orders::change::change);
    routes.post("/orders/{order}/closing", GiveOrders, order, orders::close::close);
    routes.post("/orders/{order}/reopening", GiveOrders, order, orders::reopen::reopen);
    routes.get("/orders/{order}/posts", SeeBoard, order, orders::posts::show);
    routes.post("/orders/{order}/posts", GiveOrders, order, orders::posts::set);
    routes.get("/orders/{order}/declined", Allocate, order, orders::declined::show);
    routes.post("/orders/{order}/declined", Allocate, order, orders::declined::ask_again);
    routes.get("/orders/{order}/cap.xml", SeeBoard, order, orders::cap::take);
    routes.get("/orders/{order}/roster", SeeBoard, order, roster::of_order::show);

    routes.post("/orders/{order}/plans", Allocate, order, plans::ask::ask);
    routes.get("/orders/{order}/plans/{plan}", SeeBoard, order, plans::show::show);
    routes.post("/orders/{order}/plans/{plan}/sheet", Allocate, order, plans::sheet::take);
    routes.get("/orders/{order}/plans/{plan}/people/{person}", Allocate, order, plans::person::show);
    routes.post("/orders/{order}/plans/{plan}/publication", PublishPlans, order, plans::publish::publish);
    routes.post("/orders/{order}/plans/{plan}/withdrawal", PublishPlans, order, plans::withdraw::withdraw);
    routes.get("/orders/{order}/comparison", Allocate, order, plans::compare::show);
    routes.post("/orders/{order}/pins", Allocate, order, plans::wishes::pin);
    routes.post("/orders/{order}/exclusions", Allocate, order, plans::wishes::exclude);

    routes.post("/orders/{order}/proposals", Allocate, order, mending::propose);
    routes.get("/orders/{order}/proposals/{proposal}", SeeBoard, order, mending::show);
    routes.post("/orders/{order}/proposals/{proposal}/acceptance", PublishPlans, order, mending::accept);
    routes.post("/orders/{order}/proposals/{proposal}/withdrawal", PublishPlans, order, mending::withdraw);
    routes.get("/sites/{site}/announcements", SeeSite, site, announcing::show);
    routes.post("/sites/{site}/announcements", RunSite, site, announcing::at_site);
    routes.post("/orders/{order}/announcements", Announce, order, announcing::to_order);
    routes.post("/sites/{site}/shortages", RaiseRequests, site, mending::shortage);
    routes.post("/sites/{site}/proposals", Allocate, site, mending::propose_for);

    routes.get("/duty", OwnDuty, In::Anywhere, duty_page::show::show);
    routes.post("/duty/acknowledgement", OwnDuty, In::Anywhere, duty_page::answer::acknowledge);
    routes.post("/duty/refusal", OwnDuty, In::Anywhere, duty_page::answer::decline);
    routes.post("/duty/return", OwnDuty, In::Anywhere, duty_page::answer::come_after_all);
    routes.post("/duty/check-in", OwnDuty, In::Anywhere, duty_page::presence::come);
    routes.post("/duty/check-out", OwnDuty, In::Anywhere, duty_page::presence::go);
    routes.get("/duty/calendar", OwnDuty, In::Anywhere, duty_page::calendar::take);

    routes.get("/sites/{site}/post", RunSite, site, site_page::show::show);
    routes.post("/sites/{site}/outbox", RunSite, site, site_page::outbox::take);
    routes.post("/sites/{site}/phones/{device}/settlement", RunSite, site, site_page::settle::settle);
    routes.get("/sites/{site}/roster", SeeSite, site, roster::of_site::show);
    routes.post("/sites/{site}/roster/phone", RevealPerson, site, roster::phone::reveal);
    routes.post("/sites/{site}/check-ins", CheckPeopleIn, site, gate::batch::take);
    routes.post("/sites/{site}/arrivals", CheckPeopleIn, site, gate::form::take);

    routes.get("/links", SeeRegisters, In::District, links_page::list);
    routes.post("/links", EditRegisters, In::District, links_page::set);
}
