//! Responders through the front door, and the register on both engines.

mod district;
mod registers;
mod stays;
