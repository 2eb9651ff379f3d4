//! `muster restore`: fills an empty database from a backup and proves it before anybody may use it.

use std::path::PathBuf;

use clap::Args;
use domain::Clock;
use web::House;

use crate::ground::Settled;

#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    /// Print the proof: rows of each table, the journal's chain. (It is always made; a backup that fails it is refused.)
    #[arg(long)]
    verify: bool,
}

impl Restore {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let migrations = House::migrations(&crate::duties::all());
        let (summary, report) =
            store::backup::restore(&self.file, &ground.address, &migrations, Clock::system().now())?;
        println!(
            "restored {} rows; journal whole: {} entries, head {}",
            summary.total_rows(),
            report.entries,
            report.head
        );
        if self.verify {
            for (table, rows) in &summary.rows {
                println!("{rows:>12}  {table}");
            }
        }
        Ok(())
    }
}
