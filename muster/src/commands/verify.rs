//! `muster verify`: walks the journal's chain and names every edit, deletion and swap; with a head that was kept
//! elsewhere also a tail that was cut off.

use anyhow::bail;
use clap::Args;
use domain::Clock;
use store::journal::{self, Head};

use crate::ground::Settled;

#[derive(Debug, Args)]
pub struct Verify {
    /// The head printed on a daily sheet, `NUMBER:HASH`. Without it a cut tail cannot be seen.
    #[arg(long)]
    head: Option<String>,
}

impl Verify {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let expected: Option<Head> = self.head.map(|text| text.parse()).transpose()?;
        let store = ground.open(Clock::system())?;
        let report = store.look_blocking(move |tx| journal::verify(tx, expected.as_ref()))?;
        for fault in &report.faults {
            println!("{fault}");
        }
        if !report.is_whole() {
            bail!("the journal is not whole: {} faults named", report.faults.len());
        }
        println!("the journal is whole: {} entries, head {}", report.entries, report.head);
        Ok(())
    }
}
