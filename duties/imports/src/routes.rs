//! The address book of this duty: one line per page or act.

use domain::Right;
use web::{In, NavItem, Routes};

use crate::{decide, list, rejected, send, show, store};

pub const NAV: &[NavItem] =
    &[NavItem { href: "/imports", word: "imports-imports", right: Right::ImportRegisters, place: 53 }];

pub fn routes(routes: &mut Routes) {
    use Right::ImportRegisters;
    routes.resolve("import", store::resolve);

    routes.get("/imports", ImportRegisters, In::District, list::list);
    routes.take_file("/imports", ImportRegisters, In::District, send::send);
    routes.get("/imports/examples/{register}", ImportRegisters, In::District, list::example);
    routes.get("/imports/{import}", ImportRegisters, In::The("import"), show::show);
    routes.post("/imports/{import}/mapping", ImportRegisters, In::The("import"), decide::mapping);
    routes.post("/imports/{import}/application", ImportRegisters, In::The("import"), decide::apply);
    routes.post("/imports/{import}/discard", ImportRegisters, In::The("import"), decide::discard);
    routes.post("/imports/{import}/rejected", ImportRegisters, In::The("import"), rejected::download);
}
