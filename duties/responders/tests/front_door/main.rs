//! Responders through the front door, and the register on both engines.

mod assessment;
mod badges;
mod before;
mod canary;
mod district;
mod pages;
mod record;
mod registers;
mod rights;
mod stays;
mod volunteers;
