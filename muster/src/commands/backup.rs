//! `muster backup`: a whole copy of the database, taken while it is in use.

use std::path::PathBuf;

use clap::Args;
use domain::Clock;

use crate::ground::Settled;

#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write. It appears only when it is whole and on the disk.
    file: PathBuf,
}

impl Backup {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let summary = store::backup::write(&ground.address, &self.file, Clock::system().now())?;
        println!(
            "{}: {} rows, {} bytes, journal head {}",
            self.file.display(),
            summary.total_rows(),
            summary.bytes,
            summary.head()?
        );
        println!("The keys are not in it. Keep a copy of the key file apart from the backups.");
        Ok(())
    }
}
