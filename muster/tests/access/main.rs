//! Nobody gets in who does not belong: the whole program over a house with two districts, asked through its front door.
//! Every check here is a function from a router to its deviations, so that its control can hand it a weakened one.

mod asking;
mod bodies;
mod escaping;
mod foreign;
mod fresh;
mod guessing;
mod hostile;
mod looked;
mod markup;
mod matrix;
mod objects;
mod people;
mod sessions;
mod undone;
mod world;
