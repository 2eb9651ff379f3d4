//! `muster plan-sites`: which of the possible sites to open, so that people go as short a way as can be; from files.

use std::{io::Write as _, path::PathBuf};

use allocation::{Sites, Weights, read_candidates, read_demand};
use anyhow::Context as _;
use clap::Args;

#[derive(Debug, Clone, Args)]
pub struct PlanSites {
    /// Where people live: code, latitude, longitude, people.
    #[arg(long, value_name = "FILE")]
    demand: PathBuf,
    /// Where a site could be: code, latitude, longitude, and capacity where there is a limit.
    #[arg(long, value_name = "FILE")]
    candidates: PathBuf,
    /// How many sites to open.
    #[arg(long, value_name = "NUMBER")]
    count: usize,
    /// Where to write the chosen sites (.csv or .xlsx).
    #[arg(long, value_name = "OUT")]
    plan: Option<PathBuf>,
}

impl PlanSites {
    /// Prints the figures as one JSON object, the bound and the gap among them.
    pub fn run(self) -> anyhow::Result<()> {
        let (demand, candidates) = (read_demand(&self.demand)?, read_candidates(&self.candidates)?);
        let sites = Sites::new(demand, candidates, self.count, Weights::default().stretch);
        let sited = sites.solve()?;
        if let Some(plan) = &self.plan {
            sites.write(plan, &sited)?;
        }
        let report = serde_json::to_string(&sites.report(&sited))?;
        writeln!(std::io::stdout(), "{report}").context("printing")
    }
}
