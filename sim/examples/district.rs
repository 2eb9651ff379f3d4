//! Writes a district made from a seed: `cargo run -p sim --example district -- --seed 1 --scale 1 --out DIR`.

use std::{path::PathBuf, time::Instant};

use clap::Parser;
use jiff::civil::Date;
use sim::Recipe;

/// Write a synthetic district as the files a headquarters imports.
#[derive(Parser)]
struct Ask {
    /// Same seed, same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many times the report's size (139 sites, 4,600 volunteers).
    #[arg(long, default_value_t = 1)]
    scale: u32,
    /// The day of the duty.
    #[arg(long, default_value = "2022-09-15")]
    day: Date,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let Ask { seed, scale, day, out } = Ask::parse();
    let start = Instant::now();
    let district = Recipe { seed, scale, day }.district()?;
    district.write(&out)?;
    println!(
        "{} sites, {} teams, {} links, {} volunteers in {} ({:.1} s); everybody in it is invented",
        district.sites.len(),
        district.teams.len(),
        district.links.len(),
        district.volunteer_count(),
        out.display(),
        start.elapsed().as_secs_f64(),
    );
    Ok(())
}
