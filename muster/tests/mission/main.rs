//! The whole program on a moved clock: the night of the report as one story, and the guide to the API as it is written.

mod district;
mod guide;
mod story;
