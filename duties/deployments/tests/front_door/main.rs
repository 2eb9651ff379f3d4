//! Deployments through the front door: the night of an order, and what can go wrong in it.

mod answers;
mod calling;
mod exports;
mod gate;
mod ground;
mod links;
mod mending;
mod night;
mod orders;
mod pages;
mod plans;
mod property;
mod rights;
mod site_page;
mod turns;
