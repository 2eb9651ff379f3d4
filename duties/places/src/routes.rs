//! The address book of this duty: one line per page or act.

use web::{NavItem, Routes};

use crate::store::{divisions, sites, zones};

pub const NAV: &[NavItem] = &[];

pub fn routes(routes: &mut Routes) {
    routes.resolve("site", sites::resolve);
    routes.resolve("zone", zones::resolve);
    routes.resolve("division", divisions::resolve);
}
