//! The whole program on a moved clock: the night of the report as one story, what the board shows of it, and the guide to
//! the API as it is written.

mod board;
mod district;
mod guide;
mod story;
