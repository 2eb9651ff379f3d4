#![doc = include_str!("../README.md")]

mod answer;
mod fault;
mod pick;
mod question;
mod reasons;
mod siting;
mod tables;
mod ways;
mod weights;

pub use answer::{Line, OfTeam, Report, Unmet, Worth, write_plan};
pub use fault::Fault;
pub use pick::{Link, Pick, Reason};
pub use question::Question;
pub use reasons::write_reasons;
pub use siting::{Sites, SitingReport, Spot, read_candidates, read_demand};
pub use tables::{Held, Site, Tables, Team, Volunteer};
pub use ways::{Block, Survey, Ways};
pub use weights::Weights;
