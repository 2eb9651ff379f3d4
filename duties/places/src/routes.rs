//! The address book of this duty: one line per page or act.

use domain::Right;
use web::{In, NavItem, Routes};

use crate::{
    edit_site, import_boundaries, list_divisions, list_sites, list_zones, make_zones, name_person, ready, retire_site,
    reveal_phone, run_day, show_site,
    store::{divisions, sites, zones},
};

pub const NAV: &[NavItem] = &[
    NavItem { href: "/sites", word: "places-sites", right: Right::SeeRegisters, place: 50 },
    NavItem { href: "/zones", word: "places-zones", right: Right::SeeRegisters, place: 51 },
    NavItem { href: "/divisions", word: "places-divisions", right: Right::SeeRegisters, place: 52 },
];

pub fn routes(routes: &mut Routes) {
    use Right::{EditRegisters, ImportRegisters, RevealPerson, RunSite, SeeRegisters};
    routes.resolve("site", sites::resolve);
    routes.resolve("zone", zones::resolve);
    routes.resolve("division", divisions::resolve);

    routes.get("/sites", SeeRegisters, In::District, list_sites::list);
    routes.get("/sites/new", EditRegisters, In::District, edit_site::blank);
    routes.post("/sites", EditRegisters, In::District, edit_site::create);
    routes.get("/sites/{site}", SeeRegisters, In::The("site"), show_site::show);
    routes.get("/sites/{site}/edit", EditRegisters, In::The("site"), edit_site::form);
    routes.post("/sites/{site}", EditRegisters, In::The("site"), edit_site::save);
    routes.post("/sites/{site}/retirement", EditRegisters, In::The("site"), retire_site::retire);
    routes.post("/sites/{site}/chief", EditRegisters, In::The("site"), name_person::name_chief);
    routes.post("/sites/{site}/chief/link", EditRegisters, In::The("site"), name_person::link_chief);
    routes.post("/sites/{site}/chief/phone", RevealPerson, In::The("site"), reveal_phone::of_chief);

    routes.get("/sites/{site}/readiness", RunSite, In::The("site"), ready::show);
    routes.post("/sites/{site}/readiness/marks", RunSite, In::The("site"), run_day::mark);
    routes.post("/sites/{site}/readiness/set-up", RunSite, In::The("site"), run_day::set_up);
    routes.post("/sites/{site}/readiness/opening", RunSite, In::The("site"), run_day::open);
    routes.post("/sites/{site}/readiness/closure", RunSite, In::The("site"), run_day::close);
    routes.post("/sites/{site}/readiness/withdrawal", RunSite, In::The("site"), run_day::withdraw);

    routes.get("/zones", SeeRegisters, In::District, list_zones::list);
    routes.get("/zones/proposal", EditRegisters, In::District, make_zones::propose);
    routes.post("/zones/proposal", EditRegisters, In::District, make_zones::make);
    routes.post("/zones/dissolution", EditRegisters, In::District, make_zones::dissolve_new);
    routes.post("/zones/{zone}/lead", EditRegisters, In::The("zone"), name_person::name_lead);
    routes.post("/zones/{zone}/lead/link", EditRegisters, In::The("zone"), name_person::link_lead);

    routes.get("/divisions", SeeRegisters, In::District, list_divisions::list);
    routes.post("/divisions", EditRegisters, In::District, list_divisions::put);
    routes.take_file("/divisions/boundaries", ImportRegisters, In::District, import_boundaries::import);
}
