//! What the whole program promises, asked of the program as a process: killed, cut off, filled up, restored. Each promise
//! has a control beside it, a planted fault or a weakened way, that must fail.

mod canaries;
mod client;
mod clocks;
mod commands;
mod demo;
mod erased;
mod exports;
mod ground;
mod killed;
mod lines;
mod outages;
mod paused;
mod power;
mod questions;
mod repeated;
mod restored;
mod settings;
mod tampered;
mod upgraded;
mod zone;
