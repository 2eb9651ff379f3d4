//! `muster rotate-keys`: seals everything under a new key, while everybody works, and forgets the old one.

use clap::Args;
use domain::Clock;
use store::{Keyring, rotate};

use super::serve::KEYS_POLL;
use crate::ground::Settled;

#[derive(Debug, Args)]
pub struct RotateKeys {
    /// Keep the old keys, for servers that still run with them.
    #[arg(long)]
    keep_old: bool,
    /// Make no new key: end what was begun with --keep-old or was cut short, when all servers have the new key file.
    #[arg(long, conflicts_with = "keep_old")]
    finish: bool,
}

impl RotateKeys {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let path = ground.key_file();
        if !self.finish {
            Keyring::load(&path)?.with_new_key()?.save(&path)?;
            // Servers that run must know the new key before anything is sealed under it.
            std::thread::sleep(3 * KEYS_POLL);
        }
        let store = ground.open(Clock::system())?;
        let duties = crate::duties::all();
        let columns: Vec<_> = rotate::STORE.iter().chain(duties.iter().flat_map(|duty| duty.sealed)).copied().collect();
        let running = tokio::runtime::Runtime::new()?;
        let count = running.block_on(rotate::rotate(&store, &columns))?;
        println!("sealed under the new key: {count} values");
        if !self.keep_old {
            running.block_on(rotate::finish(&store, &columns))?.save(&path)?;
            println!("the old keys are forgotten; keep a copy of {} apart from the backups", path.display());
        }
        Ok(())
    }
}
